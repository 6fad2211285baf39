/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Messages: errors and warnings, on standard error, a line each.
 *
 * For people "vmailctl: TEXT" and "vmailctl: warning: TEXT"; with --json {"error": TEXT} and
 * {"warning": TEXT}. Errors of the command line, which end the program before it knows what else
 * the line says, are always for people. Control characters never come out raw.
 */
#ifndef VMAILCTL_MESSAGE_H
#define VMAILCTL_MESSAGE_H

#include "context.h"
#include "error.h"
#include "record.h"

/** Prints an error made as by printf(3). Says what to do, and never a password or hash. */
void message_error(const struct context *context, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** As message_error: the command goes on. */
void message_warning(const struct context *context, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Keeps messages until message_release: nobody who does not read them may keep a lock held. */
void message_hold(void);

/** Prints what was kept. Nothing where none were held. */
void message_release(void);

/**
 * The exit code for RESULT of common/: EXIT_DONE, EXIT_NO_SUCH, EXIT_UNAVAILABLE. Prints the text
 * of ERROR where RESULT is not VMAIL_OK and there is one.
 */
enum exit_code message_result(const struct context *context, enum vmail_result result,
                              const struct vmail_error *error);

/** Prints that memory is short; returns EXIT_UNAVAILABLE. */
enum exit_code message_no_memory(const struct context *context);

/** Prints that reading KIND.DOMAIN ended before its end; returns EXIT_UNAVAILABLE. */
enum exit_code message_read_failed(const struct context *context, enum vmail_kind kind,
                                   const char *domain);

#endif
