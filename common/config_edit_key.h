/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Sections and keys of vmail.conf: adds, sets and removes them. Part of config_edit.
 */
#ifndef VMAIL_CONFIG_EDIT_KEY_H
#define VMAIL_CONFIG_EDIT_KEY_H

#include "config_edit_work.h"

/** Adds the section of the change at the end, behind a blank line. */
enum vmail_result config_key_add_section(struct config_work *work);

/**
 * Removes the section of HEADER. Comments that touch a section's first or last line are about it,
 * unless they stand directly above the next one. Of the blank lines around it, one goes as well
 * where there would be two.
 */
enum vmail_result config_key_remove_section(struct config_work *work, long header);

/**
 * Adds the key of the change, with its value, at the end of the section of HEADER, which is added
 * where it is VMAIL_LINE_NONE.
 */
enum vmail_result config_key_insert(struct config_work *work, long header);

/** Puts NEW in place of the value on line NUMBER; the spacing in front of it stays. */
enum vmail_result config_key_set_value(struct config_work *work, long number, const char *new);

/** Gives the key of the change its value, wherever it stands; further lines of it go. */
enum vmail_result config_key_set(struct config_work *work, long header);

/** Removes every line of the key but the line KEPT; those behind first, so that KEPT stays it. */
enum vmail_result config_key_remove_others(struct config_work *work, long kept);

/** Takes the value off a line that continues a key; a comment behind it stays. */
enum vmail_result config_key_drop_more(struct config_work *work, long number);

#endif
