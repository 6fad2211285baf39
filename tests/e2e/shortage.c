/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * shortage descriptors|memory N NAME - asks the C library about NAME while something is short: only
 * N more descriptors can be opened, or the Nth allocation from now on fails (0: nothing is short).
 * Descriptor 3 becomes descriptor 0 before that, and the C library has loaded its modules, but they
 * have read nothing. Prints "passwd ANSWER", "shadow ANSWER" and "groups ANSWER", where ANSWER is a
 * uid, a password field or gids; or "none"; or "error NUMBER" (errno).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <shadow.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

extern long allocations_left; /* see fail_allocation.c */

static void make_short(const char *what, long number)
{
    struct rlimit limit = { 0, 0 };
    if (number == 0)
        return;
    if (strcmp(what, "memory") == 0) {
        allocations_left = number;
        return;
    }
    limit.rlim_cur = limit.rlim_max = 4 + (rlim_t)number - 1; /* 0, 1, 2 and 3 are open */
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        exit(2);
}

static char answer[3][256];

static void look_up(const char *name, const char *what, long number)
{
    char buffer[4096];
    struct passwd user, *found = NULL;
    struct spwd entry, *shadow = NULL;
    gid_t gids[64];
    int count = 64;
    make_short(what, number);
    int code = getpwnam_r(name, &user, buffer, sizeof buffer, &found);
    if (found != NULL)
        snprintf(answer[0], sizeof answer[0], "%lu", (unsigned long)found->pw_uid);
    else
        snprintf(answer[0], sizeof answer[0], code == 0 ? "none" : "error %d", code);

    make_short(what, number);
    code = getspnam_r(name, &entry, buffer, sizeof buffer, &shadow);
    if (shadow != NULL)
        snprintf(answer[1], sizeof answer[1], "%.200s", entry.sp_pwdp);
    else
        snprintf(answer[1], sizeof answer[1], code == 0 ? "none" : "error %d", code);

    make_short(what, number);
    count = getgrouplist(name, 9, gids, &count) < 0 ? 0 : count;
    allocations_left = 0;
    for (int i = 1; i < count; i++)
        snprintf(answer[2] + strlen(answer[2]), sizeof answer[2] - strlen(answer[2]), "%s%lu",
                 i > 1 ? "," : "", (unsigned long)gids[i]);
}

int main(int argc, char **argv)
{
    int groups = 0;
    if (argc != 4)
        return 2;
    close(0);
    getpwnam("nobody-here");
    getspnam("nobody-here");
    getgrouplist("nobody-here", 9, NULL, &groups);
    endpwent();
    if (dup2(3, 0) != 0)
        return 2;
    look_up(argv[3], argv[1], strtol(argv[2], NULL, 10));
    printf("passwd %s\nshadow %s\ngroups %s\n", answer[0], answer[1],
           *answer[2] != '\0' ? answer[2] : "none");
    return 0;
}
