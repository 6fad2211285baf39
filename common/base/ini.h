/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Reads the INI format of vmail.conf: `[section argument]`, `key = value`, continued values on
 * lines that start with white space, comments from ';' or '#' at the start of a line and from ';'
 * after white space. It reads lines and does not interpret them.
 *
 * Why not inih: Debian builds it so that it silently cuts section names at 49 bytes and lines at
 * 199 (a domain name has up to 253). Global variables that any other code in the process may set
 * control its parser. It does not pass the line number to the handler.
 */
#ifndef VMAIL_INI_H
#define VMAIL_INI_H

#include <stdbool.h>
#include <stddef.h>

enum vmail_ini_kind {
    VMAIL_INI_SECTION,  /* name: "domain", value: "va.example" ("" if there is no argument) */
    VMAIL_INI_KEY,      /* name: the key, value: its value, trimmed, "" if empty */
    VMAIL_INI_CONTINUE, /* name: the key of the line before, value: the next part of its value */
    VMAIL_INI_ERROR,    /* name: what is wrong with the line, value: the line, trimmed */
    VMAIL_INI_LOST,     /* like VMAIL_INI_ERROR, but the line may have started a section */
};

struct vmail_ini_item {
    enum vmail_ini_kind kind;
    unsigned long line; /* from 1 */
    const char *name;
    const char *value;
};

struct vmail_ini {
    char *rest;
    char *end;
    unsigned long line;
    const char *key; /* the key that a continuation continues, or NULL */
    bool misplaced;  /* the line before is an indented key: a continuation belongs to it */
};

/** Starts to read the LENGTH bytes at TEXT and changes them on the way; TEXT[LENGTH] must be 0. */
void vmail_ini_start(struct vmail_ini *ini, char *text, size_t length);

/**
 * Fills in the next item; returns false at the end. Its strings point into the text. A line that
 * starts with '[', even after white space, is never read as anything but a section.
 */
bool vmail_ini_next(struct vmail_ini *ini, struct vmail_ini_item *item);

#endif
