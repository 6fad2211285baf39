/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A lock that nobody waits for: a child that was forked while another thread held the lock would
 * wait for ever. Whoever does not get it does without what it protects, here a cache.
 */
#ifndef VMAIL_TRY_LOCK_H
#define VMAIL_TRY_LOCK_H

#include <stdatomic.h>
#include <stdbool.h>

enum { VMAIL_LOCK_TRIES = 64 };

/** Takes LOCK, which is free at first (ATOMIC_FLAG_INIT). Returns false if somebody else has it and
 * does not release it at once. */
static inline bool vmail_try_lock(atomic_flag *lock)
{
    for (int i = 0; i < VMAIL_LOCK_TRIES; i++)
        if (!atomic_flag_test_and_set_explicit(lock, memory_order_acquire))
            return true;
    return false;
}

static inline void vmail_unlock(atomic_flag *lock)
{
    atomic_flag_clear_explicit(lock, memory_order_release);
}

#endif
