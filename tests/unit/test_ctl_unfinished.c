/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands of vmailctl that cannot finish, or that go on where an earlier run has ended; and what
 * they must not touch then. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "exit_code.h"
#include "well_host.h"

/* PATH, which is relative to the scratch, belongs to UID. */
static void put_owned(const char *path, uid_t uid)
{
    put_file(path, "text");
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(fchown(fd, uid, uid), 0);
    close(fd);
}

static void check_exists(const char *path, bool expected)
{
    if ((access(path, F_OK) == 0) != expected)
        fail_msg("%s %s", path, expected ? "is missing" : "exists");
}

/* bob has the same uid as twin of another domain; it is in no block. */
static void share_uid(void)
{
    put_file("vmail/passwd.va.example",
             "bob:x:68000:70000:Bob:/vhome/va.example/bob:/bin/false\n" ALICE);
    put_file("vmail/passwd.vb.example", "twin:x:68000:71000:::\n");
}

/* --- deleted users */

static void files_of_a_shared_uid_are_kept(void **state)
{
    (void)state;
    share_uid();
    check_ctl("user del bob@va.example --yes --purge", EXIT_REFUSED,
              "twin@vb.example also has uid 68000: the home and mailbox were kept");
    check_exists("vhome/va.example/bob/Maildir", true);
}

static void a_deletion_goes_on_where_it_was_interrupted(void **state)
{
    (void)state;
    put_file("vmail/passwd.va.example", "#purge: " BOB ALICE);
    put_file("vmail/group.va.example", "staff:x:70100:bob,alice\n");
    check_ctl("user del bob@va.example --yes --purge", EXIT_DONE, NULL);
    scratch_check(host.scratch, "passwd.va.example", ALICE);
    scratch_check(host.scratch, "group.va.example", "staff:x:70100:alice\n");
    check_file_lacks("shadow.va.example", "bob");
    check_exists("vhome/va.example/bob", false);
}

static void an_interrupted_deletion_purges_only_if_that_is_said_again(void **state)
{
    (void)state;
    put_file("vmail/passwd.va.example", "#purge: " BOB ALICE);
    check_ctl("user del bob@va.example --yes", EXIT_DONE, NULL);
    check_exists("vhome/va.example/bob/Maildir", true);
}

static void remains_of_a_user_without_a_line_can_be_deleted(void **state)
{
    (void)state;
    put_file("vmail/passwd.va.example", ALICE);
    check_ctl("user del bob@va.example --yes", EXIT_DONE, NULL);
    check_file_lacks("shadow.va.example", "bob");
    check_file_has("shadow.va.example", "alice:");
}

/* --- deleted domains */

#define DELETE "domain del va.example --force --purge --yes"

static void a_domain_is_deleted_but_for_files_of_a_shared_uid(void **state)
{
    (void)state;
    share_uid();
    check_ctl(DELETE, EXIT_REFUSED,
              "twin@vb.example also has the uid 68000 of bob: the files of both were kept");
    check_exists("vhome/va.example/bob/Maildir", true);
    check_exists("vhome/va.example/alice", false);
}

/* What a deletion leaves that was interrupted after its first step. */
static void interrupt_deletion(void)
{
    assert_int_equal(rename("vmail/passwd.va.example", "vmail/.passwd.va.example.gone"), 0);
}

static void the_check_finds_a_domain_whose_deletion_was_interrupted(void **state)
{
    (void)state;
    interrupt_deletion();
    check_ctl("check --dns=no --area=files", EXIT_NEGATIVE,
              "run vmailctl domain del --force --purge va.example");
    check_ctl("check --dns=no --area=files vb.example", EXIT_DONE, "no problems found");
}

static void the_deletion_of_a_domain_goes_on(void **state)
{
    (void)state;
    interrupt_deletion();
    assert_int_equal(unlink("vhome/va.example/README"), 0);
    check_ctl(DELETE, EXIT_DONE, NULL);
    check_exists("vhome/va.example", false);
    check_exists("vmail/.passwd.va.example.gone", false);
    check_file_lacks("vmail.conf", "va.example");
}

static void files_that_are_in_no_home_are_kept_and_named(void **state)
{
    (void)state;
    check_ctl(DELETE, EXIT_UNAVAILABLE,
              "/vhome/va.example is not empty: the remaining files are not in a home of a user");
    check_exists("vhome/va.example/README", true);
    check_exists("vhome/va.example/bob", false);
}

/* --- renamed users */

static void check_not_renamed(int code, const char *text)
{
    check_ctl("user rename bob@va.example robert", code, text);
    scratch_check(host.scratch, "passwd.va.example", USERS);
    scratch_check(host.scratch, "shadow.va.example", SHADOW);
    check_exists("vhome/va.example/bob", true);
}

static void a_new_home_that_exists_stops_a_rename(void **state)
{
    (void)state;
    put_file("vhome/va.example/robert/file", "");
    check_not_renamed(EXIT_EXISTS, "/vhome/va.example/robert already exists; move it away");
}

static void a_home_of_somebody_else_stops_a_rename(void **state)
{
    (void)state;
    put_file("vmail/passwd.va.example",
             "bob:x:70009:70000:Bob:/vhome/va.example/bob:/bin/false\n" ALICE);
    check_ctl("user rename bob@va.example robert", EXIT_REFUSED,
              "/vhome/va.example/bob was not moved, because it is owned by uid 70000, not by the "
              "user");
    check_file_has("passwd.va.example", "bob:x:70009:");
}

static void a_new_home_of_somebody_else_stops_a_rename(void **state)
{
    (void)state;
    assert_int_equal(rename("vhome/va.example/bob", "bob"), 0);
    give_home("vhome/va.example/robert", 70001);
    check_ctl("user rename bob@va.example robert", EXIT_EXISTS,
              "/vhome/va.example/robert already exists and is owned by uid 70001; move it away");
    scratch_check(host.scratch, "passwd.va.example", USERS);
}

static void a_rename_whose_home_has_moved_already_is_finished(void **state)
{
    (void)state;
    assert_int_equal(rename("vhome/va.example/bob", "vhome/va.example/robert"), 0);
    check_ctl("user rename bob@va.example robert", EXIT_DONE, NULL);
    check_file_has("passwd.va.example", "robert:x:70000:70000:Bob:/vhome/va.example/robert:");
    check_exists("vhome/va.example/robert/Maildir", true);
}

static void the_old_name_that_an_interrupted_rename_has_left_is_removed(void **state)
{
    (void)state;
    put_file("vmail/passwd.va.example", "robert:x:70000:70000:::\n" ALICE);
    put_file("vmail/shadow.va.example", SHADOW "robert:" HASH ":20000:0:99999:7:::\n");
    put_file("vmail/group.va.example", "staff:x:70100:bob,robert\n");
    check_ctl("user rename bob@va.example robert", EXIT_DONE, NULL);
    check_file_lacks("shadow.va.example", "bob:");
    check_file_has("shadow.va.example", "robert:" HASH ":");
    scratch_check(host.scratch, "group.va.example", "staff:x:70100:robert\n");
}

static void another_user_with_the_new_name_keeps_the_old_one_from_being_removed(void **state)
{
    (void)state;
    put_file("vmail/passwd.va.example", "robert:x:70009:70000:::\n" ALICE);
    put_file("vmail/shadow.va.example", SHADOW "robert:" HASH ":20001:0:99999:7:::\n");
    check_ctl("user rename bob@va.example robert", EXIT_NO_SUCH, "bob");
    check_file_has("shadow.va.example", "bob:" HASH ":");
}

/* --- new users and domains */

static void an_empty_mbox_that_root_has_left_is_given_to_the_user(void **state)
{
    struct stat status;
    (void)state;
    check_ctl("domain set va.example mailbox mbox:/var/spool/vmail/%d/%u", EXIT_DONE, NULL);
    put_file("var/spool/vmail/va.example/dave", "");
    check_ctl("user add dave@va.example --no-password --uid=70050", EXIT_DONE, NULL);
    assert_int_equal(stat("var/spool/vmail/va.example/dave", &status), 0);
    assert_int_equal(status.st_uid, 70050);
}

static void an_mbox_of_somebody_else_stops_a_new_user(void **state)
{
    (void)state;
    check_ctl("domain set va.example mailbox mbox:/var/spool/vmail/%d/%u", EXIT_DONE, NULL);
    put_owned("var/spool/vmail/va.example/dave", 70001);
    check_ctl("user add dave@va.example --no-password", EXIT_UNAVAILABLE,
              "/var/spool/vmail/va.example/dave");
    check_file_lacks("passwd.va.example", "dave:");
    check_exists("vhome/va.example/dave", false);
}

static void an_id_of_a_deleted_user_is_given_only_with_a_warning(void **state)
{
    (void)state;
    check_ctl("user del bob@va.example --yes", EXIT_DONE, NULL);
    check_ctl("user add dave@va.example --no-password", EXIT_DONE, NULL);
    assert_null(strstr(host.out, "70000"));
    check_ctl("user add fay@va.example --no-password --uid=70000", EXIT_DONE, "70000");
    assert_non_null(strstr(host.err, "the id 70000 belonged to a deleted user or group"));
}

static void a_block_that_is_full_has_no_id_for_a_new_user(void **state)
{
    (void)state;
    check_ctl("domain set va.example ids 70000-70001", EXIT_DONE, NULL);
    check_ctl("user add dave@va.example --no-password", EXIT_UNAVAILABLE,
              "no id is free for va.example");
    check_file_lacks("passwd.va.example", "dave:");
}

static void a_new_block_that_leaves_users_outside_is_told(void **state)
{
    (void)state;
    check_ctl("domain set va.example ids 70001-70999", EXIT_DONE, NULL);
    assert_non_null(strstr(host.err, "1 users of va.example have ids outside the new block"));
}

static void a_key_has_one_value_or_a_list(void **state)
{
    static const struct ctl_row rows[] = {
        { "domain set va.example fallback bob alice", EXIT_USAGE, "fallback takes only one value" },
        { "domain set va.example aliases one.example two.example", EXIT_DONE, NULL },
    };
    (void)state;
    check_ctl_rows(ROWS(rows));
    check_file_has("vmail.conf", "aliases = one.example two.example\n");
}

static void a_domain_whose_addition_was_interrupted_is_added(void **state)
{
    (void)state;
    put_file("vmail/passwd.vn.example", "");
    check_ctl("domain add vn.example", EXIT_DONE, "vn.example");
    check_file_has("vmail.conf", "[domain vn.example]\n");
}

static void hashes_that_are_there_already_stop_a_new_domain(void **state)
{
    char *before = scratch_read(host.scratch, "vmail.conf", NULL);
    (void)state;
    put_file("vmail/shadow.vn.example", SHADOW);
    check_ctl("domain add vn.example", EXIT_EXISTS,
              "shadow.vn.example exists and is not empty; move it away");
    scratch_check(host.scratch, "vmail.conf", before);
    check_exists("vmail/passwd.vn.example", false);
    free(before);
}

static void a_domain_that_cannot_have_homes_leaves_no_files(void **state)
{
    (void)state;
    put_file("vhome/vn.example", "");
    check_ctl("domain add vn.example", EXIT_UNAVAILABLE, "/vhome/vn.example");
    check_exists("vmail/passwd.vn.example", false);
    check_exists("vmail/shadow.vn.example", false);
    check_file_lacks("vmail.conf", "vn.example");
}

static void an_international_name_must_be_a_valid_one(void **state)
{
    (void)state;
    check_ctl("domain add xn--.example", EXIT_USAGE, NULL);
    check_ctl("domain add xn--a.example", EXIT_USAGE, "is not a valid international name");
    ctl("domain add xn--bcher-kva.example --json");
    assert_non_null(strstr(host.out, "\"name\": \"b\xc3\xbc"
                                     "cher.example\""));
}

/* --- what a mailbox holds */

static void the_use_of_a_mailbox_is_shown(void **state)
{
    (void)state;
    put_file("vhome/va.example/bob/Maildir/maildirsize", "1000S\n400 2\n200 1\n-100 -1\n");
    check_ctl("user show bob@va.example --json", EXIT_DONE, "\"mailbox_used\": 500");
    put_file("vhome/va.example/bob/Maildir/maildirsize", "1000S\nmany 2\n");
    check_ctl("user show bob@va.example --json", EXIT_DONE, "\"mailbox_used\": null");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_WELL(files_of_a_shared_uid_are_kept),
        ON_WELL(a_deletion_goes_on_where_it_was_interrupted),
        ON_WELL(an_interrupted_deletion_purges_only_if_that_is_said_again),
        ON_WELL(remains_of_a_user_without_a_line_can_be_deleted),
        ON_WELL(a_domain_is_deleted_but_for_files_of_a_shared_uid),
        ON_WELL(the_check_finds_a_domain_whose_deletion_was_interrupted),
        ON_WELL(the_deletion_of_a_domain_goes_on),
        ON_WELL(files_that_are_in_no_home_are_kept_and_named),
        ON_WELL(a_new_home_that_exists_stops_a_rename),
        ON_WELL(a_home_of_somebody_else_stops_a_rename),
        ON_WELL(a_new_home_of_somebody_else_stops_a_rename),
        ON_WELL(a_rename_whose_home_has_moved_already_is_finished),
        ON_WELL(the_old_name_that_an_interrupted_rename_has_left_is_removed),
        ON_WELL(another_user_with_the_new_name_keeps_the_old_one_from_being_removed),
        ON_WELL(an_empty_mbox_that_root_has_left_is_given_to_the_user),
        ON_WELL(an_mbox_of_somebody_else_stops_a_new_user),
        ON_WELL(an_id_of_a_deleted_user_is_given_only_with_a_warning),
        ON_WELL(a_block_that_is_full_has_no_id_for_a_new_user),
        ON_WELL(a_new_block_that_leaves_users_outside_is_told),
        ON_WELL(a_key_has_one_value_or_a_list),
        ON_WELL(a_domain_whose_addition_was_interrupted_is_added),
        ON_WELL(hashes_that_are_there_already_stop_a_new_domain),
        ON_WELL(a_domain_that_cannot_have_homes_leaves_no_files),
        ON_WELL(an_international_name_must_be_a_valid_one),
        ON_WELL(the_use_of_a_mailbox_is_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
