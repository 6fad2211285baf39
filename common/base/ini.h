/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Reads the INI format of vmail.conf: `[section argument]`, `key = value`, continued values on
 * lines that start with white space, comments from ';' or '#' at the start of a line and from ';'
 * behind white space. It knows lines, not meanings.
 *
 * Why not inih: Debian builds it so that section names are cut at 49 and lines at 199 bytes without
 * a word (a domain name has up to 253), its parser is steered by global variables that any other
 * user in the process may set, and it does not tell the handler the line.
 */
#ifndef VMAIL_INI_H
#define VMAIL_INI_H

#include <stdbool.h>
#include <stddef.h>

enum vmail_ini_kind {
    VMAIL_INI_SECTION,  /* name: "domain", value: "va.example" ("" where there is no argument) */
    VMAIL_INI_KEY,      /* name: the key, value: its value, trimmed, "" if empty */
    VMAIL_INI_CONTINUE, /* name: the key of the line before, value: a further part of its value */
    VMAIL_INI_ERROR,    /* name: what is wrong with the line, value: the line, trimmed */
    VMAIL_INI_LOST,     /* as VMAIL_INI_ERROR, and the line may have started a section */
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
    const char *key; /* what a continuation continues, NULL for nothing */
    bool misplaced;  /* a key behind white space was the line before: what continues is its value */
};

/** Starts on the LENGTH bytes at TEXT, which are changed while reading; TEXT[LENGTH] must be 0. */
void vmail_ini_start(struct vmail_ini *ini, char *text, size_t length);

/**
 * Fills in the next item; returns false at the end. Its strings point into the text. A line that
 * starts with '[', be it behind white space, is never taken for anything but a section.
 */
bool vmail_ini_next(struct vmail_ini *ini, struct vmail_ini_item *item);

#endif
