/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The targets that an edit adds to or removes from an alias, and which of them the alias has. The
 * time grows with the number of targets, not with its square.
 */
#ifndef VMAIL_ALIAS_WANTED_H
#define VMAIL_ALIAS_WANTED_H

#include "aliases.h"

struct vmail_alias_wanted_row {
    const char *target;
    bool there;
};

struct vmail_alias_wanted {
    struct vmail_alias_wanted_row *row; /* sorted; two targets that mean the same are one */
    size_t count;
};

/** Takes the COUNT TARGETS, which live as long as WANTED; none is there yet. False: no memory. The
 * caller always ends WANTED. */
bool vmail_alias_wanted_make(struct vmail_alias_wanted *wanted, const char *const *targets,
                             size_t count);

void vmail_alias_wanted_end(struct vmail_alias_wanted *wanted);

/** Finds out which of the targets ALIAS has. */
void vmail_alias_wanted_look(struct vmail_alias_wanted *wanted, const struct vmail_alias *alias);

/** Whether WANTED has TARGET. */
bool vmail_alias_wanted_has(const struct vmail_alias_wanted *wanted, const char *target);

/** Whether WANTED has TARGET and it is not there yet; marks it as there. */
bool vmail_alias_wanted_take(struct vmail_alias_wanted *wanted, const char *target);

/** How many targets are there. */
size_t vmail_alias_wanted_there(const struct vmail_alias_wanted *wanted);

#endif
