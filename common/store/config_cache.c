/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config_cache.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config_file.h"
#include "config_image.h"
#include "tick.h"
#include "try_lock.h"

struct vmail_shared_config {
    struct vmail_config *config;
    struct vmail_file_state file; /* of vmail.conf, all 0 if it is missing */
    _Atomic uint64_t tick;        /* when the file was last seen to be in this state */
    atomic_uint users;            /* includes the cache's own reference */
};

/* It protects the variable below. A caller that does not get the lock reads the file itself. */
static atomic_flag lock = ATOMIC_FLAG_INIT;
static struct vmail_shared_config *cached;

void vmail_config_cache_release(struct vmail_shared_config *shared)
{
    if (shared == NULL || atomic_fetch_sub(&shared->users, 1) != 1)
        return;
    vmail_config_free(shared->config);
    free(shared);
}

/* One system call if the file is not a link. */
static bool look_at_config(struct vmail_file_state *file)
{
    static const char path[] = VMAIL_DIRECTORY "/" VMAIL_CONFIG_NAME;
    struct stat status;
    memset(file, 0, sizeof *file);
    if (lstat(path, &status) != 0)
        return errno == ENOENT;
    if (S_ISLNK(status.st_mode) && stat(path, &status) != 0)
        return false; /* a link that leads to nothing is an error */
    *file = vmail_file_state(&status);
    return true;
}

static struct vmail_shared_config *take_cached(void)
{
    if (!vmail_try_lock(&lock))
        return NULL;
    struct vmail_shared_config *shared = cached;
    if (shared != NULL)
        atomic_fetch_add(&shared->users, 1);
    vmail_unlock(&lock);
    return shared;
}

static void put_in_cache(struct vmail_shared_config *shared)
{
    if (!vmail_try_lock(&lock))
        return;
    struct vmail_shared_config *old = cached;
    cached = shared;
    atomic_fetch_add(&shared->users, 1);
    vmail_unlock(&lock);
    vmail_config_cache_release(old);
}

/* Whether SHARED is still what the file says; FILE is its state now. */
static bool is_current(const struct vmail_shared_config *shared,
                       const struct vmail_file_state *file)
{
    return vmail_file_state_equal(&shared->file, file) &&
           vmail_config_image_intact(shared->config, &vmail_system_paths);
}

static enum vmail_result read_shared(const struct vmail_file_state *file, uint64_t tick,
                                     struct vmail_shared_config **shared)
{
    struct vmail_shared_config *fresh = calloc(1, sizeof *fresh);
    if (fresh == NULL)
        return VMAIL_NO_MEMORY;
    enum vmail_result result = vmail_config_open(&vmail_system_paths, &fresh->config, NULL);
    if (result != VMAIL_OK) {
        free(fresh);
        return result;
    }
    fresh->file = *file;
    atomic_init(&fresh->tick, tick);
    atomic_init(&fresh->users, 1);
    *shared = fresh;
    return VMAIL_OK;
}

/* The file was last checked before TICK: checks it, and reads it if it has changed. */
static enum vmail_result look_again(uint64_t tick, struct vmail_shared_config **shared)
{
    struct vmail_file_state file;
    const bool looked = look_at_config(&file);
    if (*shared != NULL && looked && is_current(*shared, &file)) {
        atomic_store_explicit(&(*shared)->tick, tick, memory_order_relaxed);
        return VMAIL_OK;
    }
    vmail_config_cache_release(*shared);
    *shared = NULL;
    /* Check before reading: a change during the reading then makes the copy look old. */
    const bool settled = looked && vmail_file_state_settled(&file);
    const enum vmail_result result = read_shared(&file, tick, shared);
    if (result == VMAIL_OK && settled)
        put_in_cache(*shared);
    return result;
}

enum vmail_result vmail_config_cache_get(const struct vmail_config **config,
                                         struct vmail_shared_config **shared)
{
    enum vmail_result result = VMAIL_OK;
    const uint64_t tick = vmail_tick();
    *shared = take_cached();
    if (*shared == NULL || atomic_load_explicit(&(*shared)->tick, memory_order_relaxed) != tick)
        result = look_again(tick, shared);
    if (result == VMAIL_OK)
        *config = (*shared)->config;
    return result;
}
