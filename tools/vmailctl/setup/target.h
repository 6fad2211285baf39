/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The files of other packages that a setup changes.
 */
#ifndef VMAILCTL_SETUP_TARGET_H
#define VMAILCTL_SETUP_TARGET_H

#include "context.h"
#include "text_buffer.h"

/** What a file contains. All zero: it does not exist. */
struct target {
    bool exists;
    struct vmail_text_buffer text;
};

void target_end(struct target *target);

bool target_same(const struct target *a, const struct target *b);

/** Copies FROM to TO, which is empty. False if memory is short. */
bool target_copy(struct target *to, const struct target *from);

/**
 * Reads the file PATH, which must be trusted as those in /etc/vmail, into TARGET, which the caller
 * ends in either case. EXIT_DONE, also if there is no such file; EXIT_UNAVAILABLE with a message.
 */
enum exit_code target_read(const struct context *context, const char *path, struct target *target);

/**
 * Makes the file PATH what TARGET says, durably, and creates directories above it. A new file gets
 * MODE, an existing one keeps its owner and mode. If the file is not what EXPECTED says (NULL:
 * anything), it stays as it is. EXIT_DONE; EXIT_UNAVAILABLE with a message.
 */
enum exit_code target_write(const struct context *context, const char *path,
                            const struct target *expected, const struct target *target,
                            mode_t mode);

#endif
