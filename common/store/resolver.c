/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resolver.h"

#include <string.h>

#include "domains.h"
#include "filled.h"
#include "system_account.h"

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

static bool split(const char *name, const char *separators, bool fold, struct vmail_name *parts,
                  struct vmail_identity *identity)
{
    const bool well_formed = vmail_name_split(name, separators, fold, parts);
    identity->form = parts->form;
    identity->user_valid = parts->user_valid;
    memcpy(identity->user, parts->user, sizeof identity->user);
    identity->domain[0] = '\0';
    memset(&identity->passwd, 0, sizeof identity->passwd);
    return well_formed;
}

/* The system takes precedence for a name without a domain. */
static enum vmail_result check_system(const struct vmail_paths *paths,
                                      const struct vmail_context *context,
                                      const struct vmail_identity *identity)
{
    if (identity->form == VMAIL_NAME_DOMAIN || context->mail || !identity->user_valid)
        return VMAIL_OK;
    const enum vmail_result result =
        vmail_system_find_name(paths, context->group ? VMAIL_GROUP : VMAIL_PASSWD, identity->user);
    return result == VMAIL_OK ? VMAIL_NOT_FOUND : result == VMAIL_NOT_FOUND ? VMAIL_OK : result;
}

enum vmail_result vmail_resolve(const struct vmail_paths *paths, const struct vmail_config *config,
                                const char *name, const struct vmail_context *context,
                                struct vmail_identity *identity)
{
    VMAIL_FILLED struct vmail_name parts;
    const char *domain = NULL;

    if (!split(name, config->rules.separators, config->rules.fold_case, &parts, identity))
        return VMAIL_NOT_FOUND;
    switch (parts.form) {
    case VMAIL_NAME_DOMAIN:
        domain = domain_of_name(paths, config, parts.domain, &identity->passwd);
        break;
    case VMAIL_NAME_LITERAL:
        domain = domain_of_literal(config, parts.domain);
        break;
    case VMAIL_NAME_PLAIN:
        domain = domain_of_context(paths, config, context, parts.domain, &identity->passwd);
        break;
    }
    if (domain == NULL)
        return VMAIL_NOT_FOUND;
    memcpy(identity->domain, domain, strnlen(domain, VMAIL_DOMAIN_MAX) + 1);
    return check_system(paths, context, identity);
}

enum vmail_result vmail_resolve_domain(const struct vmail_paths *paths,
                                       const struct vmail_config *config, const char *text,
                                       struct vmail_identity *identity, struct vmail_error *error)
{
    char folded[VMAIL_DOMAIN_MAX + 1];
    const size_t length = strlen(text);
    const char *found = NULL;
    memset(&identity->passwd, 0, sizeof identity->passwd);
    if (length > 2 && length <= VMAIL_DOMAIN_MAX && text[0] == '[' && text[length - 1] == ']') {
        memcpy(folded, text + 1, length - 2);
        folded[length - 2] = '\0';
        found = domain_of_literal(config, folded);
    } else if (vmail_domain_valid(text, length)) {
        vmail_fold_copy(folded, text, length);
        const enum vmail_result result =
            vmail_config_has_domain(config, folded)
                ? VMAIL_OK
                : vmail_domain_look(paths, folded, &identity->passwd, error);
        if (result == VMAIL_UNAVAILABLE)
            return result;
        found = result == VMAIL_OK ? folded : vmail_config_alias(config, folded);
    }
    if (found == NULL)
        return VMAIL_NOT_FOUND;
    memcpy(identity->domain, found, strnlen(found, VMAIL_DOMAIN_MAX) + 1);
    return VMAIL_OK;
}

enum vmail_result vmail_resolve_without_config(const struct vmail_paths *paths, const char *name,
                                               const struct vmail_context *context,
                                               struct vmail_identity *identity)
{
    struct vmail_name parts;
    if (!split(name, "", true, &parts, identity))
        return vmail_name_may_have_separator(name) ? VMAIL_UNAVAILABLE : VMAIL_NOT_FOUND;
    if (parts.form == VMAIL_NAME_PLAIN && !vmail_name_may_have_separator(name) &&
        context->domain == NULL && !context->has_address)
        return VMAIL_NOT_FOUND;
    const enum vmail_result result = check_system(paths, context, identity);
    return result == VMAIL_OK ? VMAIL_UNAVAILABLE : result;
}
