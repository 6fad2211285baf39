/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Opens files safely. Nothing else in this project opens a file of /etc/vmail for reading.
 */
#ifndef VMAIL_TRUST_H
#define VMAIL_TRUST_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "error.h"
#include "file_state.h"
#include "paths.h"

/**
 * Opens NAME in PATHS->directory for reading and fills in STATUS.
 *
 * Believed is a regular file that PATHS->owner owns and that neither group nor others may write,
 * in a directory of which the same is true. A symbolic link is followed, at most 8 of them: then
 * the file is judged that it leads to, and the directory, and the directory of every link.
 * Directories on the way, which decide where a link leads, must be directories themselves, be
 * root's or the owner's, and writable by nobody else unless they are sticky. A FIFO or device is
 * never waited for.
 *
 * Returns VMAIL_OK with an open descriptor (close-on-exec, the caller's to close) in FD;
 * VMAIL_NOT_FOUND where nothing has this name; else VMAIL_UNAVAILABLE with ERROR saying which
 * path is wrong, how, and what to do. Needs one free descriptor where no link is involved, else
 * two.
 */
enum vmail_result vmail_trusted_open(const struct vmail_paths *paths, const char *name, int *fd,
                                     struct stat *status, struct vmail_error *error);

/** A file, and where it really is when links have been followed. */
struct vmail_place {
    int fd;                  /* open for reading, or -1 where the file is not there */
    int directory;           /* the directory that it is in, judged */
    char name[NAME_MAX + 1]; /* its name there */
    struct stat status;      /* of the file; undefined where fd is -1 */
};

/**
 * As vmail_trusted_open, for a file that is to be replaced. Where NAME is a link, the place is that
 * of the file behind it, so that the link stays. On VMAIL_OK and on VMAIL_NOT_FOUND with a
 * directory other than -1 the caller ends PLACE with vmail_place_close; the latter is where the
 * file could be made.
 */
enum vmail_result vmail_trusted_open_place(const struct vmail_paths *paths, const char *name,
                                           struct vmail_place *place, struct vmail_error *error);

void vmail_place_close(struct vmail_place *place);

/** As vmail_trusted_open, for the directory itself: a descriptor to list or create files in. */
enum vmail_result vmail_trusted_open_directory(const struct vmail_paths *paths, int *fd,
                                               struct vmail_error *error);

#endif
