/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resolver.h"

#include <string.h>

#include "domains.h"

static const char *domain_of_name(const struct vmail_paths *paths,
                                  const struct vmail_config *config, const char *domain,
                                  struct vmail_file_state *passwd)
{
    if (vmail_domain_exists(paths, domain, passwd) || vmail_config_has_domain(config, domain))
        return domain;
    return vmail_config_alias(config, domain);
}

static const char *domain_of_literal(const struct vmail_config *config, const char *text)
{
    struct vmail_address address;
    return vmail_address_parse(text, &address) ? vmail_config_address(config, &address) : NULL;
}

static const char *domain_of_context(const struct vmail_paths *paths,
                                     const struct vmail_config *config,
                                     const struct vmail_context *context,
                                     char folded[VMAIL_DOMAIN_MAX + 1],
                                     struct vmail_file_state *passwd)
{
    if (context->domain != NULL) {
        size_t length = strlen(context->domain);
        if (!vmail_domain_valid(context->domain, length))
            return NULL;
        vmail_fold_copy(folded, context->domain, length);
        return domain_of_name(paths, config, folded, passwd);
    }
    return context->has_address ? vmail_config_address(config, &context->address) : NULL;
}

enum vmail_result vmail_resolve(const struct vmail_paths *paths, const struct vmail_config *config,
                                const char *name, const struct vmail_context *context,
                                struct vmail_identity *identity)
{
    struct vmail_name parts;
    char folded[VMAIL_DOMAIN_MAX + 1];
    const char *domain = NULL;
    bool well_formed = vmail_name_split(name, config->separators, config->fold_case, &parts);

    identity->form = parts.form;
    identity->user_valid = parts.user_valid;
    memcpy(identity->user, parts.user, sizeof identity->user);
    identity->domain[0] = '\0';
    memset(&identity->passwd, 0, sizeof identity->passwd);
    if (!well_formed)
        return VMAIL_NOT_FOUND;

    switch (parts.form) {
    case VMAIL_NAME_DOMAIN:
        domain = domain_of_name(paths, config, parts.domain, &identity->passwd);
        break;
    case VMAIL_NAME_LITERAL:
        domain = domain_of_literal(config, parts.domain);
        break;
    case VMAIL_NAME_PLAIN:
        domain = domain_of_context(paths, config, context, folded, &identity->passwd);
        break;
    }
    if (domain == NULL)
        return VMAIL_NOT_FOUND;
    memcpy(identity->domain, domain, strnlen(domain, VMAIL_DOMAIN_MAX) + 1);
    return VMAIL_OK;
}
