/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Two protocols for maps: socketmap (socketmap_table(5) of Postfix, and Sendmail's), and the lines
 * of Postfix's tcp_table(5), which name no map.
 */
#ifndef VMAIL_MAP_PROTOCOL_H
#define VMAIL_MAP_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>

#include "reply.h"

enum {
    REQUEST_MAX = 100000, /* bytes of one; Postfix has the same limit for answers */
    MAP_NAME_MAX = 63,
};

struct request {
    char map[MAP_NAME_MAX + 1]; /* "" if it is too long, and in a line of tcp_table */
    char *key;                  /* in memory of its own; the bytes after a NUL are lost */
    bool valid;                 /* false: not a question, but the next one may be */
};

enum taken {
    TAKEN_MORE,   /* the bytes are not all there yet */
    TAKEN_ONE,    /* a request; the caller frees its key */
    TAKEN_BROKEN, /* nothing after this can be understood: close the connection */
};

/**
 * Takes the first request from the LENGTH bytes at TEXT and sets USED to its length. TAKEN_BROKEN
 * also if memory is short.
 */
typedef enum taken protocol_take(const char *text, size_t length, struct request *request,
                                 size_t *used);

/** Appends REPLY to OUT. An answer that is too long for the protocol becomes REPLY_LATER, with a
 * text that says so. Returns false if memory is short. */
typedef bool protocol_put(struct vmail_text_buffer *out, const struct reply *reply);

struct protocol {
    protocol_take *take;
    protocol_put *put;
};

extern const struct protocol protocol_socketmap, protocol_tcp_table;

#endif
