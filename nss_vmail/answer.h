/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The answer to the C library: its status, errno, and strings in the caller's buffer.
 *
 * It follows "NSS Module Function Internals" in the glibc manual: errno does not change if the
 * entry is found or missing; a buffer that is too small gives NSS_STATUS_TRYAGAIN with ERANGE. If
 * the module cannot tell now whether a name is ours (no memory, no descriptors, a file that cannot
 * be read or is not trusted), the status is TRYAGAIN with EAGAIN: with [TRYAGAIN=return] in
 * nsswitch.conf, the C library then asks no other service.
 */
#ifndef NSS_VMAIL_ANSWER_H
#define NSS_VMAIL_ANSWER_H

#include <nss.h>
#include <stdbool.h>
#include <stddef.h>

#include "error.h"

/** A call of the C library: the free part of the caller's buffer, and the values to restore at the
 * end of the call. */
struct answer {
    char *next;
    size_t left;
    bool full; /* a part did not fit: the whole answer is ERANGE */
    int saved_errno;
    int cancel_state;
};

/**
 * Starts each call; BUFFER may be NULL if LENGTH is 0. The thread cannot be cancelled before
 * answer_status ends the call: a cancellation in open(2) or read(2) would leak a descriptor and
 * memory, and in an enumeration it would leave a lock held.
 */
struct answer answer_start(char *buffer, size_t length);

/** Copies LENGTH bytes and a NUL. Returns the copy, or NULL if it does not fit. */
char *answer_put(struct answer *answer, const char *text, size_t length);

/** Same as answer_put, for a whole string. */
char *answer_put_string(struct answer *answer, const char *text);

/** Puts USER@DOMAIN. FOLD: fold the user part. */
char *answer_put_name(struct answer *answer, const char *user, size_t user_length,
                      const char *domain, bool fold);

/** Returns aligned space for COUNT pointers. */
char **answer_put_pointers(struct answer *answer, size_t count);

/**
 * Ends the call. Returns the status for RESULT, or the status for ANSWER if RESULT is VMAIL_OK.
 * Sets *ERRNOP unless the entry is found or missing. ERRNOP may be NULL if the call cannot fail.
 */
enum nss_status answer_status(enum vmail_result result, const struct answer *answer, int *errnop);

/**
 * Same as answer_status, for an enumeration. Returns NSS_STATUS_UNAVAIL if the enumeration cannot
 * start, so the C library still lists the entries of other services.
 */
enum nss_status answer_status_of_list(enum vmail_result result, const struct answer *answer,
                                      int *errnop);

#endif
