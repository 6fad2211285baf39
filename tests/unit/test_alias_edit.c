/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "alias_edit.h"

#include <string.h>

#include "cmocka_all.h"
#include "scratch.h"

/* '+' separates TARGETS. */
static void check_edit(enum vmail_alias_action action, const char *name, const char *targets,
                       const char *before, enum vmail_result expected, const char *after)
{
    struct vmail_text_buffer text = { 0 };
    struct vmail_error error = { 0 };
    const char *target[8];
    char copy[256];
    struct vmail_alias_change change = { action, name, target, 0 };
    assert_true(strlen(targets) < sizeof copy);
    memcpy(copy, targets, strlen(targets) + 1);
    for (char *rest = copy, *word; *targets != '\0' && (word = strsep(&rest, "+")) != NULL;)
        target[change.count++] = word;
    check_result(vmail_alias_edit(before, strlen(before), &change, &text, &error), expected,
                 &error);
    assert_true((expected == VMAIL_OK) == (error.text[0] == '\0'));
    if (expected == VMAIL_OK)
        check_text(text.bytes, after, before);
    vmail_text_end(&text);
}

static void a_new_alias_stands_at_the_end(void **state)
{
    (void)state;
    check_edit(VMAIL_ALIAS_SET, "info", "bob+alice@vb.example", "", VMAIL_OK,
               "info: bob, alice@vb.example\n");
    check_edit(VMAIL_ALIAS_ADD, "info", "bob", "# mine\r\na: b", VMAIL_OK,
               "# mine\r\na: b\r\ninfo: bob\r\n");
    check_edit(VMAIL_ALIAS_SET, "#x", "|prog \"a\" b", "", VMAIL_OK,
               "\"#x\": \"|prog \\\"a\\\" b\"\n");
}

static void setting_an_alias_keeps_all_around_it(void **state)
{
    (void)state;
    check_edit(VMAIL_ALIAS_SET, "info", "carol",
               "# top\nINFO :\tbob,\n# who else\n  alice,\n\tdave\n# end\nx: y\n", VMAIL_OK,
               "# top\nINFO :\tcarol\n# who else\n# end\nx: y\n");
    check_edit(VMAIL_ALIAS_SET, "info", "a+b", "info: \"|x, y\"\r\ninfo: z\r\n", VMAIL_OK,
               "info: a, b\r\ninfo: z\r\n");
}

static void targets_are_added_once_and_long_lists_go_on(void **state)
{
    (void)state;
    check_edit(VMAIL_ALIAS_ADD, "a", "c+b+c", "a: b\n# x\nd: e\n", VMAIL_OK,
               "a: b, c\n# x\nd: e\n");
    check_edit(VMAIL_ALIAS_ADD, "a", "b", "a: b", VMAIL_OK, "a: b");
    check_edit(VMAIL_ALIAS_ADD, "a", "B+/P+C@D.example", "a: b, /p, c@d.example", VMAIL_OK,
               "a: b, /p, c@d.example, /P");
    check_edit(VMAIL_ALIAS_ADD, "a", "somebody.with.a.long.name@elsewhere.example",
               "a: bob, alice, carol, dave, eve, frank, grace\r\nx: y\r\n", VMAIL_OK,
               "a: bob, alice, carol, dave, eve, frank, grace,\r\n"
               "    somebody.with.a.long.name@elsewhere.example\r\nx: y\r\n");
}

static void targets_are_removed_with_their_commas(void **state)
{
    static const char before[] = "a: b, c ,\n# about d\n  d\nx: y\n";
    (void)state;
    check_edit(VMAIL_ALIAS_REMOVE, "a", "b", before, VMAIL_OK, "a: c ,\n# about d\n  d\nx: y\n");
    check_edit(VMAIL_ALIAS_REMOVE, "a", "c", "a: b, c\nx: y\n", VMAIL_OK, "a: b\nx: y\n");
    check_edit(VMAIL_ALIAS_REMOVE, "a", "b+c", before, VMAIL_OK, "a: \n# about d\n  d\nx: y\n");
    check_edit(VMAIL_ALIAS_REMOVE, "a", "d", "a: b,\n  c,\n  d\nx: y\n", VMAIL_OK,
               "a: b,\n  c\nx: y\n");
    check_edit(VMAIL_ALIAS_REMOVE, "a", "c", "a: b,\n  c,\n  d\nx: y\n", VMAIL_OK,
               "a: b,\n  d\nx: y\n");
    check_edit(VMAIL_ALIAS_REMOVE, "a", "z", before, VMAIL_NOT_FOUND, before);
    check_edit(VMAIL_ALIAS_REMOVE, "z", "b", before, VMAIL_NOT_FOUND, before);
    check_edit(VMAIL_ALIAS_REMOVE, "x", "y", before, VMAIL_INVALID, before);
}

static void deleting_takes_every_entry_of_the_name(void **state)
{
    (void)state;
    check_edit(VMAIL_ALIAS_DELETE, "a", "", "# 1\na: b,\n c\nx: y\nA: d\n# 2\n", VMAIL_OK,
               "# 1\nx: y\n# 2\n");
    check_edit(VMAIL_ALIAS_DELETE, "a", "", "x: y\n", VMAIL_NOT_FOUND, "x: y\n");
}

static void a_change_that_would_swallow_another_entry_is_refused(void **state)
{
    (void)state;
    check_edit(VMAIL_ALIAS_SET, "a", "b\nroot: evil", "x: y\n", VMAIL_INVALID, "x: y\n");
    check_edit(VMAIL_ALIAS_ADD, "a", "b\n", "a: c\n", VMAIL_INVALID, "a: c\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_alias_stands_at_the_end),
        cmocka_unit_test(setting_an_alias_keeps_all_around_it),
        cmocka_unit_test(targets_are_added_once_and_long_lists_go_on),
        cmocka_unit_test(targets_are_removed_with_their_commas),
        cmocka_unit_test(deleting_takes_every_entry_of_the_name),
        cmocka_unit_test(a_change_that_would_swallow_another_entry_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
