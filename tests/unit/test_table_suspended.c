/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A table that is suspended between two records, while others may change its file. */
#include "table.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "table_scratch.h"

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

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_SCRATCH(a_suspended_table_holds_no_descriptor),
        ON_SCRATCH(a_suspended_table_goes_on_where_it_stood),
        ON_SCRATCH(a_record_lives_while_its_table_is_suspended),
        ON_SCRATCH(a_suspended_table_goes_on_in_a_file_that_replaced_its_own),
        ON_SCRATCH(a_suspended_table_goes_on_in_a_file_whose_lines_have_moved),
        ON_SCRATCH(a_suspended_table_begins_again_where_its_last_name_is_gone),
        ON_SCRATCH(a_suspended_table_ends_where_its_file_was_removed),
        ON_SCRATCH(a_suspended_table_ends_where_its_file_is_no_longer_trusted),
        ON_SCRATCH(a_small_file_is_all_there_after_one_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
