/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The answer to a question about a map, and the form in which it travels.
 */
#ifndef VMAIL_MAP_REPLY_H
#define VMAIL_MAP_REPLY_H

#include "text_buffer.h"

enum reply_kind {
    REPLY_FOUND,
    REPLY_NOT_FOUND,
    REPLY_LATER, /* it cannot be known now: mail waits */
    REPLY_WRONG, /* the question has no meaning */
};

/** All zero: found, "". */
struct reply {
    enum reply_kind kind;
    struct vmail_text_buffer text; /* the value, or the reason */
};

/** Makes REPLY one of KIND with TEXT; drops what it was. */
void reply_set(struct reply *reply, enum reply_kind kind, const char *text);

void reply_end(struct reply *reply);

#endif
