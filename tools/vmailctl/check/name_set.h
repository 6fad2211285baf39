/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The names in a file: who may be meant by a line of another file.
 */
#ifndef VMAILCTL_CHECK_NAME_SET_H
#define VMAILCTL_CHECK_NAME_SET_H

#include "marks.h"
#include "reader.h"

/**
 * Adds to NAMES a mark for each record of KIND.DOMAIN, for AREA; with ALL, also for what could be
 * the name in a line that is broken or commented out: somebody may mend it. VMAIL_OK, and NAMES is
 * sorted; else as vmail_table_open, or VMAIL_UNAVAILABLE where reading failed.
 */
enum vmail_result name_set_read(struct check *check, const char *area, enum vmail_kind kind,
                                const char *domain, bool all, struct marks *names);

#endif
