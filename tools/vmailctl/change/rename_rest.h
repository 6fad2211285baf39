/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What a rename leaves of the old name, if it was interrupted after the user got the new name.
 */
#ifndef VMAILCTL_RENAME_REST_H
#define VMAILCTL_RENAME_REST_H

#include "change.h"
#include "resolver.h"

/**
 * Whether OLD does not exist, NEW in the same domain does, and shadow.DOMAIN has the same line for
 * OLD as for NEW: an interrupted rename leaves this. Prints nothing.
 */
bool rename_rest_is_there(const struct context *context, const struct vmail_identity *old,
                          const struct vmail_identity *new);

/** Removes OLD, as above, from the groups and from shadow.DOMAIN. */
enum exit_code rename_rest_remove(const struct context *context, const struct vmail_identity *old,
                                  const struct vmail_identity *new);

#endif
