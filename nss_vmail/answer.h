/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * How an answer is given to the C library: its status, errno, and strings in the caller's buffer.
 *
 * The rules, see "NSS Module Function Internals" in the glibc manual: errno is left as it was where
 * an entry was found or there is none; a buffer that is too small is NSS_STATUS_TRYAGAIN with
 * ERANGE. Where it cannot be told now whether a name is ours (no memory, no descriptors, a file
 * that cannot be read or is not trusted), the status is TRYAGAIN with EAGAIN: with
 * [TRYAGAIN=return] in nsswitch.conf no other service is asked.
 */
#ifndef NSS_VMAIL_ANSWER_H
#define NSS_VMAIL_ANSWER_H

#include <nss.h>
#include <stdbool.h>
#include <stddef.h>

#include "error.h"

/** A call of the C library: how much of the caller's buffer is still free, and what is to be put
 * back at its end. */
struct answer {
    char *next;
    size_t left;
    bool full; /* something did not fit: the whole answer is ERANGE */
    int saved_errno;
    int cancel_state;
};

/**
 * What each call begins with; BUFFER may be NULL for a LENGTH of 0. Until answer_status ends it,
 * the thread is not cancelled: in open(2) or read(2) it would leave a descriptor open, memory lost,
 * and in an enumeration a lock held.
 */
struct answer answer_start(char *buffer, size_t length);

/** Copies LENGTH bytes and a NUL. Returns where, or NULL where they do not fit. */
char *answer_put(struct answer *answer, const char *text, size_t length);

/** As answer_put, for a whole string. */
char *answer_put_string(struct answer *answer, const char *text);

/** USER@DOMAIN; the user is folded where FOLD says so. */
char *answer_put_name(struct answer *answer, const char *user, size_t user_length,
                      const char *domain, bool fold);

/** Room for COUNT pointers, aligned. */
char **answer_put_pointers(struct answer *answer, size_t count);

/**
 * Ends the call: the status to return to the C library for RESULT, or, where RESULT is VMAIL_OK,
 * for ANSWER. Sets *ERRNOP where the status is not about an entry; ERRNOP may be NULL where there
 * is nothing to fail.
 */
enum nss_status answer_status(enum vmail_result result, const struct answer *answer, int *errnop);

/**
 * As answer_status, for an enumeration: where it cannot begin, NSS_STATUS_UNAVAIL, so that the
 * entries of the other services are still listed.
 */
enum nss_status answer_status_of_list(enum vmail_result result, const struct answer *answer,
                                      int *errnop);

#endif
