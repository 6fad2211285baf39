/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of vmail-deliver, without rights: the programs that it runs are this user's. */
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "command.h"
#include "mbox.h"
#include "message.h"
#include "plan.h"
#include "run.h"
#include "scratch.h"

/* A descriptor from which TEXT, of LENGTH bytes, can be read. */
static int text_fd(const struct scratch *scratch, const char *text, size_t length)
{
    scratch_write_bytes(scratch, "text", text, length, 0600);
    const int fd = open(scratch_path(scratch, "text"), O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static void read_message(const struct scratch *scratch, const char *text, struct message *message)
{
    struct vmail_error error;
    const int fd = text_fd(scratch, text, strlen(text));
    check_result(message_read(fd, message, &error), VMAIL_OK, &error);
    close(fd);
}

static void check_copy(const struct scratch *scratch, const char *text, off_t *onward,
                       const char *expected)
{
    struct message message;
    struct message_copy copy;
    struct vmail_error error;
    char seen[1024] = "";
    read_message(scratch, text, &message);
    check_result(message_copy(&message, "s@x.example", "r@y.example", &copy, &error), VMAIL_OK,
                 &error);
    *onward = copy.onward;
    const int fd = message_open(&copy, 0), other = message_open(&copy, copy.onward);
    assert_true(fd >= 0 && other >= 0);
    assert_true(read(fd, seen, sizeof seen - 1) >= 0);
    check_text(seen, expected, text);
    assert_int_equal(write(fd, "x", 1), -1);
    char next[13] = "";
    assert_int_equal(read(other, next, sizeof next - 1), sizeof next - 1);
    assert_string_equal(next, "Delivered-To");
    close(fd);
    close(other);
    close(copy.fd);
    message_end(&message);
}

#define LINES "Return-Path: <s@x.example>\nDelivered-To: r@y.example\n"

static void a_copy_starts_with_two_lines_and_has_the_message_unchanged(void **state)
{
    off_t onward;
    check_copy(*state, "A: b\n\ntext", &onward, LINES "A: b\n\ntext");
    assert_int_equal(onward, strlen("Return-Path: <s@x.example>\n"));
    check_copy(*state, "", &onward, LINES);
    check_copy(*state, "From a@b Thu Jan  1\nA: b\r\n\r\n", &onward, LINES "A: b\r\n\r\n");
    check_copy(*state, "From a", &onward, LINES);
    check_copy(*state, "From: a\n", &onward, LINES "From: a\n");
}

static void a_message_knows_where_it_has_been(void **state)
{
    struct message message;
    read_message(*state,
                 "From x\nA: b\nDelivered-To: One@va.example\r\ndelivered-to:<two@va.example> \n"
                 "Delivered-To:\nX-Delivered-To: three@va.example\nDelivered-Too: x@y\n"
                 " Delivered-To: four@va.example\n\nDelivered-To: five@va.example\n",
                 &message);
    assert_true(message_was_at(&message, "one@VA.example"));
    assert_true(message_was_at(&message, "two@va.example"));
    assert_false(message_was_at(&message, "three@va.example"));
    assert_false(message_was_at(&message, "four@va.example"));
    assert_false(message_was_at(&message, "five@va.example"));
    assert_false(message_was_at(&message, "one@va.exampl"));
    assert_false(message_was_at(&message, "x@y"));
    message_end(&message);
}

static void what_cannot_be_read_is_no_empty_message(void **state)
{
    struct message message;
    struct vmail_error error;
    const struct scratch *scratch = *state;
    const int fd = open(scratch->directory, O_RDONLY | O_CLOEXEC);
    check_result(message_read(fd, &message, &error), VMAIL_UNAVAILABLE, NULL);
    close(fd);
    message_end(&message);
    check_result(message_read(-1, &message, &error), VMAIL_UNAVAILABLE, NULL);
    message_end(&message);
}

/* --- command */

static const struct job job = { .kind = JOB_USER,
                                .text = (char[]){ "bob+lists@va.example" },
                                .user = (char[]){ "bob@va.example" },
                                .home = (char[]){ "/h/b ob" },
                                .tag = (char[]){ "lists" } };

static void check_words(command_words words, const char *expected)
{
    char seen[1024] = "";
    assert_non_null(words);
    for (size_t i = 0; words[i] != NULL; i++)
        scratch_append(seen, sizeof seen, "[%s]", words[i]);
    check_text(seen, expected, expected);
    command_free(words);
}

static void each_escape_of_an_agent_is_replaced_within_its_word(void **state)
{
    (void)state;
    check_words(command_of_agent(VMAIL_AGENT_DEFAULT, &job, ""),
                "[/usr/lib/dovecot/dovecot-lda][-e][-d][bob@va.example][-a][bob+lists@va.example]"
                "[-f][]");
    check_words(command_of_agent("/a  %h\t-x%tx %%u", &job, "s"), "[/a][/h/b ob][-xlistsx][%u]");
    check_words(command_of_agent("/a %s", &job, "a b; %u $(id)"), "[/a][a b; %u $(id)]");
}

static void the_environment_has_nothing_that_is_special_to_a_shell(void **state)
{
    (void)state;
    check_words(command_environment(&job, "() { :;};`x`\"'\\@y", "r+$(id)@z"),
                "[PATH=/usr/local/bin:/usr/bin:/bin][SHELL=/bin/sh][HOME=/h/b ob]"
                "[USER=bob@va.example][LOGNAME=bob@va.example][SENDER=_____:____x____@y]"
                "[RECIPIENT=r+__id_@z][EXTENSION=lists]");
}

/* --- plan */

static int setup_mail(void **state)
{
    const int result = scratch_setup(state);
    if (result != 0)
        return result;
    scratch_write(*state, "vmail.conf",
                  "[vmail]\nalias_user = nobody\n[domain vb.example]\nalias_user =\n"
                  "[domain vc.example]\nalias_user = no-such-user\n[relay r.example]\n"
                  "[domain vd.example]\nadmins = ada\n");
    scratch_write(*state, "passwd.va.example", "bob:x:70001:70002::/h/bob:\n");
    scratch_write(*state, "aliases.va.example",
                  "all: bob, x@far.example, y@r.example, \"|/bin/p -x\", /var/f\n"
                  "other: prog@vb.example\nnone: nosuch\n");
    for (const char *domain = "bcd"; *domain != '\0'; domain++) {
        char name[] = "passwd.v?.example", aliases[] = "aliases.v?.example";
        *strchr(name, '?') = *strchr(aliases, '?') = *domain;
        scratch_write(*state, name, "");
        scratch_write(*state, aliases, "prog: |/bin/p\nfile: /f\nboth: |/bin/p, bob@va.example\n");
    }
    return 0;
}

#define ON_MAIL(test) cmocka_unit_test_setup_teardown(test, setup_mail, scratch_teardown)

/* EXPECTED: what is done, a word each; or "?" and a part of the error; or "-": nobody. */
static void check_plan(const struct scratch *scratch, const char *recipient, const char *expected)
{
    static const char kinds[] = { [JOB_USER] = 'u', [JOB_FILE] = 'f', [JOB_PROGRAM] = 'p' };
    struct vmail_mail mail;
    struct plan plan;
    struct vmail_error error = { 0 };
    char seen[1024] = "";
    vmail_mail_begin(&mail, &scratch->paths, NULL);
    check_result(vmail_mail_question(&mail, &error), VMAIL_OK, &error);
    const enum vmail_result result = plan_make(&mail, recipient, &plan, &error);
    for (size_t i = 0; i < plan.count; i++)
        scratch_append(seen, sizeof seen, "[%c:%s as %s%s%s]", kinds[plan.job[i].kind],
                       plan.job[i].text, plan.job[i].user, *plan.job[i].tag == '\0' ? "" : " tag ",
                       plan.job[i].tag);
    for (size_t i = 0; i < plan.elsewhere_count; i++)
        scratch_append(seen, sizeof seen, "[%s]", plan.elsewhere[i]);
    if (expected[0] == '?') {
        check_result(result, VMAIL_UNAVAILABLE, NULL);
        check(strstr(error.text, expected + 1) != NULL, error.text);
    } else {
        check_result(result, expected[0] == '-' ? VMAIL_NOT_FOUND : VMAIL_OK, &error);
        check_text(seen, expected[0] == '-' ? "" : expected, recipient);
    }
    plan_end(&plan);
    vmail_mail_end(&mail);
}

static void a_plan_has_all_that_an_address_leads_to(void **state)
{
    check_plan(*state, "bob@va.example", "[u:bob@va.example as bob@va.example]");
    check_plan(*state, "Bob+Tag+x@va.example",
               "[u:bob+Tag+x@va.example as bob@va.example tag Tag+x]");
    check_plan(*state, "all@va.example",
               "[u:bob@va.example as bob@va.example][p:/bin/p -x as nobody][f:/var/f as nobody]"
               "[x@far.example][y@r.example]");
    check_plan(*state, "x@far.example", "[x@far.example]");
    check_plan(*state, "root", "[root]");
    check_plan(*state, "none@va.example", "-");
    check_plan(*state, "nosuch@va.example", "-");
}

static void programs_and_files_need_the_alias_user_of_their_own_domain(void **state)
{
    check_plan(*state, "prog@vb.example", "?`alias_user' of vmail.conf for vb.example is not set");
    check_plan(*state, "file@vb.example", "?file, and `alias_user'");
    check_plan(*state, "both@vb.example", "?is not set");
    check_plan(*state, "other@va.example", "?for vb.example is not set");
    check_plan(*state, "prog@vc.example", "?is not a user: no-such-user");
    check_plan(*state, "prog@vd.example", "-");
    check_plan(*state, "file@vd.example", "-");
    check_plan(*state, "both@vd.example", "[u:bob@va.example as bob@va.example]");
}

/* --- run */

/* Runs a shell with COMMAND as this user, with "text" on its standard input. */
static int run_shell(const struct scratch *scratch, const char *command, struct vmail_error *error)
{
    char shell[] = "/bin/sh", option[] = "-c", home[] = "HOME=/h";
    char *copy = strdup(command);
    char *words[] = { shell, option, copy, NULL }, *environment[] = { home, NULL };
    const struct task task = { .name = "task",
                               .words = words,
                               .environment = environment,
                               .user = NULL,
                               .uid = getuid(),
                               .gid = getgid() };
    const int fd = text_fd(scratch, "text", 4);
    *error = (struct vmail_error){ 0 };
    const int status = run(&task, fd, error);
    close(fd);
    free(copy);
    return status;
}

static void only_what_is_said_of_the_message_is_permanent(void **state)
{
    static const int permanent[] = { EX_DATAERR,     EX_NOUSER,   EX_NOHOST,
                                     EX_UNAVAILABLE, EX_SOFTWARE, EX_NOPERM };
    struct vmail_error error;
    assert_int_equal(run_shell(*state, "exit 0", &error), 0);
    for (int status = 1; status < 256; status++) {
        char command[32];
        int expected = EX_TEMPFAIL;
        for (size_t i = 0; i < sizeof permanent / sizeof *permanent; i++)
            if (permanent[i] == status)
                expected = status;
        snprintf(command, sizeof command, "exit %d", status);
        assert_int_equal(run_shell(*state, command, &error), expected);
    }
    assert_int_equal(run_shell(*state, "kill -9 $$", &error), EX_TEMPFAIL);
    assert_string_equal(error.text, "task: killed by signal 9");
}

static void the_reason_is_the_end_of_the_output(void **state)
{
    struct vmail_error error;
    run_shell(*state, "echo; echo one; echo two >&2; echo; exit 1", &error);
    assert_string_equal(error.text, "task: exit status 1: one two");
    run_shell(*state, "i=0; while [ $i -lt 3000 ]; do i=$((i + 1)); echo $i; done; exit 1", &error);
    assert_non_null(strstr(error.text, " 2999 3000"));
    assert_null(strstr(error.text, " 2000 "));
    run_shell(*state, "printf 'a\\033[1m\\0b'; exit 1", &error);
    assert_string_equal(error.text, "task: exit status 1: a?[1m b");
}

static void a_task_has_three_descriptors_and_no_ignored_signals(void **state)
{
    struct vmail_error error;
    const int left = dup(STDERR_FILENO); /* without close-on-exec */
    signal(SIGPIPE, SIG_IGN);
    const int status = run_shell(*state,
                                 "env | grep -v '^PWD=\\|^OLDPWD=\\|^_='; cat; echo; pwd; umask; "
                                 "for fd in 0 1 2 3 4 5 6 7 8 9; do [ ! -e /proc/self/fd/$fd ] || "
                                 "echo $fd; done; grep SigIgn /proc/self/status; exit 1",
                                 &error);
    signal(SIGPIPE, SIG_DFL);
    close(left);
    assert_int_equal(status, EX_TEMPFAIL);
    static const char expected[] = "task: exit status 1: HOME=/h text / 0077 0 1 2 SigIgn:?";
    /* The C library keeps signals 32 and 33 for itself. */
    const unsigned long long own = 3ull << 31;
    check(strncmp(error.text, expected, sizeof expected - 1) == 0, error.text);
    assert_int_equal(strtoull(error.text + sizeof expected - 1, NULL, 16) & ~own, 0);
}

static void what_a_task_leaves_running_is_not_waited_for(void **state)
{
    struct vmail_error error;
    /* The reader of the FIFO, and so its writer, go on after this test has opened it. */
    const struct scratch *scratch = *state;
    char command[256];
    assert_int_equal(mkfifo(scratch_path(scratch, "fifo"), 0600), 0);
    snprintf(command, sizeof command, "cat %s & exit 69", scratch_path(scratch, "fifo"));
    assert_int_equal(run_shell(scratch, command, &error), EX_UNAVAILABLE);
    close(open(scratch_path(scratch, "fifo"), O_WRONLY | O_CLOEXEC));
}

static void only_root_becomes_somebody_else(void **state)
{
    (void)state;
    assert_true(run_may_become(getuid()));
    assert_int_equal(run_may_become(getuid() + 1), geteuid() == 0);
}

/* --- mbox */

static int append(const struct scratch *scratch, const char *path, const char *text)
{
    struct vmail_error error = { 0 };
    const int fd = text_fd(scratch, text, strlen(text));
    const int status = mbox_append(path, "a b@c", fd, &error);
    close(fd);
    check((status == 0) == (error.text[0] == '\0'), error.text);
    return status;
}

static void a_file_gets_messages_one_after_the_other(void **state)
{
    char *text = NULL;
    const char *path = scratch_path(*state, "box");
    assert_int_equal(append(*state, path, "A: b\n\nFrom x\nFroma\nFrom \n>From\nend"), 0);
    assert_int_equal(append(*state, path, ""), 0);
    text = scratch_read(*state, "box", NULL);
    assert_memory_equal(text, "From a_b@c ", 11);
    char *first = strchr(text, '\n') + 1, *second = strstr(first, "\nFrom a_b@c ");
    assert_non_null(second);
    second[1] = '\0';
    assert_string_equal(first, "A: b\n\n>From x\nFroma\n>From \n>From\nend\n\n");
    assert_string_equal(strchr(second + 2, '\n'), "\n\n");
    free(text);
}

static void only_a_regular_file_with_one_name_is_written_to(void **state)
{
    const struct scratch *scratch = *state;
    scratch_write(scratch, "real", "before");
    scratch_link(scratch, "link", "real");
    assert_int_equal(append(scratch, scratch_path(scratch, "link"), "x"), EX_TEMPFAIL);
    assert_int_equal(append(scratch, scratch->directory, "x"), EX_TEMPFAIL);
    assert_int_equal(mkfifo(scratch_path(scratch, "fifo"), 0600), 0);
    assert_int_equal(append(scratch, scratch_path(scratch, "fifo"), "x"), EX_TEMPFAIL);
    assert_int_equal(link(scratch_path(scratch, "real"), scratch_path(scratch, "second")), 0);
    assert_int_equal(append(scratch, scratch_path(scratch, "real"), "x"), EX_TEMPFAIL);
    assert_int_equal(append(scratch, "/dev/full", "x"), EX_TEMPFAIL);
    assert_int_equal(append(scratch, "/dev/null", "x"), 0);
    scratch_check(scratch, "real", "before");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SCRATCH(a_copy_starts_with_two_lines_and_has_the_message_unchanged),
        ON_SCRATCH(a_message_knows_where_it_has_been),
        ON_SCRATCH(what_cannot_be_read_is_no_empty_message),
        cmocka_unit_test(each_escape_of_an_agent_is_replaced_within_its_word),
        cmocka_unit_test(the_environment_has_nothing_that_is_special_to_a_shell),
        ON_MAIL(a_plan_has_all_that_an_address_leads_to),
        ON_MAIL(programs_and_files_need_the_alias_user_of_their_own_domain),
        ON_SCRATCH(only_what_is_said_of_the_message_is_permanent),
        ON_SCRATCH(the_reason_is_the_end_of_the_output),
        ON_SCRATCH(a_task_has_three_descriptors_and_no_ignored_signals),
        ON_SCRATCH(what_a_task_leaves_running_is_not_waited_for),
        cmocka_unit_test(only_root_becomes_somebody_else),
        ON_SCRATCH(a_file_gets_messages_one_after_the_other),
        ON_SCRATCH(only_a_regular_file_with_one_name_is_written_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
