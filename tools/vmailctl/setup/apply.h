/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Carries out plans.
 */
#ifndef VMAILCTL_SETUP_APPLY_H
#define VMAILCTL_SETUP_APPLY_H

#include "plan.h"

/**
 * Changes the files of PLAN, and keeps what is needed to take that back, or, with UNDO, drops it.
 * If root's log-in by a changed PAM service would fail then, or the part's trial fails, and it did
 * not before, all files and records are as before. EXIT_DONE; EXIT_UNAVAILABLE with a message, also
 * if the log-in cannot be tried; then nothing was changed.
 */
enum exit_code apply_plan(const struct context *context, const struct plan *plan, bool undo);

/** Notes that PART, which is set up, uses files that were made for another part: an undo of that
 * part then leaves them. */
void apply_shared(const struct context *context, const struct setup_part *part);

#endif
