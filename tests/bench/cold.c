/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cold MILLISECONDS SERVICES NAME [SERVICES NAME]... - what a process costs that asks for one user
 * and ends.
 *
 * Starts `getent passwd NAME` for each pair in turn and waits for it, for about MILLISECONDS each.
 * SERVICES is a line as in nsswitch.conf, or "-" for what that file says. Prints a line for each:
 * the median in nanoseconds, the quartiles, how many processes there were and how many found NAME.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "timing.h"

enum { AT_LEAST = 9 };

struct run {
    char *services, *name;
    struct timing_series took;
    double total;
    size_t found;
};

static posix_spawn_file_actions_t quiet;

static void start_one(struct run *run)
{
    char getent[] = "getent", passwd[] = "passwd", option[] = "-s";
    char *plain[] = { getent, passwd, run->name, NULL };
    char *with_services[] = { getent, option, run->services, passwd, run->name, NULL };
    char *environment[] = { NULL };
    pid_t pid;
    int status;
    double start = timing_now();
    errno = posix_spawn(&pid, "/usr/bin/getent", &quiet, NULL,
                        run->services ? with_services : plain, environment);
    if (errno != 0 || waitpid(pid, &status, 0) != pid)
        timing_die("/usr/bin/getent");
    double took = timing_now() - start;
    timing_add(&run->took, took);
    run->total += took;
    run->found += status == 0;
}

/* getent(1) takes DATABASE:SERVICES. */
static char *getent_option(const char *services)
{
    char *option = NULL;
    if (strcmp(services, "-") != 0 && asprintf(&option, "passwd:%s", services) < 0)
        timing_die("asprintf");
    return option;
}

int main(int argc, char **argv)
{
    if (argc < 4 || argc % 2 != 0) {
        fputs("usage: cold MILLISECONDS SERVICES NAME [SERVICES NAME]...\n", stderr);
        return 2;
    }
    double budget = strtod(argv[1], NULL) * 1e6;
    size_t count = (size_t)(argc - 2) / 2, busy = count;
    struct run *runs = calloc(count, sizeof *runs);
    if (runs == NULL || posix_spawn_file_actions_init(&quiet) != 0 ||
        posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) != 0)
        timing_die("posix_spawn_file_actions");
    for (size_t i = 0; i < count; i++) {
        runs[i].services = getent_option(argv[2 + 2 * i]);
        runs[i].name = argv[3 + 2 * i];
    }
    while (busy > 0) {
        busy = 0;
        for (size_t i = 0; i < count; i++)
            if (runs[i].total < budget || runs[i].took.count < AT_LEAST) {
                start_one(&runs[i]);
                busy++;
            }
    }
    for (size_t i = 0; i < count; i++) {
        struct timing_series *took = &runs[i].took;
        printf("%.0f %.0f %.0f %zu %zu\n", timing_quantile(took, 0.5), timing_quantile(took, 0.25),
               timing_quantile(took, 0.75), took->count, runs[i].found);
        free(took->values);
        free(runs[i].services);
    }
    free(runs);
    posix_spawn_file_actions_destroy(&quiet);
    return 0;
}
