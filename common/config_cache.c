/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config_cache.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "trust.h"

/* What the trust in a directory rests on; its time stamps change with every file replaced in it. */
struct directory_state {
    dev_t device;
    ino_t inode;
    uid_t owner;
    mode_t mode;
};

struct vmail_shared_config {
    struct vmail_config *config;
    struct vmail_file_state file; /* of vmail.conf, all 0 where there is none */
    struct directory_state directory;
    atomic_uint users; /* the cache's own hold included */
};

/* Never waited for: a child that was forked while another thread held the lock would wait for
 * ever. Whoever does not get it reads the file for himself. */
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

/* Both are looked at before the file is read: a change in between makes the copy look old. */
static bool look(struct vmail_file_state *file, struct directory_state *directory)
{
    struct stat status;
    if (stat(VMAIL_DIRECTORY, &status) != 0)
        return false;
    *directory =
        (struct directory_state){ status.st_dev, status.st_ino, status.st_uid, status.st_mode };
    if (stat(VMAIL_DIRECTORY "/" VMAIL_CONFIG_NAME, &status) == 0)
        *file = vmail_file_state(&status);
    else if (errno == ENOENT)
        memset(file, 0, sizeof *file);
    else
        return false;
    return true;
}

static bool same_directory(const struct directory_state *a, const struct directory_state *b)
{
    return a->device == b->device && a->inode == b->inode && a->owner == b->owner &&
           a->mode == b->mode;
}

static struct vmail_shared_config *take_cached(const struct vmail_file_state *file,
                                               const struct directory_state *directory)
{
    struct vmail_shared_config *shared = NULL;
    if (!try_lock())
        return NULL;
    if (cached != NULL && vmail_file_state_equal(&cached->file, file) &&
        same_directory(&cached->directory, directory)) {
        shared = cached;
        atomic_fetch_add(&shared->users, 1);
    }
    pthread_mutex_unlock(&lock);
    return shared;
}

static void put_in_cache(struct vmail_shared_config *shared)
{
    if (!vmail_file_state_settled(&shared->file) || !try_lock())
        return;
    struct vmail_shared_config *old = cached;
    cached = shared;
    atomic_fetch_add(&shared->users, 1);
    pthread_mutex_unlock(&lock);
    vmail_config_cache_release(old);
}

enum vmail_result vmail_config_cache_get(const struct vmail_config **config,
                                         struct vmail_shared_config **shared)
{
    struct vmail_file_state file;
    struct directory_state directory;
    bool looked = look(&file, &directory);
    if (looked) {
        *shared = take_cached(&file, &directory);
        if (*shared != NULL) {
            *config = (*shared)->config;
            return VMAIL_OK;
        }
    }
    struct vmail_shared_config *fresh = calloc(1, sizeof *fresh);
    if (fresh == NULL)
        return VMAIL_NO_MEMORY;
    enum vmail_result result =
        vmail_config_load(&vmail_system_paths, &fresh->config, NULL, NULL, NULL);
    if (result != VMAIL_OK) {
        free(fresh);
        return result;
    }
    fresh->file = file;
    fresh->directory = directory;
    atomic_init(&fresh->users, 1);
    if (looked)
        put_in_cache(fresh);
    *shared = fresh;
    *config = fresh->config;
    return VMAIL_OK;
}
