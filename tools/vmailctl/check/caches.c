/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "areas.h"
#include "server.h"

/*
 * A cache answers for all processes, and does not see the connection that decides what a plain name
 * means. The C library uses the socket, whichever program owns it.
 */
static const char *const sockets[] = { "/run/nscd/socket", "/var/run/nscd/socket",
                                       "/run/.nscd_socket", "/var/run/.nscd_socket" };

enum { SOCKETS = sizeof sockets / sizeof *sockets, PROGRAM_MAX = 15 };

/** The name of the process in the directory PID of /proc; false where it is gone. */
static bool read_name(const char *pid, char name[PROGRAM_MAX + 2])
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%.20s/comm", pid);
    FILE *file = fopen(path, "re");
    bool found = file != NULL && fgets(name, PROGRAM_MAX + 2, file) != NULL;
    if (file != NULL)
        fclose(file);
    if (found)
        name[strcspn(name, "\n")] = '\0';
    return found;
}

static bool runs(const char *program)
{
    DIR *directory = opendir("/proc");
    struct dirent *entry;
    char name[PROGRAM_MAX + 2];
    bool found = false;
    while (!found && directory != NULL && (entry = readdir(directory)) != NULL)
        found = isdigit((unsigned char)entry->d_name[0]) && read_name(entry->d_name, name) &&
                strcmp(name, program) == 0;
    if (directory != NULL)
        closedir(directory);
    return found;
}

/** Whether nscd.conf(5) leaves the caching of DATABASE on: so it is where no line says "no". */
static bool nscd_caches(const char *database)
{
    FILE *file = fopen("/etc/nscd.conf", "re");
    char *line = NULL, word[3][32];
    size_t room = 0;
    bool on = true;
    while (file != NULL && getline(&line, &room, file) >= 0)
        if (sscanf(line, "%31s %31s %31s", word[0], word[1], word[2]) == 3 &&
            strcmp(word[0], "enable-cache") == 0 && strcmp(word[1], database) == 0)
            on = strcmp(word[2], "no") != 0;
    free(line);
    if (file != NULL)
        fclose(file);
    return on;
}

static void judge_nscd(struct check *check, const char *path)
{
    const struct finding_place place = { .file = path };
    bool passwd = nscd_caches("passwd"), group = nscd_caches("group");
    const char *program = runs("unscd") ? "unscd" : "nscd";
    if (passwd || group)
        finding_add(&check->findings, FINDING_ERROR, &place,
                    "%s caches %s%s%s: it ignores the address of the connection, and mixes up "
                    "users of different domains\nwrite  enable-cache passwd no  and  enable-cache "
                    "group no  in /etc/nscd.conf, and restart %s",
                    program, passwd ? "passwd" : "", passwd && group ? " and " : "",
                    group ? "group" : "", program);
}

void check_caches(struct check *check)
{
    const char *path = NULL;
    for (size_t i = 0; i < SOCKETS && path == NULL; i++)
        if (server_socket_answers(sockets[i]))
            path = sockets[i];
    if (path != NULL)
        judge_nscd(check, path);
    if (runs("sssd_nss"))
        finding_add(&check->findings, FINDING_NOTE, NULL,
                    "sssd is running: it caches only its own users, and is harmless unless one of "
                    "its domains proxies vmail\nkeep vmail before sss in /etc/nsswitch.conf, and "
                    "do not use  proxy_lib_name = vmail  in sssd.conf");
}
