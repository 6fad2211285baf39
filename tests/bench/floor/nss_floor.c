/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libnss_floor.so.2 and libnss_floors.so.2: passwd by name and by uid, see floor.h. The indexes are
 * all mapped at the first look-up; each look-up costs one stat(2) of the text file, which must be
 * what it was then.
 *
 * To be compiled with FLOOR_SERVICE (floor, or floors) and FLOOR_DIRECTORY.
 */
#include <cdb.h>
#include <errno.h>
#include <fcntl.h>
#include <nss.h>
#include <pthread.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "floor.h"

#define FLOOR_LIST               FLOOR_DIRECTORY "/list"
#define FLOOR_JOINED(name, what) _nss_##name##_##what
#define FLOOR_NAMED(name, what)  FLOOR_JOINED(name, what)
#define FLOOR_FUNCTION(what)     FLOOR_NAMED(FLOOR_SERVICE, what)

enum nss_status FLOOR_FUNCTION(getpwnam_r)(const char *name, struct passwd *entry, char *buffer,
                                           size_t size, int *errnop);
enum nss_status FLOOR_FUNCTION(getpwuid_r)(uid_t uid, struct passwd *entry, char *buffer,
                                           size_t size, int *errnop);

struct part {
    const char *domain; /* in the path */
    char path[128];     /* of the text */
    uint32_t first, last;
    struct stat seen;
    struct cdb map;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool mapped;
static struct part *parts; /* in the order of their ids */
static size_t part_count;
static struct part **by_domain; /* a hash table */
static size_t table_size;       /* a power of two */

static bool map_part(struct part *part)
{
    char path[sizeof part->path + sizeof FLOOR_ENDING];
    snprintf(path, sizeof path, "%s" FLOOR_ENDING, part->path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool done = stat(part->path, &part->seen) == 0 && cdb_init(&part->map, fd) == 0;
    close(fd);
    return done;
}

static struct part **place_of(const char *domain)
{
    uint32_t hash = 2166136261u;
    for (const char *c = domain; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619u;
    size_t place = hash & (table_size - 1);
    while (by_domain[place] != NULL && strcmp(by_domain[place]->domain, domain) != 0)
        place = (place + 1) & (table_size - 1);
    return &by_domain[place];
}

static bool make_table(void)
{
    for (table_size = 2; table_size < 2 * part_count; table_size *= 2)
        ;
    by_domain = calloc(table_size, sizeof(struct part *));
    for (size_t i = 0; by_domain != NULL && i < part_count; i++) {
        parts[i].domain = parts[i].path + sizeof FLOOR_DIRECTORY;
        *place_of(parts[i].domain) = &parts[i];
    }
    return by_domain != NULL;
}

static void map_all(void)
{
    char file[64];
    struct part part;
    FILE *list = fopen(FLOOR_LIST, "re");
    if (list == NULL)
        return;
    while (fscanf(list, "%63s %u %u", file, &part.first, &part.last) == 3) {
        struct part *more = reallocarray(parts, part_count + 1, sizeof part);
        snprintf(part.path, sizeof part.path, FLOOR_DIRECTORY "/%s", file);
        if (more == NULL || !map_part(&part)) {
            fclose(list);
            return;
        }
        parts = more;
        parts[part_count++] = part;
    }
    fclose(list);
    mapped = part_count > 0 && make_table();
}

static struct part *part_of_name(const char *name)
{
    const char *separator = strchr(name, '@');
    return part_count == 1 ? parts : separator == NULL ? NULL : *place_of(separator + 1);
}

static struct part *part_of_id(uint32_t id)
{
    struct part *base = parts;
    size_t left = part_count;
    if (part_count == 1)
        return parts;
    while (left > 0) {
        size_t half = left / 2;
        bool behind = base[half].last < id;
        base = behind ? base + half + 1 : base;
        left = behind ? left - half - 1 : half;
    }
    return base < parts + part_count && base->first <= id ? base : NULL;
}

static bool fresh(const struct part *part)
{
    struct stat now;
    const struct stat *seen = &part->seen;
    return stat(part->path, &now) == 0 && now.st_ino == seen->st_ino &&
           now.st_dev == seen->st_dev && now.st_size == seen->st_size &&
           now.st_mtim.tv_sec == seen->st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == seen->st_mtim.tv_nsec &&
           now.st_ctim.tv_sec == seen->st_ctim.tv_sec &&
           now.st_ctim.tv_nsec == seen->st_ctim.tv_nsec;
}

static char *next_string(char *string)
{
    return string + strlen(string) + 1;
}

static enum nss_status answer(const char *value, size_t length, struct passwd *entry, char *buffer,
                              size_t size, int *errnop)
{
    struct floor_head head;
    memcpy(&head, value, sizeof head);
    length -= sizeof head;
    if (length > size) {
        *errnop = ERANGE;
        return NSS_STATUS_TRYAGAIN;
    }
    memcpy(buffer, value + sizeof head, length);
    entry->pw_uid = head.uid;
    entry->pw_gid = head.gid;
    entry->pw_name = buffer;
    entry->pw_gecos = next_string(entry->pw_name);
    entry->pw_dir = next_string(entry->pw_gecos);
    entry->pw_shell = next_string(entry->pw_dir);
    entry->pw_passwd = entry->pw_shell + strlen(entry->pw_shell); /* "" */
    return NSS_STATUS_SUCCESS;
}

static enum nss_status find(const struct part *part, const char *key, unsigned length,
                            struct passwd *entry, char *buffer, size_t size, int *errnop)
{
    if (!mapped || (part != NULL && !fresh(part))) {
        *errnop = ENOENT;
        return NSS_STATUS_UNAVAIL;
    }
    struct cdb mine; /* cdb_find writes where it is to it */
    if (part != NULL)
        mine = part->map;
    if (part == NULL || cdb_find(&mine, key, length) <= 0) {
        *errnop = ENOENT;
        return NSS_STATUS_NOTFOUND;
    }
    const char *value = cdb_get(&mine, cdb_datalen(&mine), cdb_datapos(&mine));
    return answer(value, cdb_datalen(&mine), entry, buffer, size, errnop);
}

enum nss_status FLOOR_FUNCTION(getpwnam_r)(const char *name, struct passwd *entry, char *buffer,
                                           size_t size, int *errnop)
{
    pthread_once(&once, map_all);
    const struct part *part = mapped ? part_of_name(name) : NULL;
    return find(part, name, (unsigned)strlen(name), entry, buffer, size, errnop);
}

enum nss_status FLOOR_FUNCTION(getpwuid_r)(uid_t uid, struct passwd *entry, char *buffer,
                                           size_t size, int *errnop)
{
    char key[FLOOR_ID_KEY];
    pthread_once(&once, map_all);
    floor_id_key(key, uid);
    return find(mapped ? part_of_id(uid) : NULL, key, sizeof key, entry, buffer, size, errnop);
}
