/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "aliases.h"

#include <stdio.h>
#include <string.h>

#include "cmocka_all.h"
#include "scratch.h"

/* EXPECTED has one line per entry of TEXT: "LINE NAME TARGET|TARGET" or "LINE NAME !REASON". */
static void check_read(const char *text, const char *expected)
{
    struct vmail_aliases aliases;
    char seen[1024] = "";
    size_t used = 0;
    assert_true(vmail_aliases_read(text, strlen(text), &aliases));
    for (size_t i = 0; i < aliases.count; i++) {
        const struct vmail_alias *alias = &aliases.alias[i];
        used += (size_t)snprintf(seen + used, sizeof seen - used, "%lu %s %s%s", alias->line,
                                 alias->name, alias->reason == NULL ? "" : "!",
                                 alias->reason == NULL ? "" : alias->reason);
        for (size_t k = 0; k < alias->target_count; k++)
            used += (size_t)snprintf(seen + used, sizeof seen - used, "%s%s", k == 0 ? "" : "|",
                                     alias->target[k].text);
        used += (size_t)snprintf(seen + used, sizeof seen - used, "\n");
    }
    vmail_aliases_end(&aliases);
    check_text(seen, expected, text);
}

static void entries_comments_and_lines_that_go_on_are_read(void **state)
{
    (void)state;
    check_read("", "");
    check_read("# nothing\n\n  \n", "");
    check_read("Info: bob\nsales : bob , alice@vb.example\n",
               "1 info bob\n2 sales bob|alice@vb.example\n");
    check_read("a: b,\n# between\n\n\tc,\n  d\n# after\ne: f", "1 a b|c|d\n7 e f\n");
    check_read("a: b\r\n  c\r\nd:e\r\n", "1 a b|c\n3 d e\n");
    check_read("a:b,c", "1 a b|c\n");
}

static void quotes_keep_a_word_together(void **state)
{
    (void)state;
    check_read("a: \"|prog -x, y\", b\n", "1 a |prog -x, y|b\n");
    check_read("\"a:b\": \"x \\\" y\"@d.example\n", "1 a:b x \" y@d.example\n");
    check_read("a: :include:/etc/list, /var/mail/x\n", "1 a :include:/etc/list|/var/mail/x\n");
}

static void a_broken_entry_tells_why_and_hurts_no_other(void **state)
{
    (void)state;
    check_read("a b\nc: d\n", "1 a !no colon after the name\n2 c d\n");
    check_read("a:\nc: d\n", "1 a !no target after the name\n2 c d\n");
    check_read("a: \"x\nc: d\n", "1 a !a quote is not closed on its line\n2 c d\n");
    check_read(": x\nc: d\n", "1  !no name before the colon\n2 c d\n");
    check_read(" a: b\nc: d\n", "1  !starts with white space, but continues no line\n2 c d\n");
}

static void the_first_entry_of_a_name_counts(void **state)
{
    static const char text[] = "a:\nA: b\na: c\n";
    struct vmail_aliases aliases;
    (void)state;
    assert_true(vmail_aliases_read(text, sizeof text - 1, &aliases));
    const struct vmail_alias *alias = vmail_aliases_find(&aliases, "a");
    assert_non_null(alias);
    assert_string_equal(alias->target[0].text, "b");
    assert_null(vmail_aliases_find(&aliases, "b"));
    vmail_aliases_end(&aliases);
}

static void a_target_is_of_one_kind(void **state)
{
    static const struct {
        const char *target;
        enum vmail_alias_kind kind;
    } cases[] = {
        { "bob", VMAIL_ALIAS_LOCAL },
        { "bob@va.example", VMAIL_ALIAS_ADDRESS },
        { "a/b=c@va.example", VMAIL_ALIAS_ADDRESS },
        { "/dev/null", VMAIL_ALIAS_FILE },
        { "|vacation bob", VMAIL_ALIAS_PROGRAM },
        { ":include:/etc/x", VMAIL_ALIAS_INCLUDE },
        { "", VMAIL_ALIAS_WRONG },
        { "|", VMAIL_ALIAS_WRONG },
        { "a b", VMAIL_ALIAS_WRONG },
        { "@va.example", VMAIL_ALIAS_WRONG },
        { "-x@va.example", VMAIL_ALIAS_WRONG },
        { "bob@", VMAIL_ALIAS_WRONG },
        { "bob@../x", VMAIL_ALIAS_WRONG },
        { "a\nb: c", VMAIL_ALIAS_WRONG },
        { "/x\ny", VMAIL_ALIAS_WRONG },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (vmail_alias_kind(cases[i].target) != cases[i].kind)
            fail_msg("'%s' is not of kind %d", cases[i].target, (int)cases[i].kind);
}

static void a_plain_target_is_a_name_or_an_address_without_shell_characters(void **state)
{
    static const char *const plain[] = { "bob", "bob+tag@va.example", "a/b=c@va.example" };
    static const char *const other[] = { "/dev/null",
                                         "|id",
                                         ":include:/etc/x",
                                         "",
                                         "a b",
                                         "$(id)",
                                         "`id`",
                                         "$(id)@va.example",
                                         "a;b",
                                         "a|b@va.example",
                                         "a{1,2}@va.example",
                                         "*@va.example",
                                         "-x@va.example",
                                         "/x@va.example",
                                         "bob@$(id)" };
    (void)state;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (!vmail_alias_is_plain(plain[i]))
            fail_msg("'%s' is not plain", plain[i]);
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        if (vmail_alias_is_plain(other[i]))
            fail_msg("'%s' is plain", other[i]);
}

static void a_restricted_file_has_plain_targets_only(void **state)
{
    static const char text[] = "a: x, |id, y, \"| id -u\", z\nb: /etc/x\nb: second\nc:\n";
    struct vmail_aliases aliases;
    (void)state;
    assert_true(vmail_aliases_read(text, sizeof text - 1, &aliases));
    vmail_aliases_restrict(&aliases);
    const struct vmail_alias *a = &aliases.alias[0], *b = &aliases.alias[1];
    assert_int_equal(a->target_count, 3);
    assert_string_equal(a->target[0].text, "x");
    assert_string_equal(a->target[1].text, "y");
    assert_string_equal(a->target[2].text, "z");
    assert_int_equal(a->ignored_count, 2);
    assert_true(a->target[3].text[0] == '|' && a->target[4].text[0] == '|');
    assert_null(a->reason);
    assert_int_equal(b->target_count, 0);
    assert_int_equal(b->ignored_count, 1);
    assert_non_null(strstr(b->reason, "co-administrators may edit"));
    assert_ptr_equal(vmail_aliases_find(&aliases, "b"), &aliases.alias[2]);
    assert_string_equal(aliases.alias[3].reason, "no target after the name");
    vmail_aliases_end(&aliases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_comments_and_lines_that_go_on_are_read),
        cmocka_unit_test(quotes_keep_a_word_together),
        cmocka_unit_test(a_broken_entry_tells_why_and_hurts_no_other),
        cmocka_unit_test(the_first_entry_of_a_name_counts),
        cmocka_unit_test(a_target_is_of_one_kind),
        cmocka_unit_test(a_plain_target_is_a_name_or_an_address_without_shell_characters),
        cmocka_unit_test(a_restricted_file_has_plain_targets_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
