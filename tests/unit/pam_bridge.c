/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The PAM module that libpam loads in the unit tests. The code of pam_vmail is in the program: this
 * calls it there.
 */
#include "entry_points.h"
#include "pam_scratch.h"

int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    return pam_scratch_call(PAM_SCRATCH_AUTHENTICATE, pamh, flags, argc, argv);
}

int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    return pam_scratch_call(PAM_SCRATCH_SETCRED, pamh, flags, argc, argv);
}

int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    return pam_scratch_call(PAM_SCRATCH_ACCOUNT, pamh, flags, argc, argv);
}

int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    return pam_scratch_call(PAM_SCRATCH_OPEN, pamh, flags, argc, argv);
}

int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    return pam_scratch_call(PAM_SCRATCH_CLOSE, pamh, flags, argc, argv);
}

int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    return pam_scratch_call(PAM_SCRATCH_CHAUTHTOK, pamh, flags, argc, argv);
}
