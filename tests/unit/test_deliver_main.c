/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmail-deliver as its caller sees it: a command line, a message, an exit status. The delivery
 * agent and sendmail are scripts of the scratch that keep what they get; this process seems to be
 * the user who gets mail. */
#include <fcntl.h>
#include <getopt.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "mains.h"
#include "module_scratch.h"

enum { WORDS_MAX = 12, BOB = 70001 };

static const uid_t nobody_else = (uid_t)-1;
static uid_t pretended_uid; /* or nobody_else: who it really is */
static bool set_id;
static char sendmail[128]; /* its path in the scratch */
static char out[4096], err[4096];

uid_t __real_getuid(void);
uid_t __wrap_getuid(void);
uid_t __real_geteuid(void);
uid_t __wrap_geteuid(void);
unsigned long __real_getauxval(unsigned long type);
unsigned long __wrap_getauxval(unsigned long type);
int __real_execve(const char *path, char *const *words, char *const *environment);
int __wrap_execve(const char *path, char *const *words, char *const *environment);

uid_t __wrap_getuid(void)
{
    return pretended_uid == nobody_else ? __real_getuid() : pretended_uid;
}

uid_t __wrap_geteuid(void)
{
    return pretended_uid == nobody_else ? __real_geteuid() : pretended_uid;
}

unsigned long __wrap_getauxval(unsigned long type)
{
    return type == AT_SECURE ? set_id : __real_getauxval(type);
}

int __wrap_execve(const char *path, char *const *words, char *const *environment)
{
    return __real_execve(strcmp(path, "/usr/sbin/sendmail") == 0 ? sendmail : path, words,
                         environment);
}

/* A program that appends its arguments and what it reads to the file NAME.got, and then does REST.
 */
static void put_script(const struct scratch *scratch, const char *name, const char *rest)
{
    char path[32], text[1024];
    snprintf(path, sizeof path, "../%s", name);
    snprintf(text, sizeof text,
             "#!/bin/sh\n{ echo \"${0##*/}\" \"$@\"; cat; echo; } >> %s/%s.got\n%s\n",
             scratch->root, name, rest);
    scratch_write_bytes(scratch, path, text, strlen(text), 0755);
}

static int deliver_setup(void **state)
{
    char config[512];
    pretended_uid = nobody_else; /* who owns the scratch */
    const int result = module_setup(state);
    if (result != 0)
        return result;
    const struct scratch *scratch = *state;
    pretended_uid = BOB;
    set_id = false;
    snprintf(sendmail, sizeof sendmail, "%s/sendmail", scratch->root);
    snprintf(config, sizeof config,
             "[vmail]\nalias_user = nobody\ndelivery_agent = %s/agent %%u@%%d %%s\n"
             "[domain va.example]\n",
             scratch->root);
    scratch_write(scratch, "vmail.conf", config);
    scratch_write(scratch, "passwd.va.example",
                  "bob:x:70001:70001:::\neve:x:70001:70001:::\nalice:x:70002:70002:::\n");
    put_script(scratch, "agent", "");
    put_script(scratch, "sendmail", "");
    module_next_tick();
    return 0;
}

#define ON_DELIVERY(test) cmocka_unit_test_setup_teardown(test, deliver_setup, module_teardown)

static void take(const struct scratch *scratch, const char *name, char *text, size_t size)
{
    char *all = scratch_read(scratch, name, NULL);
    snprintf(text, size, "%s", all);
    free(all);
}

static int new_file(const char *path)
{
    return open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

/* Runs vmail-deliver with the words of LINE; '' is an empty one. MESSAGE may be NULL: standard
 * input is closed. */
static int deliver(const struct scratch *scratch, const char *line, const char *message)
{
    char copy[512], *words[WORDS_MAX + 1], *rest = NULL, empty[] = "";
    int count = 0;
    snprintf(copy, sizeof copy, "vmail-deliver %s", line);
    for (char *word = strtok_r(copy, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        assert_true(count < WORDS_MAX);
        words[count++] = strcmp(word, "''") == 0 ? empty : word;
    }
    words[count] = NULL;
    scratch_write(scratch, "../message", message == NULL ? "" : message);
    fflush(stdout);
    const int in = scratch_redirect(STDIN_FILENO, open("message", O_RDONLY | O_CLOEXEC)),
              old_out = scratch_redirect(STDOUT_FILENO, new_file("out")),
              old_err = scratch_redirect(STDERR_FILENO, new_file("err"));
    if (message == NULL)
        close(STDIN_FILENO);
    optind = 0;
    const int status = vmail_deliver_main(count, words);
    fflush(stdout);
    scratch_restore(STDIN_FILENO, in);
    scratch_restore(STDOUT_FILENO, old_out);
    scratch_restore(STDERR_FILENO, old_err);
    take(scratch, "../out", out, sizeof out);
    take(scratch, "../err", err, sizeof err);
    return status;
}

static void check_status(int status, int expected)
{
    if (status != expected)
        fail_msg("status %d, not %d: %s", status, expected, err);
}

#define MESSAGE "Subject: x\n\ntext\n"

static void check_got(const struct scratch *scratch, const char *name, const char *expected)
{
    char path[32];
    snprintf(path, sizeof path, "../%s.got", name);
    scratch_check(scratch, path, expected);
}

static void check_got_nothing(const char *name)
{
    char path[32];
    snprintf(path, sizeof path, "%s.got", name);
    assert_int_equal(access(path, F_OK), -1);
}

/* --- the command line */

static void a_wrong_command_line_is_refused(void **state)
{
    static const struct {
        const char *line;
        int status;
        const char *text;
    } rows[] = {
        { "", EX_USAGE, "expected -f SENDER and a RECIPIENT" },
        { "-f s@x.example", EX_USAGE, "expected -f SENDER and a RECIPIENT" },
        { "bob@va.example", EX_USAGE, "expected -f SENDER and a RECIPIENT" },
        { "--nosuch", EX_USAGE, "unrecognized option" },
        { "-f s\t@x.example bob@va.example", EX_DATAERR, "the sender is not a mail address" },
        { "-f <> bob\t@va.example", EX_NOUSER, "a recipient is not a mail address" },
        { "-f <> ''", EX_NOUSER, "a recipient is not a mail address" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const int status = deliver(*state, rows[i].line, MESSAGE);
        check(status == rows[i].status && strstr(err, rows[i].text) != NULL, rows[i].line);
    }
}

static void help_and_version_are_printed(void **state)
{
    check_status(deliver(*state, "--help", MESSAGE), EX_OK);
    check(strncmp(out, "usage: vmail-deliver -f SENDER", 30) == 0, out);
    check_status(deliver(*state, "--version", MESSAGE), EX_OK);
    check_text(out, "vmail-deliver " PACKAGE_VERSION "\n", "--version");
}

static void a_set_id_program_is_refused(void **state)
{
    set_id = true;
    check_status(deliver(*state, "-f <> bob@va.example", MESSAGE), EX_NOPERM);
    check_got_nothing("agent");
}

static void a_message_that_cannot_be_read_is_tried_again(void **state)
{
    check_status(deliver(*state, "-f <> bob@va.example", NULL), EX_TEMPFAIL);
    check(strstr(err, "cannot read the message: standard input is closed") != NULL, err);
}

/* --- users */

static void the_agent_gets_the_message_of_each_user(void **state)
{
    check_status(deliver(*state, "-f s@x.example bob@va.example Eve@VA.example", MESSAGE), EX_OK);
    check_got(*state, "agent",
              "agent bob@va.example s@x.example\nReturn-Path: <s@x.example>\n"
              "Delivered-To: bob@va.example\n" MESSAGE "\n"
              "agent eve@va.example s@x.example\nReturn-Path: <s@x.example>\n"
              "Delivered-To: Eve@VA.example\n" MESSAGE "\n");
}

static void the_sender_of_a_report_is_empty(void **state)
{
    check_status(deliver(*state, "-f <> bob@va.example", MESSAGE), EX_OK);
    check_got(*state, "agent",
              "agent bob@va.example \nReturn-Path: <>\n"
              "Delivered-To: bob@va.example\n" MESSAGE "\n");
}

static void nothing_is_delivered_if_a_recipient_is_nobody(void **state)
{
    check_status(deliver(*state, "-f <> bob@va.example nosuch@va.example", MESSAGE), EX_NOUSER);
    check_text(err, "vmail-deliver: nosuch@va.example: no such user\n", "nosuch");
    check_got_nothing("agent");
}

static void a_message_that_comes_back_is_a_loop(void **state)
{
    check_status(deliver(*state, "-f <> bob@va.example", "Delivered-To: bob@va.example\n\n"),
                 EX_UNAVAILABLE);
    check(strstr(err, "bob@va.example: mail loops") != NULL, err);
    check_got_nothing("agent");
}

static void only_root_delivers_to_other_users(void **state)
{
    check_status(deliver(*state, "-f <> bob@va.example alice@va.example", MESSAGE), EX_TEMPFAIL);
    check(strstr(err, "only root can deliver as alice@va.example") != NULL, err);
    check_got_nothing("agent");
}

static void files_that_cannot_be_trusted_are_tried_again(void **state)
{
    scratch_chmod(*state, "passwd.va.example", 0666);
    check_status(deliver(*state, "-f <> bob@va.example", MESSAGE), EX_TEMPFAIL);
    check(strstr(err, "writable by others") != NULL, err);
    scratch_chmod(*state, "vmail.conf", 0666);
    check_status(deliver(*state, "-f <> bob@va.example", MESSAGE), EX_TEMPFAIL);
}

static void what_the_agent_says_of_a_message_is_passed_on(void **state)
{
    put_script(*state, "agent", "echo too large\nexit 65");
    check_status(deliver(*state, "-f <> bob@va.example", MESSAGE), EX_DATAERR);
    check(strstr(err, "vmail-deliver: bob@va.example: ") == err, err);
    check(strstr(err, "/agent: exit status 65: too large\n") != NULL, err);
}

static void an_agent_that_does_not_know_the_user_is_asked_again(void **state)
{
    put_script(*state, "agent", "exit 67");
    check_status(deliver(*state, "-f <> bob@va.example", MESSAGE), EX_TEMPFAIL);
}

static void an_agent_that_does_not_exist_is_tried_again(void **state)
{
    assert_int_equal(unlink("agent"), 0);
    check_status(deliver(*state, "-f <> bob@va.example", MESSAGE), EX_TEMPFAIL);
    check(strstr(err, "cannot run it: No such file or directory") != NULL, err);
}

static void others_get_the_message_that_one_agent_refuses(void **state)
{
    put_script(*state, "agent", "case $1 in bob*) exit 69; esac");
    check_status(deliver(*state, "-f <> bob@va.example eve@va.example", MESSAGE), EX_UNAVAILABLE);
    char *got = scratch_read(*state, "../agent.got", NULL);
    check(strstr(got, "agent eve@va.example") != NULL, got);
    free(got);
}

static void all_waits_for_an_agent_that_fails_for_now(void **state)
{
    put_script(*state, "agent", "case $1 in bob*) exit 1; esac");
    check_status(deliver(*state, "-f <> bob@va.example eve@va.example", MESSAGE), EX_TEMPFAIL);
    char *got = scratch_read(*state, "../agent.got", NULL);
    check(strstr(got, "agent eve@va.example") == NULL, got);
    free(got);
}

/* --- addresses elsewhere */

static void mail_for_other_hosts_goes_to_sendmail(void **state)
{
    scratch_write(*state, "aliases.va.example", "all: x@far.example, bob, y@far.example\n");
    check_status(deliver(*state, "-f s@x.example all@va.example", MESSAGE), EX_OK);
    check_got(*state, "sendmail",
              "sendmail -i -f s@x.example -- x@far.example y@far.example\n"
              "Delivered-To: all@va.example\n" MESSAGE "\n");
    check_got(*state, "agent",
              "agent bob@va.example s@x.example\nReturn-Path: <s@x.example>\n"
              "Delivered-To: all@va.example\n" MESSAGE "\n");
}

static void sendmail_learns_that_the_sender_is_empty(void **state)
{
    check_status(deliver(*state, "-f '' x@far.example", MESSAGE), EX_OK);
    check_got(*state, "sendmail",
              "sendmail -i -f <> -- x@far.example\nDelivered-To: x@far.example\n" MESSAGE "\n");
}

static void sendmail_gets_many_addresses_in_pieces(void **state)
{
    enum { COUNT = 501, WORD_MAX = 24 };
    char list[COUNT * WORD_MAX] = "", entry[256];
    for (int i = 0; i < COUNT; i++)
        scratch_append(list, sizeof list, "%d@far.example\n", i);
    snprintf(entry, sizeof entry, "many: :include:%s\n", scratch_path(*state, "long"));
    scratch_write(*state, "aliases.va.example", entry);
    scratch_write(*state, "long", list);
    check_status(deliver(*state, "-f s@x.example many@va.example", MESSAGE), EX_OK);
    char *got = scratch_read(*state, "../sendmail.got", NULL);
    char *second = strstr(got, "\nsendmail -i -f s@x.example -- ");
    assert_non_null(second);
    check_text(second,
               "\nsendmail -i -f s@x.example -- 500@far.example\n"
               "Delivered-To: many@va.example\n" MESSAGE "\n",
               "the last address");
    free(got);
}

static void a_sendmail_that_refuses_is_passed_on(void **state)
{
    put_script(*state, "sendmail", "echo no such host\nexit 68");
    check_status(deliver(*state, "-f <> x@far.example", MESSAGE), EX_NOHOST);
    check_text(err,
               "vmail-deliver: x@far.example: /usr/sbin/sendmail: exit status 68: no such host\n",
               "sendmail");
}

/* --- programs and files */

static void become_nobody(void)
{
    const struct passwd *nobody = getpwnam("nobody");
    if (nobody == NULL)
        skip();
    pretended_uid = nobody->pw_uid;
}

static void a_program_of_an_alias_gets_the_message_and_the_addresses(void **state)
{
    const struct scratch *scratch = *state;
    char entry[256];
    become_nobody();
    snprintf(entry, sizeof entry, "prog: \"|%s/agent $SENDER $RECIPIENT\"\n", scratch->root);
    scratch_write(scratch, "aliases.va.example", entry);
    check_status(deliver(scratch, "-f s@x.example prog@va.example", MESSAGE), EX_OK);
    check_got(scratch, "agent",
              "agent s@x.example prog@va.example\nReturn-Path: <s@x.example>\n"
              "Delivered-To: prog@va.example\n" MESSAGE "\n");
}

static void a_file_of_an_alias_gets_the_message(void **state)
{
    const struct scratch *scratch = *state;
    char entry[256];
    become_nobody();
    snprintf(entry, sizeof entry, "file: %s/box\n", scratch->root);
    scratch_write(scratch, "aliases.va.example", entry);
    check_status(deliver(scratch, "-f s@x.example file@va.example", MESSAGE), EX_OK);
    char *box = scratch_read(scratch, "../box", NULL);
    check_text(strchr(box, '\n'),
               "\nReturn-Path: <s@x.example>\nDelivered-To: file@va.example\n" MESSAGE "\n", box);
    free(box);
}

static void a_file_that_cannot_be_written_is_tried_again(void **state)
{
    const struct scratch *scratch = *state;
    char entry[256];
    become_nobody();
    snprintf(entry, sizeof entry, "file: %s/nosuch/box\n", scratch->root);
    scratch_write(scratch, "aliases.va.example", entry);
    check_status(deliver(scratch, "-f <> file@va.example", MESSAGE), EX_TEMPFAIL);
    check(strstr(err, "/nosuch/box: cannot open it: No such file or directory") != NULL, err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_DELIVERY(a_wrong_command_line_is_refused),
        ON_DELIVERY(help_and_version_are_printed),
        ON_DELIVERY(a_set_id_program_is_refused),
        ON_DELIVERY(a_message_that_cannot_be_read_is_tried_again),
        ON_DELIVERY(the_agent_gets_the_message_of_each_user),
        ON_DELIVERY(the_sender_of_a_report_is_empty),
        ON_DELIVERY(nothing_is_delivered_if_a_recipient_is_nobody),
        ON_DELIVERY(a_message_that_comes_back_is_a_loop),
        ON_DELIVERY(only_root_delivers_to_other_users),
        ON_DELIVERY(files_that_cannot_be_trusted_are_tried_again),
        ON_DELIVERY(what_the_agent_says_of_a_message_is_passed_on),
        ON_DELIVERY(an_agent_that_does_not_know_the_user_is_asked_again),
        ON_DELIVERY(an_agent_that_does_not_exist_is_tried_again),
        ON_DELIVERY(others_get_the_message_that_one_agent_refuses),
        ON_DELIVERY(all_waits_for_an_agent_that_fails_for_now),
        ON_DELIVERY(mail_for_other_hosts_goes_to_sendmail),
        ON_DELIVERY(sendmail_learns_that_the_sender_is_empty),
        ON_DELIVERY(sendmail_gets_many_addresses_in_pieces),
        ON_DELIVERY(a_sendmail_that_refuses_is_passed_on),
        ON_DELIVERY(a_program_of_an_alias_gets_the_message_and_the_addresses),
        ON_DELIVERY(a_file_of_an_alias_gets_the_message),
        ON_DELIVERY(a_file_that_cannot_be_written_is_tried_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
