/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cancel - cancels a thread that is about to call getpwent(3), getgrent(3) and getspent(3), each at
 * the first cancellation point in it, then enumerates from the main thread; and cancels threads
 * that look names up, each at some moment. Prints whether all was found, and how many descriptors
 * were left open; hangs where a lock was left held.
 */
#include <grp.h>
#include <nss.h>
#include <pthread.h>
#include <pwd.h>
#include <shadow.h>
#include <stdio.h>
#include <dirent.h>
#include <unistd.h>

enum { LOOK_UPS = 2000 };

static void *passwd(void *unused)
{
    pthread_cancel(pthread_self());
    while (getpwent() != NULL)
        continue;
    return unused;
}

static void *group(void *unused)
{
    pthread_cancel(pthread_self());
    while (getgrent() != NULL)
        continue;
    return unused;
}

static void *shadow(void *unused)
{
    pthread_cancel(pthread_self());
    while (getspent() != NULL)
        continue;
    return unused;
}

/* What reads files in each call, since it depends on hashes and members. */
static void *look_up(void *unused)
{
    struct spwd entry, *found;
    char buffer[1024];
    for (;;) {
        getspnam_r("bob@va.example", &entry, buffer, sizeof buffer, &found);
        pthread_testcancel();
    }
    return unused;
}

static int cancel_look_ups(void)
{
    for (unsigned i = 0; i < LOOK_UPS; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, look_up, NULL) != 0)
            return -1;
        usleep(i % 100 * 5);
        if (pthread_cancel(thread) != 0 || pthread_join(thread, NULL) != 0)
            return -1;
    }
    return 0;
}

static int descriptors(void)
{
    int count = 0;
    DIR *directory = opendir("/proc/self/fd");
    while (directory != NULL && readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count;
}

int main(void)
{
    /* Other modules, and glibc's lock around them, are not what is tested. */
    __nss_configure_lookup("passwd", "vmail");
    __nss_configure_lookup("group", "vmail");
    __nss_configure_lookup("shadow", "vmail");
    static void *(*const work[])(void *) = { passwd, group, shadow };
    const int before = descriptors();
    for (size_t i = 0; i < sizeof work / sizeof *work; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, work[i], NULL) != 0 || pthread_join(thread, NULL) != 0)
            return 2;
    }
    if (cancel_look_ups() != 0)
        return 2;
    setpwent();
    setgrent();
    setspent();
    int found = getpwent() != NULL && getgrent() != NULL && getspent() != NULL;
    endpwent();
    endgrent();
    endspent();
    printf("found=%d left=%d\n", found, descriptors() - before);
    return 0;
}
