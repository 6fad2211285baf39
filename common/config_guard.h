/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Judges an edit of vmail.conf by what the parser makes of the text before and after it.
 */
#ifndef VMAIL_CONFIG_GUARD_H
#define VMAIL_CONFIG_GUARD_H

#include "config_edit.h"
#include "error.h"
#include "replace.h"

/**
 * Whether the text AFTER is a good outcome of the COUNT CHANGES in BEFORE: it has no error that
 * BEFORE has not, and every setting that CHANGES do not name means what it meant. VMAIL_OK;
 * VMAIL_UNAVAILABLE with ERROR, which has the parser's own words; VMAIL_NO_MEMORY.
 */
enum vmail_result vmail_config_guard(struct vmail_piece before, struct vmail_piece after,
                                     const struct vmail_config_change *changes, size_t count,
                                     struct vmail_error *error);

#endif
