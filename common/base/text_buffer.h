/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A text that is being changed, in memory that is wiped before it is given back.
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
    char *bytes; /* with a NUL behind them; NULL where nothing was ever put in */
    size_t length;
    size_t room;
};

/** Puts the COUNT bytes at NEW, which are not the buffer's own, in place of the REMOVED bytes at
 * AT. False, and nothing changed, where memory is short. */
bool vmail_text_splice(struct vmail_text_buffer *text, size_t at, size_t removed, const char *new,
                       size_t count);

/** Wipes and frees; the buffer is empty then. */
void vmail_text_end(struct vmail_text_buffer *text);

/** How the first line of the LENGTH bytes at TEXT ends: "\r\n" or "\n", which is also the default.
 */
const char *vmail_text_ending(const char *text, size_t length);

/** Where the line that starts at AT ends: its line ending, or the end of the text. */
size_t vmail_text_line_end(const char *text, size_t length, size_t at);

/** Where the line behind the one that starts at AT starts. */
size_t vmail_text_next_line(const char *text, size_t length, size_t at);

#endif
