/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "index_follow.h"

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "file.h"
#include "index_build.h"
#include "table.h"
#include "trust.h"

/* A file that is read in a few milliseconds, in somebody's log-in. */
enum { SMALL = 1024 * 1024, WAIT_MILLISECONDS = 20 };

/* The index of a SMALL file is smaller by far. */
static const rlim_t enough = 64 * 1024 * 1024;

/* Whether a write cannot kill the process by SIGXFSZ: whoever calls passwd with a small limit would
 * else end it between the change of the password and what is to come after that. */
static bool may_write(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
           (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= enough);
}

static bool write_at(int fd, const void *data, size_t length, off_t offset)
{
    return lseek(fd, offset, SEEK_SET) == offset && vmail_file_write_all(fd, data, length) == 0;
}

/* Overwrites the stamp NUMBER of the index FILE. Its state goes last: until that is there, no text
 * can be in it, and what else the stamp says is nobody's business. */
static bool write_stamp(int fd, unsigned number, const struct vmail_index_stamp *stamp)
{
    const off_t at =
        (off_t)(VMAIL_INDEX_HEADER_AT + offsetof(struct vmail_index_header, stamp[number]));
    const size_t rest = offsetof(struct vmail_index_stamp, sum);
    const struct vmail_file_state none = { .size = -1 };
    return write_at(fd, &none, sizeof none, at) &&
           write_at(fd, (const char *)stamp + rest, sizeof *stamp - rest, at + (off_t)rest) &&
           write_at(fd, &stamp->state, sizeof stamp->state, at);
}

/* The stamp that INDEX is to have after the change, in place of the one that is not for BEFORE. */
static bool make_stamp(const struct vmail_index *index, const struct vmail_followed *written,
                       unsigned *number, struct vmail_index_stamp *stamp)
{
    const struct vmail_index_stamp *stamps = index->header->stamp;
    const unsigned current = vmail_file_state_equal(&stamps[0].state, &written->before) ? 0 : 1;
    if (!vmail_file_state_equal(&stamps[current].state, &written->before))
        return false;
    *stamp = stamps[current];
    if (stamp->sum != vmail_index_stamp_sum(stamp) || stamp->count > VMAIL_INDEX_MOVES_MAX)
        return false;
    if (written->change.by != 0) {
        if (stamp->count == VMAIL_INDEX_MOVES_MAX)
            return false;
        stamp->move[stamp->count].offset = written->change.offset;
        stamp->move[stamp->count].by = written->change.by;
        stamp->count++;
    }
    stamp->state = written->after;
    stamp->sum = vmail_index_stamp_sum(stamp);
    *number = 1 - current;
    return true;
}

/* Whether the file FD holds TEXT. */
static bool holds(int fd, const struct vmail_piece *text)
{
    char part[16 * 1024];
    size_t done = 0;
    ssize_t count;
    while ((count = read(fd, part, sizeof part)) > 0) {
        if ((size_t)count > text->length - done ||
            memcmp(part, text->text + done, (size_t)count) != 0)
            break;
        done += (size_t)count;
    }
    explicit_bzero(part, sizeof part);
    return count == 0 && done == text->length;
}

/* Whether nobody has changed the file since it was written, nor can any more without a trace. */
static bool is_still_ours(const struct vmail_paths *paths, enum vmail_kind kind, const char *domain,
                          const struct vmail_followed *written)
{
    char name[VMAIL_FILE_NAME_MAX + 1];
    struct stat status;
    int fd;
    vmail_file_name(name, kind, domain);
    if (written->after.inode == 0 || !vmail_file_state_settle(&written->after, WAIT_MILLISECONDS) ||
        vmail_trusted_open(paths, name, &fd, &status, NULL) != VMAIL_OK)
        return false;
    const struct vmail_file_state now = vmail_file_state(&status);
    bool ours = vmail_file_state_equal(&now, &written->after) && holds(fd, &written->text);
    close(fd);
    return ours;
}

/* The file that is mapped, and no other that has taken its place. */
static int open_for_writing(const struct vmail_paths *paths, const struct vmail_index *index,
                            enum vmail_kind kind, const char *domain)
{
    const struct vmail_paths cache = { .directory = paths->cache, .owner = paths->owner };
    char name[VMAIL_INDEX_NAME_MAX + 1];
    struct stat status;
    int directory;
    if (vmail_trusted_open_directory(&cache, &directory, NULL) != VMAIL_OK)
        return -1;
    vmail_index_name(name, kind, domain);
    int fd = openat(directory, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    close(directory);
    if (fd >= 0 && (fstat(fd, &status) != 0 || status.st_dev != index->device ||
                    status.st_ino != index->inode)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static bool follow(const struct vmail_paths *paths, const struct vmail_config *config,
                   enum vmail_kind kind, const char *domain, const struct vmail_followed *written)
{
    struct vmail_index index;
    struct vmail_index_stamp stamp;
    unsigned number;
    bool done = false;
    if (vmail_index_open(paths, kind, domain, &index, NULL) != VMAIL_OK)
        return false;
    if (vmail_index_fresh(&index, &written->before, config) &&
        make_stamp(&index, written, &number, &stamp) &&
        is_still_ours(paths, kind, domain, written)) {
        int fd = open_for_writing(paths, &index, kind, domain);
        done = fd >= 0 && write_stamp(fd, number, &stamp);
        if (fd >= 0)
            close(fd);
    }
    vmail_index_close(&index);
    return done;
}

void vmail_index_renew(const struct vmail_paths *paths, const struct vmail_config *config,
                       enum vmail_kind kind, const char *domain)
{
    const struct vmail_index_effort effort = { .milliseconds = WAIT_MILLISECONDS };
    struct vmail_file_state state;
    if (paths->cache != NULL && may_write() && vmail_file_look(paths, kind, domain, &state) &&
        state.size <= SMALL)
        vmail_index_build(paths, config, kind, domain, &effort, NULL);
}

void vmail_index_follow(const struct vmail_paths *paths, const struct vmail_config *config,
                        enum vmail_kind kind, const char *domain,
                        const struct vmail_followed *written)
{
    if (paths->cache != NULL && may_write() && !follow(paths, config, kind, domain, written))
        vmail_index_renew(paths, config, kind, domain);
}
