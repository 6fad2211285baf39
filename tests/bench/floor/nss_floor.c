/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libnss_floor.so.2: passwd by name and by uid, see floor.h. The index is mapped once per process;
 * a look-up costs one stat(2) of the text file, which must be what it was then.
 */
#include <cdb.h>
#include <errno.h>
#include <fcntl.h>
#include <nss.h>
#include <pthread.h>
#include <pwd.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "floor.h"

enum nss_status _nss_floor_getpwnam_r(const char *name, struct passwd *entry, char *buffer,
                                      size_t size, int *errnop);
enum nss_status _nss_floor_getpwuid_r(uid_t uid, struct passwd *entry, char *buffer, size_t size,
                                      int *errnop);

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool mapped;
static struct cdb map;
static struct stat seen;

static void map_index(void)
{
    int fd = open(FLOOR_INDEX, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    mapped = stat(FLOOR_TEXT, &seen) == 0 && cdb_init(&map, fd) == 0;
    close(fd);
}

static bool fresh(void)
{
    struct stat now;
    return stat(FLOOR_TEXT, &now) == 0 && now.st_ino == seen.st_ino && now.st_dev == seen.st_dev &&
           now.st_size == seen.st_size && now.st_mtim.tv_sec == seen.st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == seen.st_mtim.tv_nsec &&
           now.st_ctim.tv_sec == seen.st_ctim.tv_sec && now.st_ctim.tv_nsec == seen.st_ctim.tv_nsec;
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

static enum nss_status find(const char *key, unsigned length, struct passwd *entry, char *buffer,
                            size_t size, int *errnop)
{
    pthread_once(&once, map_index);
    if (!mapped || !fresh()) {
        *errnop = ENOENT;
        return NSS_STATUS_UNAVAIL;
    }
    struct cdb mine = map; /* cdb_find writes where it is to it */
    if (cdb_find(&mine, key, length) <= 0) {
        *errnop = ENOENT;
        return NSS_STATUS_NOTFOUND;
    }
    const char *value = cdb_get(&mine, cdb_datalen(&mine), cdb_datapos(&mine));
    return answer(value, cdb_datalen(&mine), entry, buffer, size, errnop);
}

enum nss_status _nss_floor_getpwnam_r(const char *name, struct passwd *entry, char *buffer,
                                      size_t size, int *errnop)
{
    return find(name, (unsigned)strlen(name), entry, buffer, size, errnop);
}

enum nss_status _nss_floor_getpwuid_r(uid_t uid, struct passwd *entry, char *buffer, size_t size,
                                      int *errnop)
{
    char key[FLOOR_ID_KEY];
    floor_id_key(key, uid);
    return find(key, sizeof key, entry, buffer, size, errnop);
}
