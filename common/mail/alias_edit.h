/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Edits the text of an alias file as its owner would by hand: comments, order, spacing and line
 * endings of everything else stay.
 */
#ifndef VMAIL_ALIAS_EDIT_H
#define VMAIL_ALIAS_EDIT_H

#include "error.h"
#include "text_buffer.h"

enum vmail_alias_action {
    VMAIL_ALIAS_SET,    /* the alias has these targets and no others; a new one stands at the end */
    VMAIL_ALIAS_ADD,    /* these as well; those that it has already are passed over */
    VMAIL_ALIAS_REMOVE, /* not these; VMAIL_NOT_FOUND where it lacks one. The last one not: delete
                         */
    VMAIL_ALIAS_DELETE, /* every entry of the name goes, so that no second one comes into force */
};

struct vmail_alias_change {
    enum vmail_alias_action action;
    const char *name; /* a valid user; compared in lower case */
    const char *const *target;
    size_t count; /* 0 for VMAIL_ALIAS_DELETE */
};

/**
 * Makes CHANGE in the LENGTH bytes at TEXT; what comes out is put into NEW, which is empty.
 * VMAIL_OK; VMAIL_NOT_FOUND with ERROR where the alias or a target of it is not there;
 * VMAIL_UNAVAILABLE with ERROR, code EINVAL, where it cannot be done so that every other entry
 * stays what it was; VMAIL_NO_MEMORY. The caller ends NEW in every case.
 */
enum vmail_result vmail_alias_edit(const char *text, size_t length,
                                   const struct vmail_alias_change *change,
                                   struct vmail_text_buffer *new, struct vmail_error *error);

#endif
