/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "index_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "trust.h"

enum { TRIES_A_SECOND = 50 };

static enum vmail_result writer_failed(const struct vmail_index_writer *writer, const char *what,
                                       int code)
{
    vmail_error_set(writer->error, code, "%s/%s: cannot %s: %s", writer->paths->cache, writer->name,
                    what, strerrordesc_np(code));
    return code == ENOMEM ? VMAIL_NO_MEMORY : VMAIL_UNAVAILABLE;
}

static void close_all(struct vmail_index_writer *writer)
{
    if (writer->fd >= 0)
        close(writer->fd);
    if (writer->directory >= 0)
        close(writer->directory);
    writer->fd = writer->directory = -1;
}

/* Whether the directory still has the open file under this name. */
static bool still_there(const struct vmail_index_writer *writer)
{
    struct stat open_file, named;
    return fstat(writer->fd, &open_file) == 0 &&
           fstatat(writer->directory, writer->temporary, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           open_file.st_dev == named.st_dev && open_file.st_ino == named.st_ino;
}

/* The new file is its own lock: on success it is open and empty, and no other process uses it. */
static enum vmail_result open_temporary(struct vmail_index_writer *writer, unsigned seconds)
{
    const struct timespec pause = { .tv_nsec = 1000000000 / TRIES_A_SECOND };
    for (unsigned tries = seconds * TRIES_A_SECOND;; tries--) {
        writer->fd = openat(writer->directory, writer->temporary,
                            O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
        if (writer->fd < 0)
            return writer_failed(writer, "write", errno);
        bool locked = flock(writer->fd, LOCK_EX | LOCK_NB) == 0;
        int code = locked ? EAGAIN : errno;
        if (locked && still_there(writer))
            break;
        close(writer->fd);
        writer->fd = -1;
        if (tries == 0 || (!locked && code != EWOULDBLOCK))
            return writer_failed(writer, "lock the new file", code);
        if (!locked)
            nanosleep(&pause, NULL);
    }
    if (!vmail_file_remove_acl(writer->fd) || fchmod(writer->fd, 0600) != 0 ||
        ftruncate(writer->fd, 0) != 0)
        return writer_failed(writer, "write", errno);
    return VMAIL_OK;
}

static enum vmail_result open_directory(struct vmail_index_writer *writer)
{
    const struct vmail_paths cache = { .directory = writer->paths->cache,
                                       .owner = writer->paths->owner };
    enum vmail_result result =
        vmail_trusted_open_directory(&cache, &writer->directory, writer->error);
    if (result != VMAIL_NOT_FOUND)
        return result;
    if (mkdir(cache.directory, 0755) != 0 && errno != EEXIST)
        return writer_failed(writer, "make the directory", errno);
    result = vmail_trusted_open_directory(&cache, &writer->directory, writer->error);
    /* The caller's umask must not keep other processes out. */
    if (result == VMAIL_OK && fchmodat(AT_FDCWD, cache.directory, 0755, 0) != 0)
        result = writer_failed(writer, "chmod the directory", errno);
    return result == VMAIL_NOT_FOUND ? VMAIL_UNAVAILABLE : result;
}

static enum vmail_result start_writing(struct vmail_index_writer *writer, unsigned seconds)
{
    enum vmail_result result = open_directory(writer);
    if (result == VMAIL_OK)
        result = open_temporary(writer, seconds);
    if (result == VMAIL_OK && cdb_make_start(&writer->make, writer->fd) != 0)
        result = writer_failed(writer, "start", errno);
    if (result != VMAIL_OK)
        return result;
    writer->making = true;
    writer->position = VMAIL_INDEX_CONTENTS;
    return vmail_index_writer_add(writer, VMAIL_INDEX_MAGIC, VMAIL_INDEX_MAGIC_SIZE,
                                  &writer->header, sizeof writer->header);
}

enum vmail_result vmail_index_writer_start(struct vmail_index_writer *writer,
                                           struct vmail_file file, unsigned seconds,
                                           struct vmail_error *error)
{
    *writer = (struct vmail_index_writer){
        .paths = file.paths,
        .directory = -1,
        .fd = -1,
        .error = error,
        .header = { .version = VMAIL_INDEX_VERSION,
                    .size = sizeof writer->header,
                    .kind = file.kind,
                    .settings = vmail_index_settings(file.rules) },
    };
    memcpy(writer->header.domain, file.domain,
           strnlen(file.domain, sizeof writer->header.domain - 1));
    vmail_index_name(writer->name, file.kind, file.domain);
    snprintf(writer->temporary, sizeof writer->temporary, ".%s.new", writer->name);
    enum vmail_result result = start_writing(writer, seconds);
    if (result != VMAIL_OK)
        vmail_index_writer_abort(writer);
    return result;
}

enum vmail_result vmail_index_writer_add(struct vmail_index_writer *writer, const void *key,
                                         size_t key_length, const void *value, size_t value_length)
{
    if (writer->position + 8 + key_length + value_length > UINT32_MAX)
        return writer_failed(writer, "write", EFBIG); /* a cdb uses 32-bit positions */
    if (cdb_make_add(&writer->make, key, (unsigned)key_length, value, (unsigned)value_length) != 0)
        return writer_failed(writer, "write", errno);
    writer->position += 8 + key_length + value_length;
    return VMAIL_OK;
}

static bool write_header(const struct vmail_index_writer *writer)
{
    return lseek(writer->fd, VMAIL_INDEX_HEADER_AT, SEEK_SET) >= 0 &&
           vmail_file_write_all(writer->fd, &writer->header, sizeof writer->header) == 0;
}

/* Writes the header after all other data, then again with the checksum of the whole file. */
static bool seal(struct vmail_index_writer *writer)
{
    struct stat status;
    struct cdb cdb;
    if (fstat(writer->fd, &status) != 0 || status.st_size > UINT32_MAX)
        return false;
    writer->header.file_size = (uint32_t)status.st_size;
    if (!write_header(writer) || cdb_init(&cdb, writer->fd) != 0)
        return false;
    writer->header.sum = vmail_index_file_sum(cdb.cdb_mem, cdb.cdb_fsize);
    cdb_free(&cdb);
    return write_header(writer);
}

/* Sync first: readers do not compute the checksum, so they would take the remains of a new file
 * after a crash for an index. */
static bool publish(struct vmail_index_writer *writer, mode_t mode, gid_t group)
{
    return (fchown(writer->fd, (uid_t)-1, group) == 0 || geteuid() != 0) &&
           fchmod(writer->fd, mode & 0644) == 0 && fdatasync(writer->fd) == 0 &&
           renameat(writer->directory, writer->temporary, writer->directory, writer->name) == 0;
}

enum vmail_result vmail_index_writer_finish(struct vmail_index_writer *writer,
                                            const struct vmail_file_state *state, mode_t mode,
                                            gid_t group)
{
    if (state != NULL)
        writer->header.state = *state;
    writer->making = false;
    if (cdb_make_finish(&writer->make) != 0 || !seal(writer) || !publish(writer, mode, group)) {
        enum vmail_result result = writer_failed(writer, "write", errno);
        vmail_index_writer_abort(writer);
        return result;
    }
    close_all(writer);
    return VMAIL_OK;
}

void vmail_index_writer_abort(struct vmail_index_writer *writer)
{
    if (writer->making)
        cdb_make_finish(&writer->make); /* frees its memory */
    writer->making = false;
    if (writer->fd >= 0)
        unlinkat(writer->directory, writer->temporary, 0);
    close_all(writer);
}
