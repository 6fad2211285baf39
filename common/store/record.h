/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Reads one line of passwd(5), shadow(5) or group(5), strictly.
 *
 * A line is split in place: the strings of a record point into it. A line is broken, and not a
 * record, if it has the wrong number of fields, a NUL byte, a control character other than a tab, a
 * number that is not all digits or does not fit, or a name that is not a valid user. A line that
 * starts with '#' is not a record either; it is a comment to glibc's own modules too. A carriage
 * return at the end is not part of the line, so that a file edited elsewhere works.
 */
#ifndef VMAIL_RECORD_H
#define VMAIL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain_file.h"

/** passwd(5). gecos, home and shell lie one after the other, each with its NUL, and nothing between
 * them. */
struct vmail_passwd {
    const char *name;
    const char *hash; /* "x": in the shadow file */
    uint32_t uid;
    uint32_t gid;
    const char *gecos;
    const char *home;
    const char *shell;
};

/** shadow(5). Days are counted from 1970-01-01; -1 means an empty field. */
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
 * Reads the LENGTH bytes at LINE; LINE[LENGTH] is 0. Returns NULL, or for a broken line a message
 * text that says what is wrong.
 */
const char *vmail_record_parse(enum vmail_kind kind, char *line, size_t length,
                               struct vmail_record *record);

/** Returns the name in any RECORD. */
const char *vmail_record_name(const struct vmail_record *record);

/** Returns the uid of a user, the gid of a group, or 0 for a shadow RECORD. */
uint32_t vmail_record_id(const struct vmail_record *record);

/**
 * Takes the next valid member from the comma-separated *REST: LENGTH bytes at MEMBER. Names that
 * are not valid user names are skipped. Returns false at the end.
 */
bool vmail_group_next_member(const char **rest, const char **member, size_t *length);

/** Whether USER (already folded if FOLD) is one of MEMBERS, which are folded with FOLD. */
bool vmail_group_has_member(const char *members, const char *user, bool fold);

#endif
