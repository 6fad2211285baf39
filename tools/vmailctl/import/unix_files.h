/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The passwd(5), shadow(5), group(5) and aliases(5) files of one domain, as several kinds of
 * sources have them.
 */
#ifndef VMAILCTL_IMPORT_UNIX_FILES_H
#define VMAILCTL_IMPORT_UNIX_FILES_H

#include "context.h"
#include "import/plan.h"

struct unix_files {
    const char *domain;  /* lives as long as the plan; NULL: not valid, PASSWD is rejected */
    const char *passwd;  /* the paths */
    const char *shadow;  /* NULL for none; may be missing */
    const char *group;   /* the same */
    const char *aliases; /* the same */
    const char *root;    /* added before each home, for homes in a chroot; "" for nothing */
    int64_t lowest_id;   /* lower ids, and nobody, are system accounts: not imported */
};

/**
 * Reads FILES into PLAN. A shadow line without a passwd line is ignored; if passwd has "x" and
 * shadow has no line, there is no password. EXIT_DONE, also with no_memory set, or another code
 * with a message.
 */
enum exit_code read_unix_files(const struct context *context, const struct unix_files *files,
                               struct import_plan *plan);

#endif
