/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "index_cache.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "filled.h"
#include "table.h"
#include "tick.h"
#include "try_lock.h"

/* A process may have some 65,000 mappings, and needs some of them itself. */
enum { BUCKETS_FIRST = 16, KEPT_MAX = 16384 };

/* Each index file is checked once a tick while there are few. With many, each one is used too
 * rarely for that to pay off, so it is checked once a second. */
enum { KEPT_FEW = 64 };
static const uint64_t second = 1000000000;

struct vmail_shared_index {
    struct vmail_shared_index *next; /* in its bucket */
    uint32_t hash;
    unsigned kind;
    atomic_uint users;     /* includes the cache's own reference */
    _Atomic uint64_t tick; /* when the index was last checked */
    const char *text;      /* its path; stored after the domain */
    struct vmail_index index;
    char domain[]; /* with its NUL */
};

/* It protects the variables below. */
static atomic_flag lock = ATOMIC_FLAG_INIT;
static struct vmail_shared_index **buckets;
static size_t bucket_count; /* a power of two, or 0 */
static atomic_size_t kept;
static _Atomic uint64_t trusted_tick; /* when the directory was last checked */

struct vmail_index *vmail_shared_index(struct vmail_shared_index *shared)
{
    return &shared->index;
}

const char *vmail_shared_domain(const struct vmail_shared_index *shared)
{
    return shared->domain;
}

const char *vmail_shared_text(const struct vmail_shared_index *shared)
{
    return shared->text;
}

void vmail_index_cache_release(struct vmail_shared_index *shared)
{
    if (shared == NULL || atomic_fetch_sub(&shared->users, 1) != 1)
        return;
    vmail_index_close(&shared->index);
    free(shared);
}

static uint32_t hash_of(unsigned kind, const char *domain)
{
    uint32_t hash = 2166136261u ^ kind;
    for (; *domain != '\0'; domain++)
        hash = (hash ^ (unsigned char)*domain) * 16777619u;
    return hash;
}

/* Finds the pointer to the index, or the NULL at the end of its bucket. Needs the lock. */
static struct vmail_shared_index **place_of(uint32_t hash, unsigned kind, const char *domain)
{
    struct vmail_shared_index **place = &buckets[hash & (bucket_count - 1)];
    while (*place != NULL && ((*place)->hash != hash || (*place)->kind != kind ||
                              strcmp((*place)->domain, domain) != 0))
        place = &(*place)->next;
    return place;
}

static struct vmail_shared_index *take_kept(unsigned kind, const char *domain)
{
    struct vmail_shared_index *shared = NULL;
    if (!vmail_try_lock(&lock))
        return NULL;
    if (bucket_count > 0)
        shared = *place_of(hash_of(kind, domain), kind, domain);
    if (shared != NULL)
        atomic_fetch_add(&shared->users, 1);
    vmail_unlock(&lock);
    return shared;
}

/* Needs the lock. */
static void grow(void)
{
    size_t count = bucket_count == 0 ? BUCKETS_FIRST : bucket_count * 2;
    struct vmail_shared_index **larger = calloc(count, sizeof *larger);
    if (larger == NULL)
        return; /* the chains just get longer */
    for (size_t i = 0; i < bucket_count; i++) {
        for (struct vmail_shared_index *shared = buckets[i], *next; shared != NULL; shared = next) {
            next = shared->next;
            shared->next = larger[shared->hash & (count - 1)];
            larger[shared->hash & (count - 1)] = shared;
        }
    }
    free(buckets);
    buckets = larger;
    bucket_count = count;
}

/* Removes the index at PLACE from the table. Needs the lock; the caller then releases the index. */
static struct vmail_shared_index *unlink_at(struct vmail_shared_index **place)
{
    struct vmail_shared_index *shared = *place;
    *place = shared->next;
    kept--;
    return shared;
}

/* Keeps SHARED, and replaces an older index of the same file. */
static void keep_index(struct vmail_shared_index *shared)
{
    struct vmail_shared_index *old = NULL, *surplus = NULL;
    if (!vmail_try_lock(&lock))
        return;
    if (kept >= bucket_count)
        grow();
    if (bucket_count > 0) {
        struct vmail_shared_index **place = place_of(shared->hash, shared->kind, shared->domain);
        if (*place != NULL)
            old = unlink_at(place);
        struct vmail_shared_index **first = &buckets[shared->hash & (bucket_count - 1)];
        if (kept >= KEPT_MAX && *first != NULL)
            surplus = unlink_at(first);
        if (kept < KEPT_MAX) {
            shared->next = *first;
            *first = shared;
            kept++;
            atomic_fetch_add(&shared->users, 1);
        }
    }
    vmail_unlock(&lock);
    vmail_index_cache_release(old);
    vmail_index_cache_release(surplus);
}

static void forget_index(const struct vmail_shared_index *shared)
{
    struct vmail_shared_index *old = NULL;
    if (!vmail_try_lock(&lock))
        return;
    if (bucket_count > 0) {
        struct vmail_shared_index **place = place_of(shared->hash, shared->kind, shared->domain);
        if (*place == shared)
            old = unlink_at(place);
    }
    vmail_unlock(&lock);
    vmail_index_cache_release(old);
}

/* Each look-up checks the state of the text; the directory is checked once a tick. */
static bool directory_is_trusted(const struct vmail_paths *paths, uint64_t tick)
{
    if (atomic_load_explicit(&trusted_tick, memory_order_relaxed) == tick)
        return true;
    struct stat status;
    if (stat(paths->directory, &status) != 0 || !S_ISDIR(status.st_mode) ||
        status.st_uid != paths->owner || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return false;
    atomic_store_explicit(&trusted_tick, tick, memory_order_relaxed);
    return true;
}

static struct vmail_shared_index *open_new(const struct vmail_paths *paths, unsigned kind,
                                           const char *domain)
{
    size_t length = strlen(domain) + 1;
    struct vmail_index index;
    char path[VMAIL_PATH_MAX] = "";
    if (kind <= VMAIL_GROUP && !vmail_file_path(path, paths, (enum vmail_kind)kind, domain))
        return NULL;
    if (!directory_is_trusted(paths, vmail_tick()) ||
        vmail_index_open(paths, kind, domain, &index, NULL) != VMAIL_OK)
        return NULL;
    struct vmail_shared_index *shared = calloc(1, sizeof *shared + length + strlen(path) + 1);
    if (shared == NULL) {
        vmail_index_close(&index);
        return NULL;
    }
    memcpy(&shared->index, &index, sizeof index);
    memcpy(shared->domain, domain, length);
    memcpy(shared->domain + length, path, strlen(path) + 1);
    shared->text = shared->domain + length;
    shared->kind = kind;
    shared->hash = hash_of(kind, domain);
    atomic_init(&shared->tick, vmail_tick());
    atomic_init(&shared->users, 1);
    keep_index(shared);
    return shared;
}

static bool is_intact(const struct vmail_paths *paths, struct vmail_shared_index *shared,
                      uint64_t tick)
{
    const uint64_t seen = atomic_load_explicit(&shared->tick, memory_order_relaxed);
    const bool few = atomic_load_explicit(&kept, memory_order_relaxed) <= KEPT_FEW;
    if (seen == tick || (!few && tick - seen < second))
        return true;
    if (!vmail_index_intact(&shared->index, paths, shared->kind, shared->domain))
        return false;
    atomic_store_explicit(&shared->tick, tick, memory_order_relaxed);
    return true;
}

/* Returns SHARED if it is still trusted. */
static struct vmail_shared_index *drop_unless_trusted(const struct vmail_paths *paths,
                                                      struct vmail_shared_index *shared)
{
    if (shared == NULL)
        return NULL;
    const uint64_t tick = vmail_tick();
    if (directory_is_trusted(paths, tick) && is_intact(paths, shared, tick))
        return shared;
    forget_index(shared);
    vmail_index_cache_release(shared);
    return NULL;
}

struct vmail_shared_index *vmail_index_cache_get(const struct vmail_paths *paths, unsigned kind,
                                                 const char *domain)
{
    struct vmail_shared_index *shared = drop_unless_trusted(paths, take_kept(kind, domain));
    return shared != NULL ? shared : open_new(paths, kind, domain);
}

struct vmail_shared_index *vmail_index_cache_renew(const struct vmail_paths *paths,
                                                   struct vmail_shared_index *shared)
{
    struct vmail_shared_index *newer = NULL;
    if (!vmail_index_intact(&shared->index, paths, shared->kind, shared->domain)) {
        newer = open_new(paths, shared->kind, shared->domain);
        if (newer == NULL)
            forget_index(shared);
    }
    vmail_index_cache_release(shared);
    return newer;
}

/* The one system call of a look-up in a warm process. */
static bool look_at_text(const struct vmail_shared_index *shared, struct vmail_file_state *state)
{
    VMAIL_FILLED struct stat status;
    if (stat(vmail_shared_text(shared), &status) != 0)
        return false;
    *state = vmail_file_state(&status);
    return true;
}

struct vmail_shared_index *vmail_index_cache_fresh(struct vmail_file file,
                                                   const struct vmail_file_state *seen)
{
    VMAIL_FILLED struct vmail_file_state state;
    struct vmail_shared_index *shared = vmail_index_cache_get(file.paths, file.kind, file.domain);
    if (shared == NULL)
        return NULL;
    if (seen == NULL) {
        seen = &state;
        if (!look_at_text(shared, &state)) {
            vmail_index_cache_release(shared);
            return NULL;
        }
    }
    if (vmail_index_fresh(vmail_shared_index(shared), seen, file.rules))
        return shared;
    shared = vmail_index_cache_renew(file.paths, shared);
    if (shared == NULL || vmail_index_fresh(vmail_shared_index(shared), seen, file.rules))
        return shared;
    vmail_index_cache_release(shared);
    return NULL;
}
