/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config_cache.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config_file.h"
#include "config_image.h"
#include "tick.h"

struct vmail_shared_config {
    struct vmail_config *config;
    struct vmail_file_state file; /* of vmail.conf, all 0 if it is missing */
    _Atomic uint64_t tick;        /* when the file was last seen to be in this state */
    atomic_uint users;            /* includes the cache's own reference */
};

/* Never wait for it: a child that was forked while another thread held the lock would wait for
 * ever. A caller that does not get the lock reads the file itself. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct vmail_shared_config *cached;

enum { LOCK_TRIES = 64 };

static bool try_lock(void)
{
    for (int i = 0; i < LOCK_TRIES; i++)
        if (pthread_mutex_trylock(&lock) == 0)
            return true;
    return false;
}

void vmail_config_cache_release(struct vmail_shared_config *shared)
{
    if (shared == NULL || atomic_fetch_sub(&shared->users, 1) != 1)
        return;
    vmail_config_free(shared->config);
    free(shared);
}

/* One system call if the file is not a link. */
static bool look(struct vmail_file_state *file)
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
    if (!try_lock())
        return NULL;
    struct vmail_shared_config *shared = cached;
    if (shared != NULL)
        atomic_fetch_add(&shared->users, 1);
    pthread_mutex_unlock(&lock);
    return shared;
}

static void put_in_cache(struct vmail_shared_config *shared)
{
    if (!try_lock())
        return;
    struct vmail_shared_config *old = cached;
    cached = shared;
    atomic_fetch_add(&shared->users, 1);
    pthread_mutex_unlock(&lock);
    vmail_config_cache_release(old);
}

/* Returns the cached config if the file is unchanged; checks the file once a tick. */
static struct vmail_shared_config *take_current(uint64_t tick, struct vmail_file_state *file,
                                                bool *looked)
{
    struct vmail_shared_config *shared = take_cached();
    *looked = false;
    if (shared != NULL && atomic_load_explicit(&shared->tick, memory_order_relaxed) == tick)
        return shared;
    *looked = look(file);
    if (shared != NULL && *looked && vmail_file_state_equal(&shared->file, file) &&
        vmail_config_image_intact(shared->config, &vmail_system_paths)) {
        atomic_store_explicit(&shared->tick, tick, memory_order_relaxed);
        return shared;
    }
    vmail_config_cache_release(shared);
    return NULL;
}

enum vmail_result vmail_config_cache_get(const struct vmail_config **config,
                                         struct vmail_shared_config **shared)
{
    struct vmail_file_state file;
    bool looked;
    const uint64_t tick = vmail_tick();
    *shared = take_current(tick, &file, &looked);
    if (*shared != NULL) {
        *config = (*shared)->config;
        return VMAIL_OK;
    }
    /* Check before reading: a change during the reading then makes the copy look old. */
    const bool settled = looked && vmail_file_state_settled(&file);
    struct vmail_shared_config *fresh = calloc(1, sizeof *fresh);
    if (fresh == NULL)
        return VMAIL_NO_MEMORY;
    enum vmail_result result = vmail_config_open(&vmail_system_paths, &fresh->config, NULL);
    if (result != VMAIL_OK) {
        free(fresh);
        return result;
    }
    fresh->file = file;
    atomic_init(&fresh->tick, tick);
    atomic_init(&fresh->users, 1);
    if (settled)
        put_in_cache(fresh);
    *shared = fresh;
    *config = fresh->config;
    return VMAIL_OK;
}
