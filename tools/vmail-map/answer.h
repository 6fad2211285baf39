/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The answer to a question about a map, and the form in which it travels.
 */
#ifndef VMAIL_MAP_ANSWER_H
#define VMAIL_MAP_ANSWER_H

#include "text_buffer.h"

enum answer_kind {
    ANSWER_FOUND,
    ANSWER_NOT_FOUND,
    ANSWER_LATER, /* it cannot be known now: mail waits */
    ANSWER_WRONG, /* the question has no meaning */
};

/** All zero: found, "". */
struct answer {
    enum answer_kind kind;
    struct vmail_text_buffer text; /* the value, or the reason */
};

/** Makes ANSWER one of KIND with TEXT; drops what it was. */
void answer_set(struct answer *answer, enum answer_kind kind, const char *text);

void answer_end(struct answer *answer);

#endif
