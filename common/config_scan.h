/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * vmail.conf as text: what each of its lines is, and where in the file a key and a value stand.
 * Understands lines exactly as config_parse.c does, comments and blank lines included.
 */
#ifndef VMAIL_CONFIG_SCAN_H
#define VMAIL_CONFIG_SCAN_H

#include <stdbool.h>
#include <stddef.h>

enum vmail_config_line_kind {
    VMAIL_LINE_BLANK,
    VMAIL_LINE_COMMENT,
    VMAIL_LINE_HEADER, /* [NAME VALUE] */
    VMAIL_LINE_KEY,    /* NAME = VALUE */
    VMAIL_LINE_MORE,   /* a further part of the VALUE of the key NAME */
    VMAIL_LINE_WRONG,
};

enum { VMAIL_LINE_NONE = -1 };

struct vmail_config_line {
    enum vmail_config_line_kind kind;
    size_t start;          /* in the text; a byte order mark is in front of the first line */
    size_t next;           /* behind its ending */
    long header;           /* the line whose section it is in, or VMAIL_LINE_NONE */
    long key;              /* of VMAIL_LINE_MORE: the line of its key */
    size_t value;          /* where the value stands in the text */
    size_t length;         /* of the value */
    const char *name_text; /* in the scan */
    const char *value_text;
};

struct vmail_config_scan {
    struct vmail_config_line *line;
    size_t count;
    char *copy;
};

/** Scans the LENGTH bytes at TEXT. False: no memory. The caller ends SCAN in either case. */
bool vmail_config_scan(const char *text, size_t length, struct vmail_config_scan *scan);

void vmail_config_scan_end(struct vmail_config_scan *scan);

#endif
