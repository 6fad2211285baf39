/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The PAM module on a scratch directory, as libpam calls it. The world around it is pretended: who
 * runs the program, what NSS says, and what the client answers. The log is kept in memory.
 */
#ifndef TEST_PAM_SCRATCH_H
#define TEST_PAM_SCRATCH_H

#include <security/pam_appl.h>
#include <stdbool.h>
#include <sys/types.h>

#include "module_scratch.h"

/** The password of bob and carol in va.example, and its hashes: bob's is not weak. */
#define PAM_PASSWORD "secret"
#define PAM_HASH                                                                                   \
    "$6$saltsalt$TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc1E5n0U0aDehy0S5knV8wiOQSpT0Y77vwPZN.Pq."    \
    "H91p5hVO1"
#define PAM_WEAK_HASH "$1$saltsalt$9xy1btjgzLYfb7hivXtC//"

struct pam_scratch {
    pam_handle_t *handle;
    int result;             /* of the module, whatever libpam made of it */
    char log[8192];         /* lines of the log since pam_scratch_begin */
    char shown[1024];       /* lines shown to the client since then */
    const char *answers[4]; /* to the next prompts; a NULL is an error of the client */
    unsigned delay;         /* microseconds after a failure */
    unsigned checks;        /* how often crypt(3) ran */
    char setting[128];      /* what it was given last */
    uid_t real, effective, saved;
    bool set_id;
    unsigned left; /* copies of bob's hash in memory that was freed */
    int nss_error; /* that getpwnam_r(3) returns if no entry has the name */
    struct {
        const char *name;
        uid_t uid;
        gid_t gid;
    } nss[3];
};
extern struct pam_scratch pam;

/** For cmocka: as module_setup, with bob, carol and locked users in va.example. */
int pam_scratch_setup(void **state);
int pam_scratch_teardown(void **state);

#define ON_PAM(test) cmocka_unit_test_setup_teardown(test, pam_scratch_setup, pam_scratch_teardown)

/** Starts a PAM handle for USER, whose stack is this module with OPTIONS in each service type. */
void pam_scratch_begin(const struct scratch *scratch, const char *options, const char *user);

/** Ends the test unless the log contains TEXT, or unless it is empty if TEXT is "". */
void pam_scratch_check_log(const char *text);

/** Ends the test unless PAM_USER is USER. */
void pam_scratch_check_user(const char *user);

/** Begins, gives PASSWORD to pam_authenticate(3), and checks what the module returns. */
void pam_scratch_check_auth(const struct scratch *scratch, const char *options, const char *user,
                            const char *password, int result);

enum pam_scratch_function {
    PAM_SCRATCH_AUTHENTICATE,
    PAM_SCRATCH_SETCRED,
    PAM_SCRATCH_ACCOUNT,
    PAM_SCRATCH_OPEN,
    PAM_SCRATCH_CLOSE,
    PAM_SCRATCH_CHAUTHTOK,
};

/** For pam_bridge.c: calls a function of the module and keeps its result. */
__attribute__((visibility("default"))) int pam_scratch_call(enum pam_scratch_function function,
                                                            pam_handle_t *pamh, int flags, int argc,
                                                            const char **argv);

#endif
