/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lookups SERVICE COUNT NAME... - asks the one NSS service SERVICE COUNT times for the names in turn, in a process that
 * has asked before. Prints microseconds a look-up, and how many were found.
 */
#include <nss.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int look_up(const char *name)
{
    char buffer[4096];
    struct passwd entry, *found = NULL;
    return getpwnam_r(name, &entry, buffer, sizeof buffer, &found) == 0 && found != NULL;
}

int main(int argc, char **argv)
{
    if (argc < 4 || atoi(argv[2]) < 1) {
        fputs("usage: lookups SERVICE COUNT NAME...\n", stderr);
        return 2;
    }
    int count = atoi(argv[2]), names = argc - 3, found = 0;
    if (__nss_configure_lookup("passwd", argv[1]) != 0)
        return 2;
    for (int i = 0; i < names; i++)
        look_up(argv[3 + i]);
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int i = 0; i < count; i++)
        found += look_up(argv[3 + i % names]);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double took = (double) (end.tv_sec - start.tv_sec) * 1e6 + (double) (end.tv_nsec - start.tv_nsec) / 1e3;
    printf("%.2f %d\n", took / count, found);
    return 0;
}
