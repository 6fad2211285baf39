/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cancel - cancels a thread that is about to call getpwent(3), getgrent(3) and getspent(3), each at
 * the first cancellation point in it, and then enumerates from the main thread. Prints how many
 * descriptors were left open; hangs where a lock was left held.
 */
#include <grp.h>
#include <nss.h>
#include <pthread.h>
#include <pwd.h>
#include <shadow.h>
#include <stdio.h>
#include <dirent.h>

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
