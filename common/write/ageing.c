/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ageing.h"

#include <limits.h>
#include <time.h>

enum {
    SECONDS_A_DAY = 24 * 60 * 60,
    NEVER = 10000, /* days: chage(1) shows a `maximum` from here on as never; 99999 is usual */
};

long vmail_ageing_today(void)
{
    return (long)(time(NULL) / SECONDS_A_DAY);
}

/* Neither is negative; files may hold any number that fits a long. */
static long add_days(long a, long b)
{
    return a > LONG_MAX - b ? LONG_MAX : a + b;
}

enum vmail_ageing vmail_ageing_check(const struct vmail_shadow *shadow, long today, long *days_left)
{
    if (shadow->expire >= 0 && today >= shadow->expire)
        return VMAIL_AGEING_ACCOUNT_EXPIRED;
    if (shadow->last_change == 0)
        return VMAIL_AGEING_CHANGE_FORCED;
    if (shadow->last_change < 0 || shadow->maximum < 0)
        return VMAIL_AGEING_VALID;
    if (today < shadow->last_change)
        return VMAIL_AGEING_FUTURE;
    if (shadow->maximum >= NEVER)
        return VMAIL_AGEING_VALID;
    long age = today - shadow->last_change;
    if (shadow->inactive >= 0 && age >= add_days(shadow->maximum, shadow->inactive))
        return VMAIL_AGEING_INACTIVE;
    if (age >= shadow->maximum)
        return VMAIL_AGEING_PASSWORD_EXPIRED;
    if (shadow->warning >= 0 && age >= shadow->maximum - shadow->warning) {
        *days_left = shadow->maximum - age;
        return VMAIL_AGEING_WARN;
    }
    return VMAIL_AGEING_VALID;
}

bool vmail_ageing_too_soon(const struct vmail_shadow *shadow, long today, long *days_left)
{
    long ignored;
    enum vmail_ageing state = vmail_ageing_check(shadow, today, &ignored);
    if (state == VMAIL_AGEING_CHANGE_FORCED || state == VMAIL_AGEING_PASSWORD_EXPIRED)
        return false;
    if (shadow->last_change < 0 || shadow->minimum <= 0 || today < shadow->last_change)
        return false;
    long allowed = add_days(shadow->last_change, shadow->minimum);
    *days_left = allowed - today;
    return today < allowed;
}
