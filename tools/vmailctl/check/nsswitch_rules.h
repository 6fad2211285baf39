/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Which databases of nsswitch.conf(5) ask the module, and how their lines must look.
 */
#ifndef VMAILCTL_CHECK_NSSWITCH_RULES_H
#define VMAILCTL_CHECK_NSSWITCH_RULES_H

#include "finding.h"
#include "nsswitch_line.h"

/** A database that the module serves. */
struct nss_database {
    const char *name;
    const char *ours;   /* how the line names the module */
    const char *lost;   /* what does not work without the module */
    const char *behind; /* the problem if the module comes after files; NULL for none */
    bool optional;      /* the line may be missing */
};

enum { NSS_DATABASES = 4, NSS_SUGGESTION_MAX = 400 };

extern const struct nss_database nss_database[NSS_DATABASES];

/**
 * Writes the sources that should replace those of LINE to TEXT, and returns TEXT. The other sources
 * keep their order, and their actions unless the module alone comes after them.
 */
const char *nss_suggest(const struct nss_database *database, const struct nss_line *line,
                        char text[NSS_SUGGESTION_MAX]);

/** Whether NAME is a misspelt "vmail": nearly that, and no module that exists. */
bool nss_is_misspelt(const char *name);

/** Whether SOURCE is the machine's own files. */
bool nss_is_files(const struct nss_source *source);

/** What is wrong with the order and actions of LINE, in which vmail is number AT, and how much;
 * NULL for nothing. */
const char *nss_what_is_wrong(const struct nss_database *database, const struct nss_line *line,
                              size_t at, enum finding_severity *severity);

#endif
