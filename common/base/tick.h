/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Ticks of the kernel's clock: what was seen in this tick (1 to 10 ms) is not looked at again. It
 * costs no system call to ask. A file's own time stamps are no finer.
 */
#ifndef VMAIL_TICK_H
#define VMAIL_TICK_H

#include <stdint.h>

/** The tick that it is; never 0. */
uint64_t vmail_tick(void);

#endif
