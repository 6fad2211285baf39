/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Files that are set aside: KIND.DOMAIN under the name .KIND.DOMAIN.gone. To everybody it is as if
 * there were none; but who deletes a domain in many steps still knows of what, even where a former
 * attempt was cut short.
 */
#ifndef VMAIL_SET_ASIDE_H
#define VMAIL_SET_ASIDE_H

#include "error.h"
#include "paths.h"
#include "record.h"

/**
 * Sets KIND.DOMAIN aside, durably, by one rename(2): the name itself, where it is a link the link
 * only. What has been set aside before is lost. The caller holds the domain's lock; the lock beside
 * the file is taken as by vmail_remove. VMAIL_OK, with a text in ERROR where only syncing the
 * directory failed; VMAIL_NOT_FOUND where there is no such file; VMAIL_UNAVAILABLE with ERROR.
 */
enum vmail_result vmail_set_aside(const struct vmail_paths *paths, enum vmail_kind kind,
                                  const char *domain, unsigned seconds, struct vmail_error *error);

/** Removes what was set aside; all else as above. */
enum vmail_result vmail_set_aside_remove(const struct vmail_paths *paths, enum vmail_kind kind,
                                         const char *domain, unsigned seconds,
                                         struct vmail_error *error);

#endif
