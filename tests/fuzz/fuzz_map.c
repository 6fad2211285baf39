/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See README. The first byte says which protocol and what kind of answer; the rest is what a mail
 * server sends: each request is taken, and its key is the answer. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static enum taken take(const struct protocol *protocol, const char *text, size_t length,
                       struct request *request, size_t *used)
{
    *used = 0;
    const enum taken taken = protocol->take(text, length, request, used);
    if (taken == TAKEN_ONE) {
        require(*used > 0 && *used <= length);
        require(strlen(request->key) < *used && strlen(request->map) < *used);
    }
    return taken;
}

/* With one byte less, a request is not there yet. */
static void check_shorter(const struct protocol *protocol, const char *text, size_t used)
{
    struct request request;
    char *copy = malloc(used); /* so that ASan sees what is read after the end */
    size_t nothing;
    require(copy != NULL);
    memcpy(copy, text, used - 1);
    require(take(protocol, copy, used - 1, &request, &nothing) == TAKEN_MORE);
    free(copy);
}

/* Whether the line at TEXT, before its newline, is printable. */
static bool is_plain_line(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((text[i] <= ' ' && i != 3) || text[i] >= 0x7f)
            return false;
    return length > 4;
}

/* An answer is a whole one, in the form of a request: a peer finds its end. */
static void check_put(const struct protocol *protocol, enum reply_kind kind, const char *key)
{
    struct vmail_text_buffer out = { 0 };
    struct reply reply = { 0 };
    struct request request;
    size_t used;
    reply_set(&reply, kind, key);
    require(protocol->put(&out, &reply));
    require(take(protocol, out.bytes, out.length, &request, &used) == TAKEN_ONE);
    require(used == out.length);
    if (protocol == &protocol_tcp_table)
        require(out.length <= 4096 && is_plain_line(out.bytes, out.length - 1));
    else
        require(kind != REPLY_FOUND || strcmp(request.map, "OK") != 0 ||
                strcmp(request.key, key) == 0);
    free(request.key);
    vmail_text_end(&out);
    reply_end(&reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const struct protocol *protocol =
        (data[0] & 1) != 0 ? &protocol_tcp_table : &protocol_socketmap;
    const enum reply_kind kind = data[0] / 2 % (REPLY_WRONG + 1);
    const char *text = (const char *)data + 1;
    size_t left = size - 1, used;
    struct request request;
    while (take(protocol, text, left, &request, &used) == TAKEN_ONE) {
        check_shorter(protocol, text, used);
        check_put(protocol, kind, request.key);
        free(request.key);
        text += used;
        left -= used;
    }
    return 0;
}
