/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The aliases of a domain as addresses, for programs that know no commands and files in them.
 */
#ifndef VMAILCTL_EXPORT_ALIAS_LINES_H
#define VMAILCTL_EXPORT_ALIAS_LINES_H

#include "export/forms.h"

/** Is given an alias: its name, and its targets with ", " in between, each with a domain. */
typedef void alias_lines_visit(void *context, const char *name, const char *targets);

/**
 * Calls VISIT for each alias of DOMAIN that counts, in aliases.DOMAIN and the further files that
 * vmail.conf names, in their order. Entries that count for nothing, commands, files, :include: and
 * what else is no plain address are left out, with a warning and job->left_out. EXIT_DONE, or
 * another with a message.
 */
enum exit_code alias_lines_each(struct export_job *job, const char *domain,
                                alias_lines_visit *visit, void *context);

#endif
