/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A file of another user, for tests that cannot give files away. Programs that link with this need
 * -Wl,--wrap=fstat.
 */
#ifndef TEST_PRETENDED_OWNER_H
#define TEST_PRETENDED_OWNER_H

#include "scratch.h"

/** From now on, fstat(2) says that NAME belongs to OWNER. The last call counts. */
void pretend_owner(const struct scratch *scratch, const char *name, uid_t owner);

#endif
