/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "file.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

ssize_t vmail_file_read_at(int fd, void *buffer, size_t length, off_t offset)
{
    size_t done = 0;
    while (done < length) {
        ssize_t count = pread(fd, (char *)buffer + done, length - done, offset + (off_t)done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -1;
        if (count == 0)
            break;
        done += (size_t)count;
    }
    return (ssize_t)done;
}

char *vmail_file_read_all(int fd, size_t maximum, size_t *length)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return NULL;
    if (status.st_size < 0 || (uintmax_t)status.st_size > maximum) {
        errno = EFBIG;
        return NULL;
    }
    /* One byte more than the size of the file shows whether the file grows meanwhile. */
    size_t size = (size_t)status.st_size;
    char *buffer = malloc(size + 1);
    if (buffer == NULL)
        return NULL;
    ssize_t count = vmail_file_read_at(fd, buffer, size + 1, 0);
    if (count < 0 || (size_t)count > size) {
        int saved = count < 0 ? errno : EAGAIN;
        explicit_bzero(buffer, size + 1);
        free(buffer);
        errno = saved;
        return NULL;
    }
    buffer[count] = '\0';
    *length = (size_t)count;
    return buffer;
}

int vmail_file_write_all(int fd, const void *buffer, size_t length)
{
    const char *rest = buffer;
    while (length > 0) {
        ssize_t count = write(fd, rest, length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -1;
        rest += count;
        length -= (size_t)count;
    }
    return 0;
}

bool vmail_file_remove_acl(int fd)
{
    return fremovexattr(fd, "system.posix_acl_access") == 0 || errno == ENODATA ||
           errno == EOPNOTSUPP;
}
