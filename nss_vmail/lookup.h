/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What the databases have in common: a record is looked for, and the C library's entry made of it.
 */
#ifndef NSS_VMAIL_LOOKUP_H
#define NSS_VMAIL_LOOKUP_H

#include <nss.h>

#include "answer.h"
#include "cursor.h"
#include "table.h"

/** Makes ENTRY (struct passwd, struct spwd, ...) of RECORD, which TABLE holds, within ANSWER. */
typedef void fill_entry(void *entry, const struct vmail_table *table,
                        const struct vmail_record *record, struct answer *answer);

/** Where the entry goes: what the C library hands to each entry point. */
struct request {
    fill_entry *fill;
    void *entry;
    char *buffer;
    size_t length;
    int *errnop;
};

/** The user NAME, in the files of KIND. */
enum nss_status lookup_user(const char *name, enum vmail_kind kind, const struct request *request);

/** The next record of an enumeration. */
enum nss_status lookup_next(struct cursor *cursor, const struct request *request);

#endif
