/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The NSS module on a scratch directory: tests call its entry points directly.
 */
#ifndef TEST_NSS_SCRATCH_H
#define TEST_NSS_SCRATCH_H

#include "entry_points.h"
#include "module_scratch.h"

/** For cmocka: ends all listings, then as module_teardown. */
int nss_scratch_teardown(void **state);

#define ON_NSS(test) cmocka_unit_test_setup_teardown(test, module_setup, nss_scratch_teardown)

#endif
