/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The aliases of a domain as addresses, for programs that do not support commands and files in
 * aliases.
 */
#ifndef VMAILCTL_EXPORT_ALIAS_LINES_H
#define VMAILCTL_EXPORT_ALIAS_LINES_H

#include "export/forms.h"

/** Gets an alias: its name, and its targets separated by ", ", each with a domain. */
typedef void alias_lines_visit(void *context, const char *name, const char *targets);

/**
 * Calls VISIT for each alias of DOMAIN that is used, in aliases.DOMAIN and the additional files
 * named in vmail.conf, in their order. Leaves out ignored entries and all targets that are not
 * plain addresses, such as commands, files and :include:, with a warning and job->left_out.
 * EXIT_DONE, or another code with a message.
 */
enum exit_code alias_lines_each(struct export_job *job, const char *domain,
                                alias_lines_visit *visit, void *context);

#endif
