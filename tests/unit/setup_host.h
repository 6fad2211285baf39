/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A pretended host with Debian's own files, on which vmailctl sets daemons up: `examples` of the
 * scratch has the files of examples/, `state` what the setup has recorded. Programs that use this
 * link with -rdynamic, and with --wrap for the functions at the end of setup_host.c.
 */
#ifndef TEST_SETUP_HOST_H
#define TEST_SETUP_HOST_H

#include "well_host.h"

/** What pam_vmail answers when root logs in: PAM_IGNORE, unless a test says else. */
extern int setup_host_pam_vmail;

/** For cmocka, with host_teardown. All daemons are installed, but no OpenSSH. */
int setup_host(void **state);
#define ON_FRESH(test) cmocka_unit_test_setup_teardown(test, setup_host, host_teardown)

/** All files below /etc, with their modes and contents, as a text; the caller frees it. */
char *setup_host_snapshot(void);

#endif
