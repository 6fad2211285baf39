/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Edits the text of vmail.conf as its owner would by hand: comments, blank lines, order, spacing
 * and line endings stay.
 */
#ifndef VMAIL_CONFIG_EDIT_H
#define VMAIL_CONFIG_EDIT_H

#include <stdbool.h>

#include "error.h"
#include "text_buffer.h"

enum vmail_config_action {
    /* KEY gets VALUE where it stands, on one line, or behind the section's last key; a section that
     * is not there yet is added. */
    VMAIL_CONFIG_SET,
    /* KEY goes, with its comment on the same line; nothing happens where it is not given. */
    VMAIL_CONFIG_UNSET,
    /* The word VALUE is added to the list KEY, as for VMAIL_CONFIG_SET; nothing happens where it is
     * among them. Domains are compared without case, addresses as addresses. */
    VMAIL_CONFIG_ADD_WORD,
    /* The word goes, with the last one the key; VMAIL_NOT_FOUND where the list lacks it. */
    VMAIL_CONFIG_REMOVE_WORD,
    /* The section is added at the end, behind a blank line; nothing happens where it is there. */
    VMAIL_CONFIG_ADD_SECTION,
    /* The section goes, with all that is in it, the comment lines directly above its first line and
     * those directly below its last; VMAIL_NOT_FOUND where there is none. Not for [vmail]. */
    VMAIL_CONFIG_REMOVE_SECTION,
};

/** One change of the section [SECTION ARGUMENT]. */
struct vmail_config_change {
    enum vmail_config_action action;
    const char *section;  /* "vmail", "domain" or "relay" */
    const char *argument; /* the domain, valid and in lower case; "" for "vmail" */
    const char *key;      /* NULL for a section */
    const char *value;    /* NULL where the action needs none */
};

/**
 * Makes the COUNT CHANGES in TEXT, one after the other, all or none. Refused, with the reader's own
 * words in ERROR: what would bring an error into the file that it had not, and what would change
 * the meaning of anything else in it; a value that does not fit on its line; a domain whose section
 * stands twice. VMAIL_OK; VMAIL_NOT_FOUND and VMAIL_UNAVAILABLE with ERROR, VMAIL_NO_MEMORY: then
 * TEXT is as it was.
 */
enum vmail_result vmail_config_edit(struct vmail_text_buffer *text,
                                    const struct vmail_config_change *changes, size_t count,
                                    struct vmail_error *error);

#endif
