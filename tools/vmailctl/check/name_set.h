/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The names in a file: users to whom a line in another file may belong.
 */
#ifndef VMAILCTL_CHECK_NAME_SET_H
#define VMAILCTL_CHECK_NAME_SET_H

#include "marks.h"
#include "reader.h"

/**
 * Adds to NAMES a mark for each record of KIND.DOMAIN; with ALL, also for possible names in lines
 * that are invalid or commented out, because somebody may fix them. VMAIL_OK, with NAMES sorted;
 * otherwise as vmail_table_open, or VMAIL_UNAVAILABLE if reading failed.
 */
enum vmail_result name_set_read(struct check *check, enum vmail_kind kind, const char *domain,
                                bool all, struct marks *names);

#endif
