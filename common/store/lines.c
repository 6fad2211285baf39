/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

/* The longest line, its newline, and one byte for the NUL of a last line without one. */
enum { BUFFER_MAX = VMAIL_LINE_MAX + 2 };

/* A small file, or one line that an index has found, needs no large block. */
enum { FIRST_SIZE = 8 * 1024 };

bool vmail_lines_start(struct vmail_lines *lines, int fd, off_t offset)
{
    *lines = (struct vmail_lines){ .fd = fd, .offset = offset };
    lines->buffer = malloc(FIRST_SIZE);
    lines->size = FIRST_SIZE;
    return lines->buffer != NULL;
}

bool vmail_lines_start_text(struct vmail_lines *lines, const char *text, size_t length)
{
    *lines = (struct vmail_lines){ .fd = -1, .memory = text, .memory_length = length };
    lines->buffer = malloc(length + 1);
    lines->size = length + 1;
    if (lines->buffer != NULL)
        vmail_lines_rewind(lines, 0);
    return lines->buffer != NULL;
}

/* Returned lines are changed in place, so each pass needs its own copy. */
static void copy_memory(struct vmail_lines *lines)
{
    lines->end = lines->memory_length - (size_t)lines->offset;
    memcpy(lines->buffer, lines->memory + lines->offset, lines->end);
    lines->dirty = lines->memory_length;
    lines->offset = (off_t)lines->memory_length;
    lines->at_end = true;
}

void vmail_lines_rewind(struct vmail_lines *lines, off_t offset)
{
    lines->offset = offset;
    lines->number = 0;
    lines->start = lines->end = 0;
    lines->at_end = lines->skipping = false;
    lines->error = 0;
    if (lines->memory != NULL)
        copy_memory(lines);
}

/* realloc(3) would leave hashes in freed memory. */
static bool grow(struct vmail_lines *lines, size_t size)
{
    char *larger = malloc(size);
    if (larger == NULL)
        return false;
    memcpy(larger, lines->buffer, lines->end);
    explicit_bzero(lines->buffer, lines->dirty);
    free(lines->buffer);
    lines->buffer = larger;
    lines->size = size;
    lines->dirty = lines->end;
    return true;
}

/* Makes room after the buffered data: moves the data to the front, makes the buffer larger, or
 * skips the line. */
static bool make_room(struct vmail_lines *lines)
{
    if (lines->start > 0) {
        memmove(lines->buffer, lines->buffer + lines->start, lines->end - lines->start);
        lines->end -= lines->start;
        lines->start = 0;
    }
    if (lines->size < VMAIL_BLOCK_SIZE && lines->end > 0)
        return grow(lines, VMAIL_BLOCK_SIZE);
    if (lines->end + 1 < lines->size)
        return true;
    if (lines->size < BUFFER_MAX)
        return grow(lines, lines->size * 2 < BUFFER_MAX ? lines->size * 2 : BUFFER_MAX);
    lines->skipping = true;
    lines->end = 0;
    return true;
}

static bool fill_buffer(struct vmail_lines *lines)
{
    if (!make_room(lines)) {
        lines->error = ENOMEM;
        return false;
    }
    size_t room = lines->size - lines->end - 1; /* one byte for the NUL of a last line */
    ssize_t count = vmail_file_read_at(lines->fd, lines->buffer + lines->end, room, lines->offset);
    if (count < 0) {
        lines->error = errno;
        return false;
    }
    lines->at_end = (size_t)count < room;
    lines->end += (size_t)count;
    if (lines->dirty < lines->end)
        lines->dirty = lines->end;
    lines->offset += count;
    return true;
}

static void hand_out(struct vmail_lines *lines, size_t length, struct vmail_line *line)
{
    line->text = lines->buffer + lines->start;
    line->length = length;
    line->offset = vmail_lines_tell(lines);
    line->number = ++lines->number;
    line->text[length] = '\0';
    lines->start += length + 1;
    if (lines->start > lines->end)
        lines->start = lines->end;
}

/* Returns the rest at the end of the file: a last line without its newline, or nothing. */
static bool hand_out_last(struct vmail_lines *lines, struct vmail_line *line)
{
    size_t length = lines->end - lines->start;
    if (length == 0 || length > VMAIL_LINE_MAX || lines->skipping) {
        lines->start = lines->end;
        return false;
    }
    hand_out(lines, length, line);
    return true;
}

bool vmail_lines_next(struct vmail_lines *lines, struct vmail_line *line)
{
    size_t seen = 0;
    lines->error = 0;
    for (;;) {
        const char *from = lines->buffer + lines->start;
        const char *newline = memchr(from + seen, '\n', lines->end - lines->start - seen);
        bool overlong = newline != NULL && newline - from > VMAIL_LINE_MAX;
        if (newline != NULL && !lines->skipping && !overlong) {
            hand_out(lines, (size_t)(newline - from), line);
            return true;
        }
        if (newline != NULL) {
            lines->start += (size_t)(newline - from) + 1;
            lines->number++;
            lines->skipping = false;
            seen = 0;
            continue;
        }
        if (lines->at_end)
            return hand_out_last(lines, line);
        if (lines->skipping)
            lines->start = lines->end = 0;
        seen = lines->end - lines->start;
        if (!fill_buffer(lines))
            return false;
        if (lines->skipping)
            seen = 0;
    }
}

bool vmail_lines_buffered(const struct vmail_lines *lines)
{
    if (lines->at_end)
        return true;
    return !lines->skipping &&
           memchr(lines->buffer + lines->start, '\n', lines->end - lines->start) != NULL;
}

off_t vmail_lines_tell(const struct vmail_lines *lines)
{
    return lines->offset - (off_t)(lines->end - lines->start);
}

void vmail_lines_end(struct vmail_lines *lines)
{
    if (lines->buffer != NULL)
        explicit_bzero(lines->buffer, lines->dirty);
    free(lines->buffer);
    *lines = (struct vmail_lines){ .fd = -1 };
}
