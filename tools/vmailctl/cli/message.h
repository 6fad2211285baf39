/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Messages: errors and warnings, on standard error, one line each.
 *
 * For people "vmailctl: TEXT" and "vmailctl: warning: TEXT"; with --json {"error": TEXT} and
 * {"warning": TEXT}. Command line errors, which end the program before it has read the whole line,
 * are always for people. Control characters are always escaped.
 */
#ifndef VMAILCTL_MESSAGE_H
#define VMAILCTL_MESSAGE_H

#include "context.h"
#include "error.h"
#include "record.h"

/**
 * Prints an error made as by printf(3). The text says what to do, and never contains a password or
 * hash.
 */
void message_error(const struct context *context, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** As message_error, but the command continues. */
void message_warning(const struct context *context, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/**
 * Holds messages back until message_release: a person who does not read them must not keep a lock
 * held.
 */
void message_hold(void);

/** Prints the messages held back, if any. */
void message_release(void);

/**
 * The exit code for RESULT of common/. Prints the text of ERROR, which is a warning if RESULT is
 * VMAIL_UNFINISHED, unless RESULT is VMAIL_OK or VMAIL_NO_MEMORY. Who has no text for
 * VMAIL_NOT_FOUND does not call this.
 */
enum exit_code message_result(const struct context *context, enum vmail_result result,
                              const struct vmail_error *error);

/** Why RESULT is not VMAIL_OK: the text of ERROR, or that memory is short. */
const char *message_reason(enum vmail_result result, const struct vmail_error *error);

/** Prints that memory is short; returns EXIT_UNAVAILABLE. */
enum exit_code message_no_memory(const struct context *context);

#endif
