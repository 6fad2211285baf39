/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Results and error texts that every part of the store uses.
 *
 * A function that can fail returns an enum vmail_result and, if the caller asks for it, fills in a
 * struct vmail_error: with every result but VMAIL_OK, VMAIL_NOT_FOUND and VMAIL_NO_MEMORY. No
 * function on the way up logs the text; the module or tool at the top reports it once.
 */
#ifndef VMAIL_ERROR_H
#define VMAIL_ERROR_H

#include <stdbool.h>

enum vmail_result {
    VMAIL_OK = 0,
    VMAIL_UNFINISHED,  /* the change is made, but a last step failed, such as syncing a directory */
    VMAIL_NOT_FOUND,   /* no such domain, user, group or line; not an error */
    VMAIL_EXISTS,      /* the name or id is already in use */
    VMAIL_INVALID,     /* the request makes no sense, whatever the files say */
    VMAIL_BROKEN,      /* there is a line of that name, but it is invalid or not trusted */
    VMAIL_CHANGED,     /* somebody else changed the file meanwhile: read it again */
    VMAIL_UNAVAILABLE, /* a required file is missing, unreadable, or not trusted */
    VMAIL_NO_MEMORY,   /* try again later */
};

/** Whether the change that was asked for is made. */
static inline bool vmail_is_done(enum vmail_result result)
{
    return result == VMAIL_OK || result == VMAIL_UNFINISHED;
}

enum { VMAIL_ERROR_TEXT_MAX = 640 };

struct vmail_error {
    int code;                        /* an errno(3) value, 0 if none fits */
    char text[VMAIL_ERROR_TEXT_MAX]; /* one line for an administrator, without a final newline */
};

/**
 * Fills in ERROR with CODE (an errno value or 0) and a text formatted as by printf(3), cut to fit.
 * Control characters in the text become '?', so that it can go to a log as it is.
 * ERROR may be NULL: then the function formats nothing. It preserves errno.
 */
void vmail_error_set(struct vmail_error *error, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
