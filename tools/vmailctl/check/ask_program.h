/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Asks a program of another package about its settings.
 */
#ifndef VMAILCTL_CHECK_ASK_PROGRAM_H
#define VMAILCTL_CHECK_ASK_PROGRAM_H

#include <stddef.h>

/**
 * Runs ARGUMENTS, the first of which is the program's path; the last is NULL. It gets an empty
 * environment and no input. Returns what it printed, up to 1 MiB, which the caller frees. NULL if
 * it failed, with the reason, or the first line of what it printed, in WRONG (of SIZE bytes).
 */
char *ask_program(const char *const *arguments, char *wrong, size_t size);

#endif
