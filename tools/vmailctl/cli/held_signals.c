/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "held_signals.h"

#include <stddef.h>

void held_signals_hold(struct held_signals *held)
{
    static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGTTOU, SIGTTIN };
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaddset(&set, numbers[i]);
    sigprocmask(SIG_BLOCK, &set, &held->before);
    held->held = true;
}

void held_signals_release(struct held_signals *held)
{
    if (held->held)
        sigprocmask(SIG_SETMASK, &held->before, NULL);
    held->held = false;
}
