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
    VMAIL_ALIAS_SET,    /* sets exactly these targets; adds a new alias at the end */
    VMAIL_ALIAS_ADD,    /* adds these targets; skips those that the alias already has */
    VMAIL_ALIAS_REMOVE, /* removes these; VMAIL_NOT_FOUND if one is missing; for all use DELETE */
    VMAIL_ALIAS_DELETE, /* removes every entry of the name, so that no second one becomes active */
};

struct vmail_alias_change {
    enum vmail_alias_action action;
    const char *name; /* a valid user; compared in lower case */
    const char *const *target;
    size_t count; /* 0 for VMAIL_ALIAS_DELETE */
};

/**
 * Makes CHANGE in the LENGTH bytes at TEXT and puts the result into NEW, which must be empty.
 * Returns VMAIL_OK; VMAIL_NOT_FOUND with ERROR if the alias or a target of it is missing;
 * VMAIL_INVALID with ERROR if the change is impossible without a change to
 * another entry; or VMAIL_NO_MEMORY. The caller ends NEW in every case.
 */
enum vmail_result vmail_alias_edit(const char *text, size_t length,
                                   const struct vmail_alias_change *change,
                                   struct vmail_text_buffer *new, struct vmail_error *error);

#endif
