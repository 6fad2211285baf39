/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* "LENGTH:MAP KEY," and "LENGTH:OK VALUE,": netstrings. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol.h"

/* Reads "LENGTH:" without leading zeros. *START is set to what follows. */
static enum taken read_length(const char *text, size_t length, size_t *number, size_t *start)
{
    size_t at = 0;
    *number = 0;
    while (at < length && text[at] >= '0' && text[at] <= '9') {
        *number = *number * 10 + (size_t)(text[at] - '0');
        if (*number > REQUEST_MAX || (at > 0 && text[0] == '0'))
            return TAKEN_BROKEN;
        at++;
    }
    if (at == length)
        return TAKEN_MORE;
    *start = at + 1;
    return at == 0 || text[at] != ':' ? TAKEN_BROKEN : TAKEN_ONE;
}

static bool read_request(const char *data, size_t length, struct request *request)
{
    const char *space = memchr(data, ' ', length);
    const size_t map = space == NULL ? length : (size_t)(space - data);
    const size_t before = space == NULL ? length : map + 1;
    *request = (struct request){ .key = malloc(length - before + 1) };
    if (request->key == NULL)
        return false;
    memcpy(request->key, data + before, length - before);
    request->key[length - before] = '\0';
    request->valid = space != NULL && memchr(data, '\0', length) == NULL;
    if (map <= MAP_NAME_MAX)
        memcpy(request->map, data, map);
    return true;
}

static enum taken take_netstring(const char *text, size_t length, struct request *request,
                                 size_t *used)
{
    size_t size, start;
    enum taken taken = read_length(text, length, &size, &start);
    if (taken != TAKEN_ONE)
        return taken;
    if (length - start <= size)
        return TAKEN_MORE;
    *used = start + size + 1;
    return text[start + size] == ',' && read_request(text + start, size, request) ? TAKEN_ONE
                                                                                  : TAKEN_BROKEN;
}

static bool put_netstring(struct vmail_text_buffer *out, const struct reply *reply)
{
    static const char *const words[] = { [REPLY_FOUND] = "OK ",
                                         [REPLY_NOT_FOUND] = "NOTFOUND ",
                                         [REPLY_LATER] = "TEMP ",
                                         [REPLY_WRONG] = "PERM " };
    const char *word = words[reply->kind], *text = reply->text.bytes;
    size_t length = reply->text.length;
    char start[64];
    if (strlen(word) + length > REQUEST_MAX) {
        word = words[REPLY_LATER];
        text = "the answer is longer than 100000 bytes; split the alias into several";
        length = strlen(text);
    }
    const int size = snprintf(start, sizeof start, "%zu:%s", strlen(word) + length, word);
    return vmail_text_append(out, start, (size_t)size) && vmail_text_append(out, text, length) &&
           vmail_text_append(out, ",", 1);
}

const struct protocol protocol_socketmap = { take_netstring, put_netstring };
