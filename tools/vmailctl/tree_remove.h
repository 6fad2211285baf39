/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Removes what a user owns, a file or a whole directory, and nothing else: never through a link,
 * never on another file system, never what belongs to another uid. What is left is told.
 */
#ifndef VMAILCTL_TREE_REMOVE_H
#define VMAILCTL_TREE_REMOVE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

struct tree_removal {
    uid_t uid;         /* whose */
    bool roots_at_top; /* the directory itself, not what is in it, may be root's: a chroot */
    unsigned long removed, left;
    char first_left[NAME_MAX + 1]; /* the name of one thing that was left */
    int code;                      /* and why: an errno, or 0 where it is somebody else's */
};

/** Removes NAME in the directory PARENT, and counts in REMOVAL. Nothing there is nothing left. */
void tree_remove(int parent, const char *name, struct tree_removal *removal);

#endif
