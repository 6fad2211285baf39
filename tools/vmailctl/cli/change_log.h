/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The log of changes: who did what, to syslog (authpriv, notice).
 */
#ifndef VMAILCTL_CHANGE_LOG_H
#define VMAILCTL_CHANGE_LOG_H

#include "context.h"

/**
 * Logs that a change was made, "user add bob@va.example"; call it after the change. Nothing with
 * --dry-run. Never pass a password, a hash or another secret.
 */
void change_log(const struct context *context, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Logs (warning) that FORMAT was refused to somebody. */
void change_log_refusal(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
