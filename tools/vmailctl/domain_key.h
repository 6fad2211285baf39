/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The keys of a [domain] section, and what may be their values.
 */
#ifndef VMAILCTL_DOMAIN_KEY_H
#define VMAILCTL_DOMAIN_KEY_H

#include "context.h"

struct domain_key {
    const char *name;
    bool list; /* of words; the other keys have one value */
    enum exit_code (*check)(const struct context *context, const char *domain, const char *text,
                            char **value);
};

/** The key NAME, or NULL with a message. */
const struct domain_key *domain_key_find(const struct context *context, const char *name);

/**
 * Checks TEXT as a value of KEY, of a list as one word, for DOMAIN. EXIT_DONE with VALUE, how it is
 * written in vmail.conf, which the caller frees; else a message and EXIT_USAGE, EXIT_BAD_DATA, or
 * EXIT_EXISTS where it is another domain's.
 */
enum exit_code domain_key_value(const struct context *context, const struct domain_key *key,
                                const char *domain, const char *text, char **value);

#endif
