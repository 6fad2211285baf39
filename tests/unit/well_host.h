/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A pretended host in which vmailctl check finds nothing, and texts to break it with.
 */
#ifndef TEST_WELL_HOST_H
#define TEST_WELL_HOST_H

#include "host.h"

#define CONF                                                                                       \
    "[domain va.example]\nids = 70000-70999\naddress = 127.0.0.1\naliases = va.example.org\n"      \
    "[domain vb.example]\nids = 71000-71999\n"
#define BOB   "bob:x:70000:70000:Bob:/vhome/va.example/bob:/bin/false\n"
#define ALICE "alice:x:70001:70001::/vhome/va.example/alice:/bin/false\n"
#define USERS BOB ALICE
#define HASH                                                                                       \
    "$6$saltsalt$HE/hKhGkkJXOKUl3wTDcMyE2YTzOVdQYdPDiGCB4R5l3MzVC6mMqBs4jqHAdCCU/"                 \
    "Rmy3qZQxzC3ZxyU7Wr2Xm/"
#define SHADOW                                                                                     \
    "bob:" HASH ":20000:0:99999:7:::\n"                                                            \
    "alice:" HASH ":20000:0:99999:7:::\n"
#define NSS                                                                                        \
    "passwd: vmail [TRYAGAIN=return] files\ngroup: vmail [TRYAGAIN=return] files\n"                \
    "shadow: vmail [TRYAGAIN=return] files\n"                                                      \
    "initgroups: vmail [SUCCESS=return TRYAGAIN=return] files\n"
#define AUTH "auth [success=done ignore=ignore default=die] pam_vmail.so\n"
#define ACCOUNT                                                                                    \
    "account [success=done new_authtok_reqd=done ignore=ignore default=die] pam_vmail.so\n"
#define PASSWORD      "password [success=done ignore=ignore default=die] pam_vmail.so\n"
#define UNIX_AUTH     "auth required pam_unix.so\n"
#define UNIX_ACCOUNT  "account required pam_unix.so\n"
#define UNIX_PASSWORD "password required pam_unix.so\n"
#define STACK         AUTH UNIX_AUTH ACCOUNT UNIX_ACCOUNT PASSWORD UNIX_PASSWORD

/** For cmocka, with host_teardown. */
int well_host_setup(void **state);
#define ON_WELL(test) cmocka_unit_test_setup_teardown(test, well_host_setup, host_teardown)

/** Makes the directory PATH, of UID. */
void give_home(const char *path, uid_t uid);

struct fault {
    const char *file;
    const char *text; /* what is in it; NULL: it is missing */
    const char *finding;
};

/** Breaks one file after the other, and puts it right again: COMMAND must print the finding. */
void check_finds(const char *command, const struct fault *faults, size_t count);
#define FINDS(command, faults) check_finds(command, faults, sizeof(faults) / sizeof *(faults))

#endif
