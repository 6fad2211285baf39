/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diff.h"

#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "scratch.h"

static char *diff(enum diff_kind kind, const char *old, const char *new)
{
    char *text = diff_make("F", kind, (struct vmail_piece){ old, strlen(old) },
                           (struct vmail_piece){ new, strlen(new) });
    assert_non_null(text);
    return text;
}

static void expect(enum diff_kind kind, const char *old, const char *new, const char *expected)
{
    char *text = diff(kind, old, new);
    assert_string_equal(text, expected);
    free(text);
}

static void equal_texts_have_no_diff(void **state)
{
    (void)state;
    expect(DIFF_PLAIN, "", "", "");
    expect(DIFF_PLAIN, "a\nb", "a\nb", "");
    expect(DIFF_SHADOW, "a:b\n", "a:b\n", "");
}

static void a_change_is_shown_with_three_lines_around_it(void **state)
{
    (void)state;
    expect(DIFF_PLAIN, "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n",
           "--- F\n+++ F\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
}

static void changes_far_apart_have_hunks_of_their_own(void **state)
{
    (void)state;
    expect(DIFF_PLAIN, "a\n1\n2\n3\n4\n5\n6\n7\nb\n", "1\n2\n3\n4\n5\n6\n7\nb\nc\n",
           "--- F\n+++ F\n@@ -1,4 +1,3 @@\n-a\n 1\n 2\n 3\n@@ -7,3 +6,4 @@\n 6\n 7\n b\n+c\n");
}

static void an_empty_side_and_a_missing_newline_are_told(void **state)
{
    (void)state;
    expect(DIFF_PLAIN, "", "a\n", "--- F\n+++ F\n@@ -0,0 +1 @@\n+a\n");
    expect(DIFF_PLAIN, "a\n", "", "--- F\n+++ F\n@@ -1 +0,0 @@\n-a\n");
    expect(DIFF_PLAIN, "a", "a\n",
           "--- F\n+++ F\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
}

static void hashes_are_masked_and_locks_are_not(void **state)
{
    (void)state;
    expect(DIFF_SHADOW, "a:$6$secret:1::::::\n", "a:!$6$secret:1::::::\n",
           "--- F\n+++ F\n@@ -1 +1 @@\n-a:<hash>:1::::::\n+a:!<hash>:1::::::\n");
    expect(DIFF_SHADOW, "", "a:!:1::::::\nb:*:1::::::\nc::1::::::\n",
           "--- F\n+++ F\n@@ -0,0 +1,3 @@\n+a:!:1::::::\n+b:*:1::::::\n+c::1::::::\n");
    expect(DIFF_PASSWD, "", "a:x:1:1:::\nb:$6$secret:2:2:::\n",
           "--- F\n+++ F\n@@ -0,0 +1,2 @@\n+a:x:1:1:::\n+b:<hash>:2:2:::\n");
}

static void a_line_that_may_be_anything_is_not_shown(void **state)
{
    static const char *const lines[] = { "$6$secret\n",
                                         "#a:$6$secret\n",
                                         "a:$6$secret:1:2\n",
                                         "#a:$6$secret:1::::::\n",
                                         "a b:x:$6$secret:1:2:3:4:5\n",
                                         "a:!$6$secret",
                                         "a:x:$6$secret::::::" };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char *text = diff(DIFF_SHADOW, "", lines[i]);
        check(strstr(text, "secret") == NULL, lines[i]);
        free(text);
    }
    expect(DIFF_SHADOW, "x\n", "x\n\n", "--- F\n+++ F\n@@ -1 +1,2 @@\n <line>\n+\n");
}

static void a_large_change_is_shown_as_all_out_and_all_in(void **state)
{
    enum { LINES = 3000 };
    char *old = calloc(LINES + 1, 2), *new = calloc(LINES + 1, 2);
    size_t out = 0, in = 0;
    (void)state;
    assert_non_null(old);
    assert_non_null(new);
    for (size_t i = 0; i < LINES; i++) {
        memcpy(old + 2 * i, "a\n", 2);
        memcpy(new + 2 * i, "b\n", 2);
    }
    char *text = diff(DIFF_PLAIN, old, new);
    for (const char *at = strchr(text, '\n'); at != NULL; at = strchr(at + 1, '\n')) {
        out += strncmp(at, "\n-a", 3) == 0;
        in += strncmp(at, "\n+b", 3) == 0;
    }
    assert_int_equal(out, LINES);
    assert_int_equal(in, LINES);
    free(text);
    free(old);
    free(new);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_texts_have_no_diff),
        cmocka_unit_test(a_change_is_shown_with_three_lines_around_it),
        cmocka_unit_test(changes_far_apart_have_hunks_of_their_own),
        cmocka_unit_test(an_empty_side_and_a_missing_newline_are_told),
        cmocka_unit_test(hashes_are_masked_and_locks_are_not),
        cmocka_unit_test(a_line_that_may_be_anything_is_not_shown),
        cmocka_unit_test(a_large_change_is_shown_as_all_out_and_all_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
