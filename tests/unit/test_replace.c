/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "replace.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "lock.h"
#include "scratch.h"

static const char file[] = "shadow.va.example";

static void open_place(const struct scratch *scratch, struct vmail_place *place)
{
    struct vmail_error error;
    enum vmail_result result = vmail_trusted_open_place(&scratch->paths, file, place, &error);
    if (result != VMAIL_NOT_FOUND)
        check_result(result, VMAIL_OK, &error);
    assert_true(place->directory >= 0);
}

static enum vmail_result replace_text(const struct vmail_place *place, const char *text,
                                      struct vmail_error *error)
{
    const struct vmail_new_file make = { 0640, getegid() };
    return vmail_replace(place, (struct vmail_piece){ text, strlen(text) }, &make,
                         VMAIL_LOCK_SECONDS, error);
}

static void check_replaces(const struct scratch *scratch, const char *text)
{
    struct vmail_place place;
    struct vmail_error error;
    size_t before = scratch_open_descriptors();
    open_place(scratch, &place);
    check_result(replace_text(&place, text, &error), VMAIL_OK, &error);
    vmail_place_close(&place);
    scratch_check(scratch, file, text);
    assert_int_equal(scratch_count(scratch, ".new"), 0);
    assert_int_equal(scratch_open_descriptors(), before);
}

static struct stat status_of(const struct scratch *scratch, const char *name)
{
    struct stat status;
    assert_int_equal(lstat(scratch_path(scratch, name), &status), 0);
    return status;
}

static void all_bytes_are_written(void **state)
{
    const struct vmail_piece bytes = { "one\0twothree\n", 12 };
    struct vmail_place place;
    struct vmail_error error;
    size_t length;
    scratch_write(*state, file, "old\n");
    open_place(*state, &place);
    check_result(vmail_replace(&place, bytes, NULL, VMAIL_LOCK_SECONDS, &error), VMAIL_OK, &error);
    vmail_place_close(&place);
    char *text = scratch_read(*state, file, &length);
    assert_int_equal(length, bytes.length);
    assert_memory_equal(text, bytes.text, bytes.length);
    free(text);
}

static void without_a_text_the_file_becomes_empty(void **state)
{
    scratch_write(*state, file, "old\n");
    check_replaces(*state, "");
}

/* A reader sees the complete old file meanwhile. */
static void the_new_file_is_another_one(void **state)
{
    char old[16] = "";
    scratch_write(*state, file, "old\n");
    int fd = open(scratch_path(*state, file), O_RDONLY | O_CLOEXEC);
    check_replaces(*state, "new, and longer\n");
    assert_int_equal(read(fd, old, sizeof old - 1), 4);
    assert_string_equal(old, "old\n");
    close(fd);
}

static bool no_exchange;                   /* this file system cannot exchange two names */
static const struct scratch *link_planted; /* if set, somebody plants a link after a removal */
static bool no_directory_sync;
static mode_t first_mode; /* of the new file, before it got the right one */

int __real_unlinkat(int directory, const char *name, int flags);
int __wrap_unlinkat(int directory, const char *name, int flags);
int __real_fchmod(int fd, mode_t mode);
int __wrap_fchmod(int fd, mode_t mode);

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_renameat2(int from, const char *old, int to, const char *new, unsigned flags);
int __wrap_renameat2(int from, const char *old, int to, const char *new, unsigned flags);

int __wrap_fsync(int fd)
{
    struct stat status;
    assert_int_equal(fstat(fd, &status), 0);
    scratch_step(S_ISDIR(status.st_mode) ? "directory" : "file");
    if (no_directory_sync && S_ISDIR(status.st_mode)) {
        errno = EIO;
        return -1;
    }
    return __real_fsync(fd);
}

int __wrap_renameat2(int from, const char *old, int to, const char *new, unsigned flags)
{
    scratch_step("name");
    if (no_exchange && flags != 0) {
        errno = EINVAL;
        return -1;
    }
    return __real_renameat2(from, old, to, new, flags);
}

int __wrap_unlinkat(int directory, const char *name, int flags)
{
    const int result = __real_unlinkat(directory, name, flags);
    if (link_planted != NULL)
        scratch_link(link_planted, name, "elsewhere");
    link_planted = NULL;
    return result;
}

int __wrap_fchmod(int fd, mode_t mode)
{
    struct stat status;
    assert_int_equal(fstat(fd, &status), 0);
    first_mode = status.st_mode & 07777;
    return __real_fchmod(fd, mode);
}

/* After a crash the name leads to the whole old file or to the whole new one. */
static void the_new_file_is_on_the_disk_before_its_name(void **state)
{
    scratch_write(*state, file, "old\n");
    scratch_watch();
    check_replaces(*state, "new\n");
    scratch_check_steps("file, name, directory, ");
}

static void only_the_owner_can_open_the_new_file_before_it_is_theirs(void **state)
{
    scratch_write(*state, file, "old\n");
    check_replaces(*state, "new\n");
    assert_int_equal(first_mode, 0600);
}

static void a_removal_is_on_the_disk(void **state)
{
    const struct scratch *scratch = *state;
    scratch_write(scratch, file, "old\n");
    scratch_watch();
    check_result(vmail_remove(&scratch->paths, file, 0, NULL), VMAIL_OK, NULL);
    assert_int_equal(access(scratch_path(scratch, file), F_OK), -1);
    scratch_check_steps("directory, ");
}

static void a_removal_takes_an_unfinished_file_along(void **state)
{
    const struct scratch *scratch = *state;
    scratch_write(scratch, file, "old\n");
    scratch_write(scratch, ".shadow.va.example.new", "half of a li");
    check_result(vmail_remove(&scratch->paths, file, 0, NULL), VMAIL_OK, NULL);
    assert_int_equal(scratch_count(scratch, ".new"), 0);
}

static void owner_and_mode_stay_whatever_the_umask(void **state)
{
    static const mode_t modes[] = { 0600, 0640, 0644, 0444, 0400 };
    scratch_write(*state, file, "old\n");
    umask(077);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        scratch_chmod(*state, file, modes[i]);
        if (getuid() == 0) /* a group other than that of this process */
            assert_int_equal(chown(scratch_path(*state, file), (uid_t)-1, 42), 0);
        check_replaces(*state, i % 2 == 0 ? "a\n" : "b\n");
        struct stat status = status_of(*state, file);
        assert_int_equal(status.st_mode & 07777, modes[i]);
        assert_int_equal(status.st_uid, getuid());
        assert_int_equal(status.st_gid, getuid() == 0 ? 42 : getegid());
    }
}

static void a_file_that_is_not_there_is_made_with_the_mode_and_group_asked_for(void **state)
{
    umask(0777);
    check_replaces(*state, "new\n");
    struct stat status = status_of(*state, file);
    assert_int_equal(status.st_mode & 07777, 0640);
    assert_int_equal(status.st_uid, getuid());
    assert_int_equal(status.st_gid, getegid());
}

/* --- attributes and ACLs: acl(5), in the format of the kernel */

enum { ACL_VERSION = 2, USER_OBJ = 1, USER = 2, GROUP_OBJ = 4, MASK = 16, OTHER = 32 };

struct acl {
    uint32_t version;
    struct {
        uint16_t tag, permissions;
        uint32_t id;
    } entry[5];
};

static const struct acl daemon_may_read = { ACL_VERSION,
                                            { { USER_OBJ, 6, (uint32_t)-1 },
                                              { USER, 4, 1 },
                                              { GROUP_OBJ, 4, (uint32_t)-1 },
                                              { MASK, 4, (uint32_t)-1 },
                                              { OTHER, 0, (uint32_t)-1 } } };

static void set_attribute(const struct scratch *scratch, const char *path, const char *name,
                          const void *value, size_t size)
{
    if (setxattr(scratch_path(scratch, path), name, value, size, 0) != 0) {
        assert_int_equal(errno, EOPNOTSUPP);
        skip(); /* this file system does not support them */
    }
}

static void other_attributes_stay(void **state)
{
    char value[8] = "";
    scratch_write(*state, file, "old\n");
    set_attribute(*state, file, "user.note", "kept", 4);
    set_attribute(*state, file, "user.empty", "", 0);
    check_replaces(*state, "new\n");
    assert_int_equal(getxattr(scratch_path(*state, file), "user.note", value, sizeof value), 4);
    assert_string_equal(value, "kept");
    assert_int_equal(getxattr(scratch_path(*state, file), "user.empty", value, sizeof value), 0);
}

static void an_acl_stays(void **state)
{
    struct acl acl = { 0 };
    scratch_write(*state, file, "old\n");
    scratch_chmod(*state, file, 0640);
    set_attribute(*state, file, "system.posix_acl_access", &daemon_may_read,
                  sizeof daemon_may_read);
    check_replaces(*state, "new\n");
    assert_int_equal(
        getxattr(scratch_path(*state, file), "system.posix_acl_access", &acl, sizeof acl),
        sizeof acl);
    assert_memory_equal(&acl, &daemon_may_read, sizeof acl);
    assert_int_equal(status_of(*state, file).st_mode & 07777, 0640);
}

static void check_no_acl(const struct scratch *scratch)
{
    assert_int_equal(getxattr(scratch_path(scratch, file), "system.posix_acl_access", NULL, 0), -1);
    assert_int_equal(errno, ENODATA);
    assert_int_equal(status_of(scratch, file).st_mode & 07777, 0640);
}

static void a_default_acl_of_the_directory_gives_nobody_access(void **state)
{
    set_attribute(*state, ".", "system.posix_acl_default", &daemon_may_read,
                  sizeof daemon_may_read);
    check_replaces(*state, "made\n");
    check_no_acl(*state);
    check_replaces(*state, "replaced\n");
    check_no_acl(*state);
}

static void a_change_whose_directory_cannot_be_synced_is_made_but_unfinished(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_place place;
    struct vmail_error error;
    scratch_write(scratch, file, "old\n");
    open_place(scratch, &place);
    no_directory_sync = true;
    check_result(replace_text(&place, "new\n", &error), VMAIL_UNFINISHED, &error);
    scratch_check(scratch, file, "new\n");
    assert_non_null(strstr(error.text, "cannot be synced"));
    check_result(vmail_remove(&scratch->paths, file, 0, &error), VMAIL_UNFINISHED, &error);
    no_directory_sync = false;
    assert_non_null(strstr(error.text, "cannot be synced"));
    assert_int_equal(access(scratch_path(scratch, file), F_OK), -1);
    vmail_place_close(&place);
}

/* --- other writers */

static void check_fails(const struct vmail_place *place, enum vmail_result expected, int code)
{
    struct vmail_error error;
    check_result(replace_text(place, "new\n", &error), expected, &error);
    assert_int_equal(error.code, code);
    assert_non_null(strstr(error.text, file));
}

static void check_not_replaced(const struct scratch *scratch, const struct vmail_place *place,
                               enum vmail_result expected, int code)
{
    check_fails(place, expected, code);
    assert_int_equal(scratch_count(scratch, ".new"), 0);
}

static void a_file_that_was_edited_meanwhile_is_left_alone(void **state)
{
    const struct timespec times[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
    struct vmail_place place;
    scratch_write(*state, file, "old\n");
    open_place(*state, &place);
    scratch_write(*state, file, "edited\n");
    check_not_replaced(*state, &place, VMAIL_CHANGED, EAGAIN);
    scratch_check(*state, file, "edited\n");
    vmail_place_close(&place);
    open_place(*state, &place);
    scratch_write(*state, file, "EDITED\n"); /* of the same size */
    assert_int_equal(utimensat(AT_FDCWD, scratch_path(*state, file), times, 0), 0);
    check_not_replaced(*state, &place, VMAIL_CHANGED, EAGAIN);
    scratch_check(*state, file, "EDITED\n");
    vmail_place_close(&place);
}

static void a_file_that_was_replaced_removed_or_made_meanwhile_is_left_alone(void **state)
{
    struct vmail_place place;
    scratch_write(*state, file, "old\n");
    open_place(*state, &place);
    scratch_write(*state, "other", "old\n");
    assert_int_equal(rename(scratch_path(*state, "other"), scratch_path(*state, file)), 0);
    check_not_replaced(*state, &place, VMAIL_CHANGED, EAGAIN);
    assert_int_equal(unlink(scratch_path(*state, file)), 0);
    check_not_replaced(*state, &place, VMAIL_CHANGED, EAGAIN);
    assert_int_equal(access(scratch_path(*state, file), F_OK), -1);
    vmail_place_close(&place);
    open_place(*state, &place);
    scratch_write(*state, file, "made\n");
    check_not_replaced(*state, &place, VMAIL_CHANGED, EAGAIN);
    scratch_check(*state, file, "made\n");
    vmail_place_close(&place);
}

static void what_a_crash_left_behind_is_removed(void **state)
{
    scratch_write(*state, file, "old\n");
    scratch_write(*state, ".shadow.va.example.new", "half of a li");
    check_replaces(*state, "new\n");
    scratch_link(*state, ".shadow.va.example.new", "elsewhere");
    check_replaces(*state, "newer\n");
    assert_int_equal(access(scratch_path(*state, "elsewhere"), F_OK), -1);
}

static void where_names_cannot_be_exchanged_an_edit_is_noticed_too(void **state)
{
    struct vmail_place place;
    scratch_write(*state, file, "old\n");
    open_place(*state, &place);
    scratch_write(*state, file, "edited\n");
    no_exchange = true;
    check_not_replaced(*state, &place, VMAIL_CHANGED, EAGAIN);
    no_exchange = false;
    scratch_check(*state, file, "edited\n");
    vmail_place_close(&place);
}

static void a_link_that_somebody_plants_is_not_followed(void **state)
{
    struct vmail_place place;
    scratch_write(*state, file, "old\n");
    open_place(*state, &place);
    link_planted = *state;
    check_fails(&place, VMAIL_UNAVAILABLE, EEXIST);
    assert_int_equal(access(scratch_path(*state, "elsewhere"), F_OK), -1);
    vmail_place_close(&place);
}

/* --- failures */

static void where_the_new_file_cannot_be_made_the_old_one_stays(void **state)
{
    struct vmail_place place;
    scratch_write(*state, file, "old\n");
    open_place(*state, &place);
    scratch_mkdir(*state, ".shadow.va.example.new", 0755);
    struct vmail_error error;
    check_result(replace_text(&place, "new\n", &error), VMAIL_UNAVAILABLE, &error);
    assert_non_null(strstr(error.text, "not changed: cannot remove an earlier attempt"));
    assert_int_equal(rmdir(scratch_path(*state, ".shadow.va.example.new")), 0);
    scratch_check(*state, file, "old\n");
    vmail_place_close(&place);
}

static void where_no_file_can_be_made_the_old_one_stays(void **state)
{
    struct vmail_place place;
    scratch_skip_as_root();
    scratch_write(*state, file, "old\n");
    scratch_mkdir(*state, ".locks", 0700);
    open_place(*state, &place);
    scratch_chmod(*state, ".", 0555);
    check_not_replaced(*state, &place, VMAIL_UNAVAILABLE, EACCES);
    scratch_check(*state, file, "old\n");
    vmail_place_close(&place);
}

static void where_the_disk_is_full_the_old_one_stays(void **state)
{
    struct rlimit before, limit;
    struct vmail_place place;
    scratch_write(*state, file, "old\n");
    open_place(*state, &place);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = 2;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    struct vmail_error error;
    enum vmail_result result = replace_text(&place, "new\n", &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, handler);
    check_result(result, VMAIL_UNAVAILABLE, &error);
    assert_int_equal(error.code, EFBIG);
    assert_non_null(strstr(error.text, "shadow.va.example: not changed: cannot write"));
    vmail_place_close(&place);
    scratch_check(*state, file, "old\n");
    assert_int_equal(scratch_count(*state, ".new"), 0);
}

/* --- links */

static void a_link_stays_and_the_file_behind_it_is_replaced(void **state)
{
    scratch_mkdir(*state, "../shared", 0755);
    scratch_write(*state, "../shared/hashes", "old\n");
    scratch_link(*state, file, "../shared/hashes");
    check_replaces(*state, "new\n");
    assert_true(S_ISLNK(status_of(*state, file).st_mode));
    scratch_check(*state, "../shared/hashes", "new\n");
    assert_int_equal(access(scratch_path(*state, "../shared/.hashes.new"), F_OK), -1);
}

struct waiter {
    struct vmail_place place;
    enum vmail_result result;
    struct vmail_error error;
};

static void *replace_in_thread(void *data)
{
    struct waiter *waiter = data;
    waiter->result = replace_text(&waiter->place, "new\n", &waiter->error);
    return NULL;
}

static void a_file_behind_a_link_is_replaced_under_its_own_lock(void **state)
{
    const struct timespec pause = { .tv_nsec = 30 * 1000 * 1000 };
    struct waiter waiter;
    struct vmail_lock lock;
    pthread_t thread;
    scratch_write(*state, "hashes", "old\n");
    scratch_link(*state, file, "hashes");
    open_place(*state, &waiter.place);
    check_result(vmail_lock_file(waiter.place.directory, "hashes.new", 0, &lock, NULL), VMAIL_OK,
                 NULL);
    assert_int_equal(pthread_create(&thread, NULL, replace_in_thread, &waiter), 0);
    nanosleep(&pause, NULL);
    scratch_check(*state, "hashes", "old\n"); /* locked, so it cannot have changed */
    vmail_lock_release(&lock);
    assert_int_equal(pthread_join(thread, NULL), 0);
    check_result(waiter.result, VMAIL_OK, &waiter.error);
    vmail_place_close(&waiter.place);
    scratch_check(*state, "hashes", "new\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_SCRATCH(all_bytes_are_written),
        ON_SCRATCH(without_a_text_the_file_becomes_empty),
        ON_SCRATCH(the_new_file_is_another_one),
        ON_SCRATCH(the_new_file_is_on_the_disk_before_its_name),
        ON_SCRATCH(only_the_owner_can_open_the_new_file_before_it_is_theirs),
        ON_SCRATCH(a_removal_is_on_the_disk),
        ON_SCRATCH(a_removal_takes_an_unfinished_file_along),
        ON_SCRATCH(owner_and_mode_stay_whatever_the_umask),
        ON_SCRATCH(a_file_that_is_not_there_is_made_with_the_mode_and_group_asked_for),
        ON_SCRATCH(other_attributes_stay),
        ON_SCRATCH(an_acl_stays),
        ON_SCRATCH(a_default_acl_of_the_directory_gives_nobody_access),
        ON_SCRATCH(a_change_whose_directory_cannot_be_synced_is_made_but_unfinished),
        ON_SCRATCH(a_file_that_was_edited_meanwhile_is_left_alone),
        ON_SCRATCH(a_file_that_was_replaced_removed_or_made_meanwhile_is_left_alone),
        ON_SCRATCH(what_a_crash_left_behind_is_removed),
        ON_SCRATCH(where_names_cannot_be_exchanged_an_edit_is_noticed_too),
        ON_SCRATCH(a_link_that_somebody_plants_is_not_followed),
        ON_SCRATCH(where_no_file_can_be_made_the_old_one_stays),
        ON_SCRATCH(where_the_new_file_cannot_be_made_the_old_one_stays),
        ON_SCRATCH(where_the_disk_is_full_the_old_one_stays),
        ON_SCRATCH(a_link_stays_and_the_file_behind_it_is_replaced),
        ON_SCRATCH(a_file_behind_a_link_is_replaced_under_its_own_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
