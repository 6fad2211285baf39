/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Removes a file or directory tree that a user owns, and nothing else: never through a link, on
 * another file system, or what another uid owns. Counts what was not removed.
 */
#ifndef VMAILCTL_TREE_REMOVE_H
#define VMAILCTL_TREE_REMOVE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

struct tree_removal {
    uid_t uid;         /* the owner */
    bool roots_at_top; /* root may own the directory, not its contents: a chroot */
    unsigned long removed, left;
    char first_left[NAME_MAX + 1]; /* the name of one thing that was not removed */
    int code;                      /* the reason: an errno, or 0 if somebody else owns it */
};

/** Removes NAME in the directory PARENT, and counts in REMOVAL. It may be missing. */
void tree_remove(int parent, const char *name, struct tree_removal *removal);

#endif
