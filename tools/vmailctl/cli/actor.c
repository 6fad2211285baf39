/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "actor.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "number.h"

static bool parse_uid(const char *text, size_t length, uid_t *uid)
{
    uint64_t value;
    if (!vmail_number_parse(text, length, UINT32_MAX - 1, &value))
        return false;
    *uid = (uid_t)value;
    return true;
}

/** The uid that logged in, kept by the kernel across su and sudo; false if nobody did. */
static bool login_uid(uid_t *uid)
{
    char text[16];
    int fd = open("/proc/self/loginuid", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t length = read(fd, text, sizeof text);
    close(fd);
    return length > 0 && parse_uid(text, (size_t)length, uid);
}

static bool sudo_uid(uid_t *uid)
{
    const char *text = geteuid() == 0 ? getenv("SUDO_UID") : NULL;
    return text != NULL && parse_uid(text, strlen(text), uid);
}

void actor_find(struct actor *actor)
{
    memset(actor, 0, sizeof *actor);
    actor->by_sudo = sudo_uid(&actor->uid);
    if (!actor->by_sudo && !login_uid(&actor->uid))
        actor->uid = getuid();
    const struct passwd *entry = getpwuid(actor->uid);
    if (entry != NULL)
        snprintf(actor->name, sizeof actor->name, "%s", entry->pw_name);
}

static bool is_vmail_admin(const char *path)
{
    const char *slash = strrchr(path, '/');
    return strcmp(slash == NULL ? path : slash + 1, "vmail-admin") == 0;
}

bool actor_is_vmail_admin(const char *argv0)
{
    const char *run = (const char *)getauxval(AT_EXECFN);
    return (argv0 != NULL && is_vmail_admin(argv0)) || (run != NULL && is_vmail_admin(run));
}
