/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A scratch with users of va.example who have passwords, for the tests of set_password.
 */
#ifndef TEST_PASSWORD_SCRATCH_H
#define TEST_PASSWORD_SCRATCH_H

#include "scratch.h"
#include "set_password.h"

/** What passwd.va.example and shadow.va.example are at first: alice, bob, and carol, whose hash is
 * in the passwd file. */
extern const char passwd[];
extern const char shadow[];

/** For cmocka, with scratch_teardown. */
int users_setup(void **state);
#define ON_USERS(test) cmocka_unit_test_setup_teardown(test, users_setup, scratch_teardown)

/** A new hash, "$6$new", of the day 20000, for USER of va.example. */
struct vmail_new_password new_for(const char *user);

/** Sets it, and ends the test unless that succeeds and leaves no new file. */
void check_sets(const struct scratch *scratch, const struct vmail_new_password *new);

#endif
