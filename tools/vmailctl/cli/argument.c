/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "argument.h"

#include <string.h>

#include "domains.h"
#include "idn.h"
#include "managed.h"
#include "message.h"
#include "suggest.h"

enum exit_code argument_new_domain(const struct context *context, const char *text,
                                   char domain[VMAIL_DOMAIN_MAX + 1])
{
    char ascii[VMAIL_DOMAIN_MAX + 1];
    if (idn_to_ascii(text, ascii))
        text = ascii;
    size_t length = strlen(text);
    if (!vmail_domain_valid(text, length) || length > VMAIL_DOMAIN_FILE_MAX) {
        message_error(context,
                      "'%s' is not a valid domain: use labels of letters, digits and '-', joined "
                      "by dots, at most %d characters",
                      text, (int)VMAIL_DOMAIN_FILE_MAX);
        return EXIT_USAGE;
    }
    vmail_fold_copy(domain, text, length);
    return EXIT_DONE;
}

/** Takes NAME, one of DOMAIN, for a suggestion where the actor may know of it. */
static void consider(const struct context *context, struct suggestion *suggestion,
                     const char *domain, const char *name)
{
    if (managed_domain(context, domain))
        suggest_consider(suggestion, name);
}

/** Says that there is no DOMAIN, and which one may have been meant. */
static enum exit_code no_such_domain(const struct context *context, const char *domain)
{
    struct suggestion suggestion = { .word = domain };
    struct vmail_domain_list list;
    char hint[SUGGEST_TEXT_MAX + 1];
    const struct vmail_config *config = context->config;
    if (vmail_domains_list(context->paths, &list, NULL) == VMAIL_OK) {
        for (size_t i = 0; i < list.count; i++)
            consider(context, &suggestion, list.name[i], list.name[i]);
        vmail_domains_free(&list);
    }
    for (size_t i = 0; i < config->domain_name_count; i++) {
        const char *name = vmail_config_string(config, config->domain_names[i].name);
        consider(context, &suggestion, name, name);
    }
    for (size_t i = 0; i < config->alias_count; i++)
        consider(context, &suggestion, config->domains[config->aliases[i].domain].name,
                 vmail_config_string(config, config->aliases[i].name));
    message_error(context, "no such domain: %s%s", domain, suggest_text(&suggestion, hint));
    return EXIT_NO_SUCH;
}

enum exit_code argument_domain(const struct context *context, const char *text,
                               char domain[VMAIL_DOMAIN_MAX + 1])
{
    char name[VMAIL_DOMAIN_MAX + 3] = "x@"; /* the resolver knows users of domains */
    struct vmail_context nothing = { 0 };
    struct vmail_identity identity;
    enum exit_code code = argument_new_domain(context, text, domain);
    if (code != EXIT_DONE)
        return code;
    memcpy(name + 2, domain, strlen(domain) + 1);
    if (vmail_resolve(context->paths, context->config, name, &nothing, &identity) != VMAIL_OK)
        return no_such_domain(context, domain);
    memcpy(domain, identity.domain, sizeof identity.domain);
    return EXIT_DONE;
}

/** USER@DOMAIN with the domain in ASCII: TEXT itself, or OUT. */
static const char *ascii_name(const char *text, char out[VMAIL_CANONICAL_MAX + 1])
{
    char domain[VMAIL_DOMAIN_MAX + 1];
    const char *at = strrchr(text, VMAIL_SEPARATOR);
    if (at == NULL || at - text > VMAIL_USER_MAX || !idn_to_ascii(at + 1, domain))
        return text;
    size_t length = (size_t)(at - text) + 1;
    memcpy(out, text, length);
    memcpy(out + length, domain, strlen(domain) + 1);
    return out;
}

enum exit_code argument_user(const struct context *context, const char *text,
                             struct vmail_identity *identity)
{
    struct vmail_context nothing = { 0 };
    struct vmail_name name;
    char ascii[VMAIL_CANONICAL_MAX + 1];
    text = ascii_name(text, ascii);
    bool split = vmail_name_split(text, context->config->rules.separators,
                                  context->config->rules.fold_case, &name);
    if (!split || name.form == VMAIL_NAME_PLAIN) {
        message_error(context, "'%s' has no domain: write USER@DOMAIN", text);
        return EXIT_USAGE;
    }
    if (!name.user_valid) {
        message_error(context,
                      "'%s' has no valid user name: use 1 to %d ASCII characters without space, "
                      "'@', ':', '/' and ',', not starting with '-', '+' or '.'",
                      text, (int)VMAIL_USER_MAX);
        return EXIT_USAGE;
    }
    if (vmail_resolve(context->paths, context->config, text, &nothing, identity) != VMAIL_OK)
        return no_such_domain(context, name.domain);
    return EXIT_DONE;
}

/** Says that the domain has no such user or group, and which of those it has may be meant. */
static enum exit_code no_such_record(const struct context *context, enum vmail_kind kind,
                                     const struct vmail_identity *identity)
{
    struct suggestion suggestion = { .word = identity->user };
    struct records records;
    char hint[SUGGEST_TEXT_MAX + 1];
    if (managed_domain(context, identity->domain)) {
        records_begin(&records, context, kind, identity->domain);
        while (records_next(&records))
            suggest_consider(&suggestion, vmail_record_name(&records.record));
        records_close(&records);
    }
    message_error(context, "%s has no %s %s%s", identity->domain,
                  kind == VMAIL_GROUP ? "group" : "user", identity->user,
                  suggest_text(&suggestion, hint));
    return EXIT_NO_SUCH;
}

enum exit_code argument_existing(const struct context *context, enum vmail_kind kind,
                                 const char *text, struct vmail_identity *identity,
                                 struct records *found)
{
    enum exit_code code = argument_user(context, text, identity);
    if (code != EXIT_DONE)
        return code;
    records_begin(found, context, kind, identity->domain);
    if (records_find(found, identity->user))
        return EXIT_DONE;
    code = records_end(found);
    if (code != EXIT_DONE)
        return code;
    return no_such_record(context, kind, identity);
}

enum exit_code argument_exists(const struct context *context, enum vmail_kind kind,
                               const char *text, struct vmail_identity *identity)
{
    struct records found;
    const enum exit_code code = argument_existing(context, kind, text, identity, &found);
    if (code != EXIT_DONE)
        return code;
    return records_end(&found);
}
