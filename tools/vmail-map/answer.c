/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "answer.h"

#include <string.h>

void answer_set(struct answer *answer, enum answer_kind kind, const char *text)
{
    vmail_text_end(&answer->text);
    answer->kind = kind;
    if (vmail_text_splice(&answer->text, 0, 0, text, strlen(text)))
        return;
    vmail_text_end(&answer->text);
    answer->kind = ANSWER_LATER;
}

void answer_end(struct answer *answer)
{
    vmail_text_end(&answer->text);
}
