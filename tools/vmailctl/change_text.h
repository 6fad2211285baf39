/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Changes of vmail.conf and of aliases.DOMAIN, as parts of a change (see change.h). On a dry run
 * their diff is shown, and nothing is written.
 */
#ifndef VMAILCTL_CHANGE_TEXT_H
#define VMAILCTL_CHANGE_TEXT_H

#include "change.h"
#include "config_edit.h"

/**
 * Makes the COUNT CHANGES in vmail.conf, all or none, and renews what was compiled from it. What
 * would bring an error into the file is EXIT_BAD_DATA, a word or section to remove that is not
 * there EXIT_NO_SUCH, both with a message. context->config stays as it was read.
 */
enum exit_code change_config(struct change *change, const struct vmail_config_change *changes,
                             size_t count);

/** Whether change_config could make the CHANGES as vmail.conf is now; results and messages the
 * same. */
enum exit_code change_config_check(const struct context *context,
                                   const struct vmail_config_change *changes, size_t count);

/** As change_file, of aliases.DOMAIN. */
enum exit_code change_aliases(struct change *change, bool make, change_function *function,
                              void *function_context);

#endif
