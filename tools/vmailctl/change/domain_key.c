/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain_key.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "argument.h"
#include "config_value.h"
#include "domain_name.h"
#include "id_block.h"
#include "mailbox.h"
#include "message.h"
#include "suggest.h"

static enum exit_code keep_value(const struct context *context, const char *text, char **value)
{
    *value = strdup(text);
    return *value == NULL ? message_no_memory(context) : EXIT_DONE;
}

/** Keeps TEXT, unless EXPECTED says what it should be. */
static enum exit_code judge_value(const struct context *context, const char *text,
                                  const char *expected, char **value)
{
    if (expected == NULL)
        return keep_value(context, text, value);
    message_error(context, "'%s': %s", text, expected);
    return EXIT_BAD_DATA;
}

static enum exit_code check_alias(const struct context *context, const char *domain,
                                  const char *text, char **value)
{
    char alias[VMAIL_DOMAIN_MAX + 1];
    enum exit_code code = argument_new_domain(context, text, alias);
    if (code != EXIT_DONE)
        return code;
    if (strcmp(alias, domain) == 0) {
        message_error(context, "%s cannot be an alias of itself", domain);
        return EXIT_BAD_DATA;
    }
    const char *owner = vmail_config_alias(context->config, alias);
    if (owner == NULL || strcmp(owner, domain) != 0)
        code = domain_name_check(context, alias);
    return code != EXIT_DONE ? code : keep_value(context, alias, value);
}

static enum exit_code check_address(const struct context *context, const char *domain,
                                    const char *text, char **value)
{
    struct vmail_address address;
    char plain[VMAIL_ADDRESS_TEXT_MAX + 1];
    if (!vmail_address_parse(text, &address)) {
        message_error(context, "'%s' is not an IPv4 or IPv6 address", text);
        return EXIT_USAGE;
    }
    const char *owner = vmail_config_address(context->config, &address);
    vmail_address_format(&address, plain);
    if (owner == NULL || strcmp(owner, domain) == 0)
        return keep_value(context, plain, value);
    message_error(context, "%s is already an address of %s", plain, owner);
    return EXIT_EXISTS;
}

static enum exit_code check_ids(const struct context *context, const char *domain, const char *text,
                                char **value)
{
    struct vmail_id_range range;
    enum exit_code code = judge_value(context, text, vmail_value_ids(text, &range), value);
    if (code != EXIT_DONE)
        return code;
    code = id_block_check(context, domain, &range);
    if (code != EXIT_DONE) {
        free(*value);
        *value = NULL;
    }
    return code;
}

static enum exit_code check_mailbox(const struct context *context, const char *domain,
                                    const char *text, char **value)
{
    const char *expected = vmail_value_mailbox(text);
    if (expected == NULL && !vmail_mailbox_is_own(text, domain))
        message_warning(
            context,
            "'%s' lacks %%d or %%u: users of two domains, or a system user, may share a mailbox",
            text);
    return judge_value(context, text, expected, value);
}

static enum exit_code check_admin(const struct context *context, const char *domain,
                                  const char *text, char **value)
{
    (void)domain;
    if (vmail_user_valid(text, strlen(text)) && getpwnam(text) == NULL)
        message_warning(context, "no such system user: %s", text);
    return judge_value(context, text,
                       vmail_user_valid(text, strlen(text)) ? NULL : "not a user name", value);
}

static enum exit_code check_alias_user(const struct context *context, const char *domain,
                                       const char *text, char **value)
{
    const char *expected = vmail_value_alias_user(text);
    (void)domain;
    if (expected == NULL && *text != '\0' && getpwnam(text) == NULL)
        message_warning(context, "no such system user: %s", text);
    return judge_value(context, text, expected, value);
}

static const char *expected_size(const char *text)
{
    uint64_t size;
    return vmail_value_size(text, &size);
}

static const char *expected_count(const char *text)
{
    uint32_t count;
    return vmail_value_count(text, &count);
}

static const char *expected_bool(const char *text)
{
    bool yes;
    return vmail_value_bool(text, &yes);
}

static const struct domain_key keys[] = {
    { "aliases", true, .check = check_alias },
    { "address", true, .check = check_address },
    { "ids", true, .check = check_ids },
    { "fallback", false, .expected = vmail_value_fallback },
    { "alias_files", true, .expected = vmail_value_path },
    { "match_full_name", false, .expected = expected_bool },
    { "mailbox", false, .check = check_mailbox },
    { "mailbox_limit", false, .expected = expected_size },
    { "max_users", false, .expected = expected_count },
    { "admins", true, .check = check_admin },
    { "alias_programs", false, .expected = expected_bool },
    { "alias_user", false, .check = check_alias_user },
};

const struct domain_key *domain_key_find(const struct context *context, const char *name)
{
    struct suggestion suggestion = { .word = name };
    char hint[SUGGEST_TEXT_MAX + 1];
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (strcmp(keys[i].name, name) == 0)
            return &keys[i];
        suggest_consider(&suggestion, keys[i].name);
    }
    message_error(context, "no such key: '%s'%s", name, suggest_text(&suggestion, hint));
    return NULL;
}

enum exit_code domain_key_value(const struct context *context, const struct domain_key *key,
                                const char *domain, const char *text, char **value)
{
    *value = NULL;
    return key->check != NULL ? key->check(context, domain, text, value)
                              : judge_value(context, text, key->expected(text), value);
}
