/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Limits of mailboxes: `mailbox_limit` of a domain in vmail.conf, and a user's own limit, which
 * comes before it. The own limit is one of the fields of GECOS, between commas, as those that
 * pam_umask(8) reads there: "Bob,,,,mailbox_limit=200M".
 */
#ifndef VMAIL_LIMIT_H
#define VMAIL_LIMIT_H

#include <stdint.h>

#include "config.h"

enum vmail_limit_own {
    VMAIL_LIMIT_UNSET,  /* that of the domain is in force */
    VMAIL_LIMIT_SET,    /* 0: there is no limit, whatever the domain says */
    VMAIL_LIMIT_BROKEN, /* not a size; that of the domain is in force */
};

/** Reads a user's own limit, in bytes, from GECOS. The first one is used. */
enum vmail_limit_own vmail_limit_own(const char *gecos, uint64_t *limit);

/** Returns `mailbox_limit` of DOMAIN (lower case) in bytes, or 0. Not for a config from an image.
 */
uint64_t vmail_limit_of_domain(const struct vmail_config *config, const char *domain);

/** Returns the limit in bytes for the user with this GECOS in DOMAIN, or 0. Not for a config from
 * an image. */
uint64_t vmail_limit_of_user(const struct vmail_config *config, const char *domain,
                             const char *gecos);

/** Returns COMMENT, which has no limit, with the own limit of GECOS, if that has one. The caller
 * frees it. NULL if memory is short. */
char *vmail_limit_keep(const char *gecos, const char *comment);

/** Returns GECOS with SIZE (a value of `mailbox_limit`) as own limit, or with none if SIZE is NULL.
 * The caller frees it. NULL if memory is short. */
char *vmail_limit_put(const char *gecos, const char *size);

#endif
