/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <string.h>

#include "hash.h"
#include "name.h"
#include "number.h"
#include "options.h"

/* Words that pam_get_authtok(3) reads itself. */
static const char *const for_libpam[] = { "try_first_pass", "use_first_pass", "use_authtok" };

static const struct {
    const char *word;
    size_t offset; /* of a bool in struct options */
} switches[] = {
    { "debug", offsetof(struct options, debug) },
    { "nodelay", offsetof(struct options, nodelay) },
    { "nullok", offsetof(struct options, nullok) },
    { "no_address", offsetof(struct options, no_address) },
    { "unwrap_address", offsetof(struct options, unwrap_address) },
    { "keep_user", offsetof(struct options, keep_user) },
    { "same_domain", offsetof(struct options, same_domain) },
    { "resolve_only", offsetof(struct options, resolve_only) },
    { "rehash", offsetof(struct options, rehash) },
};

static bool is_for_libpam(const char *word)
{
    for (size_t i = 0; i < sizeof for_libpam / sizeof *for_libpam; i++)
        if (strcmp(word, for_libpam[i]) == 0)
            return true;
    return false;
}

static bool take_switch(struct options *options, const char *word)
{
    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++) {
        if (strcmp(word, switches[i].word) == 0) {
            *(bool *)((char *)options + switches[i].offset) = true;
            return true;
        }
    }
    return false;
}

/* The value after KEY, which ends in "=" or ":"; NULL if WORD does not start with KEY. */
static const char *value_of(const char *word, const char *key)
{
    size_t length = strlen(key);
    return strncmp(word, key, length) == 0 ? word + length : NULL;
}

static const char *take_address_from(struct options *options, const char *value)
{
    const char *variable = value_of(value, "env:");
    if (strcmp(value, "stdin") == 0)
        return NULL;
    if (variable == NULL || *variable == '\0')
        return "expected stdin or env:NAME";
    options->address_variable = variable;
    return NULL;
}

static const char *take_rounds(struct options *options, const char *value)
{
    uint64_t number;
    if (!vmail_number_parse(value, strlen(value), UINT32_MAX, &number))
        return "expected a number";
    options->rounds = (unsigned long)number;
    return NULL;
}

static const char *take_value(struct options *options, const char *word)
{
    const char *value;
    if ((value = value_of(word, "domain=")) != NULL) {
        options->domain = value;
        return vmail_domain_valid(value, strlen(value)) ? NULL : "not a domain name";
    }
    if ((value = value_of(word, "address_from=")) != NULL)
        return take_address_from(options, value);
    if ((value = value_of(word, "crypt=")) != NULL) {
        options->crypt = value;
        return vmail_hash_method_known(value) ? NULL : "unknown hash method";
    }
    if ((value = value_of(word, "rounds=")) != NULL)
        return take_rounds(options, value);
    if (value_of(word, "authtok_type=") != NULL)
        return NULL; /* read by pam_get_authtok(3) */
    return "unknown option; see pam_vmail(8)";
}

const char *options_take(struct options *options, const char *word)
{
    if (is_for_libpam(word) || take_switch(options, word))
        return NULL;
    return take_value(options, word);
}
