/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "text_buffer.h"

#include <stdlib.h>
#include <string.h>

/* realloc(3) would leave hashes in the memory that it frees. */
static bool make_room(struct vmail_text_buffer *text, size_t length)
{
    if (length < text->room)
        return true;
    size_t room = length + length / 8 + 64;
    char *larger = room > length ? malloc(room) : NULL;
    if (larger == NULL)
        return false;
    if (text->bytes != NULL) {
        memcpy(larger, text->bytes, text->length);
        explicit_bzero(text->bytes, text->length);
        free(text->bytes);
    }
    text->bytes = larger;
    text->room = room;
    return true;
}

bool vmail_text_splice(struct vmail_text_buffer *text, size_t at, size_t removed, const char *new,
                       size_t count)
{
    size_t length = text->length - removed + count;
    if (!make_room(text, length))
        return false;
    memmove(text->bytes + at + count, text->bytes + at + removed, text->length - at - removed);
    if (count > 0)
        memcpy(text->bytes + at, new, count);
    if (length < text->length)
        explicit_bzero(text->bytes + length, text->length - length);
    text->length = length;
    text->bytes[length] = '\0';
    return true;
}

bool vmail_text_expand(struct vmail_text_buffer *text, const char *source, size_t length,
                       const struct vmail_escape *escapes)
{
    for (size_t at = 0, used; at < length; at += used) {
        const struct vmail_escape *escape = escapes;
        used = source[at] == '%' && at + 1 < length ? 2 : 1;
        while (used == 2 && escape->letter != '\0' && escape->letter != source[at + 1])
            escape++;
        const struct vmail_piece piece = used == 2 && escape->letter != '\0'
                                             ? escape->piece
                                             : (struct vmail_piece){ source + at, used };
        if (!vmail_text_append(text, piece.text, piece.length))
            return false;
    }
    return true;
}

void vmail_text_end(struct vmail_text_buffer *text)
{
    if (text->bytes != NULL)
        explicit_bzero(text->bytes, text->length);
    free(text->bytes);
    *text = (struct vmail_text_buffer){ NULL, 0, 0 };
}

size_t vmail_text_next_line(const char *text, size_t length, size_t at)
{
    const char *newline = at < length ? memchr(text + at, '\n', length - at) : NULL;
    return newline == NULL ? length : (size_t)(newline - text) + 1;
}

size_t vmail_text_line_end(const char *text, size_t length, size_t at)
{
    size_t end = vmail_text_next_line(text, length, at);
    if (end > at && text[end - 1] == '\n')
        end--;
    if (end > at && text[end - 1] == '\r')
        end--;
    return end;
}

const char *vmail_text_ending(const char *text, size_t length)
{
    size_t next = vmail_text_next_line(text, length, 0);
    bool both = next >= 2 && text[next - 1] == '\n' && text[next - 2] == '\r';
    return both ? "\r\n" : "\n";
}
