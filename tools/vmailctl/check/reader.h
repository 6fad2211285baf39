/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Reads a file KIND.DOMAIN line by line, the broken lines too, as `check` needs it.
 */
#ifndef VMAILCTL_CHECK_READER_H
#define VMAILCTL_CHECK_READER_H

#include "areas.h"
#include "table.h"

struct reader {
    struct check *check;
    struct vmail_table table;
    char path[VMAIL_PATH_MAX];
    struct finding_place place; /* of the line at hand: domain, file, line, and user of a record */

    struct vmail_line line;     /* taken apart where it is a record */
    struct vmail_record record; /* where BROKEN is NULL */
    const char *broken;         /* what is wrong with the syntax of the line, a comment included */
    char name[VMAIL_USER_MAX + 1]; /* of the record, folded where vmail.conf says so */
    uint64_t key;                  /* of NAME: the same for the same name, see marks.h */
    off_t told;                    /* to the progress bar */
};

/** Opens KIND.DOMAIN for AREA. Results as vmail_table_open; only on VMAIL_OK the caller closes. */
enum vmail_result reader_open(struct reader *reader, struct check *check, const char *area,
                              enum vmail_kind kind, const char *domain, struct vmail_error *error);

/** Reads the next line. False at the end, or where reading failed, which becomes a finding. */
bool reader_next(struct reader *reader);

/** As reader_next, passing over what is no record or one that the modules refuse. */
bool reader_next_good(struct reader *reader);

/** Reads the line at OFFSET again, one that reader_next has read; its number is not known. */
bool reader_at(struct reader *reader, off_t offset);

/** Whether the modules believe the record: ids within `ids`, no separator in the name. */
bool reader_is_good(const struct reader *reader);

void reader_close(struct reader *reader);

#endif
