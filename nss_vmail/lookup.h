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

/** Makes ENTRY (struct passwd, struct spwd, ...) of a RECORD of DOMAIN within ANSWER; the name is
 * folded where FOLD says so. */
typedef void fill_entry(void *entry, const char *domain, bool fold,
                        const struct vmail_record *record, struct answer *answer);

/** Where the entry goes: what the C library hands to each entry point. */
struct request {
    fill_entry *fill;
    void *entry;
    char *buffer;
    size_t length;
    int *errnop;
};

/** The user NAME. */
enum nss_status lookup_passwd(const char *name, const struct request *request);

/** The user of UID. */
enum nss_status lookup_uid(uint32_t uid, const struct request *request);

/** The shadow entry of the user NAME: locked, unless vmail.conf says `nss_hashes = yes`. The file
 * itself is opened, so that its mode decides who gets an answer. */
enum nss_status lookup_shadow(const char *name, const struct request *request);

/** The next record of an enumeration. */
enum nss_status lookup_next(struct cursor *cursor, const struct request *request);

/** The enumeration begins again, or ends. */
enum nss_status lookup_restart(struct cursor *cursor);

#endif
