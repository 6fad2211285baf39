/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The lines of a domain's files: invalid ones, and names defined twice. Part of the area "files".
 */
#ifndef VMAILCTL_CHECK_FILE_LINES_H
#define VMAILCTL_CHECK_FILE_LINES_H

#include "areas.h"
#include "record.h"

/** Checks KIND.DOMAIN, which can be read. */
void check_lines(struct check *check, enum vmail_kind kind, const char *domain);

/** Checks the alias files of DOMAIN, and whether they can be read. */
void check_alias_lines(struct check *check, const char *domain);

#endif
