/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Sets files aside: renames KIND.DOMAIN to .KIND.DOMAIN.gone. Look-ups ignore the file; an
 * interrupted deletion of a domain still finds its user list in it.
 */
#ifndef VMAIL_SET_ASIDE_H
#define VMAIL_SET_ASIDE_H

#include "error.h"
#include "paths.h"
#include "record.h"

/**
 * Sets KIND.DOMAIN aside, durably, by one rename(2); if the name is a link, renames only the link.
 * A file that was set aside before is lost. The caller holds the domain's lock. The function takes
 * the lock beside the file as vmail_remove does. Returns VMAIL_OK, with a text in ERROR if only
 * syncing the directory failed; VMAIL_NOT_FOUND if there is no such file; VMAIL_UNAVAILABLE with
 * ERROR.
 */
enum vmail_result vmail_set_aside(const struct vmail_paths *paths, enum vmail_kind kind,
                                  const char *domain, unsigned seconds, struct vmail_error *error);

/** Removes the file that was set aside; otherwise as above. */
enum vmail_result vmail_set_aside_remove(const struct vmail_paths *paths, enum vmail_kind kind,
                                         const char *domain, unsigned seconds,
                                         struct vmail_error *error);

#endif
