/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What a rename leaves of the old name that was cut short when the user had the new one already.
 */
#ifndef VMAILCTL_RENAME_REST_H
#define VMAILCTL_RENAME_REST_H

#include "change.h"
#include "resolver.h"

/**
 * Whether OLD is no user, NEW of the same domain is one, and shadow.DOMAIN has a line of OLD that
 * is the same as NEW's: so does a rename leave it. Prints nothing.
 */
bool rename_rest_is_there(const struct context *context, const struct vmail_identity *old,
                          const struct vmail_identity *new);

/** Takes OLD, who is as above, out of the groups and of shadow.DOMAIN. */
enum exit_code rename_rest_remove(const struct context *context, const struct vmail_identity *old,
                                  const struct vmail_identity *new);

#endif
