/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Reads a file line by line in large blocks, without an allocation for each line.
 *
 * Blocks are read, not mapped: truncating a mapped file kills the process that reads it, and this
 * code runs inside every process.
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
    int fd;             /* -1: only buffered data can be read */
    const char *memory; /* read these memory_length bytes, not a file; NULL for a file */
    size_t memory_length;
    char *buffer;
    size_t size;  /* of the buffer */
    size_t start; /* of the buffered data not yet returned */
    size_t end;
    size_t dirty;         /* bytes of the buffer that have held data and must be wiped */
    off_t offset;         /* in the file, of buffer[end] */
    unsigned long number; /* of the last returned line, counted from the start or rewind */
    bool skipping;        /* the rest of an overlong line */
    bool at_end;
    int error; /* errno of a failed read, 0 if none */
};

struct vmail_line {
    char *text;    /* in the buffer, NUL in place of the newline; valid until the next call */
    size_t length; /* without the NUL */
    off_t offset;  /* in the file, of the first byte */
    unsigned long number; /* from 1, counted from the start of reading */
};

/** Starts reading FD at OFFSET, the start of a line. The caller still owns FD. Returns false if out
 * of memory. */
bool vmail_lines_start(struct vmail_lines *lines, int fd, off_t offset);

/** Starts reading the LENGTH bytes at TEXT. They are not changed and must stay valid. */
bool vmail_lines_start_text(struct vmail_lines *lines, const char *text, size_t length);

/** Goes back to OFFSET, the start of a line; the buffer is kept. */
void vmail_lines_rewind(struct vmail_lines *lines, off_t offset);

/**
 * Returns the next line. The last line needs no newline; a line longer than VMAIL_LINE_MAX is
 * skipped. Returns false at the end, or with lines->error set.
 */
bool vmail_lines_next(struct vmail_lines *lines, struct vmail_line *line);

/**
 * Whether the next line can be returned without reading from the descriptor, as far as a check of
 * part of the buffered data can tell.
 */
bool vmail_lines_buffered(const struct vmail_lines *lines);

/** Returns the offset of the next line that will be returned. */
off_t vmail_lines_tell(const struct vmail_lines *lines);

/** Wipes and frees the buffer. */
void vmail_lines_end(struct vmail_lines *lines);

#endif
