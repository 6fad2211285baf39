/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Reads and writes whole blocks of an open file, going on after interruptions and short counts.
 */
#ifndef VMAIL_FILE_H
#define VMAIL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * Reads up to LENGTH bytes at OFFSET of FD into BUFFER; fewer only at the end of the file.
 * Returns the count, or -1 with errno set.
 */
ssize_t vmail_file_read_at(int fd, void *buffer, size_t length, off_t offset);

/**
 * Reads all of FD into a new buffer with one NUL behind it. Returns the buffer (the caller's to
 * free) and its LENGTH, or NULL with errno set; EFBIG where it is larger than MAXIMUM bytes.
 */
char *vmail_file_read_all(int fd, size_t maximum, size_t *length);

/** Writes the LENGTH bytes at BUFFER to FD. Returns 0, or -1 with errno set. */
int vmail_file_write_all(int fd, const void *buffer, size_t length);

/**
 * Removes from the new file FD the entries that the default ACL of its directory has given it
 * (acl(5)). Call it before the mode is widened: until then, a file made with mode 0600 gives those
 * entries no access. Returns false, with errno, where that fails.
 */
bool vmail_file_remove_acl(int fd);

#endif
