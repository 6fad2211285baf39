/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "scratch.h"

/* The line that the current record points into. */
static char line[1024];

static const char *parse_bytes(enum vmail_kind kind, const char *text, size_t length,
                               struct vmail_record *record)
{
    assert_true(length < sizeof line);
    memcpy(line, text, length);
    line[length] = '\0';
    return vmail_record_parse(kind, line, length, record);
}

static const char *parse(enum vmail_kind kind, const char *text, struct vmail_record *record)
{
    return parse_bytes(kind, text, strlen(text), record);
}

static void a_passwd_line_has_seven_fields(void **state)
{
    struct vmail_record record;
    (void)state;
    assert_null(parse(VMAIL_PASSWD, "Bob:x:70000:70001:Bob B,,,:/home/bob:/bin/sh", &record));
    assert_int_equal(record.kind, VMAIL_PASSWD);
    assert_string_equal(record.passwd.name, "Bob");
    assert_string_equal(record.passwd.hash, "x");
    assert_int_equal(record.passwd.uid, 70000);
    assert_int_equal(record.passwd.gid, 70001);
    assert_string_equal(record.passwd.gecos, "Bob B,,,");
    assert_string_equal(record.passwd.home, "/home/bob");
    assert_string_equal(record.passwd.shell, "/bin/sh");
    assert_string_equal(vmail_record_name(&record), "Bob");
    assert_int_equal(vmail_record_id(&record), 70000);
}

static void the_texts_of_a_passwd_line_may_be_empty(void **state)
{
    struct vmail_record record;
    (void)state;
    assert_null(parse(VMAIL_PASSWD, "bob::70000:70000:::", &record));
    assert_string_equal(record.passwd.hash, "");
    assert_string_equal(record.passwd.gecos, "");
    assert_string_equal(record.passwd.home, "");
    assert_string_equal(record.passwd.shell, "");
}

static void a_shadow_line_has_nine_fields(void **state)
{
    struct vmail_record record;
    (void)state;
    assert_null(parse(VMAIL_SHADOW, "bob:$6$s$h:19000:1:2:3:4:20000:5", &record));
    assert_string_equal(record.shadow.name, "bob");
    assert_string_equal(record.shadow.hash, "$6$s$h");
    assert_int_equal(record.shadow.last_change, 19000);
    assert_int_equal(record.shadow.minimum, 1);
    assert_int_equal(record.shadow.maximum, 2);
    assert_int_equal(record.shadow.warning, 3);
    assert_int_equal(record.shadow.inactive, 4);
    assert_int_equal(record.shadow.expire, 20000);
    assert_int_equal(record.shadow.flag, 5);
    assert_string_equal(vmail_record_name(&record), "bob");
    assert_int_equal(vmail_record_id(&record), 0);
}

static void empty_fields_of_a_shadow_line_are_minus_one(void **state)
{
    struct vmail_record record;
    (void)state;
    assert_null(parse(VMAIL_SHADOW, "bob::::::::", &record));
    assert_string_equal(record.shadow.hash, "");
    assert_true(record.shadow.last_change == -1 && record.shadow.minimum == -1 &&
                record.shadow.maximum == -1 && record.shadow.warning == -1 &&
                record.shadow.inactive == -1 && record.shadow.expire == -1);
    assert_true(record.shadow.flag == ~0ul);
    assert_null(parse(VMAIL_SHADOW, "bob:!:-1:-1:-1:-1:-1:-1:", &record));
    assert_true(record.shadow.last_change == -1 && record.shadow.expire == -1);
}

static void a_day_may_be_as_large_as_a_long(void **state)
{
    struct vmail_record record;
    char text[64];
    (void)state;
    snprintf(text, sizeof text, "bob:x:%ld::::::%lu", LONG_MAX, ULONG_MAX);
    assert_null(parse(VMAIL_SHADOW, text, &record));
    assert_true(record.shadow.last_change == LONG_MAX);
    assert_true(record.shadow.flag == ULONG_MAX);
    snprintf(text, sizeof text, "bob:x:%lu::::::", (unsigned long)LONG_MAX + 1);
    assert_non_null(parse(VMAIL_SHADOW, text, &record));
}

static void a_group_line_has_four_fields(void **state)
{
    struct vmail_record record;
    (void)state;
    assert_null(parse(VMAIL_GROUP, "staff:x:70000:bob,alice", &record));
    assert_string_equal(record.group.name, "staff");
    assert_int_equal(record.group.gid, 70000);
    assert_string_equal(record.group.members, "bob,alice");
    assert_string_equal(vmail_record_name(&record), "staff");
    assert_int_equal(vmail_record_id(&record), 70000);
    assert_null(parse(VMAIL_GROUP, "staff::70000:", &record));
    assert_string_equal(record.group.members, "");
}

static void ids_have_32_bits_and_no_sign(void **state)
{
    static const struct {
        const char *id;
        bool valid;
    } cases[] = {
        { "0", true },
        { "65534", true },
        { "65535", true },
        { "4294967295", true },
        { "4294967296", false },
        { "-1", false },
        { "+1", false },
        { "", false },
        { " 1", false },
        { "1 ", false },
        { "0x10", false },
        { "1e3", false },
        { "18446744073709551616", false },
        { "4294967296000000070000", false },
        { "ten", false },
        { "1\t", false },
        { "70000.0", false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct vmail_record record;
        char text[128];
        snprintf(text, sizeof text, "bob:x:%s:70000:::", cases[i].id);
        check((parse(VMAIL_PASSWD, text, &record) == NULL) == cases[i].valid, text);
        snprintf(text, sizeof text, "bob:x:70000:%s:::", cases[i].id);
        check((parse(VMAIL_PASSWD, text, &record) == NULL) == cases[i].valid, text);
        snprintf(text, sizeof text, "staff:x:%s:", cases[i].id);
        check((parse(VMAIL_GROUP, text, &record) == NULL) == cases[i].valid, text);
    }
}

static void a_broken_line_is_told_what_is_wrong(void **state)
{
    static const struct {
        enum vmail_kind kind;
        const char *text, *reason;
    } cases[] = {
        { VMAIL_PASSWD, "", "expected 7 fields, see passwd(5)" },
        { VMAIL_PASSWD, "bob", "expected 7 fields, see passwd(5)" },
        { VMAIL_PASSWD, "bob:x:70000:70000::/", "expected 7 fields, see passwd(5)" },
        { VMAIL_PASSWD, "bob:x:70000:70000::/:/bin/sh:", "expected 7 fields, see passwd(5)" },
        { VMAIL_PASSWD, ":x:70000:70000:::", "the name is not valid, see vmail(5)" },
        { VMAIL_PASSWD, "bob@va:x:70000:70000:::", "the name is not valid, see vmail(5)" },
        { VMAIL_PASSWD, "../bob:x:70000:70000:::", "the name is not valid, see vmail(5)" },
        { VMAIL_PASSWD, " bob:x:70000:70000:::", "the name is not valid, see vmail(5)" },
        { VMAIL_PASSWD, "b\xc3\xb6:x:70000:70000:::", "the name is not valid, see vmail(5)" },
        { VMAIL_PASSWD, "bob:x:a:70000:::", "uid and gid must be numbers from 0 to 4294967295" },
        { VMAIL_PASSWD, "bob:x:70000::::", "uid and gid must be numbers from 0 to 4294967295" },
        { VMAIL_PASSWD,
          "bob:x:70000:70000:\x1b[m::", "contains a NUL byte or another control character" },
        { VMAIL_PASSWD,
          "bob:x:70000:70000:a\rb::", "contains a NUL byte or another control character" },
        { VMAIL_PASSWD, "bob:x:70000:70000:::\x7f",
          "contains a NUL byte or another control character" },
        { VMAIL_PASSWD, "bob:x:70000:70000:::\r\r",
          "contains a NUL byte or another control character" },
        { VMAIL_SHADOW, "bob:x", "expected 9 fields, see shadow(5)" },
        { VMAIL_SHADOW, "bob:x:::::::0:", "expected 9 fields, see shadow(5)" },
        { VMAIL_SHADOW, "bob:x:1.5::::::", "fields 3 to 8 must be empty or numbers of days" },
        { VMAIL_SHADOW, "bob:x:-2::::::", "fields 3 to 8 must be empty or numbers of days" },
        { VMAIL_SHADOW,
          "bob:x::::::2030-01-01:", "fields 3 to 8 must be empty or numbers of days" },
        { VMAIL_SHADOW, "bob:x:::::::x", "field 9 must be empty or a number" },
        { VMAIL_SHADOW, "-bob:x:::::::", "the name is not valid, see vmail(5)" },
        { VMAIL_PASSWD, "+bob:x:70000:70000:::", "the name is not valid, see vmail(5)" },
        { VMAIL_GROUP, "+staff:x:70000:", "the name is not valid, see vmail(5)" },
        { VMAIL_GROUP, "staff:x:70000", "expected 4 fields, see group(5)" },
        { VMAIL_GROUP, "staff:x:70000:bob:", "expected 4 fields, see group(5)" },
        { VMAIL_GROUP, "staff:x:4294967296:bob", "gid must be a number from 0 to 4294967295" },
        { VMAIL_GROUP, "a/b:x:70000:bob", "the name is not valid, see vmail(5)" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct vmail_record record;
        check_text(parse(cases[i].kind, cases[i].text, &record), cases[i].reason, cases[i].text);
    }
}

static void a_nul_byte_breaks_a_line(void **state)
{
    static const char *const reason = "contains a NUL byte or another control character";
    static const char in_the_name[] = "bob\0:x:70000:70000:::";
    static const char in_the_shell[] = "bob:x:70000:70000::/:/bin/sh\0";
    static const char behind_a_hash[] = "bob:\0$6$:::::::";
    struct vmail_record record;
    (void)state;
    check_text(parse_bytes(VMAIL_PASSWD, in_the_name, sizeof in_the_name - 1, &record), reason, "");
    check_text(parse_bytes(VMAIL_PASSWD, in_the_shell, sizeof in_the_shell - 1, &record), reason,
               "");
    check_text(parse_bytes(VMAIL_SHADOW, behind_a_hash, sizeof behind_a_hash - 1, &record), reason,
               "");
}

static void one_carriage_return_at_the_end_is_not_part_of_a_line(void **state)
{
    struct vmail_record record;
    (void)state;
    assert_null(parse(VMAIL_PASSWD, "bob:x:70000:70000:::/bin/sh\r", &record));
    assert_string_equal(record.passwd.shell, "/bin/sh");
    assert_null(parse(VMAIL_SHADOW, "bob:x:::::::\r", &record));
    assert_null(parse(VMAIL_GROUP, "staff:x:70000:bob\r", &record));
    assert_string_equal(record.group.members, "bob");
}

static void text_fields_may_hold_utf_8(void **state)
{
    struct vmail_record record;
    (void)state;
    assert_null(parse(VMAIL_PASSWD, "bob:x:70000:70000:B\303\266b::", &record));
    assert_string_equal(record.passwd.gecos, "B\303\266b");
}

static void a_name_of_300_bytes_breaks_a_line(void **state)
{
    struct vmail_record record;
    char *text = scratch_repeat('a', 330);
    (void)state;
    memcpy(text + 300, ":x:70000:70000:::", sizeof ":x:70000:70000:::");
    assert_non_null(parse(VMAIL_PASSWD, text, &record));
    memcpy(text + 65, ":x:70000:70000:::", sizeof ":x:70000:70000:::");
    assert_non_null(parse(VMAIL_PASSWD, text, &record));
    memcpy(text + 64, ":x:70000:70000:::", sizeof ":x:70000:70000:::");
    assert_null(parse(VMAIL_PASSWD, text, &record));
    free(text);
}

static void a_line_that_is_commented_out_is_no_record(void **state)
{
    struct vmail_record record;
    (void)state;
    assert_non_null(parse(VMAIL_PASSWD, "#bob:x:70000:70000:::", &record));
    assert_non_null(parse(VMAIL_SHADOW, "#bob:x:::::::", &record));
    assert_non_null(parse(VMAIL_GROUP, "#staff:x:70000:bob", &record));
}

static void check_members(const char *list, const char *const *expected, size_t count)
{
    const char *rest = list, *member;
    size_t length;
    for (size_t i = 0; i < count; i++) {
        check(vmail_group_next_member(&rest, &member, &length), list);
        check(length == strlen(expected[i]) && memcmp(member, expected[i], length) == 0, list);
    }
    check(!vmail_group_next_member(&rest, &member, &length), list);
    check(!vmail_group_next_member(&rest, &member, &length), list);
}

static void members_stand_between_commas(void **state)
{
    static const char *const both[] = { "bob", "alice" };
    (void)state;
    check_members("", NULL, 0);
    check_members("bob", both, 1);
    check_members("bob,alice", both, 2);
}

static void members_that_no_user_can_be_are_passed_over(void **state)
{
    static const char *const both[] = { "bob", "alice" };
    char *text = scratch_repeat('a', 100);
    (void)state;
    check_members(",", NULL, 0);
    check_members(",,bob,,,alice,,", both, 2);
    check_members("bob,-x,../y,a b,a@b,alice", both, 2);
    check_members("bob, ,alice", both, 2);
    memcpy(text, "bob,", 4);
    check_members(text, both, 1);
    free(text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_passwd_line_has_seven_fields),
        cmocka_unit_test(the_texts_of_a_passwd_line_may_be_empty),
        cmocka_unit_test(a_shadow_line_has_nine_fields),
        cmocka_unit_test(empty_fields_of_a_shadow_line_are_minus_one),
        cmocka_unit_test(a_day_may_be_as_large_as_a_long),
        cmocka_unit_test(a_group_line_has_four_fields),
        cmocka_unit_test(ids_have_32_bits_and_no_sign),
        cmocka_unit_test(a_broken_line_is_told_what_is_wrong),
        cmocka_unit_test(a_nul_byte_breaks_a_line),
        cmocka_unit_test(one_carriage_return_at_the_end_is_not_part_of_a_line),
        cmocka_unit_test(text_fields_may_hold_utf_8),
        cmocka_unit_test(a_name_of_300_bytes_breaks_a_line),
        cmocka_unit_test(a_line_that_is_commented_out_is_no_record),
        cmocka_unit_test(members_stand_between_commas),
        cmocka_unit_test(members_that_no_user_can_be_are_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
