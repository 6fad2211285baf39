/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Opens files safely. Nothing else in this project opens a file of /etc/vmail for reading.
 */
#ifndef VMAIL_TRUST_H
#define VMAIL_TRUST_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "directory.h"
#include "error.h"
#include "file_state.h"
#include "paths.h"

/**
 * Opens NAME in PATHS->directory for reading and fills in STATUS.
 *
 * A file is trusted if it is a regular file, PATHS->owner owns it, neither group nor others may
 * write it, and the same is true of its directory. At most 8 symbolic links are followed: then the
 * target file, its directory, and the directory of every link are checked. Other directories in the
 * path of a link must be real directories, owned by root or PATHS->owner, and writable by nobody
 * else unless they are sticky. The function never waits for a FIFO or device.
 *
 * Returns VMAIL_OK with an open descriptor in FD (close-on-exec; the caller closes it);
 * VMAIL_NOT_FOUND if nothing has this name; else VMAIL_UNAVAILABLE, and ERROR says which path is
 * wrong, why, and what to do. Needs one free descriptor without links, else two.
 */
enum vmail_result vmail_trusted_open(const struct vmail_paths *paths, const char *name, int *fd,
                                     struct stat *status, struct vmail_error *error);

/** As vmail_trusted_open, for the file PATH, which is absolute, and its directory. */
enum vmail_result vmail_trusted_open_path(const struct vmail_paths *paths, const char *path,
                                          int *fd, struct stat *status, struct vmail_error *error);

/** All of a file that was read. */
struct vmail_trusted_text {
    char *bytes; /* followed by a NUL */
    size_t length;
    struct vmail_file_version version;
};

/**
 * Reads all of the file PATH, as vmail_trusted_open_path, into TEXT, which the caller frees after
 * VMAIL_OK. VMAIL_NOT_FOUND also sets the version. Else VMAIL_UNAVAILABLE with ERROR, also if the
 * file has more than MAXIMUM bytes, or VMAIL_NO_MEMORY.
 */
enum vmail_result vmail_trusted_read(const struct vmail_paths *paths, const char *path,
                                     size_t maximum, struct vmail_trusted_text *text,
                                     struct vmail_error *error);

/**
 * Whether the file PATH is still trusted and what was read as VERSION, or still missing. Looks at
 * the state of the file in each call, and at its directory once a tick (see tick.h). False also if
 * that is not enough to tell, because a link is on the way.
 */
bool vmail_trusted_unchanged(const struct vmail_paths *paths, const char *path,
                             struct vmail_file_version *version);

/** A file, and its real location after links have been followed. */
struct vmail_place {
    int fd;                  /* open for reading, or -1 if the file is missing */
    int directory;           /* its directory, already checked */
    char name[NAME_MAX + 1]; /* its name there */
    struct stat status;      /* of the file; undefined if fd is -1 */
};

/**
 * As vmail_trusted_open, for a file that will be replaced. If NAME is a link, the place is that of
 * its target, so that the link stays. On VMAIL_OK, and on VMAIL_NOT_FOUND with a directory other
 * than -1, the caller ends PLACE with vmail_place_close. In the second case the file can be created
 * there.
 */
enum vmail_result vmail_trusted_open_place(const struct vmail_paths *paths, const char *name,
                                           struct vmail_place *place, struct vmail_error *error);

void vmail_place_close(struct vmail_place *place);

/** As vmail_trusted_open, for the directory itself: FD is for listing and creating files. */
enum vmail_result vmail_trusted_open_directory(const struct vmail_paths *paths, int *fd,
                                               struct vmail_error *error);

/**
 * Calls VISIT with DATA for each file of the directory, see directory.h. Returns as
 * vmail_trusted_open_directory; VMAIL_NO_MEMORY, also if VISIT returns ENOMEM; or VMAIL_UNAVAILABLE
 * if the directory cannot be read to its end.
 */
enum vmail_result vmail_trusted_each_file(const struct vmail_paths *paths, vmail_file_visit *visit,
                                          void *data, struct vmail_error *error);

#endif
