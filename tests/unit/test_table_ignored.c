/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines of a table that are ignored: invalid ones, and repeated names and ids. */
#include "table.h"

#include "cmocka_all.h"
#include "table_scratch.h"

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

static void a_good_line_behind_a_broken_one_leaves_no_error(void **state)
{
    struct vmail_table table;
    open_passwd(*state, &table, "bob:x:1:1:::\nbob:x:70002:70002:::\n");
    check_finds(&table, "bob", 70002);
    vmail_table_close(&table);
}

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

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_SCRATCH(broken_lines_are_skipped),
        ON_SCRATCH(a_nul_byte_spoils_its_line_only),
        ON_SCRATCH(a_name_whose_only_line_is_broken_is_told_where),
        ON_SCRATCH(a_good_line_behind_a_broken_one_leaves_no_error),
        ON_SCRATCH(of_two_lines_with_one_name_the_first_counts),
        ON_SCRATCH(an_id_of_a_shadowed_line_is_found_further_down),
        ON_SCRATCH(of_two_lines_with_one_id_the_first_counts),
        ON_SCRATCH(without_folding_names_that_differ_in_case_are_two),
        ON_SCRATCH(a_listing_repeats_what_stands_twice),
        ON_SCRATCH(after_a_few_lines_that_do_not_count_an_id_is_given_up),
        ON_SCRATCH(broken_lines_are_no_misses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
