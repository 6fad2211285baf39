/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The plan of an import: what the sources say, in one form, and what is decided about it.
 *
 * Readers fill it in, unchecked: every name and text in it is hostile until decide.h has passed it.
 * All strings are the plan's, which wipes them at its end, since hashes and passwords are among
 * them.
 */
#ifndef VMAILCTL_IMPORT_PLAN_H
#define VMAILCTL_IMPORT_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "file_state.h"
#include "name.h"

enum { IMPORT_NO_ID = -1 };

/** Where something was read. */
struct import_place {
    const char *file;
    unsigned long line; /* 0: no line, but the file */
};

/** What becomes of an item. */
struct import_decision {
    const char *skipped; /* why it is; NULL where it is taken */
    const char *note;    /* what else there is to say, or NULL */
    size_t domain;       /* of plan->domains; only where taken */
};

struct import_user {
    struct import_place place;
    const char *name; /* folded where vmail.conf says so, once it is taken */
    const char *domain;
    const char *password; /* as it stands in the source, {SCHEME} and all; NULL: not known */
    const char *clear;    /* the password itself, for want of a good hash; NULL: not known */
    const char *gecos, *home, *shell;
    const char *ageing; /* fields 3 to 9 of shadow(5) with their colons; NULL: not known */
    int64_t uid, gid;   /* wished, or IMPORT_NO_ID */

    struct import_decision decision;
    const char *hash; /* for shadow(5); NULL until it is made, where CLEAR is to be hashed */
    uint32_t new_uid, new_gid;
};

struct import_group {
    struct import_place place;
    const char *name;
    const char *domain;
    const char *members;
    int64_t gid;

    struct import_decision decision;
    uint32_t new_gid;
};

/** One line of aliases(5), as it stands there: also a comment, or a line that goes on another. */
struct import_alias {
    struct import_place place;
    const char *domain;
    const char *text;

    struct import_decision decision;
};

/** A local address of a domain, for the report: vmail.conf is left alone. */
struct import_address {
    struct import_place place;
    const char *domain;
    const char *address;
};

/** A line that no reader could take. */
struct import_reject {
    struct import_place place;
    const char *reason;
};

/** A domain that the import is about. */
struct import_domain {
    char name[VMAIL_DOMAIN_MAX + 1];
    bool refused;                  /* it cannot be: an alias of another, or a relay */
    bool noted;                    /* a source has it, with users or without: it is to exist */
    bool exists;                   /* has a passwd file */
    size_t existing;               /* users */
    size_t users, groups, aliases; /* how many are taken */
    /* What was looked at; all 0 where missing. The last one only where there are aliases to add. */
    struct vmail_file_state passwd, shadow, group, aliases_file;
};

struct import_chunk;

/** All zero: empty. */
struct import_plan {
    const char *tree; /* see source_enter_tree; NULL for none, else "" or with a '/' at its end */
    struct import_user *users;
    size_t user_count;
    struct import_group *groups;
    size_t group_count;
    struct import_alias *aliases;
    size_t alias_count;
    struct import_address *addresses;
    size_t address_count;
    struct import_reject *rejects;
    size_t reject_count;
    struct import_domain *domains;
    size_t domain_count;

    bool exact;     /* hashes stay as they are written, where they can be used or are locked */
    bool no_memory; /* something is missing in the plan: nothing may be done with it */
    struct import_chunk *chunk;
};

/**
 * Each adds an item, all zero but for its place, and returns it; valid until the next of its kind
 * is added. NULL where memory is short, with no_memory set.
 */
struct import_user *import_plan_user(struct import_plan *plan, struct import_place place);
struct import_group *import_plan_group(struct import_plan *plan, struct import_place place);
struct import_alias *import_plan_alias(struct import_plan *plan, struct import_place place);
struct import_address *import_plan_address(struct import_plan *plan, struct import_place place);

/** Notes that PLACE is not taken; REASON is constant or the plan's. */
void import_plan_reject(struct import_plan *plan, struct import_place place, const char *reason);

/**
 * The number of the domain NAME (valid, lower case) in plan->domains, added where it is not there;
 * SIZE_MAX where memory is short.
 */
size_t import_plan_domain(struct import_plan *plan, const char *name);

/** LENGTH bytes at TEXT as a string of the plan; NULL where memory is short, with no_memory set. */
const char *import_plan_text(struct import_plan *plan, const char *text, size_t length);

/** The same for a string; NULL stays NULL. */
const char *import_plan_string(struct import_plan *plan, const char *text);

/** The same, made as by printf(3). */
const char *import_plan_format(struct import_plan *plan, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Wipes and frees. */
void import_plan_free(struct import_plan *plan);

#endif
