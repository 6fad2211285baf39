/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The targets that an alias is to have, or to lose, and which of them it has: in a time that grows
 * with the number of targets, not with its square.
 */
#ifndef VMAIL_ALIAS_WANTED_H
#define VMAIL_ALIAS_WANTED_H

#include "aliases.h"

struct vmail_alias_wanted_row {
    char *key; /* the same for two targets that mean the same */
    bool there;
};

struct vmail_alias_wanted {
    struct vmail_alias_wanted_row *row; /* sorted by key, each once */
    size_t count;
    char *scratch; /* for the key of a target that is asked for */
    size_t room;
};

/** Of the COUNT TARGETS; none is there. False: no memory. The caller ends WANTED in either case. */
bool vmail_alias_wanted_make(struct vmail_alias_wanted *wanted, const char *const *targets,
                             size_t count);

void vmail_alias_wanted_end(struct vmail_alias_wanted *wanted);

/** Finds out which of them ALIAS has. False: no memory. */
bool vmail_alias_wanted_look(struct vmail_alias_wanted *wanted, const struct vmail_alias *alias);

/** Whether TARGET is one of them. A target that vmail_alias_wanted_make or _look has seen. */
bool vmail_alias_wanted_has(const struct vmail_alias_wanted *wanted, const char *target);

/** Whether TARGET, one of them, is not there yet; from now on it is. */
bool vmail_alias_wanted_take(struct vmail_alias_wanted *wanted, const char *target);

/** Whether all are there, or none is. */
bool vmail_alias_wanted_all(const struct vmail_alias_wanted *wanted);
bool vmail_alias_wanted_none(const struct vmail_alias_wanted *wanted);

#endif
