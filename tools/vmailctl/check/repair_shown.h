/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What a repair tells: what it would do, and what it has done.
 */
#ifndef VMAILCTL_CHECK_REPAIR_SHOWN_H
#define VMAILCTL_CHECK_REPAIR_SHOWN_H

#include "change.h"

/** Adds to SHOWN, as change_would does, that something would be done. */
void repair_show(json_t *shown, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Prints, for people, that something was done: "repaired: ...". Nothing with --json. */
void repair_say(const struct context *context, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
