/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "actor.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/** The uid that logged in, kept by the kernel across su and sudo; false where none did. */
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

bool actor_find(struct actor *actor)
{
    const char *sudo_uid = geteuid() == 0 ? getenv("SUDO_UID") : NULL;
    memset(actor, 0, sizeof *actor);
    if (sudo_uid != NULL) {
        actor->by_sudo = true;
        if (!parse_uid(sudo_uid, strlen(sudo_uid), &actor->uid))
            return false;
    } else if (!login_uid(&actor->uid)) {
        actor->uid = getuid();
    }
    const struct passwd *entry = getpwuid(actor->uid);
    if (entry != NULL)
        snprintf(actor->name, sizeof actor->name, "%s", entry->pw_name);
    return true;
}
