/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "name.h"
#include "pretended_owner.h"
#include "scratch.h"

enum { PATIENCE = 60 }; /* seconds, for calls that should end at once */

static void check_locks(const struct scratch *scratch, const char *domain, unsigned seconds,
                        struct vmail_lock *lock)
{
    struct vmail_error error;
    check_result(vmail_lock_domain(&scratch->paths, domain, seconds, lock, &error), VMAIL_OK,
                 &error);
    assert_true(lock->fd >= 0);
}

static void check_refused(const struct scratch *scratch, const char *domain, int code,
                          const char *text)
{
    struct vmail_error error = { 0 };
    struct vmail_lock lock;
    size_t before = scratch_open_descriptors();
    check_result(vmail_lock_domain(&scratch->paths, domain, 0, &lock, &error), VMAIL_UNAVAILABLE,
                 &error);
    assert_int_equal(lock.fd, -1);
    assert_int_equal(error.code, code);
    if (strstr(error.text, text) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error.text, text);
    assert_int_equal(scratch_open_descriptors(), before);
}

static void a_lock_is_one_holders_until_it_is_released(void **state)
{
    struct vmail_lock lock;
    check_locks(*state, "va.example", 0, &lock);
    check_refused(*state, "va.example", ETIMEDOUT,
                  ".locks/va.example.lock: waited 0 seconds for other processes");
    vmail_lock_release(&lock);
    assert_int_equal(lock.fd, -1);
    check_locks(*state, "va.example", 0, &lock);
    vmail_lock_release(&lock);
    vmail_lock_release(&lock); /* a second release is allowed */
}

static void domains_have_locks_of_their_own(void **state)
{
    struct vmail_lock va, vb;
    check_locks(*state, "va.example", 0, &va);
    check_locks(*state, "vb.example", 0, &vb);
    vmail_lock_release(&va);
    check_refused(*state, "vb.example", ETIMEDOUT, "vb.example");
    vmail_lock_release(&vb);
}

static void a_file_has_a_lock_beside_it(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_lock lock, other;
    struct vmail_error error;
    int directory = open(scratch->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(directory >= 0);
    check_result(vmail_lock_file(directory, "hashes", 0, &lock, &error), VMAIL_OK, &error);
    assert_int_equal(access(scratch_path(scratch, ".locks/hashes.lock"), F_OK), 0);
    check_result(vmail_lock_file(directory, "hashes", 0, &other, &error), VMAIL_UNAVAILABLE, NULL);
    assert_int_equal(error.code, ETIMEDOUT);
    check_locks(scratch, "va.example", 0, &other);
    vmail_lock_release(&other);
    vmail_lock_release(&lock);
    close(directory);
}

/* A child takes the lock, reports this, and holds the lock until it is killed or PAUSE is over. */
static pid_t start_holder(const struct scratch *scratch, const struct timespec *pause)
{
    int ready[2];
    char byte;
    assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct vmail_lock lock;
        if (vmail_lock_domain(&scratch->paths, "va.example", PATIENCE, &lock, NULL) != VMAIL_OK ||
            write(ready[1], "x", 1) != 1)
            _exit(1);
        nanosleep(pause, NULL);
        _exit(0);
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return child;
}

static void the_lock_of_a_process_ends_with_it(void **state)
{
    const struct timespec pause = { .tv_sec = PATIENCE };
    struct vmail_lock lock;
    int status;
    pid_t child = start_holder(*state, &pause);
    check_refused(*state, "va.example", ETIMEDOUT, "va.example");
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    check_locks(*state, "va.example", 0, &lock);
    vmail_lock_release(&lock);
}

static void who_waits_gets_the_lock(void **state)
{
    const struct timespec pause = { .tv_nsec = 50 * 1000 * 1000 };
    struct vmail_lock lock;
    int status;
    pid_t child = start_holder(*state, &pause);
    check_locks(*state, "va.example", PATIENCE, &lock);
    vmail_lock_release(&lock);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void the_file_is_its_owners_and_stays_and_is_no_domain(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_lock lock;
    struct stat first, second;
    umask(0);
    check_locks(scratch, "va.example", 0, &lock);
    assert_int_equal(fstat(lock.fd, &first), 0);
    assert_int_equal(first.st_mode & 07777, 0600);
    assert_int_equal(fcntl(lock.fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    vmail_lock_release(&lock);
    assert_int_equal(stat(scratch_path(scratch, ".locks/va.example.lock"), &second), 0);
    assert_int_equal(second.st_ino, first.st_ino);
    assert_int_equal(second.st_size, 0);
}

static void a_link_in_place_of_the_lock_is_not_followed(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_lock lock;
    check_locks(scratch, "vb.example", 0, &lock);
    vmail_lock_release(&lock);
    scratch_link(scratch, ".locks/va.example.lock", "../elsewhere");
    check_refused(scratch, "va.example", ELOOP, "cannot open the lock file");
    assert_int_equal(access(scratch_path(scratch, "elsewhere"), F_OK), -1);
}

static void a_directory_of_locks_that_others_may_write_is_not_trusted(void **state)
{
    static const mode_t modes[] = { 0770, 0707, 0777 };
    scratch_mkdir(*state, ".locks", 0700);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        scratch_chmod(*state, ".locks", modes[i]);
        check_refused(*state, "va.example", EPERM, ".locks");
    }
}

static void a_directory_of_locks_of_somebody_else_is_not_trusted(void **state)
{
    scratch_mkdir(*state, ".locks", 0700);
    pretend_owner(*state, ".locks", 65533);
    check_refused(*state, "va.example", EPERM, ".locks");
}

static void a_link_in_place_of_the_directory_of_locks_is_not_followed(void **state)
{
    scratch_mkdir(*state, "elsewhere", 0700);
    scratch_link(*state, ".locks", "elsewhere");
    check_refused(*state, "va.example", ENOTDIR, ".locks");
}

static void the_directory_of_locks_has_its_mode_whatever_the_umask(void **state)
{
    struct vmail_lock lock;
    struct stat status;
    umask(0777);
    check_locks(*state, "va.example", 0, &lock);
    vmail_lock_release(&lock);
    assert_int_equal(stat(scratch_path(*state, ".locks"), &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
}

static const struct scratch *overtaken_in; /* if set, another process gets the lock first */

int __real_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...);

/* A process that was second in the queue has become the first one, since its byte is the only one
 * that is locked now. */
static void overtake(void)
{
    struct flock second = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 1, .l_len = 1 };
    int fd = open(scratch_path(overtaken_in, ".locks/va.example.lock"), O_RDWR | O_CLOEXEC);
    overtaken_in = NULL;
    assert_int_equal(__real_fcntl(fd, F_OFD_SETLK, &second), 0); /* held until the program ends */
}

int __wrap_fcntl(int fd, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    if (command == F_OFD_SETLK && overtaken_in != NULL)
        overtake();
    return __real_fcntl(fd, command, argument);
}

static void who_got_it_between_a_look_and_a_lock_keeps_it(void **state)
{
    struct vmail_error error;
    struct vmail_lock lock;
    overtaken_in = *state;
    check_result(vmail_lock_domain(&overtaken_in->paths, "va.example", 0, &lock, &error),
                 VMAIL_UNAVAILABLE, &error);
    assert_int_equal(error.code, ETIMEDOUT);
}

/* Returns once a process is at this PLACE of the queue for the lock of va.example (lock.c): it has
 * locked that byte. */
static void wait_for_place(const struct scratch *scratch, off_t place)
{
    const struct timespec pause = { .tv_nsec = 1000 * 1000 };
    struct flock found = { .l_type = F_UNLCK };
    int fd = open(scratch_path(scratch, ".locks/va.example.lock"), O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    for (int i = 0; i < PATIENCE * 1000 && found.l_type == F_UNLCK; i++) {
        found =
            (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = place, .l_len = 1 };
        assert_int_equal(fcntl(fd, F_OFD_GETLK, &found), 0);
        nanosleep(&pause, NULL);
    }
    close(fd);
    assert_int_not_equal(found.l_type, F_UNLCK);
}

/* While the lock is held, the children request it one after the other. Each child writes its letter
 * when it has the lock. */
static void who_came_first_gets_it_first(void **state)
{
    enum { CHILDREN = 8 };
    const struct timespec pause = { .tv_nsec = 30 * 1000 * 1000 };
    struct vmail_lock lock;
    int order[2], status;
    char got[CHILDREN + 1] = "";
    assert_int_equal(pipe2(order, O_CLOEXEC), 0);
    check_locks(*state, "va.example", 0, &lock);
    for (int i = 0; i < CHILDREN; i++) {
        if (fork() == 0) {
            const struct scratch *scratch = *state;
            char letter = (char)('a' + i);
            struct vmail_lock own;
            vmail_lock_release(&lock); /* the parent still has the lock, on another descriptor */
            if (vmail_lock_domain(&scratch->paths, "va.example", PATIENCE, &own, NULL) !=
                    VMAIL_OK ||
                write(order[1], &letter, 1) != 1)
                _exit(1);
            nanosleep(&pause, NULL);
            _exit(0);
        }
        wait_for_place(*state, i + 1);
    }
    vmail_lock_release(&lock);
    for (int i = 0; i < CHILDREN; i++)
        assert_int_equal(read(order[0], got + i, 1), 1);
    for (int i = 0; i < CHILDREN; i++)
        assert_true(wait(&status) > 0 && status == 0);
    assert_string_equal(got, "abcdefgh");
    close(order[0]);
    close(order[1]);
}

/* A counter in a file, which is too low if two processes have the lock at the same time. */
static void never_do_two_have_it(void **state)
{
    enum { CHILDREN = 8, TURNS = 100 };
    const struct scratch *scratch = *state;
    int status, fd = open(scratch_path(scratch, "count"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int count = 0;
    assert_int_equal(pwrite(fd, &count, sizeof count, 0), sizeof count);
    for (int i = 0; i < CHILDREN; i++)
        if (fork() == 0) {
            for (int k = 0; k < TURNS; k++) {
                struct vmail_lock lock;
                if (vmail_lock_domain(&scratch->paths, "va.example", PATIENCE, &lock, NULL) !=
                        VMAIL_OK ||
                    pread(fd, &count, sizeof count, 0) != sizeof count)
                    _exit(1);
                count++;
                sched_yield();
                if (pwrite(fd, &count, sizeof count, 0) != sizeof count)
                    _exit(1);
                vmail_lock_release(&lock);
            }
            _exit(0);
        }
    for (int i = 0; i < CHILDREN; i++)
        assert_true(wait(&status) > 0 && status == 0);
    assert_int_equal(pread(fd, &count, sizeof count, 0), sizeof count);
    assert_int_equal(count, CHILDREN * TURNS);
    close(fd);
}

/* A program that does not use the queue holds the lock: we wait until it ends. */
static void a_lock_on_the_whole_file_is_waited_for(void **state)
{
    const struct scratch *scratch = *state;
    struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    struct vmail_lock lock;
    check_locks(scratch, "va.example", 0, &lock);
    vmail_lock_release(&lock);
    int fd = open(scratch_path(scratch, ".locks/va.example.lock"), O_RDWR | O_CLOEXEC);
    assert_int_equal(fcntl(fd, F_OFD_SETLK, &all), 0);
    check_refused(scratch, "va.example", ETIMEDOUT, "waited 0 seconds");
    close(fd);
    check_locks(scratch, "va.example", 0, &lock);
    vmail_lock_release(&lock);
}

static void it_can_be_told_whether_somebody_has_it(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_lock lock;
    struct vmail_error error;
    int directory = open(scratch->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_false(vmail_lock_is_held(directory, "hashes"));
    assert_int_equal(access(scratch_path(scratch, ".locks"), F_OK), -1);
    check_result(vmail_lock_file(directory, "hashes", 0, &lock, &error), VMAIL_OK, &error);
    assert_true(vmail_lock_is_held(directory, "hashes"));
    assert_false(vmail_lock_is_held(directory, "other"));
    vmail_lock_release(&lock);
    assert_false(vmail_lock_is_held(directory, "hashes"));
    close(directory);
}

static void the_longest_domain_that_can_have_files_has_a_lock(void **state)
{
    struct vmail_lock lock;
    char *domain = scratch_repeat('a', VMAIL_DOMAIN_FILE_MAX);
    char *longer = scratch_repeat('a', 251);
    check_locks(*state, domain, 0, &lock);
    vmail_lock_release(&lock);
    check_refused(*state, longer, ENAMETOOLONG, "cannot have a lock file");
    free(domain);
    free(longer);
}

static void a_directory_that_is_not_trusted_has_no_locks(void **state)
{
    const struct scratch *scratch = *state;
    scratch_chmod(scratch, ".", 0777);
    check_refused(scratch, "va.example", EPERM, "writable by others");
    scratch_chmod(scratch, ".", 0755);
    assert_int_equal(access(scratch_path(scratch, ".locks"), F_OK), -1);
    assert_int_equal(rmdir(scratch->directory), 0);
    check_refused(scratch, "va.example", ENOENT, "no such directory");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_SCRATCH(a_lock_is_one_holders_until_it_is_released),
        ON_SCRATCH(domains_have_locks_of_their_own),
        ON_SCRATCH(a_file_has_a_lock_beside_it),
        ON_SCRATCH(the_lock_of_a_process_ends_with_it),
        ON_SCRATCH(who_waits_gets_the_lock),
        ON_SCRATCH(who_came_first_gets_it_first),
        ON_SCRATCH(never_do_two_have_it),
        ON_SCRATCH(a_lock_on_the_whole_file_is_waited_for),
        ON_SCRATCH(it_can_be_told_whether_somebody_has_it),
        ON_SCRATCH(a_directory_of_locks_that_others_may_write_is_not_trusted),
        ON_SCRATCH(a_directory_of_locks_of_somebody_else_is_not_trusted),
        ON_SCRATCH(a_link_in_place_of_the_directory_of_locks_is_not_followed),
        ON_SCRATCH(the_directory_of_locks_has_its_mode_whatever_the_umask),
        ON_SCRATCH(who_got_it_between_a_look_and_a_lock_keeps_it),
        ON_SCRATCH(the_file_is_its_owners_and_stays_and_is_no_domain),
        ON_SCRATCH(a_link_in_place_of_the_lock_is_not_followed),
        ON_SCRATCH(the_longest_domain_that_can_have_files_has_a_lock),
        ON_SCRATCH(a_directory_that_is_not_trusted_has_no_locks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
