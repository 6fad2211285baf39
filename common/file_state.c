/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "file_state.h"

#include <time.h>

enum { SETTLE_SECONDS = 2 };

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

bool vmail_file_state_settled(const struct vmail_file_state *state)
{
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0)
        return false;
    return now.tv_sec - state->changed.tv_sec > SETTLE_SECONDS;
}
