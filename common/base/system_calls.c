/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "system_calls.h"

#include <sys/syscall.h>

#ifndef HAVE_CLOSE_RANGE
int close_range(unsigned first, unsigned last, int flags)
{
    return (int)syscall(SYS_close_range, first, last, flags);
}
#endif

#ifndef HAVE_RENAMEAT2
int renameat2(int old_directory, const char *old, int new_directory, const char *new,
              unsigned flags)
{
    return (int)syscall(SYS_renameat2, old_directory, old, new_directory, new, flags);
}
#endif
