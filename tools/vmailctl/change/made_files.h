/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The files and directories that a command has created. If it fails later, these are removed again,
 * if they are still empty.
 */
#ifndef VMAILCTL_MADE_FILES_H
#define VMAILCTL_MADE_FILES_H

#include <limits.h>
#include <stddef.h>
#include <sys/types.h>

enum { MADE_FILES_MAX = 16 }; /* a home, directories in it, a Maildir; more are kept */

struct made_file {
    int parent;
    char name[NAME_MAX + 1];
    dev_t device;
    ino_t inode;
};

/** All zero: none. */
struct made_files {
    struct made_file file[MADE_FILES_MAX];
    size_t count;
};

/** Records that NAME was just created in the directory PARENT. Keeps errno. */
void made_files_add(struct made_files *made, int parent, const char *name);

/** Removes the files and directories that are still empty, the last one first. */
void made_files_undo(struct made_files *made);

/** Keeps them. */
void made_files_keep(struct made_files *made);

#endif
