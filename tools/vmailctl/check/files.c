/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "areas.h"

void check_files(struct check *check)
{
    (void)check;
}
