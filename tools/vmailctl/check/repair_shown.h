/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The output of a repair: what it would do, and what it has done.
 */
#ifndef VMAILCTL_CHECK_REPAIR_SHOWN_H
#define VMAILCTL_CHECK_REPAIR_SHOWN_H

#include "change.h"

/** Adds to SHOWN, as change_would does, an action that would be done. */
void repair_show(json_t *shown, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Prints, for people, an action that was done: "repaired: ...". Nothing with --json. */
void repair_say(const struct context *context, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
