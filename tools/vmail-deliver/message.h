/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The message: read once, then handed to each recipient from its start.
 */
#ifndef VMAIL_DELIVER_MESSAGE_H
#define VMAIL_DELIVER_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "error.h"
#include "text_buffer.h"

/** All zero: none. */
struct message {
    char *map; /* the bytes that were read, mapped from a file without a name; NULL: none */
    size_t size;
    struct vmail_piece text;       /* without an mbox line "From " at the start */
    struct vmail_piece *delivered; /* the addresses in its Delivered-To lines, as they are there */
    size_t delivered_count;
};

/** Reads all of FD. VMAIL_OK; VMAIL_UNAVAILABLE with ERROR, for example if the disk is full;
 * VMAIL_NO_MEMORY. The caller ends MESSAGE in each case. */
enum vmail_result message_read(int fd, struct message *message, struct vmail_error *error);

void message_end(struct message *message);

/** Whether ADDRESS (any case) has a Delivered-To line in the header. */
bool message_was_at(const struct message *message, const char *address);

/** A copy with the lines that RFC 5321 (4.4) and mail servers put before a delivered message. */
struct message_copy {
    int fd;       /* of a file without a name */
    off_t onward; /* where the copy for another mail server starts: after the Return-Path line */
};

/** Makes COPY for RECIPIENT; SENDER may be "". The caller closes its fd. Returns as message_read.
 */
enum vmail_result message_copy(const struct message *message, const char *sender,
                               const char *recipient, struct message_copy *copy,
                               struct vmail_error *error);

/**
 * Opens COPY once more, for reading only, at START: nobody who gets the descriptor can change what
 * others read. Returns the descriptor, or -1.
 */
int message_open(const struct message_copy *copy, off_t start);

#endif
