/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * enumerate SERVICES - lists all users with getpwent. Prints how many there are, the nanoseconds
 * that took, and by how many KiB the resident memory was larger than before when it was largest.
 */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "timing.h"

/* Not from getrusage(2): that begins with what the program was that started this one. */
static long largest_resident(void)
{
    char line[128];
    long size = -1;
    FILE *status = fopen("/proc/self/status", "re");
    while (status != NULL && fgets(line, sizeof line, status) != NULL)
        if (strncmp(line, "VmHWM:", 6) == 0)
            size = strtol(line + 6, NULL, 10);
    if (size < 0)
        timing_die("/proc/self/status");
    fclose(status);
    return size;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: enumerate SERVICES\n", stderr);
        return 2;
    }
    timing_use_services(argv[1]);
    long before = largest_resident();
    double start = timing_now();
    size_t users = 0;
    setpwent();
    while (getpwent() != NULL)
        users++;
    endpwent();
    double took = timing_now() - start;
    printf("%zu %.0f %ld\n", users, took, largest_resident() - before);
    return 0;
}
