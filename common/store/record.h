/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Records: reads one line of passwd(5), shadow(5) or group(5), strictly.
 *
 * A line is taken apart in place: the strings of a record point into it. A line is broken, and no
 * record, where it has another number of fields than its format says, a NUL byte, a control
 * character other than a tab, a number that is not all digits or does not fit, or a name that is no
 * valid user; nor is one that starts with '#', a comment to glibc's own modules too. A carriage
 * return at its end is not part of it, so that a file edited elsewhere works.
 */
#ifndef VMAIL_RECORD_H
#define VMAIL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain_file.h"

/** passwd(5). gecos, home and shell lie one behind the other, each with its NUL, and nothing
 * between them. */
struct vmail_passwd {
    const char *name;
    const char *hash; /* "x": in the shadow file */
    uint32_t uid;
    uint32_t gid;
    const char *gecos;
    const char *home;
    const char *shell;
};

/** shadow(5). Days are counted from 1970-01-01; -1 stands for an empty field. */
struct vmail_shadow {
    const char *name;
    const char *hash;
    long last_change;
    long minimum;
    long maximum;
    long warning;
    long inactive;
    long expire;
    unsigned long flag; /* ~0ul for an empty field, as in getspnam(3) */
};

/** The entry of a user NAME without a line of their own: locked (hash "*"), all numbers empty. */
struct vmail_shadow vmail_shadow_locked(const char *name);

/** group(5). */
struct vmail_group {
    const char *name;
    uint32_t gid;
    const char *members; /* comma-separated, "" for none; see vmail_group_next_member */
};

struct vmail_record {
    enum vmail_kind kind;
    union {
        struct vmail_passwd passwd;
        struct vmail_shadow shadow;
        struct vmail_group group;
    };
};

/**
 * Reads the LENGTH bytes at LINE; LINE[LENGTH] is 0. Returns NULL or, for a broken line, what is
 * wrong with it, for a message.
 */
const char *vmail_record_parse(enum vmail_kind kind, char *line, size_t length,
                               struct vmail_record *record);

/** The name in any RECORD. */
const char *vmail_record_name(const struct vmail_record *record);

/** The uid of a user, the gid of a group, 0 of a shadow RECORD. */
uint32_t vmail_record_id(const struct vmail_record *record);

/**
 * Takes the next valid member off the comma-separated *REST: LENGTH bytes at MEMBER. Names that no
 * user can have are passed over. Returns false at the end.
 */
bool vmail_group_next_member(const char **rest, const char **member, size_t *length);

#endif
