/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A module, NSS or PAM, on a scratch directory: tests call its entry points.
 */
#ifndef TEST_MODULE_SCRATCH_H
#define TEST_MODULE_SCRATCH_H

#include "scratch.h"

/**
 * For cmocka's setup and teardown. Same as scratch_setup, with two domains: va.example (bob, alice,
 * the group staff; owns 127.0.0.2) and vb.example (bob). The scratch directory is the working
 * directory, and vmail_system_paths leads to it. The teardown restores descriptor 0.
 */
int module_setup(void **state);
int module_teardown(void **state);

/** Puts a connection to ADDRESS (IPv4, of this machine) on descriptor 0. */
void module_connect(const char *address);

/** Waits until the module checks vmail.conf for changes again; see tick.h. Each test starts so. */
void module_next_tick(void);

#endif
