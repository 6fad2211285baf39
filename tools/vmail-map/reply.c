/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reply.h"

#include <string.h>

void reply_set(struct reply *reply, enum reply_kind kind, const char *text)
{
    vmail_text_end(&reply->text);
    reply->kind = kind;
    if (vmail_text_splice(&reply->text, 0, 0, text, strlen(text)))
        return;
    vmail_text_end(&reply->text);
    reply->kind = REPLY_LATER;
}

void reply_end(struct reply *reply)
{
    vmail_text_end(&reply->text);
}
