/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * One change of vmail.conf at work: its text, the lines of it, and where things stand. Part of
 * config_edit.
 */
#ifndef VMAIL_CONFIG_EDIT_WORK_H
#define VMAIL_CONFIG_EDIT_WORK_H

#include <stdbool.h>

#include "config_edit.h"
#include "config_scan.h"

/** The scan is that of the text as it is. */
struct config_work {
    struct vmail_text_buffer text;
    struct vmail_config_scan scan;
    const struct vmail_config_change *change;
    struct vmail_error *error;
};

/** What parts words: white space within a line. */
static inline bool config_work_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/** VMAIL_UNAVAILABLE; the error, code EINVAL, names section and key, and says WHAT. */
enum vmail_result config_work_refuse(const struct config_work *work, const char *what);

/** The same for VMAIL_NOT_FOUND, code ENOENT. */
enum vmail_result config_work_not_found(const struct config_work *work, const char *what);

/** Changes the text and looks at it anew: no place in the old one is good any more. */
enum vmail_result config_work_splice(struct config_work *work, size_t at, size_t removed,
                                     const char *new, size_t count);

/** The line NUMBER of the scan; good until the text changes. */
const struct vmail_config_line *config_work_line(const struct config_work *work, long number);

/** Puts LINE, without its ending, in front of the line NUMBER, which may be one behind the last. */
enum vmail_result config_work_insert_line(struct config_work *work, size_t number,
                                          const char *line);

/** HEADER becomes the section's last header, or VMAIL_LINE_NONE. [vmail] may come in parts. */
enum vmail_result config_work_find_section(const struct config_work *work, long *header);

/** The next line of the key, or of a value of it, from line FROM on; VMAIL_LINE_NONE at the end. */
long config_work_next_of_key(const struct config_work *work, long from);

/** The last such line, or VMAIL_LINE_NONE. */
long config_work_last_of_key(const struct config_work *work);

/** The last line of the section of HEADER that is no comment; HEADER itself where it is empty. */
long config_work_last_content(const struct config_work *work, long header);

#endif
