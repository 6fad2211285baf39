/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Alias files, aliases(5): reads the text of aliases.DOMAIN, entry by entry.
 *
 * An entry is NAME: TARGET, TARGET ... and continues on lines that start with white space. Blank
 * lines and lines that start with '#' are comments, wherever they are. NAME, a target or a part of
 * a target may be in double quotes, in which a backslash makes the next character literal. Names
 * are compared in lower case; the first entry of a name is active.
 */
#ifndef VMAIL_ALIASES_H
#define VMAIL_ALIASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** One target: LENGTH bytes at START of the text, quotes included, and their meaning. */
struct vmail_alias_target {
    uint32_t start;
    uint32_t length;
    const char *text;
};

struct vmail_alias {
    unsigned long line; /* from 1 */
    size_t start;       /* of its first line, in the text */
    size_t colon;       /* after the colon that ends the name */
    size_t end;         /* after its last line */
    const char *reason; /* why it is ignored and has no targets; else NULL */
    const char *name;   /* in lower case; "" if it is unreadable */
    struct vmail_alias_target *target;
    size_t target_count;
    size_t ignored_count; /* more targets, after those, in any order: see vmail_aliases_restrict */
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

/** Reads the LENGTH bytes at TEXT, which the caller may then free. False: no memory, or 4 GiB or
 * more. The caller ends ALIASES in either case. */
bool vmail_aliases_read(const char *text, size_t length, struct vmail_aliases *aliases);

void vmail_aliases_end(struct vmail_aliases *aliases);

/** Returns the active entry of NAME (any case), or NULL. */
const struct vmail_alias *vmail_aliases_find(const struct vmail_aliases *aliases, const char *name);

/**
 * Removes the targets that vmail_alias_is_plain rejects, for a file that not only root may edit. An
 * entry without plain targets is ignored as a whole.
 */
void vmail_aliases_restrict(struct vmail_aliases *aliases);

/**
 * Whether a co-administrator may write TARGET: without quotes, it is a user, an alias or an
 * address, and nothing in it is special to a shell.
 */
bool vmail_alias_is_plain(const char *target);

/** Returns the kind of TARGET, without quotes. VMAIL_ALIAS_WRONG: it cannot receive mail. */
enum vmail_alias_kind vmail_alias_kind(const char *target);

#endif
