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
    bool by_sudo;                  /* they got root's rights from sudo(8) */
    char name[ACTOR_NAME_MAX + 1]; /* from NSS; "" if nobody has the uid */
};

/**
 * Finds the actor. Under sudo (we are root, and SUDO_UID is a uid), this is the uid in SUDO_UID,
 * which sudo sets and only root could change; otherwise the uid that logged in
 * (/proc/self/loginuid); otherwise the real uid. SUDO_USER is not trusted: the name is looked up
 * from the uid.
 */
void actor_find(struct actor *actor);

/**
 * Whether this process was started as vmail-admin; ARGV0 is the first word of its command line. The
 * path that the kernel ran is checked too: either name is enough to restrict, and the caller of
 * sudo(8) chooses neither, because sudoers(5) compares both.
 */
bool actor_is_vmail_admin(const char *argv0);

#endif
