/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Signals are held back while locks are held: neither Ctrl-C nor Ctrl-Z leaves half a change, or a
 * lock that others wait for.
 */
#ifndef VMAILCTL_HELD_SIGNALS_H
#define VMAILCTL_HELD_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

struct held_signals {
    sigset_t before;
    bool held;
};

/** Holds back signals from the terminal or its user, until held_signals_release. */
void held_signals_hold(struct held_signals *held);

/** Delivers them. Does nothing if none are held back. */
void held_signals_release(struct held_signals *held);

#endif
