/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connect.h"
#include "nsswitch_line.h"
#include "pam_case.h"
#include "sshd_settings.h"
#include "cmocka_all.h"
#include "scratch.h"

/* --- nsswitch.conf */

static void a_line_names_sources_in_order(void **state)
{
    struct nss_line line;
    (void)state;
    assert_true(nss_line_parse(" passwd :\tvmail files\n", "passwd", &line));
    assert_false(line.wrong);
    assert_int_equal(line.count, 2);
    assert_int_equal(nss_line_find(&line, "vmail"), 0);
    assert_int_equal(nss_line_find(&line, "files"), 1);
    assert_int_equal(nss_line_find(&line, "file"), 2);
    assert_int_equal(line.source[0].action[NSS_SUCCESS], NSS_RETURN);
    assert_int_equal(line.source[0].action[NSS_NOTFOUND], NSS_CONTINUE);
    assert_false(nss_line_parse("passwd: files\n", "pass", &line));
    assert_false(nss_line_parse("passwdx: files\n", "passwd", &line));
    assert_false(nss_line_parse("#passwd: files\n", "passwd", &line));
}

static void actions_belong_to_the_source_before_them(void **state)
{
    struct nss_line line;
    (void)state;
    assert_true(nss_line_parse(
        "group: a[success=merge notfound=Return] b [!UNAVAIL=return] c # d\n", "group", &line));
    assert_false(line.wrong);
    assert_int_equal(line.count, 3);
    check_text(line.source[0].actions, "[success=merge notfound=Return]", "a");
    assert_int_equal(line.source[0].action[NSS_SUCCESS], NSS_MERGE);
    assert_int_equal(line.source[0].action[NSS_NOTFOUND], NSS_RETURN);
    assert_int_equal(line.source[1].action[NSS_UNAVAIL], NSS_CONTINUE);
    assert_int_equal(line.source[1].action[NSS_NOTFOUND], NSS_RETURN);
    assert_int_equal(line.source[1].action[NSS_TRYAGAIN], NSS_RETURN);
}

static void a_line_that_cannot_be_read_is_wrong(void **state)
{
    static const char *const lines[] = {
        "shadow: [success=return] files", "shadow: files [success]",
        "shadow: files [a=return]",       "shadow: files [success=x]",
        "shadow: files [success=return",
    };
    struct nss_line line;
    char many[600] = "shadow:";
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        assert_true(nss_line_parse(lines[i], "shadow", &line));
        assert_true(line.wrong);
    }
    for (size_t i = 0; i < 100; i++)
        strcat(many, " s");
    assert_true(nss_line_parse(many, "shadow", &line));
    assert_true(line.wrong);
    assert_int_equal(line.count, NSS_SOURCES_MAX);
}

/* --- pam.d */

static void words_are_split_as_pam_does(void **state)
{
    struct pam_words words;
    (void)state;
    assert_true(
        pam_words_split("auth [success=done\tdefault=die] m.so a=b [c d\\] e] # f", &words));
    assert_int_equal(words.count, 5);
    check_text(words.word[1], "[success=done\tdefault=die]", "control");
    check_text(words.word[2], "m.so", "module");
    check_text(words.word[4], "c d] e", "option");
    pam_words_free(&words);
    assert_true(pam_words_split("  # nothing", &words));
    assert_int_equal(words.count, 0);
    pam_words_free(&words);
    assert_true(pam_words_split("auth [never ends", &words));
    assert_int_equal(words.count, 2);
    pam_words_free(&words);
}

static void control_fields_mean_what_pam_conf_says(void **state)
{
    struct pam_control control;
    (void)state;
    assert_true(pam_control_parse("Required", &control));
    assert_int_equal(control.action[PAM_RESULT_AUTH_ERR], PAM_DO_BAD);
    assert_int_equal(control.action[PAM_RESULT_IGNORE], PAM_DO_IGNORE);
    assert_true(
        pam_control_parse("[success=2 user_unknown=ignore maxtries=die default=die]", &control));
    assert_int_equal(control.action[PAM_RESULT_SUCCESS], 2);
    assert_int_equal(control.action[PAM_RESULT_USER_UNKNOWN], PAM_DO_IGNORE);
    assert_int_equal(control.action[PAM_RESULT_AUTH_ERR], PAM_DO_DIE);
    assert_false(pam_control_parse("require", &control));
    assert_false(pam_control_parse("[success]", &control));
    assert_false(pam_control_parse("[succes=ok]", &control));
    assert_false(pam_control_parse("[success=0]", &control));
    assert_false(pam_control_parse("[success=-1]", &control));
    assert_false(pam_control_parse("[success=ok", &control));
}

/* Debian's common-auth. */
#define COMMON                                                                                     \
    "auth [success=1 default=ignore] pam_unix.so\n"                                                \
    "auth requisite pam_deny.so\n"                                                                 \
    "auth required pam_permit.so\n"

/** Writes files into the test's own directory and finds the fault of auth. */
static enum pam_fault fault_of(const char *common, const char *text, unsigned long *other_line)
{
    char directory[] = "/tmp/vmail-pam-XXXXXX", path[64];
    struct pam_service service;
    const struct pam_line *line, *other;
    assert_non_null(mkdtemp(directory));
    const char *const names[] = { "common", "service" }, *const texts[] = { common, text };
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fputs(texts[i], file);
        fclose(file);
    }
    assert_true(pam_service_read(&service, directory, "service"));
    assert_null(service.missing);
    enum pam_fault fault = pam_case_find(&service, PAM_TYPE_AUTH, &line, &other);
    assert_non_null(line);
    if (other_line != NULL)
        *other_line = other == NULL ? 0 : other->number;
    pam_service_free(&service);
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        remove(path);
    }
    remove(directory);
    return fault;
}

static void check_fault(const char *text, enum pam_fault expected)
{
    enum pam_fault fault = fault_of(COMMON, text, NULL);
    if (fault != expected)
        fail_msg("fault %d, not %d: %s", (int)fault, (int)expected, text);
}

#define OURS "auth [success=done ignore=ignore default=die] pam_vmail.so\n"

static void stacks_that_are_right_have_no_fault(void **state)
{
    (void)state;
    check_fault(OURS "@include common\n", PAM_FAULT_NONE);
    check_fault(OURS "auth include common\n", PAM_FAULT_NONE);
    check_fault(OURS "auth substack common\n", PAM_FAULT_NONE);
    check_fault("auth required pam_nologin.so\nauth \\\n [success=done \\\n ignore=ignore "
                "default=die] pam_vmail.so\n@include common\n",
                PAM_FAULT_NONE);
    /* examples/pam.d/with-faillock */
    check_fault("auth [success=ok ignore=5 default=die] pam_vmail.so resolve_only\n"
                "auth requisite pam_faillock.so preauth\n"
                "auth [success=1 default=bad] pam_vmail.so\n"
                "auth [default=die] pam_faillock.so authfail\n"
                "auth [success=done default=die] pam_faillock.so authsucc\n"
                "auth requisite pam_deny.so\n@include common\n",
                PAM_FAULT_NONE);
    /* Conditions that the check cannot evaluate. */
    check_fault("auth requisite pam_succeed_if.so user ingroup mail\n" OURS "@include common\n",
                PAM_FAULT_NONE);
    check_fault("auth [success=1 default=ignore] pam_localuser.so\n" OURS "@include common\n",
                PAM_FAULT_NONE);
    /* A substack counts as one line to jump over. */
    check_fault("auth [success=1 ignore=ignore default=die] pam_vmail.so\nauth substack common\n"
                "auth required pam_permit.so\n",
                PAM_FAULT_NONE);
}

static void a_refusal_that_is_lost_is_found(void **state)
{
    (void)state;
    check_fault("auth optional pam_vmail.so\n@include common\n", PAM_FAULT_REFUSAL_LOST);
    check_fault("auth sufficient pam_vmail.so\n@include common\n", PAM_FAULT_REFUSAL_LOST);
    check_fault("auth [success=done ignore=ignore auth_err=die default=ignore] pam_vmail.so\n"
                "@include common\n",
                PAM_FAULT_REFUSAL_LOST);
    check_fault("@include common\nauth sufficient pam_vmail.so\n", PAM_FAULT_REFUSAL_LOST);
    check_fault("auth required pam_exec.so x\nauth optional pam_vmail.so\n"
                "auth optional pam_unix.so\n",
                PAM_FAULT_NONE); /* that command decides */
    check_fault("auth optional pam_exec.so x\nauth optional pam_vmail.so\n"
                "auth optional pam_unix.so\n",
                PAM_FAULT_REFUSAL_LOST);
}

static void a_module_that_is_never_asked_is_found(void **state)
{
    unsigned long other;
    (void)state;
    assert_int_equal(fault_of("", "auth sufficient pam_unix.so\n" OURS, &other),
                     PAM_FAULT_NOT_ASKED);
    assert_int_equal(other, 1);
    assert_int_equal(
        fault_of("", "auth required pam_env.so\nauth requisite pam_deny.so\n" OURS, &other),
        PAM_FAULT_NOT_ASKED);
    assert_int_equal(other, 2);
    check_fault("@include common\n" OURS, PAM_FAULT_NOT_ASKED);
}

static void other_faults_are_found(void **state)
{
    (void)state;
    check_fault(OURS "auth required pam_permit.so\n", PAM_FAULT_STRANGER_IN);
    check_fault(OURS "auth required pam_shells.so\n", PAM_FAULT_STRANGER_IN);
    check_fault("auth required pam_vmail.so\n@include common\n", PAM_FAULT_ACCEPT_LOST);
    check_fault("auth required pam_vmail.so\n", PAM_FAULT_SYSTEM_LOCKED);
    check_fault("auth requisite pam_vmail.so resolve_only\n@include common\n", PAM_FAULT_NO_CHECK);
}

/* --- greetings */

static void a_greeting_is_its_first_line(void **state)
{
    struct greeting greeting = { 0 };
    char many[GREETING_MAX * 2];
    (void)state;
    greeting_take(&greeting, "+OK re", 6);
    assert_false(greeting.complete);
    greeting_take(&greeting, "ady\r\nmore\n", 10);
    assert_true(greeting.complete);
    check_text(greeting.text, "+OK ready", "two pieces");
    greeting = (struct greeting){ 0 };
    greeting_take(&greeting, "a\0b\n", 4);
    check_text(greeting.text, "a?b", "a NUL");
    greeting = (struct greeting){ 0 };
    memset(many, 'x', sizeof many);
    greeting_take(&greeting, many, sizeof many);
    assert_true(greeting.complete);
    assert_int_equal(strlen(greeting.text), GREETING_MAX);
}

/* --- sshd */

static void patterns_of_sshd_have_two_wildcards(void **state)
{
    (void)state;
    assert_true(sshd_pattern_matches("*@*", "bob@va.example"));
    assert_true(sshd_pattern_matches("*va.exampl?", "bob@va.va.example"));
    assert_true(sshd_pattern_matches("**", ""));
    assert_false(sshd_pattern_matches("*@*", "sudo"));
    assert_false(sshd_pattern_matches("?", ""));
    assert_false(sshd_pattern_matches("bob", "bob@va.example"));
    assert_false(sshd_pattern_matches("[b]ob", "bob"));
}

static void sshd_refuses_by_users_and_by_groups_with_a_name(void **state)
{
    char *names[] = { (char *)"mail", (char *)"bob@va.example" };
    const struct sshd_account bob = { "bob@va.example", names, 2 };
    const struct sshd_account mail = { "bob@va.example", names, 1 };
    const struct sshd_account none = { "bob@va.example", names, 0 };
    (void)state;
    assert_false(sshd_settings_refuse("port 22\n", &bob));
    assert_true(sshd_settings_refuse("denygroups x\ndenygroups *@*\n", &bob));
    assert_true(sshd_settings_refuse("port 22\ndenygroups x *@*\nusepam yes\n", &bob));
    assert_false(sshd_settings_refuse("denygroups *@*\n", &mail));
    assert_true(sshd_settings_refuse("denygroups x\n", &none));
    assert_true(sshd_settings_refuse("allowgroups sudo\n", &bob));
    assert_false(sshd_settings_refuse("allowgroups sudo mail\n", &bob));
    assert_true(sshd_settings_refuse("allowusers admin root@192.0.2.*\n", &bob));
    assert_false(sshd_settings_refuse("allowusers admin bob@va.example@192.0.2.*\n", &bob));
    assert_true(sshd_settings_refuse("denyusers *va.example\n", &bob));
    assert_false(sshd_settings_refuse("denyusers *@*\n", &bob));
}

static void what_sshd_grants_is_named(void **state)
{
    char open[SSHD_OPEN_MAX];
    (void)state;
    sshd_settings_open("disableforwarding yes\npermittty no\nforcecommand internal-sftp\n"
                       "permituserenvironment no\n",
                       open);
    check_text(open, "", "SFTP only");
    sshd_settings_open("disableforwarding no\nallowtcpforwarding local\nx11forwarding no\n"
                       "allowstreamlocalforwarding no\nallowagentforwarding no\npermittunnel no\n"
                       "permittty yes\nforcecommand none\npermituserenvironment no\n",
                       open);
    check_text(open, "any command, TCP forwarding, a terminal", "more");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_names_sources_in_order),
        cmocka_unit_test(actions_belong_to_the_source_before_them),
        cmocka_unit_test(a_line_that_cannot_be_read_is_wrong),
        cmocka_unit_test(words_are_split_as_pam_does),
        cmocka_unit_test(control_fields_mean_what_pam_conf_says),
        cmocka_unit_test(stacks_that_are_right_have_no_fault),
        cmocka_unit_test(a_refusal_that_is_lost_is_found),
        cmocka_unit_test(a_module_that_is_never_asked_is_found),
        cmocka_unit_test(other_faults_are_found),
        cmocka_unit_test(a_greeting_is_its_first_line),
        cmocka_unit_test(patterns_of_sshd_have_two_wildcards),
        cmocka_unit_test(sshd_refuses_by_users_and_by_groups_with_a_name),
        cmocka_unit_test(what_sshd_grants_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
