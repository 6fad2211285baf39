/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Reads the records of one file of a domain, with messages about errors:
 *
 *     records_begin(&users, context, VMAIL_PASSWD, domain);
 *     while (records_next(&users))
 *         ... users.record.passwd ...
 *     code = records_end(&users);
 */
#ifndef VMAILCTL_RECORDS_H
#define VMAILCTL_RECORDS_H

#include "alias_set.h"
#include "context.h"
#include "table.h"

struct records {
    const struct context *context;
    struct vmail_table table;
    enum vmail_result result; /* of the last step */
    struct vmail_error error;
    bool open;
    struct vmail_record record; /* the current one; its strings live until the next call */
};

/** Opens KIND.DOMAIN. A missing file has no records. */
void records_begin(struct records *records, const struct context *context, enum vmail_kind kind,
                   const char *domain);

/** The same for passwd.DOMAIN after it was set aside (vmail_set_aside). */
void records_begin_aside(struct records *records, const struct context *context,
                         const char *domain);

/** Reads the next record, or returns false at the end or after an error. */
bool records_next(struct records *records);

/**
 * Reads the record of NAME, the one that a look-up would use. Returns false if there is none, or
 * after an error: records_end tells which.
 */
bool records_find(struct records *records, const char *name);

/** Closes the file without a message. Returns the result of the last step. */
enum vmail_result records_close(struct records *records);

/**
 * Closes the file. EXIT_DONE; after an error, EXIT_UNAVAILABLE with a message. If the only line of
 * the name that records_find looked for is invalid, EXIT_BAD_DATA with a message.
 */
enum exit_code records_end(struct records *records);

/**
 * Whether KIND.DOMAIN has a record of NAME: VMAIL_OK, VMAIL_NOT_FOUND, or another code if this is
 * unknown. Prints nothing.
 */
enum vmail_result records_look(const struct context *context, enum vmail_kind kind,
                               const char *domain, const char *name);

/** Counts the remaining records, and ends RECORDS as records_end does. */
enum exit_code records_end_count(struct records *records, unsigned long *count);

/** Counts the records of KIND.DOMAIN. EXIT_DONE, or EXIT_UNAVAILABLE with a message. */
enum exit_code records_count(const struct context *context, enum vmail_kind kind,
                             const char *domain, unsigned long *count);

/**
 * Checks that KIND.DOMAIN has no record of NAME: EXIT_DONE; EXIT_EXISTS with a message if it has;
 * else as records_end.
 */
enum exit_code records_name_free(const struct context *context, enum vmail_kind kind,
                                 const char *domain, const char *name);

/** Reads the aliases of DOMAIN; see vmail_alias_set_read. EXIT_DONE, or EXIT_UNAVAILABLE with a
 * message; the caller ends SET in either case. */
enum exit_code records_aliases(const struct context *context, const char *domain,
                               struct vmail_alias_set *set);

#endif
