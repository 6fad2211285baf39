/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Reads and writes whole blocks of an open file; continues after interruptions and short counts.
 */
#ifndef VMAIL_FILE_H
#define VMAIL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * Reads LENGTH bytes at OFFSET of FD into BUFFER, or fewer at the end of the file.
 * Returns the count, or -1 with errno set.
 */
ssize_t vmail_file_read_at(int fd, void *buffer, size_t length, off_t offset);

/**
 * Reads all of FD into a new buffer and adds one NUL. Returns the buffer, which the caller frees,
 * and its LENGTH, or NULL with errno set: EFBIG if the file is larger than MAXIMUM bytes.
 */
char *vmail_file_read_all(int fd, size_t maximum, size_t *length);

/** Writes the LENGTH bytes at BUFFER to FD. Returns 0, or -1 with errno set. */
int vmail_file_write_all(int fd, const void *buffer, size_t length);

/**
 * Removes from the new file FD the entries that it inherited from the default ACL of its directory
 * (acl(5)). Call it before you widen the mode: until then, a file created with mode 0600 gives
 * those entries no access. Returns false, with errno set, on failure.
 */
bool vmail_file_remove_acl(int fd);

#endif
