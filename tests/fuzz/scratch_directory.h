/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * For fuzz targets that need files: directories that stand for /etc/vmail and /var/cache/vmail,
 * made at the first use and removed when the program ends.
 */
#ifndef FUZZ_SCRATCH_DIRECTORY_H
#define FUZZ_SCRATCH_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paths.h"

/** Ends the program where CONDITION is false: a finding. */
void require(bool condition);

/** Both directories, owned by whoever runs this. */
const struct vmail_paths *scratch_directory_paths(void);

/** Writes the LENGTH bytes at DATA into the file NAME, 0644, which may start with "../cache/". */
void scratch_directory_write(const char *name, const void *data, size_t length);

/** What the file NAME of the cache holds; the caller frees it. */
uint8_t *scratch_directory_read(const char *name, size_t *length);

#endif
