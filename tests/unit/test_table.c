/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* --- invalid lines and duplicate names */

static const char broken[] = "\n"
                             "garbage\n"
                             "alice:x:70001:70001:::\n"
                             ":::::::::::\n"
                             "bob:x:70002\n"
                             "#bob:x:70009:70009:::\n"
                             "bob:x:70003:70003:a\x01::\n"
                             "bob:x:70004:70004:::\n"
                             "../etc:x:70005:70005:::\n"
                             "\xff\xfe\n"
                             "carol:x:70006:70006:::\n";

static void broken_lines_are_skipped(void **state)
{
    struct vmail_table table;
    open_passwd(*state, &table, broken);
    check_next(&table, "alice", 70001);
    check_next(&table, "bob", 70004);
    check_next(&table, "carol", 70006);
    check_end(&table);
    check_finds(&table, "bob", 70004);
    check_finds(&table, "carol", 70006);
    check_finds_id(&table, 70004, "bob");
    check_finds_id(&table, 70006, "carol");
    check_lacks_id(&table, 70002);
    check_lacks_id(&table, 70003);
    check_lacks_id(&table, 70005);
    check_lacks_id(&table, 70009);
    vmail_table_close(&table);
}

static void a_nul_byte_spoils_its_line_only(void **state)
{
    static const char text[] = "alice:x:70001:70001:\0::\nbob:x:70002:70002:::\n"
                               "carol\0:x:70003:70003:::\n\0\ndave:x:70004:70004:::\0";
    struct scratch *scratch = *state;
    struct vmail_table table;
    scratch_write_bytes(scratch, "passwd.va.example", text, sizeof text - 1, 0644);
    open_kind(scratch, &table, VMAIL_PASSWD);
    check_lacks(&table, "alice",
                "passwd.va.example:1: alice: contains a NUL byte or another control character");
    check_finds(&table, "bob", 70002);
    check_lacks(&table, "carol", "");
    check_lacks_id(&table, 70001);
    check_lacks_id(&table, 70003);
    check_lacks_id(&table, 70004);
    vmail_table_close(&table);
}

static void a_name_whose_only_line_is_broken_is_told_where(void **state)
{
    struct vmail_table table;
    open_passwd(*state, &table, "alice:x:70001:70001:::\nbob:x:70002\n");
    check_lacks(&table, "bob", "passwd.va.example:2: bob: expected 7 fields, see passwd(5)");
    check_lacks(&table, "carol", "");
    vmail_table_close(&table);
}

static void of_two_lines_with_one_name_the_first_counts(void **state)
{
    struct vmail_table table;
    open_passwd(*state, &table,
                "bob:x:70001:70001:::\nalice:x:70005:70005:::\nBOB:x:70002:70002:::\n");
    check_finds(&table, "bob", 70001);
    check_finds_id(&table, 70001, "bob");
    check_lacks_id(&table, 70002);
    check_finds_id(&table, 70005, "alice");
    vmail_table_close(&table);
}

static void an_id_of_a_shadowed_line_is_found_further_down(void **state)
{
    struct vmail_table table;
    open_passwd(*state, &table,
                "bob:x:70001:70001:::\nbob:x:70002:70002:::\nalice:x:70002:70002:::\n");
    check_finds_id(&table, 70002, "alice");
    vmail_table_close(&table);
}

static void of_two_lines_with_one_id_the_first_counts(void **state)
{
    struct vmail_table table;
    open_passwd(*state, &table, "bob:x:70001:70001:::\nalice:x:70001:70001:::\n");
    check_finds_id(&table, 70001, "bob");
    check_finds(&table, "alice", 70001);
    vmail_table_close(&table);
}

static void without_folding_names_that_differ_in_case_are_two(void **state)
{
    struct vmail_table table;
    scratch_config(*state, "[vmail]\nfold_case = no\n");
    open_passwd(*state, &table, "bob:x:70001:70001:::\nBob:x:70002:70002:::\n");
    check_finds(&table, "bob", 70001);
    check_finds(&table, "Bob", 70002);
    check_finds_id(&table, 70002, "Bob");
    vmail_table_close(&table);
}

static void a_listing_repeats_what_stands_twice(void **state)
{
    struct vmail_table table;
    open_passwd(*state, &table, "bob:x:70001:70001:::\nbob:x:70002:70002:::\n");
    check_next(&table, "bob", 70001);
    check_next(&table, "bob", 70002);
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

/* --- suspended */

/* Reads the first of many users and suspends the table. */
static void suspend_among_many(struct scratch *scratch, struct vmail_table *table)
{
    char *text = many_users(MANY);
    open_passwd(scratch, table, text);
    free(text);
    check_next(table, "u0", 66000);
    vmail_table_suspend(table);
}

static int count_rest(struct vmail_table *table)
{
    struct vmail_record record;
    int count = 0;
    while (vmail_table_next(table, &record) == VMAIL_OK) {
        assert_int_equal(vmail_record_id(&record), 66001 + count);
        count++;
    }
    return count;
}

static void a_suspended_table_holds_no_descriptor(void **state)
{
    struct vmail_table table;
    size_t before = scratch_open_descriptors();
    suspend_among_many(*state, &table);
    assert_int_equal(scratch_open_descriptors(), before);
    vmail_table_suspend(&table);
    vmail_table_close(&table);
    assert_int_equal(scratch_open_descriptors(), before);
}

static void a_suspended_table_goes_on_where_it_stood(void **state)
{
    struct vmail_table table;
    struct vmail_record record;
    int count = 1;
    size_t before = scratch_open_descriptors();
    suspend_among_many(*state, &table);
    while (vmail_table_next(&table, &record) == VMAIL_OK) {
        assert_int_equal(vmail_record_id(&record), 66000 + count);
        count++;
        vmail_table_suspend(&table);
    }
    assert_int_equal(count, MANY);
    vmail_table_close(&table);
    assert_int_equal(scratch_open_descriptors(), before);
}

static void a_record_lives_while_its_table_is_suspended(void **state)
{
    struct vmail_table table;
    struct vmail_record record;
    open_passwd(*state, &table, three);
    check_result(vmail_table_next(&table, &record), VMAIL_OK, NULL);
    vmail_table_suspend(&table);
    assert_string_equal(record.passwd.name, "alice");
    vmail_table_close(&table);
}

static void replace_passwd(struct scratch *scratch, const char *text)
{
    scratch_write(scratch, "new", text);
    assert_int_equal(
        rename(scratch_path(scratch, "new"), scratch_path(scratch, "passwd.va.example")), 0);
}

static void a_suspended_table_goes_on_in_a_file_that_replaced_its_own(void **state)
{
    struct scratch *scratch = *state;
    struct vmail_table table;
    suspend_among_many(scratch, &table);
    char *text = many_users(MANY + 1);
    replace_passwd(scratch, text);
    free(text);
    assert_int_equal(count_rest(&table), MANY);
    check_end(&table);
    vmail_table_close(&table);
}

static void a_suspended_table_goes_on_in_a_file_whose_lines_have_moved(void **state)
{
    struct scratch *scratch = *state;
    struct vmail_table table;
    suspend_among_many(scratch, &table);
    char *text = many_users(MANY), *moved = NULL;
    assert_true(asprintf(&moved, "# a comment\nearly:x:90000:90000:::\n%s", text) > 0);
    scratch_write(scratch, "passwd.va.example", moved);
    free(moved);
    free(text);
    assert_int_equal(count_rest(&table), MANY - 1);
    vmail_table_close(&table);
}

static void a_suspended_table_begins_again_where_its_last_name_is_gone(void **state)
{
    struct scratch *scratch = *state;
    struct vmail_table table;
    struct vmail_record record;
    int read = 0;
    suspend_among_many(scratch, &table);
    replace_passwd(scratch, "alice:x:70001:70001:::\nbob:x:70002:70002:::\n");
    while (vmail_table_next(&table, &record) == VMAIL_OK && record.passwd.name[0] == 'u')
        read++;
    assert_in_range(read, 1, MANY - 2);
    assert_string_equal(record.passwd.name, "alice");
    check_next(&table, "bob", 70002);
    check_end(&table);
    vmail_table_close(&table);
}

static void a_suspended_table_ends_where_its_file_was_removed(void **state)
{
    struct scratch *scratch = *state;
    struct vmail_table table;
    suspend_among_many(scratch, &table);
    assert_int_equal(unlink(scratch_path(scratch, "passwd.va.example")), 0);
    assert_in_range(count_rest(&table), 1, MANY - 2);
    vmail_table_close(&table);
}

static void a_suspended_table_ends_where_its_file_is_no_longer_trusted(void **state)
{
    struct scratch *scratch = *state;
    struct vmail_table table;
    struct vmail_record record;
    suspend_among_many(scratch, &table);
    scratch_chmod(scratch, "passwd.va.example", 0666);
    assert_in_range(count_rest(&table), 1, MANY - 2);
    check_result(vmail_table_next(&table, &record), VMAIL_UNAVAILABLE, NULL);
    vmail_table_close(&table);
}

static void a_small_file_is_all_there_after_one_read(void **state)
{
    struct scratch *scratch = *state;
    struct vmail_table table;
    open_passwd(scratch, &table, three);
    check_next(&table, "alice", 70001);
    vmail_table_suspend(&table);
    assert_int_equal(unlink(scratch_path(scratch, "passwd.va.example")), 0);
    check_next(&table, "Bob", 70002);
    check_next(&table, "carol", 70003);
    check_end(&table);
    vmail_table_close(&table);
}

static void a_good_line_behind_a_broken_one_leaves_no_error(void **state)
{
    struct vmail_table table;
    open_passwd(*state, &table, "bob:x:1:1:::\nbob:x:70002:70002:::\n");
    check_finds(&table, "bob", 70002);
    vmail_table_close(&table);
}

/* --- an id whose lines are ignored */

/* COUNT users, first with their own ids, then again with 70999; after them, the user late. */
static void write_misses(struct scratch *scratch, struct vmail_table *table, int count)
{
    char text[2048] = "";
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < count; i++)
            scratch_append(text, sizeof text, "u%d:x:%d:70000:::\n", i,
                           pass == 0 ? 70000 + i : 70999);
    scratch_append(text, sizeof text, "late:x:70999:70000:::\n");
    open_passwd(scratch, table, text);
}

/* Each miss costs a look-up by name: a user who may write the file could slow every process. */
static void after_a_few_lines_that_do_not_count_an_id_is_given_up(void **state)
{
    struct vmail_table table;
    write_misses(*state, &table, 7);
    check_finds_id(&table, 70999, "late");
    vmail_table_close(&table);
    write_misses(*state, &table, 8);
    check_lacks_id(&table, 70999);
    check_finds_id(&table, 70007, "u7");
    check_finds(&table, "late", 70999);
    vmail_table_close(&table);
}

static void broken_lines_are_no_misses(void **state)
{
    struct vmail_table table;
    char text[2048] = "";
    for (int i = 0; i < 20; i++)
        scratch_append(text, sizeof text, "broken:x:70999:\n:x:70999:70000:::\nbob:x:70999:0:::\n");
    scratch_append(text, sizeof text, "late:x:70999:70000:::\n");
    open_passwd(*state, &table, text);
    check_finds_id(&table, 70999, "late");
    vmail_table_close(&table);
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
        ON_SCRATCH(broken_lines_are_skipped),
        ON_SCRATCH(a_nul_byte_spoils_its_line_only),
        ON_SCRATCH(a_name_whose_only_line_is_broken_is_told_where),
        ON_SCRATCH(a_good_line_behind_a_broken_one_leaves_no_error),
        ON_SCRATCH(of_two_lines_with_one_name_the_first_counts),
        ON_SCRATCH(an_id_of_a_shadowed_line_is_found_further_down),
        ON_SCRATCH(of_two_lines_with_one_id_the_first_counts),
        ON_SCRATCH(without_folding_names_that_differ_in_case_are_two),
        ON_SCRATCH(a_listing_repeats_what_stands_twice),
        ON_SCRATCH(a_user_is_found_in_any_block),
        ON_SCRATCH(lines_behind_an_overlong_one_are_found),
        ON_SCRATCH(a_group_may_have_very_many_members),
        ON_SCRATCH(a_suspended_table_holds_no_descriptor),
        ON_SCRATCH(a_suspended_table_goes_on_where_it_stood),
        ON_SCRATCH(a_record_lives_while_its_table_is_suspended),
        ON_SCRATCH(a_suspended_table_goes_on_in_a_file_that_replaced_its_own),
        ON_SCRATCH(a_suspended_table_goes_on_in_a_file_whose_lines_have_moved),
        ON_SCRATCH(a_suspended_table_begins_again_where_its_last_name_is_gone),
        ON_SCRATCH(a_suspended_table_ends_where_its_file_was_removed),
        ON_SCRATCH(a_suspended_table_ends_where_its_file_is_no_longer_trusted),
        ON_SCRATCH(a_small_file_is_all_there_after_one_read),
        ON_SCRATCH(after_a_few_lines_that_do_not_count_an_id_is_given_up),
        ON_SCRATCH(broken_lines_are_no_misses),
        ON_SCRATCH(a_text_is_searched_as_a_file_is),
        ON_SCRATCH(a_text_is_listed_as_a_file_is),
        ON_SCRATCH(an_empty_text_holds_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
