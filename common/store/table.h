/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A table: one open file KIND.DOMAIN, found in by name or by id, or read from top to bottom.
 *
 * A table only ever hands out records that may be believed: well-formed, with ids inside `ids` of
 * vmail.conf, and with a name that a look-up could ask for. Where a name stands twice, the first
 * line counts, for look-ups by id too. In a large file a line is found by way of its index, where
 * that is right for the file as it was opened.
 */
#ifndef VMAIL_TABLE_H
#define VMAIL_TABLE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "error.h"
#include "index.h"
#include "lines.h"
#include "name.h"
#include "paths.h"
#include "record.h"
#include "trust.h"

struct vmail_table {
    enum vmail_kind kind;
    char domain[VMAIL_DOMAIN_MAX + 1];
    const struct vmail_paths *paths; /* borrowed, as is the next */
    const struct vmail_config *config;
    struct vmail_file_state state; /* of the file when it was opened */
    struct vmail_lines lines;
    off_t found;                   /* where the line starts that vmail_table_find_name found last */
    char last[VMAIL_USER_MAX + 1]; /* the name that vmail_table_next read last; "" for none */
    enum { VMAIL_UNTRIED, VMAIL_SCANNED, VMAIL_INDEXED } way; /* how lines are found */
    struct vmail_index index;                                 /* where VMAIL_INDEXED */
};

/**
 * Opens KIND.DOMAIN; DOMAIN is valid and in lower case. PATHS and CONFIG must live as long as the
 * table. Returns VMAIL_OK, and the caller closes the table; else as vmail_trusted_open, or
 * VMAIL_NO_MEMORY, and there is nothing to close.
 */
enum vmail_result vmail_table_open(struct vmail_table *table, const struct vmail_paths *paths,
                                   const struct vmail_config *config, enum vmail_kind kind,
                                   const char *domain, struct vmail_error *error);

/** The same for a file that was set aside, to be read from top to bottom only. */
enum vmail_result vmail_table_open_aside(struct vmail_table *table, const struct vmail_paths *paths,
                                         const struct vmail_config *config, enum vmail_kind kind,
                                         const char *domain, struct vmail_error *error);

/**
 * As vmail_table_open, over the LENGTH bytes at TEXT, what KIND.DOMAIN was read to hold; they must
 * live as long as the table. Returns VMAIL_OK or VMAIL_NO_MEMORY.
 */
enum vmail_result vmail_table_open_text(struct vmail_table *table,
                                        const struct vmail_config *config, enum vmail_kind kind,
                                        const char *domain, const char *text, size_t length);

/**
 * Finds the record of NAME (folded where vmail.conf says so). The record's strings live in the
 * table until its next call. Returns VMAIL_OK, VMAIL_NOT_FOUND, or VMAIL_UNAVAILABLE after a
 * failed read. Where the only line of NAME is broken or not to be believed, it is VMAIL_NOT_FOUND
 * with ERROR telling file, line and what is wrong; else the text of ERROR is "".
 */
enum vmail_result vmail_table_find_name(struct vmail_table *table, const char *name,
                                        struct vmail_record *record, struct vmail_error *error);

/**
 * As vmail_table_find_name, by uid or gid; never in a shadow file. Gives up on an id after a few
 * lines of it that do not count, because their names stand further up with another id.
 */
enum vmail_result vmail_table_find_id(struct vmail_table *table, uint32_t id,
                                      struct vmail_record *record);

/**
 * Hands out the next record from where reading stands (at first, the top). VMAIL_NOT_FOUND at the
 * end. Reads repeated names too: whoever enumerates asks for what is there.
 */
enum vmail_result vmail_table_next(struct vmail_table *table, struct vmail_record *record);

/**
 * As vmail_table_next, line by line: where LINE is no record that may be believed, REASON becomes
 * what is wrong with it, and else NULL. The text of LINE has been taken apart in either case.
 */
enum vmail_result vmail_table_next_line(struct vmail_table *table, struct vmail_line *line,
                                        struct vmail_record *record, const char **reason);

/**
 * Closes the descriptor and keeps what is buffered, so that no descriptor stays open in somebody
 * else's process between two calls. vmail_table_next opens the file again when it needs more. Where
 * the file has changed meanwhile, it goes on behind the line of the name that it read last; where
 * no line has that name any more, it begins again at the top: a record may then come twice, but
 * none that stayed in the file is left out, unless its line moved up past the place.
 */
void vmail_table_suspend(struct vmail_table *table);

/** Closes and wipes; the table may have been closed before. */
void vmail_table_close(struct vmail_table *table);

#endif
