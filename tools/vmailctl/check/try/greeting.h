/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The greeting of a server.
 */
#ifndef VMAILCTL_CHECK_GREETING_H
#define VMAILCTL_CHECK_GREETING_H

#include <stdbool.h>
#include <stddef.h>

enum { GREETING_MAX = 511 };

/** All zero: nothing received yet. */
struct greeting {
    char text[GREETING_MAX +
              1]; /* as it came, and not to be shown before text_clean; no NUL in it */
    size_t length;
    bool complete; /* its first line has ended, or there is no more room */
};

/** Takes the next COUNT bytes at BYTES. Drops what follows the first line. */
void greeting_take(struct greeting *greeting, const char *bytes, size_t count);

#endif
