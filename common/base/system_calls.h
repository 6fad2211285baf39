/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * System calls for which glibc has functions, and some versions of musl have none. Where the C
 * library has them, this header only includes its headers.
 */
#ifndef VMAIL_SYSTEM_CALLS_H
#define VMAIL_SYSTEM_CALLS_H

#include <stdio.h>
#include <unistd.h>

#ifndef RENAME_EXCHANGE
#include <linux/fs.h> /* RENAME_EXCHANGE, RENAME_NOREPLACE */
#endif

#ifndef HAVE_CLOSE_RANGE
/** close_range(2) */
int close_range(unsigned first, unsigned last, int flags);
#endif

#ifndef HAVE_RENAMEAT2
/** renameat2(2) */
int renameat2(int old_directory, const char *old, int new_directory, const char *new,
              unsigned flags);
#endif

#endif
