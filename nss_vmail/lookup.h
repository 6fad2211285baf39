/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Code that the databases share: it finds a record and fills the C library's entry from it.
 */
#ifndef NSS_VMAIL_LOOKUP_H
#define NSS_VMAIL_LOOKUP_H

#include <nss.h>

#include "answer.h"
#include "cursor.h"
#include "table.h"

/** Fills ENTRY (struct passwd, struct spwd, ...) from RECORD of DOMAIN, with its strings in ANSWER.
 * FOLD: fold the name. */
typedef void fill_entry(void *entry, const char *domain, bool fold,
                        const struct vmail_record *record, struct answer *answer);

/** The place for the entry: the arguments that the C library passes to each entry point. */
struct request {
    fill_entry *fill;
    void *entry;
    char *buffer;
    size_t length;
    int *errnop;
};

/** Finds the user NAME. */
enum nss_status lookup_passwd(const char *name, const struct request *request);

/** Finds the user with UID. */
enum nss_status lookup_uid(uint32_t uid, const struct request *request);

/** Finds the shadow entry of the user NAME: locked, unless vmail.conf has `nss_hashes = yes`. Opens
 * the file itself, so its mode decides which callers get an answer. */
enum nss_status lookup_shadow(const char *name, const struct request *request);

/** Returns the next record of an enumeration. */
enum nss_status lookup_next(struct cursor *cursor, const struct request *request);

/** Restarts or ends the enumeration. */
enum nss_status lookup_restart(struct cursor *cursor);

#endif
