/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Results and error texts that every part of the store speaks.
 *
 * A function that can fail returns an enum vmail_result and, where the caller wants to know, fills
 * in a struct vmail_error. The text travels up unlogged; the module or tool at the top reports it
 * once.
 */
#ifndef VMAIL_ERROR_H
#define VMAIL_ERROR_H

enum vmail_result {
    VMAIL_OK = 0,
    VMAIL_NOT_FOUND,   /* no such domain, user, group or line; not an error */
    VMAIL_UNAVAILABLE, /* a file is missing where one must be, unreadable, or not to be believed */
    VMAIL_NO_MEMORY,   /* try again later */
};

enum { VMAIL_ERROR_TEXT_MAX = 640 };

struct vmail_error {
    int code;                        /* an errno(3) value, 0 where none fits */
    char text[VMAIL_ERROR_TEXT_MAX]; /* one line for an administrator, without a final newline */
};

/**
 * Fills in ERROR with CODE (an errno value or 0) and a text made as by printf(3), cut to fit.
 * Control characters in the text become '?', so that it can go to a log as it is.
 * ERROR may be NULL: then nothing is formatted at all. errno is kept.
 */
void vmail_error_set(struct vmail_error *error, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
