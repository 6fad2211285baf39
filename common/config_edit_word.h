/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Words of a list in vmail.conf: adds and removes them. Part of config_edit.
 */
#ifndef VMAIL_CONFIG_EDIT_WORD_H
#define VMAIL_CONFIG_EDIT_WORD_H

#include "config_edit_work.h"

/**
 * The line that has the change's word, AT which place of the text and of what LENGTH; else
 * VMAIL_LINE_NONE.
 */
long config_word_find(const struct config_work *work, size_t *at, size_t *length);

/** Adds the change's word to the list of its key, which is added where it is missing. */
enum vmail_result config_word_add(struct config_work *work, long header);

/** Removes the word wherever it stands; a list that is then empty goes. VMAIL_NOT_FOUND: none. */
enum vmail_result config_word_remove(struct config_work *work);

#endif
