/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A text that can be edited. Its memory is wiped before it is freed.
 */
#ifndef VMAIL_TEXT_BUFFER_H
#define VMAIL_TEXT_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

/** A piece of a text. */
struct vmail_piece {
    const char *text;
    size_t length;
};

/** All zero: empty. */
struct vmail_text_buffer {
    char *bytes; /* followed by a NUL; NULL if the buffer was never filled */
    size_t length;
    size_t room;
};

/** Replaces the REMOVED bytes at AT with the COUNT bytes at NEW, which must lie outside the buffer.
 * Returns false, with nothing changed, if memory is short. */
bool vmail_text_splice(struct vmail_text_buffer *text, size_t at, size_t removed, const char *new,
                       size_t count);

/** Appends the COUNT bytes at NEW, as above. */
static inline bool vmail_text_append(struct vmail_text_buffer *text, const char *new, size_t count)
{
    return vmail_text_splice(text, text->length, 0, new, count);
}

/** What '%' and LETTER become in a text. */
struct vmail_escape {
    char letter;
    struct vmail_piece piece;
};

/** Appends the LENGTH bytes at SOURCE with the ESCAPES in it replaced, of which the last has no
 * letter ('\0'). All other escapes stay. Returns false if memory is short. */
bool vmail_text_expand(struct vmail_text_buffer *text, const char *source, size_t length,
                       const struct vmail_escape *escapes);

/** Wipes, frees and empties the buffer. */
void vmail_text_end(struct vmail_text_buffer *text);

/** Whether C is white space within a line, or the first part of its ending. */
static inline bool vmail_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/** Returns the ending of the first line of the LENGTH bytes at TEXT: "\r\n" or "\n" (default). */
const char *vmail_text_ending(const char *text, size_t length);

/** Returns where the line that starts at AT ends: its line ending, or the end of the text. */
size_t vmail_text_line_end(const char *text, size_t length, size_t at);

/** Returns where the line after the one at AT starts. */
size_t vmail_text_next_line(const char *text, size_t length, size_t at);

#endif
