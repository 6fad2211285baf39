/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "shell_word.h"

#include <string.h>

#include "cmocka_all.h"
#include "scratch.h"

static void check_word(const char *text, const char *expected)
{
    char out[VMAIL_SHELL_PATH_MAX];
    check_text(vmail_shell_word(text, out, sizeof out), expected, text);
}

static void what_no_shell_sees_anything_in_stays_as_it_is(void **state)
{
    char out[3];
    const char text[] = "/vhome/va.example/Bob_2+x@VA:a,b=c%d-e";
    (void)state;
    assert_ptr_equal(vmail_shell_word(text, out, sizeof out), text);
}

static void anything_else_is_quoted(void **state)
{
    (void)state;
    check_word("", "''");
    check_word("$(id)", "'$(id)'");
    check_word("/vhome/va.example/a;reboot", "'/vhome/va.example/a;reboot'");
    check_word("*", "'*'");
    check_word("~root", "'~root'");
    check_word("a b\\", "'a b\\'");
    check_word("o'brien", "'o'\\''brien'");
    check_word("'", "''\\'''");
    check_word("\xc3\xa9", "'\xc3\xa9'");
}

static void each_character_that_means_something_to_a_shell_is_quoted(void **state)
{
    (void)state;
    for (const char *at = "$`;|&<>()\"\\*?!~#[]{}^ \t\n"; *at != '\0'; at++) {
        const char text[] = { 'a', *at, '\0' }, expected[] = { '\'', 'a', *at, '\'', '\0' };
        check_word(text, expected);
    }
}

static void a_word_that_does_not_fit_is_empty(void **state)
{
    char out[8];
    (void)state;
    assert_string_equal(vmail_shell_word("a;cde", out, sizeof out), "'a;cde'");
    assert_string_equal(vmail_shell_word("a;cdef", out, sizeof out), "''");
    assert_string_equal(vmail_shell_word("a'", out, sizeof out), "'a'\\'''");
    assert_string_equal(vmail_shell_word("ab'", out, sizeof out), "''");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_no_shell_sees_anything_in_stays_as_it_is),
        cmocka_unit_test(anything_else_is_quoted),
        cmocka_unit_test(each_character_that_means_something_to_a_shell_is_quoted),
        cmocka_unit_test(a_word_that_does_not_fit_is_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
