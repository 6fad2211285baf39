/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "file_state.h"

#include <time.h>

/* FAT has ticks of two seconds; older file systems usually have ticks of one second. */
enum { COARSE_TICK = 2, UNIT_MAX = 10 * 1000 * 1000 };

struct vmail_file_state vmail_file_state(const struct stat *status)
{
    return (struct vmail_file_state){
        .device = status->st_dev,
        .inode = status->st_ino,
        .size = status->st_size,
        .modified = status->st_mtim,
        .changed = status->st_ctim,
    };
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

bool vmail_file_state_equal(const struct vmail_file_state *a, const struct vmail_file_state *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           same_time(&a->modified, &b->modified) && same_time(&a->changed, &b->changed);
}

/* Returns how much the file system may have cut off the stamps of STATE, in nanoseconds: at least
 * what their trailing zeros show. Some file systems keep units of 100 ns or 1 us, exFAT 10 ms. */
static long cut_off(const struct vmail_file_state *state)
{
    long unit = 1;
    while (unit < UNIT_MAX && state->changed.tv_nsec % (unit * 10) == 0 &&
           state->modified.tv_nsec % (unit * 10) == 0)
        unit *= 10;
    return unit - 1;
}

/* The kernel stamps files with its coarse clock. Once that clock has passed a stamp plus what may
 * have been cut off it, no later change can get the same stamp. */
bool vmail_file_state_settled_at(const struct vmail_file_state *state, const struct timespec *now)
{
    const struct timespec *changed = &state->changed;
    const bool coarse = changed->tv_nsec == 0 && state->modified.tv_nsec == 0;
    if (coarse && changed->tv_sec != 0)
        return now->tv_sec - changed->tv_sec > COARSE_TICK;
    const time_t seconds = now->tv_sec - changed->tv_sec;
    if (seconds < 0 || seconds > 1)
        return seconds > 1;
    return seconds * 1000000000L + now->tv_nsec - changed->tv_nsec > cut_off(state);
}

bool vmail_file_state_settled(const struct vmail_file_state *state)
{
    struct timespec now;
    return clock_gettime(CLOCK_REALTIME_COARSE, &now) == 0 &&
           vmail_file_state_settled_at(state, &now);
}

/* For example after the clock was set back. */
static bool lies_ahead(const struct vmail_file_state *state, unsigned milliseconds)
{
    struct timespec now;
    return clock_gettime(CLOCK_REALTIME_COARSE, &now) == 0 &&
           state->changed.tv_sec - now.tv_sec > (time_t)(milliseconds / 1000) + 1;
}

bool vmail_file_state_settle(const struct vmail_file_state *state, unsigned milliseconds)
{
    const struct timespec millisecond = { .tv_nsec = 1000000 };
    if (lies_ahead(state, milliseconds))
        return false;
    for (; !vmail_file_state_settled(state); milliseconds--) {
        if (milliseconds == 0)
            return false;
        nanosleep(&millisecond, NULL);
    }
    return true;
}
