/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The files and directories that a command has made, to be taken back where it fails in the end:
 * these and no others, and none with anything in it.
 */
#ifndef VMAILCTL_MADE_FILES_H
#define VMAILCTL_MADE_FILES_H

#include <limits.h>
#include <stddef.h>
#include <sys/types.h>

enum { MADE_FILES_MAX = 16 }; /* a home, directories in it, a Maildir; what is beyond stays */

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

/** Remembers NAME in the directory PARENT, which has just been made there. Keeps errno. */
void made_files_add(struct made_files *made, int parent, const char *name);

/** Takes them back, the last one first: directories and files that are empty still. */
void made_files_undo(struct made_files *made);

/** Lets them stay. */
void made_files_keep(struct made_files *made);

#endif
