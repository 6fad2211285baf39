/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The keys of a [domain] section, and their valid values.
 */
#ifndef VMAILCTL_DOMAIN_KEY_H
#define VMAILCTL_DOMAIN_KEY_H

#include "context.h"

struct domain_key {
    const char *name;
    bool list;                                 /* of words; other keys have one value */
    const char *(*expected)(const char *text); /* of config_value.h; or */
    enum exit_code (*check)(const struct context *context, const char *domain, const char *text,
                            char **value);
};

/** The key NAME, or NULL with a message. */
const struct domain_key *domain_key_find(const struct context *context, const char *name);

/**
 * Checks TEXT as a value of KEY (for a list: as one word) for DOMAIN. EXIT_DONE with VALUE, as
 * written in vmail.conf, which the caller frees; otherwise a message and EXIT_USAGE, EXIT_BAD_DATA,
 * or EXIT_EXISTS if it belongs to another domain.
 */
enum exit_code domain_key_value(const struct context *context, const struct domain_key *key,
                                const char *domain, const char *text, char **value);

#endif
