/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The control field of a pam.d line, and the result of a stack of lines, as Linux-PAM computes it.
 */
#ifndef VMAILCTL_CHECK_PAM_CONTROL_H
#define VMAILCTL_CHECK_PAM_CONTROL_H

#include <stdbool.h>
#include <stddef.h>

/** What a module may return; values that no line here can distinguish are PAM_RESULT_OTHER. */
enum pam_result {
    PAM_RESULT_SUCCESS,
    PAM_RESULT_IGNORE,
    PAM_RESULT_NEW_AUTHTOK_REQD,
    PAM_RESULT_AUTH_ERR,
    PAM_RESULT_USER_UNKNOWN,
    PAM_RESULT_ACCT_EXPIRED,
    PAM_RESULT_PERM_DENIED,
    PAM_RESULT_AUTHINFO_UNAVAIL,
    PAM_RESULT_SERVICE_ERR,
    PAM_RESULT_OTHER,
    PAM_RESULTS,
};

/** A positive number: this many lines are skipped. */
enum pam_action {
    PAM_DO_IGNORE = 0,
    PAM_DO_OK = -1,
    PAM_DO_DONE = -2,
    PAM_DO_BAD = -3,
    PAM_DO_DIE = -4,
    PAM_DO_RESET = -5,
};

struct pam_control {
    int action[PAM_RESULTS]; /* an enum pam_action, or the number of lines to skip */
};

/** Reads "required" or "[success=done ...]"; false if it is neither. */
bool pam_control_parse(const char *text, struct pam_control *control);

/** A line of a stack, and the result of its module in the current case. */
struct pam_step {
    struct pam_control control;
    enum pam_result result;
    unsigned level; /* of substack; 0 for the service's own */
    bool asked;     /* set by pam_stack_run */
};

/**
 * The result of the COUNT steps. LAST becomes the index of the one that ended the stack, or COUNT.
 */
enum pam_result pam_stack_run(struct pam_step *step, size_t count, size_t *last);

#endif
