/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "array.h"
#include "file.h"
#include "name.h"

static enum vmail_result message_failed(struct vmail_error *error, const char *what)
{
    vmail_error_set(error, errno, "cannot %s the message: %s", what, strerrordesc_np(errno));
    return errno == ENOMEM ? VMAIL_NO_MEMORY : VMAIL_UNAVAILABLE;
}

/* A new file without a name; only this process can write to it. */
static int open_scratch(void)
{
    char path[] = "/tmp/vmail-deliver.XXXXXX";
    const int fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    return fd;
}

/* Copies all of FROM to TO. Returns its size, or -1 with errno set. */
static ssize_t copy_all(int from, int to)
{
    char buffer[65536];
    size_t size = 0;
    for (;;) {
        const ssize_t count = read(from, buffer, sizeof buffer);
        if (count == 0)
            return (ssize_t)size;
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 || vmail_file_write_all(to, buffer, (size_t)count) != 0)
            return -1;
        size += (size_t)count;
    }
}

/* If the LENGTH bytes at LINE are a Delivered-To line, the address in it. */
static bool is_delivered_line(const char *line, size_t length, struct vmail_piece *address)
{
    static const char name[] = "delivered-to:";
    const size_t start = sizeof name - 1;
    if (length < start || !vmail_equal_folded(line, name, start))
        return false;
    *address = (struct vmail_piece){ line + start, length - start };
    while (address->length > 0 && strchr(" \t<", *address->text) != NULL) {
        address->text++;
        address->length--;
    }
    while (address->length > 0 && strchr(" \t>", address->text[address->length - 1]) != NULL)
        address->length--;
    return true;
}

static bool find_delivered(struct message *message)
{
    const char *text = message->text.text;
    const size_t length = message->text.length;
    for (size_t at = 0; at < length; at = vmail_text_next_line(text, length, at)) {
        const size_t end = vmail_text_line_end(text, length, at);
        struct vmail_piece address, *new;
        if (end == at)
            break;
        if (!is_delivered_line(text + at, end - at, &address))
            continue;
        new = vmail_array_append(&message->delivered, &message->delivered_count, sizeof *new);
        if (new == NULL)
            return false;
        *new = address;
    }
    return true;
}

static enum vmail_result map(int fd, struct message *message, struct vmail_error *error)
{
    static const char from[] = "From ";
    if (message->size == 0)
        return VMAIL_OK;
    void *bytes = mmap(NULL, message->size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED)
        return message_failed(error, "map");
    message->map = bytes;
    message->text = (struct vmail_piece){ bytes, message->size };
    if (message->size >= sizeof from - 1 && memcmp(bytes, from, sizeof from - 1) == 0) {
        const size_t skipped = vmail_text_next_line(bytes, message->size, 0);
        message->text.text += skipped;
        message->text.length -= skipped;
    }
    return find_delivered(message) ? VMAIL_OK : VMAIL_NO_MEMORY;
}

enum vmail_result message_read(int fd, struct message *message, struct vmail_error *error)
{
    *message = (struct message){ .text = { "", 0 } };
    const int scratch = open_scratch();
    if (scratch < 0)
        return message_failed(error, "store");
    const ssize_t size = copy_all(fd, scratch);
    message->size = size < 0 ? 0 : (size_t)size;
    const enum vmail_result result =
        size < 0 ? message_failed(error, "read or store") : map(scratch, message, error);
    close(scratch);
    return result;
}

void message_end(struct message *message)
{
    if (message->map != NULL)
        munmap(message->map, message->size);
    free(message->delivered);
    *message = (struct message){ 0 };
}

bool message_was_at(const struct message *message, const char *address)
{
    const size_t length = strlen(address);
    for (size_t i = 0; i < message->delivered_count; i++)
        if (message->delivered[i].length == length &&
            vmail_equal_folded(message->delivered[i].text, address, length))
            return true;
    return false;
}

enum vmail_result message_copy(const struct message *message, const char *sender,
                               const char *recipient, struct message_copy *copy,
                               struct vmail_error *error)
{
    char *header;
    copy->fd = -1;
    const int length =
        asprintf(&header, "Return-Path: <%s>\nDelivered-To: %s\n", sender, recipient);
    if (length < 0)
        return VMAIL_NO_MEMORY;
    copy->onward = strchr(header, '\n') + 1 - header;
    copy->fd = open_scratch();
    const bool good = copy->fd >= 0 &&
                      vmail_file_write_all(copy->fd, header, (size_t)length) == 0 &&
                      vmail_file_write_all(copy->fd, message->text.text, message->text.length) == 0;
    const enum vmail_result result = good ? VMAIL_OK : message_failed(error, "store");
    free(header);
    if (!good && copy->fd >= 0)
        close(copy->fd);
    return result;
}

int message_open(const struct message_copy *copy, off_t start)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", copy->fd);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && lseek(fd, start, SEEK_SET) != start) {
        close(fd);
        return -1;
    }
    return fd;
}
