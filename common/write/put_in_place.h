/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The last step of replacing a file: the new one gets the name, unless somebody without a lock was
 * there first.
 */
#ifndef VMAIL_PUT_IN_PLACE_H
#define VMAIL_PUT_IN_PLACE_H

#include "error.h"
#include "trust.h"

/**
 * Gives the file NEW, in the directory of PLACE, the name of PLACE. The two files change their
 * names in one step (renameat2(2), RENAME_EXCHANGE), so that what comes out can be looked at: where
 * it is not the file that PLACE has open, as it was when it was opened, it is put back. Where PLACE
 * has no file, there must be none by now (RENAME_NOREPLACE).
 *
 * A file system that cannot do either, as NFS, has the plain rename: an edit by hand between the
 * caller's last look and that is lost.
 *
 * VMAIL_OK, with a text in ERROR where the old file could not be removed and is now NEW.
 * VMAIL_NOT_FOUND with the code EAGAIN where somebody was there first, and VMAIL_UNAVAILABLE, both
 * with ERROR: NEW is the caller's to remove.
 */
enum vmail_result vmail_put_in_place(const struct vmail_place *place, const char *new,
                                     struct vmail_error *error);

#endif
