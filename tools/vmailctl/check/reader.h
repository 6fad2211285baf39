/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Reads a file KIND.DOMAIN line by line, including invalid lines.
 */
#ifndef VMAILCTL_CHECK_READER_H
#define VMAILCTL_CHECK_READER_H

#include "areas.h"
#include "marks.h"
#include "table.h"

struct reader {
    struct check *check;
    struct vmail_table table;
    char path[VMAIL_PATH_MAX];
    struct finding_place place; /* of the current line: domain, file, line, and user of a record */

    struct vmail_line line;        /* split if it is a record */
    struct vmail_record record;    /* if BROKEN is NULL */
    const char *broken;            /* the syntax error in the line; also set for a comment */
    char name[VMAIL_USER_MAX + 1]; /* of the record, folded if vmail.conf says so */
    uint64_t key;                  /* of NAME: the same for the same name, see marks.h */
    off_t told;                    /* the position told to the progress bar */
};

/** Opens KIND.DOMAIN. Returns as vmail_table_open; only on VMAIL_OK the caller closes. */
enum vmail_result reader_open(struct reader *reader, struct check *check, enum vmail_kind kind,
                              const char *domain);

/** Reads the next line. False at the end, or if reading failed, which adds a finding. */
bool reader_next(struct reader *reader);

/** As reader_next, but skips lines that are not records and records that the modules ignore. */
bool reader_next_good(struct reader *reader);

/** Reads again the line at OFFSET that reader_next has read; its number is unknown. */
bool reader_at(struct reader *reader, off_t offset);

/** Whether the modules accept the record: ids within `ids`, no separator in the name. */
bool reader_is_good(const struct reader *reader);

void reader_close(struct reader *reader);

/** The mark of the current line, without a domain. */
struct mark reader_mark(const struct reader *reader);

/** Writes the LENGTH bytes at TEXT, cut at VMAIL_USER_MAX, as the name of a reader. Returns its
 * key. */
uint64_t reader_name_key(const struct check *check, const char *text, size_t length,
                         char name[VMAIL_USER_MAX + 1]);

/**
 * Adds to NAMES a mark for each record of KIND.DOMAIN; with ALL, also for possible names in lines
 * that are invalid or commented out, because somebody may fix them. VMAIL_OK, with NAMES sorted;
 * otherwise as vmail_table_open, or VMAIL_UNAVAILABLE if reading failed.
 */
enum vmail_result reader_names(struct check *check, enum vmail_kind kind, const char *domain,
                               bool all, struct marks *names);

#endif
