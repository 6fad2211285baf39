/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The store finds users and groups across all domains. It includes private groups, which have no
 * line of their own.
 */
#ifndef VMAIL_STORE_H
#define VMAIL_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "find.h"

/**
 * Finds the user of UID: only in the domain that has UID in its `ids`, or, if no domain has it, in
 * all domains without `ids`, in the order of their names. If users in two domains have the same
 * uid, which is an error, either may be the answer. On VMAIL_OK the caller ends FOUND.
 */
enum vmail_result vmail_store_find_uid(const struct vmail_paths *paths,
                                       const struct vmail_config *config, uint32_t uid,
                                       struct vmail_found *found);

/**
 * As vmail_store_find_uid, but if no domain has UID in its `ids`, in all domains: no look-up by id
 * finds a user outside the `ids` of their domain, but they have files.
 */
enum vmail_result vmail_store_find_uid_anywhere(const struct vmail_paths *paths,
                                                const struct vmail_config *config, uint32_t uid,
                                                struct vmail_found *found);

/** A group of a domain. The strings live in FOUND, which the caller ends. */
struct vmail_store_group {
    struct vmail_found found;
    const char *name; /* without the domain */
    uint32_t gid;
    const char *members; /* see vmail_group_next_member; "" in a private group */
};

/**
 * Finds the group NAME: a line of FILE, a group file, else the private group of the user of that
 * name. A user has a private group if their gid equals their uid and no group in group.DOMAIN
 * has this gid.
 */
enum vmail_result vmail_store_find_group(struct vmail_file file, const char *name,
                                         struct vmail_store_group *group);

/** As vmail_store_find_group, by gid over all domains, in the order of vmail_store_find_uid. */
enum vmail_result vmail_store_find_gid(const struct vmail_paths *paths,
                                       const struct vmail_config *config, uint32_t gid,
                                       struct vmail_store_group *group);

/**
 * Whether USER, found in PASSWD, has a private group: VMAIL_OK or VMAIL_NOT_FOUND;
 * VMAIL_UNAVAILABLE if the domain's group file exists but cannot be read or trusted.
 */
enum vmail_result vmail_store_private_group(struct vmail_file passwd,
                                            const struct vmail_passwd *user);

#endif
