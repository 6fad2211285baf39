/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The plan of an import: the contents of the sources in one form, and the decisions about them.
 *
 * Readers fill it in unchecked: every name and text in it is hostile until import_decide has
 * accepted it. The plan owns all strings, and wipes them at its end, because they include hashes
 * and passwords.
 */
#ifndef VMAILCTL_IMPORT_PLAN_H
#define VMAILCTL_IMPORT_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain_file.h"
#include "file_state.h"
#include "name.h"

enum { IMPORT_NO_ID = -1 };

/** Where an item was read. */
struct import_place {
    const char *file;
    unsigned long line; /* 0: the whole file */
};

/** The decision about an item. */
struct import_decision {
    const char *skipped; /* the reason; NULL if the item is imported */
    const char *note;    /* an additional remark, or NULL */
    size_t domain;       /* index in plan->domains; only if imported */
};

struct import_user {
    struct import_place place;
    const char *name; /* folded if vmail.conf says so, once it is accepted */
    const char *domain;
    const char *password; /* as in the source, with {SCHEME}; NULL: not known */
    const char *clear;    /* the password itself, if there is no usable hash; NULL: not known */
    const char *gecos, *home, *shell;
    const char *ageing; /* fields 3 to 9 of shadow(5) with their colons; NULL: not known */
    int64_t uid, gid;   /* requested, or IMPORT_NO_ID */

    struct import_decision decision;
    const char *hash; /* for shadow(5); NULL until CLEAR is hashed */
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

/** One line of aliases(5), unchanged: may be a comment or a continuation line. */
struct import_alias {
    struct import_place place;
    const char *domain;
    const char *text;

    struct import_decision decision;
};

/** A local address of a domain, for the report only: vmail.conf is not changed. */
struct import_address {
    struct import_place place;
    const char *domain;
    const char *address;
};

/** A line that no reader accepts. */
struct import_reject {
    struct import_place place;
    const char *reason;
};

/** A domain of the import. */
struct import_domain {
    char name[VMAIL_DOMAIN_MAX + 1];
    bool refused;                  /* not possible: an alias of another domain, or a relay */
    bool noted;                    /* a source has it, with users or without: it will be created */
    bool exists;                   /* has a passwd file */
    size_t existing;               /* users */
    size_t users, groups, aliases; /* number of imported items */
    struct vmail_file_state state[VMAIL_GROUP + 1]; /* of the file of each kind; 0 if missing */
    struct vmail_file_state aliases_file;           /* the same, only if there are aliases to add */
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

    bool exact;     /* hashes stay as written, if they are usable or locked */
    bool no_memory; /* the plan is incomplete: it must not be used */
    struct import_chunk *chunk;
};

/**
 * Each adds an item, all zero but for its place, and returns it; valid until the next of its kind
 * is added. NULL if memory is short, with no_memory set.
 */
struct import_user *import_plan_user(struct import_plan *plan, struct import_place place);
struct import_group *import_plan_group(struct import_plan *plan, struct import_place place);

/** Adds a line of aliases of DOMAIN, which lives as long as the plan; copies TEXT. */
void import_plan_alias(struct import_plan *plan, struct import_place place, const char *domain,
                       const char *text);

/** The same for a local address of DOMAIN. */
void import_plan_address(struct import_plan *plan, struct import_place place, const char *domain,
                         const char *text);

/** Records that the line at PLACE is rejected; REASON is constant or owned by the plan. */
void import_plan_reject(struct import_plan *plan, struct import_place place, const char *reason);

/**
 * The index of the domain NAME (valid, lower case) in plan->domains; adds it if it is missing.
 * SIZE_MAX if memory is short.
 */
size_t import_plan_domain(struct import_plan *plan, const char *name);

/** LENGTH bytes at TEXT as a string of the plan; NULL if memory is short, with no_memory set. */
const char *import_plan_text(struct import_plan *plan, const char *text, size_t length);

/** The same for a string; NULL stays NULL. */
const char *import_plan_string(struct import_plan *plan, const char *text);

/** The same, made as by printf(3). */
const char *import_plan_format(struct import_plan *plan, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Wipes and frees. */
void import_plan_free(struct import_plan *plan);

#endif
