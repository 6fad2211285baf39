/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Makes lines of passwd(5), shadow(5) and group(5): the inverse of record.h. No line comes out of
 * here that a look-up would not read back exactly as it was asked for.
 */
#ifndef VMAIL_RECORD_FORMAT_H
#define VMAIL_RECORD_FORMAT_H

#include <stddef.h>

#include "config.h"
#include "error.h"
#include "record.h"
#include "text_buffer.h"

/** The fields that lines have in common, and those of passwd(5), shadow(5) and group(5), from 1. */
enum {
    VMAIL_FIELD_NAME = 1,
    VMAIL_FIELD_HASH = 2,

    VMAIL_FIELD_UID = 3,
    VMAIL_FIELD_PASSWD_GID = 4,
    VMAIL_FIELD_GECOS = 5,
    VMAIL_FIELD_HOME = 6,
    VMAIL_FIELD_SHELL = 7,

    VMAIL_FIELD_LAST_CHANGE = 3,
    VMAIL_FIELD_MINIMUM = 4,
    VMAIL_FIELD_MAXIMUM = 5,
    VMAIL_FIELD_WARNING = 6,
    VMAIL_FIELD_INACTIVE = 7,
    VMAIL_FIELD_EXPIRE = 8,
    VMAIL_FIELD_FLAG = 9,

    VMAIL_FIELD_GROUP_GID = 3,
    VMAIL_FIELD_MEMBERS = 4,
};

/**
 * Makes the line of RECORD, without its ending. VMAIL_OK, and the caller wipes and frees LINE;
 * VMAIL_UNAVAILABLE with ERROR, which names the field, where it would not be read back the same
 * under CONFIG: a colon, a line break or another control character, a name or member that is not
 * valid, an id outside `ids`, a negative number, an empty hash (that would be no password at all),
 * too long a line; VMAIL_NO_MEMORY. ERROR never holds a hash.
 */
enum vmail_result vmail_record_format(const struct vmail_record *record,
                                      const struct vmail_config *config, char **line,
                                      struct vmail_error *error);

/**
 * Field NUMBER (from 1) of the LENGTH bytes at LINE, a line without its newline; a carriage return
 * at its end is not part of the last field. Where there is no such field, the text is NULL.
 */
struct vmail_piece vmail_record_field(const char *line, size_t length, int number);

/**
 * Makes of the LENGTH bytes at LINE, a good line of KIND, the same with VALUE as its field NUMBER;
 * every other byte stays. Results as vmail_record_format.
 */
enum vmail_result vmail_record_set_field(enum vmail_kind kind, const struct vmail_config *config,
                                         const char *line, size_t length, int number,
                                         const char *value, char **result,
                                         struct vmail_error *error);

#endif
