/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Decides what the day fields of shadow(5) mean on a given day, as pam_unix(8) of Linux-PAM 1.7
 * decides and chage(1) shows: a password that may be N days old expires on the Nth day after its
 * change. (Earlier versions of pam_unix allow one day more.)
 */
#ifndef VMAIL_AGEING_H
#define VMAIL_AGEING_H

#include <stdbool.h>

#include "record.h"

enum vmail_ageing {
    VMAIL_AGEING_VALID,
    VMAIL_AGEING_ACCOUNT_EXPIRED,  /* on or after `expire` */
    VMAIL_AGEING_INACTIVE,         /* the password expired `inactive` days ago or more */
    VMAIL_AGEING_CHANGE_FORCED,    /* `last_change` is 0: the administrator wants a new password */
    VMAIL_AGEING_PASSWORD_EXPIRED, /* `maximum` days old: a new one is needed to log in */
    VMAIL_AGEING_WARN,             /* valid, and expires within `warning` days */
    VMAIL_AGEING_FUTURE,           /* valid, but changed after today: the clock is or was wrong */
};

/**
 * Returns the state of SHADOW on TODAY (days since 1970-01-01 UTC). For VMAIL_AGEING_WARN,
 * DAYS_LEFT is set to the number of days until the password expires.
 */
enum vmail_ageing vmail_ageing_check(const struct vmail_shadow *shadow, long today,
                                     long *days_left);

/**
 * Whether users must wait before they change their password again (`minimum`); DAYS_LEFT is then
 * the number of days. Always false if a change is required.
 */
bool vmail_ageing_too_soon(const struct vmail_shadow *shadow, long today, long *days_left);

/** Returns today, for the two functions above. */
long vmail_ageing_today(void);

#endif
