/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Readers: each reads one kind of source into the plan. A reader checks the format of its source;
 * decide.h later checks names, ids and passwords.
 */
#ifndef VMAILCTL_IMPORT_READERS_H
#define VMAILCTL_IMPORT_READERS_H

#include "context.h"
#include "import/plan.h"

/** The command line's settings for the source. */
struct import_input {
    const char *path;
    const char *domain; /* for names without one; valid, lower case; NULL: not given */
    const char *scheme; /* of passwords without one, "CRYPT" or "PLAIN"; NULL: CRYPT */
    const char *shadow; /* host: another shadow file; default: next to passwd */
    const char *group;  /* host: another group file */
    int64_t lowest_uid; /* host, virtuald: lower ones are system accounts; IMPORT_NO_ID: default */
    bool without_homes; /* homes are set to the standard ones */
};

struct import_reader {
    const char *name;
    const char *what;  /* for --help */
    bool needs_domain; /* --domain must be given */
    enum exit_code (*read)(const struct context *context, const struct import_input *input,
                           struct import_plan *plan);
};

/** dovecot vpopmail mailutils htpasswd virtuald host legacy json; ends with name NULL. */
extern const struct import_reader import_readers[];

/* Each reads INPUT into PLAN; EXIT_DONE, or another code with a message. */
enum exit_code read_dovecot(const struct context *context, const struct import_input *input,
                            struct import_plan *plan);
enum exit_code read_vpopmail(const struct context *context, const struct import_input *input,
                             struct import_plan *plan);
enum exit_code read_mailutils(const struct context *context, const struct import_input *input,
                              struct import_plan *plan);
enum exit_code read_htpasswd(const struct context *context, const struct import_input *input,
                             struct import_plan *plan);
enum exit_code read_virtuald(const struct context *context, const struct import_input *input,
                             struct import_plan *plan);
enum exit_code read_host(const struct context *context, const struct import_input *input,
                         struct import_plan *plan);
enum exit_code read_legacy(const struct context *context, const struct import_input *input,
                           struct import_plan *plan);
enum exit_code read_json(const struct context *context, const struct import_input *input,
                         struct import_plan *plan);

#endif
