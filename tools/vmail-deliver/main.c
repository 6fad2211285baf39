/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmail-deliver: hands a message to the users behind its recipients; see vmail-deliver(8). */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sysexits.h>
#include <unistd.h>

#include "command.h"
#include "mbox.h"
#include "message.h"
#include "plan.h"
#include "run.h"

#define SENDMAIL "/usr/sbin/sendmail"

enum {
    ADDRESS_MAX = 512, /* more than RFC 5321 allows, and less than a line of a header can have */
    SENDMAIL_MAX = 500 /* addresses in one command */
};

static const char usage[] =
    "usage: vmail-deliver -f SENDER [--] RECIPIENT...\n"
    "\n"
    "Delivers the message on standard input: mail for users goes to the delivery agent that\n"
    "vmail.conf names, mail for other hosts to sendmail(1). SENDER is \"\" or <> for reports.\n"
    "\n"
    "  --help, --version\n";

struct delivery {
    const char *sender;
    char **recipient;
    struct plan *plan; /* one for each recipient */
    size_t count;
    struct message message;
    struct vmail_mail mail;
};

/* Says why, and returns STATUS. */
static int fail_for(const char *recipient, const char *what, int status)
{
    fprintf(stderr, "vmail-deliver: %s%s%s\n", recipient, *recipient == '\0' ? "" : ": ", what);
    return status;
}

static int fail_result(const char *recipient, enum vmail_result result,
                       const struct vmail_error *error)
{
    return fail_for(recipient, result == VMAIL_NO_MEMORY ? "out of memory" : error->text,
                    EX_TEMPFAIL);
}

/* Whether TEXT can be in a line of a header and in a message to a terminal. */
static bool is_address_text(const char *text)
{
    const size_t length = strlen(text);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
            return false;
    return length <= ADDRESS_MAX;
}

static int make_plan(struct delivery *delivery, size_t number)
{
    const char *recipient = delivery->recipient[number];
    struct plan *plan = &delivery->plan[number];
    struct vmail_error error = { 0 };
    if (recipient[0] == '\0' || !is_address_text(recipient))
        return fail_for("", "a recipient is not a mail address", EX_NOUSER);
    enum vmail_result result = plan_make(&delivery->mail, recipient, plan, &error);
    if (result == VMAIL_NOT_FOUND)
        return fail_for(recipient, "no such user", EX_NOUSER);
    if (result != VMAIL_OK)
        return fail_result(recipient, result, &error);
    for (size_t i = 0; i < plan->count; i++) {
        if (run_may_become(plan->job[i].uid))
            continue;
        vmail_error_set(&error, EPERM, "only root can deliver as %s; start vmail-deliver as root",
                        plan->job[i].user);
        return fail_result(recipient, VMAIL_UNAVAILABLE, &error);
    }
    if (message_was_at(&delivery->message, recipient))
        return fail_for(recipient,
                        "mail loops: the message has been delivered to this address before",
                        EX_UNAVAILABLE);
    return EX_OK;
}

/* Nothing is delivered before all recipients are known. */
static int make_plans(struct delivery *delivery)
{
    struct vmail_error error = { 0 };
    int status = EX_OK;
    const enum vmail_result result = vmail_mail_question(&delivery->mail, &error);
    if (result != VMAIL_OK)
        return fail_result("", result, &error);
    for (size_t i = 0; i < delivery->count && status != EX_TEMPFAIL; i++) {
        const int one = make_plan(delivery, i);
        status = one == EX_TEMPFAIL || status == EX_OK ? one : status;
    }
    return status;
}

/* Runs TASK with the message in COPY from START. */
static int hand_over(const struct task *task, const struct message_copy *copy, off_t start,
                     const char *recipient)
{
    struct vmail_error error = { 0 };
    const int message = message_open(copy, start);
    if (message < 0)
        return fail_for(recipient, "cannot open the message once more", EX_TEMPFAIL);
    const int status = run(task, message, &error);
    close(message);
    return status == EX_OK ? EX_OK : fail_for(recipient, error.text, status);
}

struct file_job {
    const char *path;
    const char *sender;
};

static int append_to_file(void *context)
{
    const struct file_job *file = context;
    struct vmail_error error = { 0 };
    const int status = mbox_append(file->path, file->sender, STDIN_FILENO, &error);
    if (status != EX_OK)
        dprintf(STDERR_FILENO, "%s", error.text);
    return status;
}

static int do_job(const struct delivery *delivery, const struct job *job,
                  const struct message_copy *copy, const char *recipient)
{
    char shell[] = "/bin/sh", option[] = "-c";
    char *program[] = { shell, option, job->text, NULL };
    const char *sender = delivery->sender;
    const bool user = job->kind == JOB_USER;
    struct file_job file = { job->text, sender };
    struct task task = { .name = job->text,
                         .act = append_to_file,
                         .context = &file,
                         .user = job->user,
                         .uid = job->uid,
                         .gid = job->gid };
    int status;
    task.environment = command_environment(job, sender, user ? job->text : recipient);
    if (user)
        task.words = command_of_agent(delivery->mail.config->delivery_agent, job, sender);
    else if (job->kind == JOB_PROGRAM)
        task.words = program;
    if (user && task.words != NULL)
        task.name = task.words[0];
    if (task.environment == NULL || (user && task.words == NULL))
        status = fail_result(recipient, VMAIL_NO_MEMORY, NULL);
    else
        status = hand_over(&task, copy, 0, recipient);
    command_free(user ? task.words : NULL);
    command_free(task.environment);
    /* The user exists: an agent that does not know them is not set up yet. */
    return user && status == EX_NOUSER ? EX_TEMPFAIL : status;
}

/* Gives COUNT addresses to the mail server. */
static int send_on(const struct delivery *delivery, char **address, size_t count,
                   const struct message_copy *copy, const char *recipient)
{
    char path[] = SENDMAIL, dots[] = "-i", from[] = "-f", nobody[] = "<>", end[] = "--";
    char search[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    char *environment[] = { search, NULL };
    char *sender = delivery->sender[0] == '\0' ? nobody : strdup(delivery->sender);
    char **words = calloc(count + 6, sizeof *words);
    int status = EX_TEMPFAIL;
    if (words == NULL || sender == NULL) {
        fail_result(recipient, VMAIL_NO_MEMORY, NULL);
    } else {
        char *const options[] = { path, dots, from, sender, end };
        memcpy(words, options, sizeof options);
        memcpy(words + sizeof options / sizeof *options, address, count * sizeof *words);
        const struct task task = { .name = SENDMAIL, .words = words, .environment = environment };
        status = hand_over(&task, copy, copy->onward, recipient);
    }
    if (sender != nobody)
        free(sender);
    free(words);
    return status;
}

/* The first permanent failure is remembered; a temporary one ends all. */
static bool goes_on(int *status, int one)
{
    if (one == EX_TEMPFAIL || *status == EX_OK)
        *status = one;
    return one != EX_TEMPFAIL;
}

/* First what is most likely to fail: what was delivered before that is delivered again when the
 * mail server tries again. */
static int deliver_copy(const struct delivery *delivery, size_t number,
                        const struct message_copy *copy)
{
    const struct plan *plan = &delivery->plan[number];
    const char *recipient = delivery->recipient[number];
    int status = EX_OK;
    for (int users = 1; users >= 0; users--)
        for (size_t i = 0; i < plan->count; i++)
            if ((plan->job[i].kind == JOB_USER) == (users == 1) &&
                !goes_on(&status, do_job(delivery, &plan->job[i], copy, recipient)))
                return status;
    for (size_t i = 0; i < plan->elsewhere_count; i += SENDMAIL_MAX) {
        const size_t left = plan->elsewhere_count - i;
        if (!goes_on(&status, send_on(delivery, plan->elsewhere + i,
                                      left < SENDMAIL_MAX ? left : SENDMAIL_MAX, copy, recipient)))
            return status;
    }
    return status;
}

static int deliver(const struct delivery *delivery)
{
    int status = EX_OK, one;
    for (size_t i = 0; i < delivery->count; i++) {
        struct message_copy copy;
        struct vmail_error error = { 0 };
        const enum vmail_result result = message_copy(&delivery->message, delivery->sender,
                                                      delivery->recipient[i], &copy, &error);
        if (result != VMAIL_OK)
            return fail_result(delivery->recipient[i], result, &error);
        one = deliver_copy(delivery, i, &copy);
        close(copy.fd);
        if (!goes_on(&status, one))
            break;
    }
    return status;
}

static int deliver_all(struct delivery *delivery, int input)
{
    struct vmail_error error = { 0 };
    int status = EX_TEMPFAIL;
    delivery->plan = calloc(delivery->count, sizeof *delivery->plan);
    vmail_mail_begin(&delivery->mail, &vmail_system_paths, NULL);
    const enum vmail_result result =
        delivery->plan == NULL ? VMAIL_NO_MEMORY : message_read(input, &delivery->message, &error);
    if (result != VMAIL_OK)
        fail_result("", result, &error);
    else
        status = make_plans(delivery);
    if (result == VMAIL_OK && status == EX_OK)
        status = deliver(delivery);
    for (size_t i = 0; delivery->plan != NULL && i < delivery->count; i++)
        plan_end(&delivery->plan[i]);
    free(delivery->plan);
    message_end(&delivery->message);
    vmail_mail_end(&delivery->mail);
    return status;
}

/* Moves the message away from descriptor 0, where a connection would decide what a name means, and
 * opens what is closed of 0, 1 and 2, so that no other file gets these numbers. Returns the new
 * descriptor, or -1. */
static int take_input(void)
{
    const int input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    close(STDIN_FILENO);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
            return -1;
    return input;
}

int main(int argc, char **argv)
{
    static const struct option options[] = { { "help", no_argument, NULL, 'h' },
                                             { "version", no_argument, NULL, 'V' },
                                             { NULL, 0, NULL, 0 } };
    struct delivery delivery = { 0 };
    int option;
    if (getauxval(AT_SECURE) != 0)
        return fail_for("", "must not be set-id; its caller needs the rights", EX_NOPERM);
    const int input = take_input();
    while ((option = getopt_long(argc, argv, "+f:", options, NULL)) != -1) {
        switch (option) {
        case 'f':
            delivery.sender = strcmp(optarg, "<>") == 0 ? "" : optarg;
            break;
        case 'h':
            return printf("%s", usage) < 0 || fflush(stdout) != 0 ? EX_IOERR : EX_OK;
        case 'V':
            return printf("vmail-deliver %s\n", PACKAGE_VERSION) < 0 ? EX_IOERR : EX_OK;
        default:
            return EX_USAGE; /* getopt_long(3) has said why */
        }
    }
    if (delivery.sender == NULL || optind == argc)
        return fail_for("", "expected -f SENDER and a RECIPIENT; see vmail-deliver --help",
                        EX_USAGE);
    if (!is_address_text(delivery.sender))
        return fail_for("", "the sender is not a mail address", EX_DATAERR);
    if (input < 0)
        return fail_for(
            "", "cannot read the message: standard input is closed, or descriptors are short",
            EX_TEMPFAIL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    delivery.recipient = argv + optind;
    delivery.count = (size_t)(argc - optind);
    return deliver_all(&delivery, input);
}
