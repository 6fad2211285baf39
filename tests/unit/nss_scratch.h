/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The NSS module on a scratch directory: tests call its entry points directly.
 */
#ifndef TEST_NSS_SCRATCH_H
#define TEST_NSS_SCRATCH_H

#include "entry_points.h"
#include "scratch.h"

/**
 * For cmocka's setup and teardown. Same as scratch_setup, with two domains: va.example (bob, alice,
 * the group staff; owns 127.0.0.2) and vb.example (bob). The scratch directory is the working
 * directory, and vmail_system_paths leads to it. The teardown restores descriptor 0.
 */
int nss_scratch_setup(void **state);
int nss_scratch_teardown(void **state);

#define ON_NSS(test) cmocka_unit_test_setup_teardown(test, nss_scratch_setup, nss_scratch_teardown)

/** Puts a connection to ADDRESS (IPv4, of this machine) on descriptor 0. */
void nss_scratch_connect(const char *address);

/** Waits until the module checks vmail.conf for changes again; see tick.h. Each test starts so. */
void nss_scratch_next_tick(void);

#endif
