/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "table_scratch.h"

/* --- opening */

static void a_file_is_named_by_kind_and_domain(void **state)
{
    char name[VMAIL_FILE_NAME_MAX + 1];
    char *domain = scratch_repeat('a', VMAIL_DOMAIN_MAX);
    (void)state;
    vmail_file_name(name, VMAIL_PASSWD, "va.example");
    assert_string_equal(name, "passwd.va.example");
    vmail_file_name(name, VMAIL_SHADOW, "va.example");
    assert_string_equal(name, "shadow.va.example");
    vmail_file_name(name, VMAIL_GROUP, "va.example");
    assert_string_equal(name, "group.va.example");
    vmail_file_name(name, VMAIL_PASSWD, domain);
    assert_int_equal(strlen(name), 7 + VMAIL_DOMAIN_MAX);
    free(domain);
}

static void a_missing_file_is_not_found(void **state)
{
    struct scratch *scratch = *state;
    struct vmail_table table;
    struct vmail_error error;
    scratch_config(scratch, "");
    check_result(
        vmail_table_open(&table, scratch_file(scratch, VMAIL_PASSWD, "va.example"), &error),
        VMAIL_NOT_FOUND, &error);
    assert_non_null(strstr(error.text, "passwd.va.example: no such file"));
}

static void a_file_that_is_not_trusted_is_unavailable(void **state)
{
    struct scratch *scratch = *state;
    struct vmail_table table;
    struct vmail_error error;
    scratch_config(scratch, "");
    scratch_write_bytes(scratch, "shadow.va.example", "", 0, 0660);
    check_result(
        vmail_table_open(&table, scratch_file(scratch, VMAIL_SHADOW, "va.example"), &error),
        VMAIL_UNAVAILABLE, &error);
    assert_non_null(strstr(error.text, "shadow.va.example: writable by its group"));
}

static void an_empty_file_holds_nobody(void **state)
{
    struct vmail_table table;
    open_passwd(*state, &table, "");
    check_lacks(&table, "bob", "");
    check_lacks_id(&table, 70000);
    check_end(&table);
    vmail_table_close(&table);
}

static void no_descriptor_stays_open(void **state)
{
    struct vmail_table table;
    size_t before = scratch_open_descriptors();
    open_passwd(*state, &table, "bob:x:70000:70000:::\n");
    assert_int_equal(scratch_open_descriptors(), before + 1);
    vmail_table_close(&table);
    assert_int_equal(scratch_open_descriptors(), before);
    vmail_table_close(&table);
}

/* --- finding */

static void a_user_is_found_by_name_and_by_id(void **state)
{
    struct vmail_table table;
    open_passwd(*state, &table, three);
    check_finds(&table, "carol", 70003);
    check_finds(&table, "alice", 70001);
    check_finds_id(&table, 70003, "carol");
    check_finds_id(&table, 70001, "alice");
    check_lacks(&table, "dave", "");
    check_lacks(&table, "ali", "");
    check_lacks(&table, "alicee", "");
    check_lacks(&table, "", "");
    check_lacks_id(&table, 70004);
    vmail_table_close(&table);
}

static void names_are_folded_unless_vmail_conf_says_no(void **state)
{
    struct vmail_table table;
    open_passwd(*state, &table, three);
    check_finds(&table, "bob", 70002);
    vmail_table_close(&table);
    scratch_config(*state, "[vmail]\nfold_case = no\n");
    open_passwd(*state, &table, three);
    check_finds(&table, "Bob", 70002);
    check_lacks(&table, "bob", "");
    check_finds_id(&table, 70002, "Bob");
    vmail_table_close(&table);
}

static void a_file_with_carriage_returns_works(void **state)
{
    struct vmail_table table;
    struct vmail_record record;
    open_passwd(*state, &table, "alice:x:70001:70001::/a:/bin/sh\r\nbob:x:70002:70002:::\r\n");
    check_finds(&table, "bob", 70002);
    check_result(vmail_table_find_name(&table, "alice", &record, NULL), VMAIL_OK, NULL);
    assert_string_equal(record.passwd.shell, "/bin/sh");
    check_next(&table, "bob", 70002);
    vmail_table_close(&table);
}

static void a_shadow_line_is_found_by_name_only(void **state)
{
    struct scratch *scratch = *state;
    struct vmail_table table;
    struct vmail_record record;
    scratch_write_bytes(scratch, "shadow.va.example", "bob:$6$:70000::::::\n", 20, 0640);
    open_kind(scratch, &table, VMAIL_SHADOW);
    check_result(vmail_table_find_name(&table, "bob", &record, NULL), VMAIL_OK, NULL);
    assert_string_equal(record.shadow.hash, "$6$");
    check_lacks_id(&table, 70000);
    check_lacks_id(&table, 0);
    vmail_table_close(&table);
}

static void a_group_is_found_by_name_and_by_id(void **state)
{
    struct scratch *scratch = *state;
    struct vmail_table table;
    struct vmail_record record;
    scratch_write(scratch, "group.va.example", "staff:x:70000:bob\nlow:x:100:\n");
    open_kind(scratch, &table, VMAIL_GROUP);
    check_result(vmail_table_find_name(&table, "staff", &record, NULL), VMAIL_OK, NULL);
    assert_string_equal(record.group.members, "bob");
    check_finds_id(&table, 70000, "staff");
    check_lacks_id(&table, 100);
    check_lacks(&table, "low", "group.va.example:2: low: gid outside `ids` of vmail.conf");
    vmail_table_close(&table);
}

static void ids_out_of_range_are_never_handed_out(void **state)
{
    static const char outside[] = "uid or gid outside `ids` of vmail.conf";
    static const char no_number[] = "uid and gid must be numbers from 0 to 4294967295";
    static const struct {
        const char *id, *reason;
    } cases[] = {
        { "0", outside },
        { "1", outside },
        { "999", outside },
        { "1000", outside },
        { "65534", outside },
        { "65535", outside },
        { "100000", outside },
        { "4294967295", outside },
        { "4294967296", no_number },
        { "-1", no_number },
        { "4295037296", no_number }, /* 2^32 + 70000 */
        { "", no_number },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct vmail_table table;
        char text[256], reason[256];
        snprintf(text, sizeof text, "bob:x:%s:70000:::\nalice:x:70001:%s:::\n", cases[i].id,
                 cases[i].id);
        open_passwd(*state, &table, text);
        snprintf(reason, sizeof reason, "passwd.va.example:1: bob: %s", cases[i].reason);
        check_lacks(&table, "bob", reason);
        snprintf(reason, sizeof reason, "passwd.va.example:2: alice: %s", cases[i].reason);
        check_lacks(&table, "alice", reason);
        check_lacks_id(&table, (uint32_t)strtoul(cases[i].id, NULL, 10));
        check_lacks_id(&table, 70001);
        vmail_lines_rewind(&table.lines, 0);
        check_end(&table);
        vmail_table_close(&table);
    }
}

static void a_name_with_a_separator_is_never_handed_out(void **state)
{
    struct vmail_table table;
    scratch_config(*state, "[vmail]\nseparators = %+\n");
    open_passwd(*state, &table, "bob+x:x:70001:70001:::\na%b:x:70002:70002:::\n");
    check_lacks(
        &table, "bob+x",
        "passwd.va.example:1: bob+x: the name contains one of the `separators` of vmail.conf");
    check_lacks_id(&table, 70002);
    check_end(&table);
    vmail_table_close(&table);
}

/* --- large files */

static void a_user_is_found_in_any_block(void **state)
{
    struct vmail_table table;
    char *text = many_users(MANY);
    open_passwd(*state, &table, text);
    for (int i = 0; i < MANY; i += 997) {
        char name[16];
        snprintf(name, sizeof name, "u%d", i);
        check_finds(&table, name, (uint32_t)(66000 + i));
        check_finds_id(&table, (uint32_t)(66000 + i), name);
    }
    vmail_table_close(&table);
    free(text);
}

static void lines_behind_an_overlong_one_are_found(void **state)
{
    struct scratch *scratch = *state;
    struct vmail_table table;
    size_t length = 3 * VMAIL_LINE_MAX;
    char *text = scratch_repeat('x', length + 100);
    size_t start =
        scratch_print(text, text + length, "alice:x:70001:70001:::\nhuge:x:70002:70002:");
    text[start] = 'x';
    memcpy(text + length, "::\nbob:x:70003:70003:::\n", sizeof "::\nbob:x:70003:70003:::\n");
    scratch_write(scratch, "passwd.va.example", text);
    open_kind(scratch, &table, VMAIL_PASSWD);
    check_next(&table, "alice", 70001);
    check_next(&table, "bob", 70003);
    check_end(&table);
    check_finds(&table, "bob", 70003);
    check_finds_id(&table, 70003, "bob");
    check_lacks(&table, "huge", "");
    check_lacks_id(&table, 70002);
    vmail_table_close(&table);
    free(text);
}

static void a_group_may_have_very_many_members(void **state)
{
    struct scratch *scratch = *state;
    struct vmail_table table;
    struct vmail_record record;
    size_t length = 600 * 1024;
    char *text = scratch_repeat('m', length);
    memcpy(text, "staff:x:70000:", 14);
    for (size_t i = 50; i < length; i += 50)
        text[i] = ',';
    scratch_write(scratch, "group.va.example", text);
    open_kind(scratch, &table, VMAIL_GROUP);
    check_result(vmail_table_find_name(&table, "staff", &record, NULL), VMAIL_OK, NULL);
    assert_int_equal(strlen(record.group.members), length - 14);
    vmail_table_close(&table);
    free(text);
}

/* --- on a text that was read before */

static void open_text(struct scratch *scratch, struct vmail_table *table, enum vmail_kind kind,
                      const char *text)
{
    if (scratch->config == NULL)
        scratch_config(scratch, "");
    check_result(
        vmail_table_open_text(table, scratch_file(scratch, kind, "va.example"), text, strlen(text)),
        VMAIL_OK, NULL);
}

static void a_text_is_searched_as_a_file_is(void **state)
{
    static const char text[] = "# comment\nAlice:x:70001:70001:::\nroot:x:0:0:::\n"
                               "bob:x:70002:70002:::\r\nbob:x:70003:70003:::\n"
                               "carol:x:70004:70004:::";
    struct vmail_table table;
    size_t before = scratch_open_descriptors();
    open_text(*state, &table, VMAIL_PASSWD, text);
    assert_int_equal(scratch_open_descriptors(), before);
    check_finds(&table, "bob", 70002);
    assert_int_equal(table.found, strstr(text, "bob") - text);
    check_finds(&table, "alice", 70001);
    assert_int_equal(table.found, strstr(text, "Alice") - text);
    check_finds(&table, "carol", 70004);
    assert_int_equal(table.found, strstr(text, "carol") - text);
    check_finds_id(&table, 70002, "bob");
    check_lacks_id(&table, 70003);
    check_lacks(&table, "dave", "");
    check_lacks(&table, "root",
                "passwd.va.example:3: root: uid or gid outside `ids` of vmail.conf");
    vmail_table_close(&table);
    vmail_table_close(&table);
}

static void a_text_is_listed_as_a_file_is(void **state)
{
    struct vmail_table table;
    open_text(*state, &table, VMAIL_GROUP, "staff:x:70000:bob\nbroken\nall:x:70001:");
    check_next(&table, "staff", 70000);
    vmail_table_suspend(&table); /* there is no file to reopen */
    check_next(&table, "all", 70001);
    check_end(&table);
    check_end(&table);
    vmail_table_close(&table);
}

static void an_empty_text_holds_nobody(void **state)
{
    struct vmail_table table;
    open_text(*state, &table, VMAIL_SHADOW, "");
    check_lacks(&table, "bob", "");
    check_end(&table);
    vmail_table_close(&table);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_named_by_kind_and_domain),
        ON_SCRATCH(a_missing_file_is_not_found),
        ON_SCRATCH(a_file_that_is_not_trusted_is_unavailable),
        ON_SCRATCH(an_empty_file_holds_nobody),
        ON_SCRATCH(no_descriptor_stays_open),
        ON_SCRATCH(a_user_is_found_by_name_and_by_id),
        ON_SCRATCH(names_are_folded_unless_vmail_conf_says_no),
        ON_SCRATCH(a_file_with_carriage_returns_works),
        ON_SCRATCH(a_shadow_line_is_found_by_name_only),
        ON_SCRATCH(a_group_is_found_by_name_and_by_id),
        ON_SCRATCH(ids_out_of_range_are_never_handed_out),
        ON_SCRATCH(a_name_with_a_separator_is_never_handed_out),
        ON_SCRATCH(a_user_is_found_in_any_block),
        ON_SCRATCH(lines_behind_an_overlong_one_are_found),
        ON_SCRATCH(a_group_may_have_very_many_members),
        ON_SCRATCH(a_text_is_searched_as_a_file_is),
        ON_SCRATCH(a_text_is_listed_as_a_file_is),
        ON_SCRATCH(an_empty_text_holds_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
