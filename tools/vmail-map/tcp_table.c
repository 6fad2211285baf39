/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* "get KEY" and "200 VALUE", in lines; bytes that are not printable, blanks and % are %XX. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol.h"

enum { LINE_MAX_POSTFIX = 4096 };

static int hex(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = c == '\0' ? NULL : strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
    return found == NULL ? -1 : (int)(found - digits);
}

/* Decodes the LENGTH bytes at TEXT; false if there is a NUL, or what should be %XX is not. */
static bool decode(const char *text, size_t length, char *out)
{
    bool good = true;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (c == '%') {
            const int high = i + 2 < length ? hex(text[i + 1]) : -1;
            const int low = i + 2 < length ? hex(text[i + 2]) : -1;
            good = good && high >= 0 && low >= 0;
            c = (char)((high < 0 ? 0 : high) * 16 + (low < 0 ? 0 : low));
            i += 2;
        }
        good = good && c != '\0';
        *out++ = c;
    }
    *out = '\0';
    return good;
}

static enum taken take_request_line(const char *text, size_t length, struct request *request,
                                    size_t *used)
{
    static const char get[] = "get ";
    const char *newline = memchr(text, '\n', length);
    if (newline == NULL)
        return length > REQUEST_MAX ? TAKEN_BROKEN : TAKEN_MORE;
    size_t line = (size_t)(newline - text);
    *used = line + 1;
    if (line > REQUEST_MAX)
        return TAKEN_BROKEN;
    if (line > 0 && text[line - 1] == '\r')
        line--;
    const bool is_get = line >= sizeof get - 1 && memcmp(text, get, sizeof get - 1) == 0;
    const size_t before = is_get ? sizeof get - 1 : 0;
    *request = (struct request){ .key = malloc(line + 1) };
    if (request->key == NULL)
        return TAKEN_BROKEN;
    request->valid = decode(text + before, line - before, request->key) && is_get;
    return TAKEN_ONE;
}

static bool put_encoded(struct vmail_text_buffer *out, const char *text, size_t length)
{
    bool good = true;
    for (size_t i = 0; good && i < length; i++) {
        char code[4];
        const bool plain = text[i] > ' ' && text[i] < 0x7f && text[i] != '%';
        snprintf(code, sizeof code, "%%%02x", (unsigned char)text[i]);
        good = plain ? vmail_text_append(out, &text[i], 1) : vmail_text_append(out, code, 3);
    }
    return good;
}

static bool put_line(struct vmail_text_buffer *out, const char *code, const char *text,
                     size_t length)
{
    return vmail_text_append(out, code, 4) && put_encoded(out, text, length) &&
           vmail_text_append(out, "\n", 1);
}

static bool put_reply_line(struct vmail_text_buffer *out, const struct reply *reply)
{
    static const char *const codes[] = { [REPLY_FOUND] = "200 ",
                                         [REPLY_NOT_FOUND] = "500 ",
                                         [REPLY_LATER] = "400 ",
                                         [REPLY_WRONG] = "400 " };
    static const char too_long[] = "the answer is longer than 4096 bytes; use socketmap";
    const size_t start = out->length;
    const char *text = reply->text.length == 0 ? "-" : reply->text.bytes;
    if (!put_line(out, codes[reply->kind], text, strlen(text)))
        return false;
    if (out->length - start <= LINE_MAX_POSTFIX)
        return true;
    return vmail_text_splice(out, start, out->length - start, NULL, 0) &&
           put_line(out, codes[REPLY_LATER], too_long, sizeof too_long - 1);
}

const struct protocol protocol_tcp_table = { take_request_line, put_reply_line };
