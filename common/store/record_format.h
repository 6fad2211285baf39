/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Makes lines of passwd(5), shadow(5) and group(5): the inverse of record.h. A look-up reads each
 * line back exactly as the caller specified it.
 */
#ifndef VMAIL_RECORD_FORMAT_H
#define VMAIL_RECORD_FORMAT_H

#include <stddef.h>

#include "error.h"
#include "record.h"
#include "text_buffer.h"
#include "vmail_file.h"

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

/** One field and its value. */
struct vmail_field {
    int number;
    const char *value;
};

/**
 * Makes the line of RECORD, without its ending. Returns VMAIL_OK, and the caller wipes and frees
 * LINE; VMAIL_INVALID with ERROR, which names the field, if a look-up under CONFIG would not
 * read back the same: a colon, a line break or another control character, an invalid name or
 * member, an id outside `ids`, a negative number, an empty hash (it means no password at all), too
 * long a line; VMAIL_NO_MEMORY. ERROR never holds a hash.
 */
enum vmail_result vmail_record_format(const struct vmail_record *record,
                                      const struct vmail_rules *rules, char **line,
                                      struct vmail_error *error);

/**
 * Returns field NUMBER (from 1) of LINE, which has no newline. A carriage return at the end is not
 * part of the last field. If there is no such field, the text is NULL.
 */
struct vmail_piece vmail_record_field(struct vmail_piece line, int number);

/**
 * Makes a copy of LINE, a valid line of FILE, that has FIELD; every other byte stays. Returns as
 * vmail_record_format.
 */
enum vmail_result vmail_record_set_field(struct vmail_file file, struct vmail_piece line,
                                         struct vmail_field field, char **made,
                                         struct vmail_error *error);

#endif
