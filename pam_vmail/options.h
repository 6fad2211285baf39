/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The module's arguments in a pam.d line; pam_vmail(8) explains them.
 */
#ifndef PAM_VMAIL_OPTIONS_H
#define PAM_VMAIL_OPTIONS_H

#include <security/pam_modules.h>
#include <stdbool.h>

struct options {
    bool debug;
    bool silent; /* PAM_SILENT of the call: show the user no messages */
    bool nullok;
    bool nodelay;
    bool no_address;
    bool unwrap_address;
    bool keep_user;
    bool same_domain;
    bool resolve_only;
    bool rehash;
    const char *address_variable; /* NAME of address_from=env:NAME; else NULL */
    const char *crypt;            /* method for new hashes; NULL: system default */
    unsigned long rounds;         /* cost of that method; 0: its default */
    const char *domain;           /* valid, or NULL */
};

/**
 * Sets the option of one WORD of a pam.d line in OPTIONS, which may keep pointers into WORD.
 * Returns NULL, or a text that says what is wrong. vmailctl uses it to check pam.d lines.
 */
const char *options_take(struct options *options, const char *word);

/**
 * Reads FLAGS and the ARGC words at ARGV. Returns PAM_SUCCESS, or PAM_SERVICE_ERR (logged) if a
 * word is unknown or has an invalid value: a misspelt option must not silently mean the default.
 */
int options_parse(const pam_handle_t *pamh, int flags, int argc, const char **argv,
                  struct options *options);

#endif
