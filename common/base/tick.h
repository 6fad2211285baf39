/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Ticks of the kernel's clock: a caller checks a file only once in a tick (1 to 10 ms). Reading the
 * tick needs no system call. The time stamps of files are no finer.
 */
#ifndef VMAIL_TICK_H
#define VMAIL_TICK_H

#include <stdint.h>

/** Returns the current tick; never 0. */
uint64_t vmail_tick(void);

#endif
