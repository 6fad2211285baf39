/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The actor: the person behind this process, for the log and for what he may do.
 */
#ifndef VMAILCTL_ACTOR_H
#define VMAILCTL_ACTOR_H

#include <stdbool.h>
#include <sys/types.h>

enum { ACTOR_NAME_MAX = 320 };

struct actor {
    uid_t uid;
    bool by_sudo;                  /* root's power was lent to him */
    char name[ACTOR_NAME_MAX + 1]; /* as NSS has it; "" where nobody has the uid */
};

/**
 * Finds the actor. Under sudo (we are root, and SUDO_UID is there) the uid in SUDO_UID, which sudo
 * sets itself and whoever is root anyhow could change; else the uid that logged in
 * (/proc/self/loginuid); else the real one. SUDO_USER is not believed: a name follows from the uid.
 * Returns false where SUDO_UID makes no sense: then nothing may be allowed.
 */
bool actor_find(struct actor *actor);

#endif
