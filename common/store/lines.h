/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Reads a file line by line in large blocks, without an allocation a line.
 *
 * Blocks are read, not mapped: a file that somebody truncates while it is mapped kills the process
 * that looks, and we look from within every process.
 */
#ifndef VMAIL_LINES_H
#define VMAIL_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    VMAIL_BLOCK_SIZE = 64 * 1024,
    VMAIL_LINE_MAX =
        1024 * 1024, /* a group(5) line with very many members; longer ones are skipped */
};

struct vmail_lines {
    int fd;             /* -1: only what is buffered can be read */
    const char *memory; /* read this, of memory_length bytes, and no file; NULL for a file */
    size_t memory_length;
    char *buffer;
    size_t size;  /* of the buffer */
    size_t start; /* of what is buffered and not yet handed out */
    size_t end;
    size_t dirty;         /* how much of the buffer has ever held something, and is to be wiped */
    off_t offset;         /* in the file, of buffer[end] */
    unsigned long number; /* of the last line handed out, counted from the start or rewind */
    bool skipping;        /* the rest of an overlong line */
    bool at_end;
    int error; /* errno of a failed read, 0 if none */
};

struct vmail_line {
    char *text;    /* in the buffer, NUL in place of the newline; valid until the next call */
    size_t length; /* without the NUL */
    off_t offset;  /* in the file, of the first byte */
    unsigned long number; /* from 1, counted from where reading started */
};

/** Starts reading FD at OFFSET, the start of a line. FD stays the caller's. False: no memory. */
bool vmail_lines_start(struct vmail_lines *lines, int fd, off_t offset);

/** Starts reading the LENGTH bytes at TEXT, which stay as they are and must stay there. */
bool vmail_lines_start_text(struct vmail_lines *lines, const char *text, size_t length);

/** Goes back to OFFSET, the start of a line; the buffer is kept. */
void vmail_lines_rewind(struct vmail_lines *lines, off_t offset);

/**
 * Hands out the next line. One without a final newline counts as a line; one longer than
 * VMAIL_LINE_MAX is passed over. Returns false at the end, or with lines->error set.
 */
bool vmail_lines_next(struct vmail_lines *lines, struct vmail_line *line);

/**
 * Whether the next line can be handed out without reading from the descriptor, as far as that can
 * be told without looking at all of it.
 */
bool vmail_lines_buffered(const struct vmail_lines *lines);

/** The offset of the next line that will be handed out. */
off_t vmail_lines_tell(const struct vmail_lines *lines);

/** Wipes and frees the buffer. */
void vmail_lines_end(struct vmail_lines *lines);

#endif
