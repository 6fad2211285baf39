/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmailctl asks a person, at a pretended terminal. */
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "exit_code.h"
#include "host.h"

static void a_yes_confirms(void **state)
{
    static const char *const words[] = { "y", "Y", "yes" };
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        host.answers[0] = words[i];
        check_ctl("--yes group add more@va.example", EXIT_DONE, NULL);
        check_ctl("group del more@va.example", EXIT_DONE, NULL);
        check_file_lacks("group.va.example", "more");
    }
}

static void all_else_changes_nothing(void **state)
{
    static const char *const words[] = { "n", "", "maybe", "yes, but" };
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        host.answers[0] = words[i];
        check_ctl("group del staff@va.example", EXIT_NEGATIVE, NULL);
        check_file_has("group.va.example", "staff:");
    }
}

static void the_question_names_what_would_go(void **state)
{
    (void)state;
    host.answers[0] = "n";
    ctl("group del staff@va.example");
    assert_non_null(strstr(host.shown, "staff@va.example"));
    assert_non_null(strstr(host.shown, "? [y/N] "));
}

static void without_a_terminal_nothing_is_confirmed(void **state)
{
    (void)state;
    check_ctl("group del staff@va.example", EXIT_USAGE,
              "cannot ask for confirmation without a terminal; use --yes to confirm");
    check_file_has("group.va.example", "staff:");
}

static void a_password_that_is_typed_twice_is_set(void **state)
{
    (void)state;
    host.answers[0] = host.answers[1] = "a long new password";
    check_ctl("user passwd eve@va.example", EXIT_DONE, NULL);
    check_file_has("shadow.va.example", "\neve:$");
}

static void a_password_is_not_shown(void **state)
{
    (void)state;
    host.answers[0] = host.answers[1] = "a long new password";
    ctl("user passwd eve@va.example");
    assert_non_null(strstr(host.shown, "Repeat the password: "));
    assert_null(strstr(host.shown, "long"));
}

static void a_password_that_is_not_good_is_not_set(void **state)
{
    (void)state;
    host.answers[0] = "a long new password";
    host.answers[1] = "a long new passwort";
    check_ctl("user passwd eve@va.example", EXIT_BAD_DATA,
              "the two passwords differ; nothing was changed");
    host.answers[0] = "";
    check_ctl("user passwd eve@va.example", EXIT_BAD_DATA, "the password is empty");
    char *endless = scratch_repeat('x', 1000);
    host.answers[0] = endless;
    check_ctl("user passwd eve@va.example", EXIT_BAD_DATA, "the password is longer than");
    check_file_has("shadow.va.example", "\neve:!:");
    free(endless);
}

static void without_a_terminal_no_password_is_asked_for(void **state)
{
    (void)state;
    check_ctl("user passwd eve@va.example", EXIT_USAGE,
              "cannot ask for the password without a terminal; use --password-stdin");
}

static void a_password_can_come_from_standard_input(void **state)
{
    (void)state;
    host.input = "a long new password\n";
    check_ctl("user passwd eve@va.example --password-stdin", EXIT_DONE, NULL);
    check_file_has("shadow.va.example", "\neve:$");
    host.input = "";
    check_ctl("user passwd eve@va.example --password-stdin", EXIT_BAD_DATA,
              "standard input has no password");
}

static void put_remains(void)
{
    static const char shadow[] = "bob:!:20000::::::\nalice:!:20000::::::\neve:!:20000::::::\n"
                                 "gone:!:20000::::::\n";
    scratch_write_bytes(host.scratch, "shadow.va.example", shadow, sizeof shadow - 1, 0640);
    scratch_write(host.scratch, "group.va.example", "staff:x:70100:bob,gone,alice\n");
}

static void a_repair_asks_for_each_domain_and_for_the_indexes(void **state)
{
    (void)state;
    check_ctl("index", EXIT_DONE, NULL);
    put_remains();
    scratch_write(host.scratch, "passwd.vb.example", "bob:x:71000:71000:::/bin/false\n# new\n");
    host.answers[0] = host.answers[1] = "y";
    ctl("check --repair --dns=no");
    assert_non_null(strstr(host.shown, "va.example: remove 1 password lines and 1 group members "
                                       "that belong to no user? [y/N] y"));
    check(strstr(host.shown, "Update the indexes? [y/N] y") != NULL, host.shown);
    check_file_lacks("shadow.va.example", "gone");
    check_file_has("group.va.example", "staff:x:70100:bob,alice\n");
    assert_non_null(strstr(host.log, "check --repair: updated the indexes"));
}

static void a_repair_that_is_refused_changes_nothing(void **state)
{
    (void)state;
    put_remains();
    host.answers[0] = host.answers[1] = "n";
    ctl("check --repair --dns=no");
    check_file_has("shadow.va.example", "gone:");
    check_file_has("group.va.example", "staff:x:70100:bob,gone,alice\n");
    assert_null(strstr(host.log, "check --repair"));
}

static void a_repair_that_nobody_can_be_asked_about_changes_nothing(void **state)
{
    (void)state;
    put_remains();
    check_ctl("check --repair --dns=no", EXIT_USAGE, "use --yes to confirm");
    check_file_has("shadow.va.example", "gone:");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_HOST(a_yes_confirms),
        ON_HOST(all_else_changes_nothing),
        ON_HOST(the_question_names_what_would_go),
        ON_HOST(without_a_terminal_nothing_is_confirmed),
        ON_HOST(a_password_that_is_typed_twice_is_set),
        ON_HOST(a_password_is_not_shown),
        ON_HOST(a_password_that_is_not_good_is_not_set),
        ON_HOST(without_a_terminal_no_password_is_asked_for),
        ON_HOST(a_password_can_come_from_standard_input),
        ON_HOST(a_repair_asks_for_each_domain_and_for_the_indexes),
        ON_HOST(a_repair_that_is_refused_changes_nothing),
        ON_HOST(a_repair_that_nobody_can_be_asked_about_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
