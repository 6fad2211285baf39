/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store_hash.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "system_calls.h"

struct answer {
    enum vmail_result result;
    struct vmail_error error;
};

/* A write of this size never waits for a stopped parent. */
_Static_assert(sizeof(struct answer) <= PIPE_BUF, "an answer fits into a pipe at once");

static bool may_be_stopped(void)
{
    uid_t real, effective, saved;
    return getresuid(&real, &effective, &saved) == 0 && effective == 0 && (real != 0 || saved != 0);
}

static bool become_root(void)
{
    return setresuid(0, 0, 0) == 0 && setresgid(0, 0, 0) == 0 && setsid() >= 0;
}

/* Users may freeze or starve their own control groups and all processes in them. This fails on a
 * system without a unified hierarchy, but users have no such groups there. */
static void leave_control_group(void)
{
    int fd = open("/sys/fs/cgroup/cgroup.procs", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    if (write(fd, "0", 1) != 1)
        (void)errno; /* stays in its group */
    close(fd);
}

/* A failure of these calls only makes the change slower, or makes it fail. */
static void drop_limits(void)
{
    enum { DESCRIPTORS = 1024, IO_PRIORITY_OF_PROCESS = 1 };
    const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
    const struct rlimit descriptors = { DESCRIPTORS, DESCRIPTORS }, none = { 0, 0 };
    const struct sched_param usual = { 0 };
    (void)setrlimit(RLIMIT_AS, &unlimited);
    (void)setrlimit(RLIMIT_CPU, &unlimited);
    (void)setrlimit(RLIMIT_DATA, &unlimited);
    (void)setrlimit(RLIMIT_FSIZE, &unlimited);
    (void)setrlimit(RLIMIT_STACK, &unlimited);
    (void)setrlimit(RLIMIT_NOFILE, &descriptors);
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)sched_setscheduler(0, SCHED_OTHER, &usual);
    (void)setpriority(PRIO_PROCESS, 0, 0);
    (void)syscall(SYS_ioprio_set, IO_PRIORITY_OF_PROCESS, 0, 0);
}

/* Closes all descriptors but RESULT, a non-standard one; opens /dev/null as the standard ones. */
static bool drop_descriptors(int result)
{
    if (close_range(0, (unsigned)result - 1, 0) != 0 ||
        close_range((unsigned)result + 1, UINT_MAX, 0) != 0)
        return false;
    for (int i = 0; i <= STDERR_FILENO; i++)
        if (open("/dev/null", O_RDWR) != i)
            return false;
    return true;
}

/* All signals are blocked here, so none of the program's handlers runs. */
static _Noreturn void work(int pipe_end, const struct vmail_config *config,
                           const struct vmail_new_password *new)
{
    struct answer answer = { .result = VMAIL_UNAVAILABLE };
    const int result = fcntl(pipe_end, F_DUPFD, STDERR_FILENO + 1);
    if (result >= 0 && become_root() && drop_descriptors(result)) {
        leave_control_group();
        drop_limits();
        answer.result = vmail_set_password(&vmail_system_paths, config, new, &answer.error);
    } else {
        vmail_error_set(&answer.error, errno, "cannot become root to change %s: %s", new->domain,
                        strerrordesc_np(errno));
    }
    _exit(write(result, &answer, sizeof answer) == (ssize_t)sizeof answer ? 0 : 1);
}

/* Only the pipe has the result: the program may reap all its children, or ignore SIGCHLD. */
static enum vmail_result wait_for_answer(pid_t child, int fd, struct vmail_error *error)
{
    struct answer answer;
    size_t got = 0;
    ssize_t count = 1;
    while (got < sizeof answer && count != 0) {
        count = read(fd, (char *)&answer + got, sizeof answer - got);
        if (count > 0)
            got += (size_t)count;
        else if (count < 0 && errno != EINTR)
            break;
    }
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        continue;
    if (got == sizeof answer) {
        *error = answer.error;
        return answer.result;
    }
    vmail_error_set(
        error, ECHILD,
        "the process that changes the password ended without a result; perhaps it was killed");
    return VMAIL_UNAVAILABLE;
}

static enum vmail_result cannot_start(struct vmail_error *error)
{
    vmail_error_set(error, errno, "cannot start the process that changes the password: %s",
                    strerrordesc_np(errno));
    return VMAIL_UNAVAILABLE;
}

enum vmail_result store_hash(const struct vmail_config *config,
                             const struct vmail_new_password *new, struct vmail_error *error)
{
    sigset_t all, before;
    int ends[2];
    if (!may_be_stopped())
        return vmail_set_password(&vmail_system_paths, config, new, error);
    if (pipe2(ends, O_CLOEXEC) != 0)
        return cannot_start(error);
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pid_t child = fork();
    if (child == 0)
        work(ends[1], config, new);
    enum vmail_result result = child < 0 ? cannot_start(error) : VMAIL_OK;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(ends[1]);
    if (child > 0)
        result = wait_for_answer(child, ends[0], error);
    close(ends[0]);
    return result;
}
