/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store.h"

#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "domains.h"
#include "index_all.h"
#include "scratch.h"
#include "tick.h"

/* All tests run twice: without indexes, and with all indexes built before each look-up. The answers
 * are the same. */
static bool indexed;

static void make_indexes(const struct scratch *scratch)
{
    const struct vmail_index_effort effort = { .milliseconds = 10000, .seconds = 10 };
    const struct vmail_index_work work = { .paths = &scratch->paths,
                                           .config = scratch->config,
                                           .effort = &effort };
    struct vmail_index_report report = { 0 };
    struct vmail_domain_list list;
    if (!indexed)
        return;
    if (vmail_domains_list(&scratch->paths, &list, NULL) == VMAIL_OK) {
        vmail_index_domains(&work, &list, &report);
        vmail_domains_free(&list);
    }
    for (const uint64_t tick = vmail_tick(); vmail_tick() == tick;) {
        /* files are checked once in each tick, so a new mode or scratch could go unnoticed */
    }
}

static int setup(void **state)
{
    int result = scratch_setup(state);
    struct scratch *scratch = *state;
    if (result != 0)
        return result;
    scratch_config(scratch, "");
    scratch_write(scratch, "passwd.va.example", "bob:x:70001:70001:::\nalice:x:70002:70000:::\n");
    scratch_write(scratch, "passwd.vb.example", "bob:x:80001:80001:::\ncarol:x:80002:80002:::\n");
    scratch_write(scratch, "group.va.example", "staff:x:70000:bob,alice\n");
    return 0;
}

#define ON_STORE(test) cmocka_unit_test_setup_teardown(test, setup, scratch_teardown)

/* DOMAIN is "" if the look-up of UID must fail with RESULT. */
static void check_uid(const struct scratch *scratch, uint32_t uid, enum vmail_result result,
                      const char *user, const char *domain)
{
    struct vmail_found found;
    make_indexes(scratch);
    size_t before = scratch_open_descriptors();
    check_result(vmail_store_find_uid(&scratch->paths, scratch->config, uid, &found), result, NULL);
    if (result == VMAIL_OK) {
        check_text(found.record.passwd.name, user, domain);
        check_text(found.domain, domain, user);
        assert_int_equal(found.record.passwd.uid, uid);
        vmail_found_end(&found);
    }
    assert_int_equal(scratch_open_descriptors(), before);
}

static void check_gid(const struct scratch *scratch, uint32_t gid, enum vmail_result result,
                      const char *name, const char *domain, const char *members)
{
    struct vmail_store_group group;
    make_indexes(scratch);
    size_t before = scratch_open_descriptors();
    check_result(vmail_store_find_gid(&scratch->paths, scratch->config, gid, &group), result, NULL);
    if (result == VMAIL_OK) {
        check_text(group.name, name, domain);
        check_text(group.found.domain, domain, name);
        check_text(group.members, members, name);
        assert_int_equal(group.gid, gid);
        vmail_found_end(&group.found);
    }
    assert_int_equal(scratch_open_descriptors(), before);
}

static void check_group(const struct scratch *scratch, const char *domain, const char *name,
                        enum vmail_result result, uint32_t gid, const char *members)
{
    struct vmail_store_group group;
    make_indexes(scratch);
    size_t before = scratch_open_descriptors();
    check_result(vmail_store_find_group(scratch_file(scratch, VMAIL_GROUP, domain), name, &group),
                 result, NULL);
    if (result == VMAIL_OK) {
        check_text(group.name, name, domain);
        check_text(group.members, members, name);
        assert_int_equal(group.gid, gid);
        vmail_found_end(&group.found);
    }
    assert_int_equal(scratch_open_descriptors(), before);
}

static void a_uid_is_found_in_any_domain(void **state)
{
    check_uid(*state, 70001, VMAIL_OK, "bob", "va.example");
    check_uid(*state, 80001, VMAIL_OK, "bob", "vb.example");
    check_uid(*state, 80002, VMAIL_OK, "carol", "vb.example");
    check_uid(*state, 80003, VMAIL_NOT_FOUND, "", "");
}

static void a_uid_outside_the_range_is_nobodys(void **state)
{
    scratch_write(*state, "passwd.va.example",
                  "root:x:0:70000:::\nlow:x:1000:70000:::\nnobody:x:65534:70000:::\n"
                  "high:x:100000:70000:::\nlast:x:4294967295:70000:::\n");
    check_uid(*state, 0, VMAIL_NOT_FOUND, "", "");
    check_uid(*state, 1000, VMAIL_NOT_FOUND, "", "");
    check_uid(*state, 65534, VMAIL_NOT_FOUND, "", "");
    check_uid(*state, 100000, VMAIL_NOT_FOUND, "", "");
    check_uid(*state, UINT32_MAX, VMAIL_NOT_FOUND, "", "");
}

static void of_two_domains_with_one_uid_the_first_by_name_counts(void **state)
{
    scratch_write(*state, "passwd.aa.example", "dave:x:80001:80001:::\n");
    check_uid(*state, 80001, VMAIL_OK, "dave", "aa.example");
}

static void the_domain_whose_block_holds_a_uid_is_asked_first(void **state)
{
    scratch_config(*state, "[domain vb.example]\nids = 80000-80999\n");
    scratch_write(*state, "passwd.aa.example", "dave:x:80001:80001:::\n");
    check_uid(*state, 80001, VMAIL_OK, "bob", "vb.example");
}

static void an_id_in_a_range_of_a_domain_is_no_other_domains(void **state)
{
    scratch_config(*state, "[domain va.example]\nids = 80000-80999 70001-70001\n");
    check_uid(*state, 80001, VMAIL_NOT_FOUND, "", "");
    check_gid(*state, 80002, VMAIL_NOT_FOUND, "", "", "");
    check_uid(*state, 70001, VMAIL_OK, "bob", "va.example");
}

static void an_id_in_no_range_is_looked_for_in_the_domains_without_ranges(void **state)
{
    scratch_config(*state, "[domain va.example]\nids = 70001-70001\n");
    check_uid(*state, 70001, VMAIL_OK, "bob", "va.example");
    check_uid(*state, 70002, VMAIL_NOT_FOUND, "", "");
    check_gid(*state, 70000, VMAIL_NOT_FOUND, "", "", "");
    check_uid(*state, 80001, VMAIL_OK, "bob", "vb.example");
}

static void a_user_outside_the_ranges_of_their_domain_is_found_on_request(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_found found;
    scratch_config(*state, "[domain va.example]\nids = 70001-70001\n");
    check_result(vmail_store_find_uid_anywhere(&scratch->paths, scratch->config, 70002, &found),
                 VMAIL_OK, NULL);
    check_text(found.domain, "va.example", "the domain");
    vmail_found_end(&found);
}

static void a_range_that_is_ignored_does_not_hide_the_domain(void **state)
{
    struct vmail_config *config;
    static const char text[] = "[domain va.example]\nids = 70000-70999\n"
                               "[domain vb.example]\nids = 70500-70599\n";
    struct scratch *scratch = *state;
    assert_int_equal(vmail_config_parse(text, sizeof text - 1, &config, NULL, NULL), VMAIL_OK);
    vmail_config_free(scratch->config);
    scratch->config = config;
    assert_int_equal(config->error_count, 1);
    check_uid(*state, 80001, VMAIL_OK, "bob", "vb.example");
}

static void a_block_of_a_domain_that_does_not_exist_holds_nobody(void **state)
{
    scratch_config(*state, "[domain vz.example]\nids = 80000-80999\n");
    check_uid(*state, 80001, VMAIL_NOT_FOUND, "", "");
    check_uid(*state, 70001, VMAIL_OK, "bob", "va.example");
}

static void a_domain_that_is_not_trusted_does_not_hide_the_others(void **state)
{
    scratch_chmod(*state, "passwd.va.example", 0666);
    check_uid(*state, 80001, VMAIL_OK, "bob", "vb.example");
    check_uid(*state, 70001, VMAIL_UNAVAILABLE, "", "");
    check_uid(*state, 70009, VMAIL_UNAVAILABLE, "", "");
}

static void a_block_of_a_domain_that_is_not_trusted_is_unavailable(void **state)
{
    scratch_config(*state, "[domain va.example]\nids = 80000-80999\n");
    scratch_chmod(*state, "passwd.va.example", 0666);
    check_uid(*state, 80001, VMAIL_UNAVAILABLE, "", "");
}

static void nothing_is_found_in_a_directory_that_is_not_trusted(void **state)
{
    scratch_chmod(*state, ".", 0775);
    check_uid(*state, 70001, VMAIL_UNAVAILABLE, "", "");
    check_gid(*state, 70001, VMAIL_UNAVAILABLE, "", "", "");
    check_group(*state, "va.example", "staff", VMAIL_UNAVAILABLE, 0, "");
}

static void without_a_directory_nothing_is_found(void **state)
{
    struct scratch *scratch = *state;
    scratch->paths.directory = "/nonexistent/vmail";
    check_uid(scratch, 70001, VMAIL_NOT_FOUND, "", "");
    check_gid(scratch, 70001, VMAIL_NOT_FOUND, "", "", "");
    check_group(scratch, "va.example", "staff", VMAIL_NOT_FOUND, 0, "");
}

/* --- groups */

static void a_line_of_the_group_file_is_a_group(void **state)
{
    check_group(*state, "va.example", "staff", VMAIL_OK, 70000, "bob,alice");
    check_gid(*state, 70000, VMAIL_OK, "staff", "va.example", "bob,alice");
    check_group(*state, "vb.example", "staff", VMAIL_NOT_FOUND, 0, "");
}

static void a_user_whose_gid_is_his_uid_has_a_private_group(void **state)
{
    check_group(*state, "va.example", "bob", VMAIL_OK, 70001, "");
    check_gid(*state, 70001, VMAIL_OK, "bob", "va.example", "");
    check_group(*state, "vb.example", "bob", VMAIL_OK, 80001, ""); /* without a group file */
    check_gid(*state, 80001, VMAIL_OK, "bob", "vb.example", "");
}

static void a_user_with_another_gid_has_no_private_group(void **state)
{
    check_group(*state, "va.example", "alice", VMAIL_NOT_FOUND, 0, "");
    check_gid(*state, 70002, VMAIL_NOT_FOUND, "", "", "");
}

static void a_gid_of_the_group_file_is_no_private_group(void **state)
{
    scratch_write(*state, "group.va.example", "writers:x:70001:alice\n");
    check_group(*state, "va.example", "bob", VMAIL_NOT_FOUND, 0, "");
    check_gid(*state, 70001, VMAIL_OK, "writers", "va.example", "alice");
}

static void a_group_named_like_a_user_is_the_line(void **state)
{
    scratch_write(*state, "group.va.example", "bob:x:70001:alice\n");
    check_group(*state, "va.example", "bob", VMAIL_OK, 70001, "alice");
    check_gid(*state, 70001, VMAIL_OK, "bob", "va.example", "alice");
}

static void a_broken_group_line_does_not_take_the_private_group_away(void **state)
{
    scratch_write(*state, "group.va.example", "writers:x:70001\nlow:x:0:\n");
    check_group(*state, "va.example", "bob", VMAIL_OK, 70001, "");
    check_gid(*state, 70001, VMAIL_OK, "bob", "va.example", "");
}

static void a_group_file_that_is_not_trusted_leaves_no_private_groups(void **state)
{
    scratch_chmod(*state, "group.va.example", 0664);
    check_group(*state, "va.example", "bob", VMAIL_UNAVAILABLE, 0, "");
    check_group(*state, "va.example", "staff", VMAIL_UNAVAILABLE, 0, "");
    check_gid(*state, 70001, VMAIL_UNAVAILABLE, "", "", "");
    check_gid(*state, 80001, VMAIL_OK, "bob", "vb.example", "");
}

static void a_group_without_a_passwd_file_is_found_by_name(void **state)
{
    struct scratch *scratch = *state;
    assert_int_equal(unlink(scratch_path(scratch, "passwd.va.example")), 0);
    check_group(scratch, "va.example", "staff", VMAIL_OK, 70000, "bob,alice");
    check_group(scratch, "va.example", "bob", VMAIL_NOT_FOUND, 0, "");
}

/* A domain exists if its passwd file does; without that file, ids are not looked up in it. */
static void a_group_without_a_passwd_file_is_not_found_by_gid(void **state)
{
    struct scratch *scratch = *state;
    assert_int_equal(unlink(scratch_path(scratch, "passwd.va.example")), 0);
    check_gid(scratch, 70000, VMAIL_NOT_FOUND, "", "", "");
}

static void check_private(const struct scratch *scratch, const char *domain, uint32_t uid,
                          uint32_t gid, enum vmail_result expected)
{
    make_indexes(scratch);
    struct vmail_passwd user = { .name = "bob", .uid = uid, .gid = gid };
    check_result(vmail_store_private_group(scratch_file(scratch, VMAIL_PASSWD, domain), &user),
                 expected, NULL);
}

static void whether_a_group_is_private_can_be_asked(void **state)
{
    check_private(*state, "va.example", 70001, 70001, VMAIL_OK);
    check_private(*state, "va.example", 70001, 70002, VMAIL_NOT_FOUND);
    check_private(*state, "va.example", 70000, 70000, VMAIL_NOT_FOUND); /* staff */
    check_private(*state, "vb.example", 70000, 70000, VMAIL_OK);
    scratch_chmod(*state, "group.va.example", 0664);
    check_private(*state, "va.example", 70001, 70001, VMAIL_UNAVAILABLE);
    check_private(*state, "va.example", 70001, 70002, VMAIL_NOT_FOUND);
}

/* A record found in an index has no open table. */
static void indexes_are_asked_where_there_are_any(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_found found;
    make_indexes(scratch);
    check_result(vmail_store_find_uid(&scratch->paths, scratch->config, 70001, &found), VMAIL_OK,
                 NULL);
    assert_int_equal(found.index != NULL, indexed);
    assert_int_equal(found.table == NULL, indexed);
    vmail_found_end(&found);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_STORE(a_uid_is_found_in_any_domain),
        ON_STORE(a_uid_outside_the_range_is_nobodys),
        ON_STORE(of_two_domains_with_one_uid_the_first_by_name_counts),
        ON_STORE(the_domain_whose_block_holds_a_uid_is_asked_first),
        ON_STORE(an_id_in_a_range_of_a_domain_is_no_other_domains),
        ON_STORE(an_id_in_no_range_is_looked_for_in_the_domains_without_ranges),
        ON_STORE(a_user_outside_the_ranges_of_their_domain_is_found_on_request),
        ON_STORE(a_range_that_is_ignored_does_not_hide_the_domain),
        ON_STORE(a_block_of_a_domain_that_does_not_exist_holds_nobody),
        ON_STORE(a_domain_that_is_not_trusted_does_not_hide_the_others),
        ON_STORE(a_block_of_a_domain_that_is_not_trusted_is_unavailable),
        ON_STORE(nothing_is_found_in_a_directory_that_is_not_trusted),
        ON_STORE(without_a_directory_nothing_is_found),
        ON_STORE(a_line_of_the_group_file_is_a_group),
        ON_STORE(a_user_whose_gid_is_his_uid_has_a_private_group),
        ON_STORE(a_user_with_another_gid_has_no_private_group),
        ON_STORE(a_gid_of_the_group_file_is_no_private_group),
        ON_STORE(a_group_named_like_a_user_is_the_line),
        ON_STORE(a_broken_group_line_does_not_take_the_private_group_away),
        ON_STORE(a_group_file_that_is_not_trusted_leaves_no_private_groups),
        ON_STORE(a_group_without_a_passwd_file_is_found_by_name),
        ON_STORE(a_group_without_a_passwd_file_is_not_found_by_gid),
        ON_STORE(whether_a_group_is_private_can_be_asked),
        ON_STORE(indexes_are_asked_where_there_are_any),
    };
    int failed = cmocka_run_group_tests_name("without indexes", tests, NULL, NULL);
    indexed = true;
    return failed + cmocka_run_group_tests_name("with indexes", tests, NULL, NULL);
}
