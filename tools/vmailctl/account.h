/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Lines of users and groups: the changes in passwd.DOMAIN, shadow.DOMAIN and group.DOMAIN that the
 * commands are made of. Each is one change of one file; messages are printed.
 */
#ifndef VMAILCTL_ACCOUNT_H
#define VMAILCTL_ACCOUNT_H

#include "change.h"
#include "record.h"

/** Adds RECORD at the end of its file, which is made where it is missing. EXIT_EXISTS. */
enum exit_code account_add(struct change *change, const struct vmail_record *record);

/** The same for a shadow line, where one of that name, a leftover, is replaced. */
enum exit_code account_put_shadow(struct change *change, const struct vmail_shadow *shadow);

/**
 * Removes all lines of NAME, so that no second one comes to life. EXIT_DONE also where there is
 * none; EXIT_BAD_DATA, with a message and nothing changed, where there is a broken one only.
 */
enum exit_code account_remove(struct change *change, enum vmail_kind kind, const char *name);

/** One field and its new value; see record_format.h for the numbers. */
struct account_field {
    int number;
    const char *value;
};

/** Sets the COUNT FIELDS of NAME's line. EXIT_NO_SUCH, without a message, where there is none. */
enum exit_code account_set(struct change *change, enum vmail_kind kind, const char *name,
                           const struct account_field *fields, size_t count);

/** Copies NAME's line to one of the name NEW, in place of a leftover of that name. */
enum exit_code account_copy_shadow(struct change *change, const char *name, const char *new);

/**
 * In group.DOMAIN, in the group GROUP or (NULL) in all: puts NEW in place of the member USER, or
 * takes him out where NEW is NULL; or, where USER is NULL, adds NEW. TOUCHED (may be NULL) counts
 * the lines that changed. No group.DOMAIN has no members.
 */
enum exit_code account_member(struct change *change, const char *group, const char *user,
                              const char *new, size_t *touched);

/** In all groups of group.DOMAIN that have the member USER: adds NEW, or with !ADD takes him out
 * again. USER stays. TOUCHED as above. */
enum exit_code account_member_beside(struct change *change, const char *user, const char *new,
                                     bool add, size_t *touched);

#endif
