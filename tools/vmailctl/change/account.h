/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Lines of users and groups: changes in passwd.DOMAIN, shadow.DOMAIN and group.DOMAIN, from which
 * the commands are built. Each is one change of one file; messages are printed.
 */
#ifndef VMAILCTL_ACCOUNT_H
#define VMAILCTL_ACCOUNT_H

#include "change.h"
#include "record.h"
#include "record_format.h"

/** Adds RECORD at the end of its file, and creates the file if it is missing. EXIT_EXISTS. */
enum exit_code account_add(struct change *change, const struct vmail_record *record);

/** The same for a shadow line; replaces a leftover line of the same name. */
enum exit_code account_put_shadow(struct change *change, const struct vmail_shadow *shadow);

/**
 * Removes all lines of NAME, so that no second one takes effect. EXIT_DONE also if there is none;
 * EXIT_BAD_DATA, with a message and nothing changed, if there is only an invalid one.
 */
enum exit_code account_remove(struct change *change, enum vmail_kind kind, const char *name);

/** Sets the COUNT FIELDS in NAME's line. EXIT_NO_SUCH, without a message, if there is none. */
enum exit_code account_set(struct change *change, enum vmail_kind kind, const char *name,
                           const struct vmail_field *fields, size_t count);

/** Copies NAME's line to one with the name NEW; replaces a leftover line of that name. */
enum exit_code account_copy_shadow(struct change *change, const char *name, const char *new);

/**
 * Changes the members in group.DOMAIN, of the group GROUP or (NULL) of all groups: replaces the
 * member USER with NEW, or removes USER if NEW is NULL, or adds NEW if USER is NULL. TOUCHED (may
 * be NULL) counts the changed lines. A missing group.DOMAIN has no members.
 */
enum exit_code account_member(struct change *change, const char *group, const char *user,
                              const char *new, size_t *touched);

/**
 * In all groups of group.DOMAIN that have the member USER: adds NEW, or removes NEW with !ADD. USER
 * stays. TOUCHED as above.
 */
enum exit_code account_member_beside(struct change *change, const char *user, const char *new,
                                     bool add, size_t *touched);

#endif
