/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The files of a directory.
 */
#ifndef VMAIL_DIRECTORY_H
#define VMAIL_DIRECTORY_H

/** Gets the NAME of a file in DIRECTORY, never "." or "..". Returns 0, or an errno to stop. */
typedef int vmail_file_visit(void *data, int directory, const char *name);

/**
 * Calls VISIT with DATA for each file of the directory FD, in no order, and closes FD. Returns 0,
 * or the errno of VISIT, or that of a directory that cannot be read to its end.
 */
int vmail_each_file(int fd, vmail_file_visit *visit, void *data);

#endif
