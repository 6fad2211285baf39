/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Changes of vmail.conf as parts of a change (see change.h). A dry run shows the diff and writes
 * nothing.
 */
#ifndef VMAILCTL_CHANGE_CONFIG_H
#define VMAILCTL_CHANGE_CONFIG_H

#include "change.h"
#include "config_edit.h"

/**
 * Makes the COUNT CHANGES in vmail.conf, all or none, and compiles it again. EXIT_BAD_DATA if this
 * would add an error to the file, EXIT_NO_SUCH if a word or section to remove does not exist, both
 * with a message. context->config stays unchanged.
 */
enum exit_code change_config(struct change *change, const struct vmail_config_change *changes,
                             size_t count);

/**
 * Whether change_config could make the CHANGES in the current vmail.conf; same results and
 * messages.
 */
enum exit_code change_config_check(const struct context *context,
                                   const struct vmail_config_change *changes, size_t count);

#endif
