/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "text.h"

#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "scratch.h"
#include "synopsis.h"

static void check_clean(const char *text, const char *expected)
{
    char *clean = text_clean(text);
    check_text(clean, expected, text);
    free(clean);
}

static void printable_text_stays_as_it_is(void **state)
{
    (void)state;
    check_clean("", "");
    check_clean("Bob of VA, 2nd", "Bob of VA, 2nd");
    check_clean("J\xc3\xbcrgen \xe6\x97\xa5\xe6\x9c\xac", "J\xc3\xbcrgen \xe6\x97\xa5\xe6\x9c\xac");
}

static void what_could_steer_a_terminal_is_escaped(void **state)
{
    (void)state;
    check_clean("\x1b[31mred", "\\x1b[31mred");
    check_clean("a\nb\tc\x7f", "a\\x0ab\\x09c\\x7f");
    check_clean("\xc2\x9b"
                "31m",
                "\\u009b31m"); /* CSI in one character */
    check_clean("a\xe2\x80\xae"
                "b",
                "a\\u202eb"); /* right-to-left override */
    check_clean("a\xe2\x80\x8b"
                "b",
                "a\\u200bb");              /* zero-width space */
    check_clean("\xff\xc3", "\\xff\\xc3"); /* not UTF-8 */
}

static void the_width_is_that_on_a_terminal(void **state)
{
    (void)state;
    assert_int_equal(text_width(""), 0);
    assert_int_equal(text_width("bob"), 3);
    assert_int_equal(text_width("J\xc3\xbcrgen"), 6);
    assert_int_equal(text_width("\xe6\x97\xa5\xe6\x9c\xac"), 4); /* two wide characters */
    assert_int_equal(text_width("e\xcc\x81"), 1);                /* e and a combining accent */
}

static void a_json_string_is_valid_whatever_the_bytes(void **state)
{
    (void)state;
    json_t *string = text_json("J\xfcrgen");
    assert_non_null(string);
    assert_string_equal(json_string_value(string), "J\xef\xbf\xbdrgen");
    json_decref(string);
}

static void a_synopsis_tells_how_many_arguments_there_may_be(void **state)
{
    size_t least, greatest;
    (void)state;
    synopsis_count(NULL, &least, &greatest);
    assert_true(least == 0 && greatest == 0);
    synopsis_count("USER@DOMAIN [COMMENT]", &least, &greatest);
    assert_true(least == 1 && greatest == 2);
    synopsis_count("DOMAIN ALIAS...", &least, &greatest);
    assert_true(least == 2 && greatest == SIZE_MAX);
    synopsis_count("[DOMAIN...]", &least, &greatest);
    assert_true(least == 0 && greatest == SIZE_MAX);
}

static void a_synopsis_tells_what_each_argument_is(void **state)
{
    char word[SYNOPSIS_WORD_MAX + 1];
    (void)state;
    synopsis_word("USER@DOMAIN [DOMAIN...]", 0, word);
    assert_string_equal(word, "USER@DOMAIN");
    synopsis_word("USER@DOMAIN [DOMAIN...]", 7, word);
    assert_string_equal(word, "DOMAIN");
    synopsis_word("USER@DOMAIN", 1, word);
    assert_string_equal(word, "");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(printable_text_stays_as_it_is),
        cmocka_unit_test(what_could_steer_a_terminal_is_escaped),
        cmocka_unit_test(the_width_is_that_on_a_terminal),
        cmocka_unit_test(a_json_string_is_valid_whatever_the_bytes),
        cmocka_unit_test(a_synopsis_tells_how_many_arguments_there_may_be),
        cmocka_unit_test(a_synopsis_tells_what_each_argument_is),
    };
    text_set_locale();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
