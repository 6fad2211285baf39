/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The actor: the person behind this process, for the log and for what they may do.
 */
#ifndef VMAILCTL_ACTOR_H
#define VMAILCTL_ACTOR_H

#include <stdbool.h>
#include <sys/types.h>

enum { ACTOR_NAME_MAX = 320 };

struct actor {
    uid_t uid;
    bool by_sudo;                  /* they were given root's rights by sudo(8) */
    char name[ACTOR_NAME_MAX + 1]; /* as NSS has it; "" where nobody has the uid */
};

/**
 * Finds the actor. Under sudo (we are root, and SUDO_UID is a uid) the uid in SUDO_UID, which sudo
 * sets itself and only root could change; else the uid that logged in (/proc/self/loginuid); else
 * the real one. SUDO_USER is not trusted: the name follows from the uid.
 */
void actor_find(struct actor *actor);

/**
 * Whether this process was started as vmail-admin, where ARGV0 is the first word that it got. The
 * path that the kernel ran counts as well: either name is enough to restrict, and neither is the
 * choice of whoever calls sudo(8), which compares names with those in sudoers(5).
 */
bool actor_is_vmail_admin(const char *argv0);

#endif
