/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The module's arguments in a pam.d line; pam_vmail(8) has their meaning.
 */
#ifndef PAM_VMAIL_OPTIONS_H
#define PAM_VMAIL_OPTIONS_H

#include <security/pam_modules.h>
#include <stdbool.h>

struct options {
    bool debug;
    bool silent; /* PAM_SILENT of the call: nothing is told to the user */
    bool nullok;
    bool nodelay;
    bool no_address;
    bool unwrap_address;
    bool keep_user;
    bool same_domain;
    bool resolve_only;
    bool rehash;
    const char *address_variable; /* of the environment, for address_from=env:NAME; else NULL */
    const char *crypt;            /* method for new hashes; NULL for the system's default */
    unsigned long rounds;         /* its cost; 0 for the default */
    const char *domain;           /* valid, or NULL */
};

/**
 * Takes one WORD of a pam.d line into OPTIONS, which may keep pointers into it. Returns NULL, or
 * what is wrong with it; vmailctl, which looks at the lines as well, asks here, too.
 */
const char *options_take(struct options *options, const char *word);

/**
 * Reads FLAGS and the ARGC words at ARGV. Returns PAM_SUCCESS; or PAM_SERVICE_ERR, logged, where a
 * word is unknown or has a bad value: a misspelt option must not quietly mean the default.
 */
int options_parse(const pam_handle_t *pamh, int flags, int argc, const char **argv,
                  struct options *options);

#endif
