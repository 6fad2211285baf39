/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A table is one open file KIND.DOMAIN. It is searched by name or by id, or read from top to
 * bottom.
 *
 * A table returns only trusted records: well-formed, with ids inside `ids` of vmail.conf, and with
 * a name that a look-up could ask for. If a name appears twice, the first line is used, for
 * look-ups by id too. In a large file a line is found through the index, if the index matches the
 * file as it was opened.
 */
#ifndef VMAIL_TABLE_H
#define VMAIL_TABLE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "index_cache.h"
#include "lines.h"
#include "name.h"
#include "paths.h"
#include "record.h"
#include "trust.h"
#include "vmail_file.h"

struct vmail_table {
    enum vmail_kind kind;
    char domain[VMAIL_DOMAIN_MAX + 1];
    const struct vmail_paths *paths; /* borrowed, as are the rules */
    const struct vmail_rules *rules;
    struct vmail_file_state state; /* of the file when it was opened */
    struct vmail_lines lines;
    off_t found;                   /* start of the line that vmail_table_find_name found last */
    char last[VMAIL_USER_MAX + 1]; /* the name that vmail_table_next read last; "" for none */
    enum { VMAIL_UNTRIED, VMAIL_SCANNED, VMAIL_INDEXED } way; /* how lines are found */
    struct vmail_shared_index *index;                         /* if VMAIL_INDEXED */
};

/**
 * Opens FILE, whose paths and rules must live as long as the table. Returns VMAIL_OK, and the
 * caller closes the table. Else returns as vmail_trusted_open, or VMAIL_NO_MEMORY, with nothing to
 * close.
 */
enum vmail_result vmail_table_open(struct vmail_table *table, struct vmail_file file,
                                   struct vmail_error *error);

/** As vmail_table_open, for a file that was set aside. Only read it from top to bottom. */
enum vmail_result vmail_table_open_aside(struct vmail_table *table, struct vmail_file file,
                                         struct vmail_error *error);

/**
 * As vmail_table_open, over the LENGTH bytes at TEXT, the content read from FILE. They must
 * live as long as the table. Returns VMAIL_OK or VMAIL_NO_MEMORY.
 */
enum vmail_result vmail_table_open_text(struct vmail_table *table, struct vmail_file file,
                                        const char *text, size_t length);

/**
 * Finds the record of NAME (folded if vmail.conf says so). The record's strings live in the table
 * until its next call. Returns VMAIL_OK; VMAIL_NOT_FOUND; VMAIL_BROKEN if all lines of NAME are
 * invalid or not trusted, with ERROR, which names the file, the last of these lines and the cause;
 * or VMAIL_UNAVAILABLE after a failed read.
 */
enum vmail_result vmail_table_find_name(struct vmail_table *table, const char *name,
                                        struct vmail_record *record, struct vmail_error *error);

/**
 * As vmail_table_find_name, by uid or gid; never in a shadow file. Stops after a few lines of the
 * id that are ignored because an earlier line has their name and another id.
 */
enum vmail_result vmail_table_find_id(struct vmail_table *table, uint32_t id,
                                      struct vmail_record *record);

/**
 * Returns the next record from the current position (at first, the top), or VMAIL_NOT_FOUND at the
 * end. Returns repeated names too: an enumeration lists what the file holds.
 */
enum vmail_result vmail_table_next(struct vmail_table *table, struct vmail_record *record);

/**
 * As vmail_table_next, line by line: if LINE is not a trusted record, REASON says what is wrong
 * with it, else it is NULL. The text of LINE is split in either case.
 */
enum vmail_result vmail_table_next_line(struct vmail_table *table, struct vmail_line *line,
                                        struct vmail_record *record, const char **reason);

/**
 * Closes the descriptor and keeps the buffered data, so that no descriptor stays open in the
 * calling process between two calls. vmail_table_next opens the file again when it needs more. If
 * the file has changed meanwhile, it continues after the line of the name that it read last. If
 * that name is gone, it starts again at the top: a record may then come twice, but a record that
 * stayed in the file is missed only if its line moved up past the current position.
 */
void vmail_table_suspend(struct vmail_table *table);

/** Closes and wipes the table; closing it twice is allowed. */
void vmail_table_close(struct vmail_table *table);

#endif
