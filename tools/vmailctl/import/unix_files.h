/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * passwd(5), shadow(5), group(5) and aliases(5) of one domain, as several kinds of source have
 * them.
 */
#ifndef VMAILCTL_IMPORT_UNIX_FILES_H
#define VMAILCTL_IMPORT_UNIX_FILES_H

#include "context.h"
#include "import/plan.h"

struct unix_files {
    const char *domain;  /* lives as long as the plan */
    const char *passwd;  /* the paths */
    const char *shadow;  /* NULL for none; need not be there */
    const char *group;   /* the same */
    const char *aliases; /* the same */
    const char *root;    /* goes before each home, for what lay in a chroot; "" for nothing */
    int64_t lowest_id;   /* users and groups below, and nobody, are the system's: not taken */
};

/**
 * Reads FILES into PLAN. A line of shadow without a line of passwd is nothing; where passwd has
 * "x" and shadow no line, there is no password. EXIT_DONE, or another with a message printed.
 */
enum exit_code read_unix_files(const struct context *context, const struct unix_files *files,
                               struct import_plan *plan);

/** The name of the domain that TEXT is part of, as a string of the plan; NULL: not a domain's. */
const char *domain_of_file(struct import_plan *plan, const char *text);

/** Adds the domain NAME, even one without users, where it can be one. */
void note_domain(struct import_plan *plan, const char *name);

#endif
