/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "suggest.h"

#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "scratch.h"

static void the_distance_counts_edits(void **state)
{
    static const struct {
        const char *a, *b;
        size_t distance;
    } cases[] = {
        { "", "", 0 },
        { "list", "list", 0 },
        { "list", "lsit", 1 },
        { "list", "lst", 1 },
        { "list", "lists", 1 },
        { "list", "lost", 1 },
        { "List", "lIST", 0 },
        { "", "add", 3 },
        { "add", "", 3 },
        { "show", "list", 4 },
        { "ca", "abc", 3 },
        { "ab", "ba", 1 },
        { "kitten", "sitting", 3 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check(suggest_distance(cases[i].a, cases[i].b) == cases[i].distance, cases[i].a);
        check(suggest_distance(cases[i].b, cases[i].a) == cases[i].distance, cases[i].b);
    }
}

static void a_word_that_is_too_long_is_not_compared(void **state)
{
    char *longest = scratch_repeat('a', SUGGEST_WORD_MAX);
    char *longer = scratch_repeat('a', SUGGEST_WORD_MAX + 1);
    (void)state;
    assert_true(suggest_distance(longest, longest) == 0);
    assert_true(suggest_distance(longest, "") == SUGGEST_WORD_MAX);
    assert_true(suggest_distance(longer, "a") == SIZE_MAX);
    assert_true(suggest_distance("a", longer) == SIZE_MAX);
    struct suggestion suggestion = { .word = longer };
    suggest_consider(&suggestion, longest);
    suggest_consider(&suggestion, longer);
    assert_string_equal(suggestion.best, "");
    free(longest);
    free(longer);
}

static const char *nearest(const char *word)
{
    static const char *const words[] = { "add", "del", "list", "show", "rename", "passwd" };
    static char text[SUGGEST_TEXT_MAX + 1];
    struct suggestion suggestion = { .word = word };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        suggest_consider(&suggestion, words[i]);
    return suggest_text(&suggestion, text);
}

static void the_nearest_word_is_suggested_where_one_is_near(void **state)
{
    (void)state;
    assert_string_equal(nearest("lst"), "; did you mean 'list'?");
    assert_string_equal(nearest("lisst"), "; did you mean 'list'?");
    assert_string_equal(nearest("ad"), "; did you mean 'add'?");
    assert_string_equal(nearest("password"), "; did you mean 'passwd'?");
    assert_string_equal(nearest("frobnicate"), "");
    assert_string_equal(nearest(""), "");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_distance_counts_edits),
        cmocka_unit_test(a_word_that_is_too_long_is_not_compared),
        cmocka_unit_test(the_nearest_word_is_suggested_where_one_is_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
