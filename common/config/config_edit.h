/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Edits vmail.conf as its owner would by hand: comments, blank lines, order, spacing and line
 * endings stay.
 */
#ifndef VMAIL_CONFIG_EDIT_H
#define VMAIL_CONFIG_EDIT_H

#include <stdbool.h>

#include "error.h"
#include "text_buffer.h"

enum vmail_config_action {
    /* Gives KEY the value VALUE, on one line: on the line of KEY, or after the last key of its
     * section. Adds the section if it is missing. */
    VMAIL_CONFIG_SET,
    /* Removes KEY and the comment on the same line. Does nothing if KEY is missing. */
    VMAIL_CONFIG_UNSET,
    /* Adds the word VALUE to the list KEY, like VMAIL_CONFIG_SET. Does nothing if the list has it.
     * Compares domains without case, and addresses as addresses. */
    VMAIL_CONFIG_ADD_WORD,
    /* Removes the word, and the key with its last word. VMAIL_NOT_FOUND if the word is missing. */
    VMAIL_CONFIG_REMOVE_WORD,
    /* Adds the section at the end, after a blank line. Does nothing if it exists. */
    VMAIL_CONFIG_ADD_SECTION,
    /* Removes the section with its contents and the comment lines directly above its first line and
     * below its last. VMAIL_NOT_FOUND if it is missing. Not for [vmail]. */
    VMAIL_CONFIG_REMOVE_SECTION,
};

/** One change of the section [SECTION ARGUMENT]. */
struct vmail_config_change {
    enum vmail_config_action action;
    const char *section;  /* "vmail", "domain" or "relay" */
    const char *argument; /* the domain, valid and in lower case; "" for "vmail" */
    const char *key;      /* NULL for a section */
    const char *value;    /* NULL if the action needs none */
};

/**
 * Makes the COUNT CHANGES in TEXT, one after the other. Refuses, with the parser's own words in
 * ERROR, a change that would add a new error to the file or change the meaning of anything else in
 * it, a value that does not fit on its line, and a domain that has two sections. Returns VMAIL_OK,
 * or VMAIL_NOT_FOUND or VMAIL_INVALID with ERROR, or VMAIL_NO_MEMORY. If it fails, TEXT may
 * have some of the changes and must not be used.
 */
enum vmail_result vmail_config_edit(struct vmail_text_buffer *text,
                                    const struct vmail_config_change *changes, size_t count,
                                    struct vmail_error *error);

#endif
