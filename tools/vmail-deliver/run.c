/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "system_calls.h"

enum {
    LOOK_MS = 100, /* how often a process is looked at that says nothing */
    OUTPUT_READ = 4096,
    PIPE_SIZE = 64 * 1024, /* see pipe(7) */
};

/* What is kept of the output: its end, where programs say why they fail. */
struct output {
    char text[400];
    size_t length;
};

bool run_may_become(uid_t uid)
{
    return geteuid() == 0 || (getuid() == uid && geteuid() == uid);
}

static _Noreturn void give_up(const char *what)
{
    dprintf(STDERR_FILENO, "cannot %s: %s", what, strerrordesc_np(errno));
    _exit(EX_TEMPFAIL);
}

/* Becomes the user of TASK for good. The order matters: groups need the rights that setresuid
 * gives up. */
static void become(const struct task *task)
{
    uid_t real, effective, saved;
    gid_t group, effective_group, saved_group;
    if (geteuid() != 0)
        return; /* run_may_become: it is that user already */
    if (task->uid == 0 || task->gid == 0) {
        errno = EPERM;
        give_up("deliver as root");
    }
    if (initgroups(task->user, task->gid) != 0)
        give_up("set the groups");
    if (setresgid(task->gid, task->gid, task->gid) != 0 ||
        setresuid(task->uid, task->uid, task->uid) != 0)
        give_up("change to the user");
    if (getresuid(&real, &effective, &saved) != 0 || real != task->uid || effective != task->uid ||
        saved != task->uid || getresgid(&group, &effective_group, &saved_group) != 0 ||
        group != task->gid || effective_group != task->gid || saved_group != task->gid ||
        setuid(0) == 0)
        give_up("give up root's rights");
}

/* A program with other rights must not type into the terminal of who started us. */
static void leave_terminal(void)
{
    const int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal >= 0 && setsid() < 0)
        give_up("leave the terminal");
    if (terminal >= 0)
        close(terminal);
}

static void reset_signals(void)
{
    sigset_t none;
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The new process. MESSAGE and OUTPUT are above 2. */
static _Noreturn void start_task(const struct task *task, int message, int output)
{
    if (dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0 ||
        dup2(message, STDIN_FILENO) < 0)
        _exit(EX_TEMPFAIL);
    if (close_range(STDERR_FILENO + 1, ~0u, 0) != 0)
        give_up("close descriptors");
    leave_terminal();
    umask(077);
    if (task->user != NULL)
        become(task);
    if (chdir("/") != 0)
        give_up("change to /");
    if (task->words == NULL)
        _exit(task->act(task->context));
    reset_signals();
    execve(task->words[0], task->words, task->environment);
    give_up("run it");
}

/* Reads what is there, as read(2): 0 at the end, -1 if there is nothing now. */
static ssize_t take_output(int fd, struct output *output)
{
    char more[OUTPUT_READ];
    const ssize_t count = read(fd, more, sizeof more);
    if (count <= 0)
        return count == 0 || (errno != EINTR && errno != EAGAIN) ? 0 : -1;
    const size_t size = sizeof output->text, new = (size_t)count < size ? (size_t)count : size;
    const size_t kept = output->length + new > size ? size - new : output->length;
    memmove(output->text, output->text + output->length - kept, kept);
    memcpy(output->text + kept, more + (size_t)count - new, new);
    output->length = kept + new;
    return count;
}

/* Whether the process has ended; it can still be waited for. */
static bool has_ended(pid_t pid)
{
    siginfo_t ended = { .si_pid = 0 };
    return waitid(P_PID, (id_t)pid, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_pid != 0;
}

/* Reads until the process ends: what it has left running may keep the output open. */
static void follow(pid_t pid, int fd, struct output *output)
{
    struct pollfd waited = { .fd = fd, .events = POLLIN };
    bool open = true, ended = false;
    while (open && !ended) {
        poll(&waited, 1, LOOK_MS);
        ended = has_ended(pid);
        open = take_output(fd, output) != 0;
    }
    /* What is left in the pipe; what it has left running may write for ever. */
    for (int i = 0; open && i < PIPE_SIZE / OUTPUT_READ && take_output(fd, output) > 0; i++)
        continue;
}

/* The output as the end of a line: ": TEXT", or "". */
static void shorten(struct output *output, char *text, size_t size)
{
    size_t start = 0;
    while (output->length > 0 && strchr("\r\n\t ", output->text[output->length - 1]) != NULL)
        output->length--;
    while (start < output->length && strchr("\r\n\t ", output->text[start]) != NULL)
        start++;
    for (size_t i = 0; i < output->length; i++)
        if (output->text[i] == '\n' || output->text[i] == '\0')
            output->text[i] = ' ';
    snprintf(text, size, "%s%.*s", output->length > start ? ": " : "",
             (int)(output->length - start), output->text + start);
}

/* The status of ours for that of a process. Only what says something of the message or the address
 * is permanent; all else may be a mistake of the machine, and mail waits. */
static int judge_exit(const struct task *task, int status, struct output *output,
                      struct vmail_error *error)
{
    static const int permanent[] = { EX_DATAERR,     EX_NOUSER,   EX_NOHOST,
                                     EX_UNAVAILABLE, EX_SOFTWARE, EX_NOPERM };
    char text[sizeof output->text + 3];
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    shorten(output, text, sizeof text);
    if (WIFSIGNALED(status))
        vmail_error_set(error, 0, "%s: killed by signal %d%s", task->name, WTERMSIG(status), text);
    else
        vmail_error_set(error, 0, "%s: exit status %d%s", task->name, WEXITSTATUS(status), text);
    for (size_t i = 0; WIFEXITED(status) && i < sizeof permanent / sizeof *permanent; i++)
        if (WEXITSTATUS(status) == permanent[i])
            return permanent[i];
    return EX_TEMPFAIL;
}

static int fail_to_start(const struct task *task, int code, struct vmail_error *error)
{
    vmail_error_set(error, code, "%s: cannot start it: %s", task->name, strerrordesc_np(code));
    return EX_TEMPFAIL;
}

int run(const struct task *task, int message, struct vmail_error *error)
{
    struct output output = { .length = 0 };
    int ends[2], status = 0;
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return fail_to_start(task, errno, error);
    /* Writers wait. */
    const pid_t pid = fcntl(ends[1], F_SETFL, 0) == 0 ? fork() : -1;
    if (pid == 0)
        start_task(task, message, ends[1]);
    const int code = errno;
    close(ends[1]);
    if (pid > 0)
        follow(pid, ends[0], &output);
    close(ends[0]);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return pid < 0 ? fail_to_start(task, code, error) : judge_exit(task, status, &output, error);
}
