/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options.h"

#include <security/pam_ext.h>
#include <stddef.h>
#include <string.h>
#include <syslog.h>

#include "name.h"

/* Words that pam_get_authtok(3) reads for itself. */
static const char *const for_libpam[] = { "try_first_pass", "use_first_pass" };

static const struct {
    const char *word;
    size_t offset; /* of a bool in struct options */
} switches[] = {
    { "debug", offsetof(struct options, debug) },
    { "nullok", offsetof(struct options, nullok) },
    { "no_address", offsetof(struct options, no_address) },
    { "unwrap_address", offsetof(struct options, unwrap_address) },
    { "keep_user", offsetof(struct options, keep_user) },
    { "same_domain", offsetof(struct options, same_domain) },
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

/* The value behind "KEY=", or NULL where WORD does not start so. */
static const char *value_of(const char *word, const char *key)
{
    size_t length = strlen(key);
    return strncmp(word, key, length) == 0 ? word + length : NULL;
}

static const char *take_value(struct options *options, const char *word)
{
    const char *value;
    if ((value = value_of(word, "domain=")) != NULL) {
        options->domain = value;
        return vmail_domain_valid(value, strlen(value)) ? NULL : "not a domain name";
    }
    return "unknown option; see pam_vmail(8)";
}

int options_parse(const pam_handle_t *pamh, int flags, int argc, const char **argv,
                  struct options *options)
{
    *options = (struct options){ .silent = ((unsigned)flags & PAM_SILENT) != 0 };
    for (int i = 0; i < argc; i++) {
        if (is_for_libpam(argv[i]) || take_switch(options, argv[i]))
            continue;
        const char *wrong = take_value(options, argv[i]);
        if (wrong != NULL) {
            pam_syslog(pamh, LOG_ERR, "option %s: %s", argv[i], wrong);
            return PAM_SERVICE_ERR;
        }
    }
    return PAM_SUCCESS;
}
