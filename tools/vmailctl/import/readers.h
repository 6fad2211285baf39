/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Readers: each reads one kind of source into the plan. A reader checks the format of its source;
 * import_decide later checks names, ids and passwords.
 */
#ifndef VMAILCTL_IMPORT_READERS_H
#define VMAILCTL_IMPORT_READERS_H

#include "context.h"
#include "import/source.h"

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

/** Reads INPUT into PLAN; EXIT_DONE, or another code with a message. */
typedef enum exit_code import_reader(const struct context *context,
                                     const struct import_input *input, struct import_plan *plan);

import_reader read_dovecot, read_vpopmail, read_mailutils, read_htpasswd, read_virtuald, read_host,
    read_legacy, read_json;

/* What several of them need. */

/**
 * Adds the user NAME, "user" or "user@domain", with PASSWORD; without "{SCHEME}", it has the scheme
 * of the input. Returns the user, or NULL if memory is short.
 */
struct import_user *user_line_add(struct source *source, const struct import_input *input,
                                  char *name, const char *password);

/** The domain name in TEXT, as a string of the plan; NULL: not a valid domain name. */
const char *domain_of_file(struct import_plan *plan, const char *text);

/** Adds the domain NAME (valid, lower case), even without users. */
void note_domain(struct import_plan *plan, const char *name);

#endif
