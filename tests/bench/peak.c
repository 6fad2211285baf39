/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * peak FILE COMMAND... - runs COMMAND and writes to FILE how many nanoseconds it took and how
 * large, in KiB, its resident memory was when it was largest. (A process inherits that from who
 * starts it; this one is small.)
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "timing.h"

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: peak FILE COMMAND...\n", stderr);
        return 2;
    }
    FILE *file = fopen(argv[1], "we");
    if (file == NULL)
        timing_die(argv[1]);
    struct rusage usage;
    int status;
    double start = timing_now();
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        timing_die(argv[2]);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) != child)
        timing_die("fork");
    fprintf(file, "%.0f %ld\n", timing_now() - start, usage.ru_maxrss);
    fclose(file);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
