/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Judges an edit of vmail.conf: compares what the parser reads before and after it.
 */
#ifndef VMAIL_CONFIG_GUARD_H
#define VMAIL_CONFIG_GUARD_H

#include "config_edit.h"
#include "error.h"
#include "text_buffer.h"

/** What the text meant before the edit. */
struct vmail_config_guard;

/**
 * Remembers what TEXT means. Returns VMAIL_OK or VMAIL_NO_MEMORY. The caller ends GUARD in either
 * case, and may change TEXT.
 */
enum vmail_result vmail_config_guard_start(struct vmail_config_guard **guard,
                                           const struct vmail_text_buffer *text);

/**
 * Whether TEXT is a good result of the COUNT CHANGES: it has no new error, and every setting that
 * CHANGES do not name keeps its meaning. Returns VMAIL_OK; VMAIL_INVALID with ERROR, which has
 * the parser's own words; or VMAIL_NO_MEMORY. Call it once.
 */
enum vmail_result vmail_config_guard_judge(struct vmail_config_guard *guard,
                                           const struct vmail_text_buffer *text,
                                           const struct vmail_config_change *changes, size_t count,
                                           struct vmail_error *error);

/** GUARD may be NULL. */
void vmail_config_guard_end(struct vmail_config_guard *guard);

#endif
