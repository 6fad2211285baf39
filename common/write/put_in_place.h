/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The last step of replacing a file: the new file gets the name, unless somebody without a lock has
 * changed the file first.
 */
#ifndef VMAIL_PUT_IN_PLACE_H
#define VMAIL_PUT_IN_PLACE_H

#include "error.h"
#include "trust.h"

/**
 * Gives the file NEW, in the directory of PLACE, the name of PLACE. The two files swap their names
 * in one step (renameat2(2), RENAME_EXCHANGE), so that the old file can be checked: if it is not
 * the unchanged file that PLACE has open, it is put back. If PLACE has no file, there must still be
 * none (RENAME_NOREPLACE).
 *
 * A file system that supports neither, such as NFS, uses plain rename: it loses an edit by hand
 * made after the caller's last check.
 *
 * Returns VMAIL_OK; VMAIL_UNFINISHED if the old file could not be removed and is now NEW;
 * VMAIL_CHANGED if somebody changed the file first, or VMAIL_UNAVAILABLE: then the caller removes
 * NEW.
 */
enum vmail_result vmail_put_in_place(const struct vmail_place *place, const char *new,
                                     struct vmail_error *error);

#endif
