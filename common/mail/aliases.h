/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Alias files, aliases(5): reads the text of aliases.DOMAIN, entry by entry.
 *
 * An entry is NAME: TARGET, TARGET ... and goes on on lines that start with white space. Blank
 * lines and lines that start with '#' are comments, wherever they stand. NAME, and a target or a
 * part of one, may stand in double quotes, in which a backslash takes the next character's meaning
 * away. Names are compared in lower case; the first entry of a name counts.
 */
#ifndef VMAIL_ALIASES_H
#define VMAIL_ALIASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** One target: LENGTH bytes at START of the text, quotes included, and what they mean. */
struct vmail_alias_target {
    uint32_t start;
    uint32_t length;
    const char *text;
};

struct vmail_alias {
    unsigned long line; /* from 1 */
    size_t start;       /* in the text, of its first line */
    size_t colon;       /* behind the one that ends the name */
    size_t end;         /* behind the last line that is part of it */
    const char *reason; /* why it counts for nothing: then there are no targets; else NULL */
    const char *name;   /* in lower case; "" where it cannot be told */
    struct vmail_alias_target *target;
    size_t target_count;
    size_t ignored_count; /* further ones, behind those, in any order: see vmail_aliases_restrict */
};

struct vmail_aliases {
    struct vmail_alias *alias; /* in the order of the text */
    size_t count;
    char *words; /* names and targets, without their quotes */
};

enum vmail_alias_kind {
    VMAIL_ALIAS_LOCAL,   /* a user or alias of the same domain */
    VMAIL_ALIAS_ADDRESS, /* user@domain */
    VMAIL_ALIAS_FILE,    /* /path */
    VMAIL_ALIAS_PROGRAM, /* |command */
    VMAIL_ALIAS_INCLUDE, /* :include:/path */
    VMAIL_ALIAS_WRONG,
};

/** Reads the LENGTH bytes at TEXT, which need not stay there. False: no memory, or 4 GiB or more.
 * The caller ends ALIASES in either case. */
bool vmail_aliases_read(const char *text, size_t length, struct vmail_aliases *aliases);

void vmail_aliases_end(struct vmail_aliases *aliases);

/** The entry of NAME (any case) that counts, or NULL. */
const struct vmail_alias *vmail_aliases_find(const struct vmail_aliases *aliases, const char *name);

/**
 * Takes from the targets those that are not vmail_alias_is_plain: for a file that others than root
 * may edit. An entry that has no other is ignored as a whole.
 */
void vmail_aliases_restrict(struct vmail_aliases *aliases);

/**
 * Whether TARGET, without quotes, is a user, an alias or an address, and nothing in it means
 * something to a shell: what a co-administrator may write.
 */
bool vmail_alias_is_plain(const char *target);

/** What TARGET, without quotes, is. VMAIL_ALIAS_WRONG: nothing that could get mail. */
enum vmail_alias_kind vmail_alias_kind(const char *target);

#endif
