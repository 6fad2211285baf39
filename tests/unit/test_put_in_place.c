/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "put_in_place.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "scratch.h"

static const char file[] = "passwd.va.example";
static const char temporary[] = ".passwd.va.example.new";

/* The file that the caller has read, and the new file that it has made from it. */
static void open_and_make(const struct scratch *scratch, const char *old, struct vmail_place *place)
{
    struct vmail_error error;
    if (old != NULL)
        scratch_write(scratch, file, old);
    const enum vmail_result expected = old != NULL ? VMAIL_OK : VMAIL_NOT_FOUND;
    check_result(vmail_trusted_open_place(&scratch->paths, file, place, &error), expected, &error);
    scratch_write(scratch, temporary, "ours\n");
}

static void rename_over(const struct scratch *scratch, const char *text)
{
    scratch_write(scratch, "theirs", text);
    assert_int_equal(rename(scratch_path(scratch, "theirs"), scratch_path(scratch, file)), 0);
}

static void check_overtaken(struct vmail_place *place)
{
    struct vmail_error error;
    check_result(vmail_put_in_place(place, temporary, &error), VMAIL_CHANGED, &error);
    assert_string_equal(error.text, "passwd.va.example: changed by another program meanwhile");
    vmail_place_close(place);
}

static void the_new_file_has_the_name_and_the_old_one_is_gone(void **state)
{
    struct vmail_place place;
    struct vmail_error error;
    open_and_make(*state, "old\n", &place);
    check_result(vmail_put_in_place(&place, temporary, &error), VMAIL_OK, &error);
    scratch_check(*state, file, "ours\n");
    assert_int_equal(scratch_count(*state, ".new"), 0);
    vmail_place_close(&place);
}

static void a_file_that_was_not_there_is_made(void **state)
{
    struct vmail_place place;
    struct vmail_error error;
    open_and_make(*state, NULL, &place);
    check_result(vmail_put_in_place(&place, temporary, &error), VMAIL_OK, &error);
    scratch_check(*state, file, "ours\n");
    assert_int_equal(scratch_count(*state, ".new"), 0);
    vmail_place_close(&place);
}

static void a_file_that_was_renamed_over_it_gets_its_name_back(void **state)
{
    struct vmail_place place;
    open_and_make(*state, "old\n", &place);
    rename_over(*state, "old\n"); /* with the same text */
    check_overtaken(&place);
    scratch_check(*state, file, "old\n");
    scratch_check(*state, temporary, "ours\n");
}

static void a_file_that_was_written_to_gets_its_name_back(void **state)
{
    struct vmail_place place;
    open_and_make(*state, "old\n", &place);
    scratch_write(*state, file, "edited\n");
    check_overtaken(&place);
    scratch_check(*state, file, "edited\n");
    scratch_check(*state, temporary, "ours\n");
}

static bool no_exchange;                   /* this file system cannot exchange two names */
static const struct scratch *overtaken_in; /* if set, the second exchange comes too late */

int __real_renameat2(int from, const char *old, int to, const char *new, unsigned flags);
int __wrap_renameat2(int from, const char *old, int to, const char *new, unsigned flags);

int __wrap_renameat2(int from, const char *old, int to, const char *new, unsigned flags)
{
    static int calls;
    if (no_exchange && flags != 0) {
        errno = EOPNOTSUPP;
        return -1;
    }
    calls = overtaken_in != NULL ? calls + 1 : 0;
    if (calls == 2)
        rename_over(overtaken_in, "latest\n");
    return __real_renameat2(from, old, to, new, flags);
}

static void the_latest_of_two_files_that_were_renamed_over_it_gets_the_name(void **state)
{
    struct vmail_place place;
    open_and_make(*state, "old\n", &place);
    rename_over(*state, "edited\n");
    overtaken_in = *state;
    check_overtaken(&place);
    overtaken_in = NULL;
    scratch_check(*state, file, "latest\n");
}

static void where_names_cannot_be_exchanged_the_new_file_replaces_the_old_one(void **state)
{
    struct vmail_place place;
    struct vmail_error error;
    open_and_make(*state, "old\n", &place);
    no_exchange = true;
    check_result(vmail_put_in_place(&place, temporary, &error), VMAIL_OK, &error);
    no_exchange = false;
    scratch_check(*state, file, "ours\n");
    vmail_place_close(&place);
}

static void a_change_of_the_mode_is_not_lost(void **state)
{
    struct vmail_place place;
    struct stat status;
    open_and_make(*state, "old\n", &place);
    assert_int_equal(chmod(scratch_path(*state, file), 0600), 0);
    check_overtaken(&place);
    assert_int_equal(stat(scratch_path(*state, file), &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    scratch_check(*state, file, "old\n");
}

static void a_change_of_the_owner_is_not_lost(void **state)
{
    struct vmail_place place;
    open_and_make(*state, "old\n", &place);
    place.status.st_uid++; /* the owner when the file was read */
    check_overtaken(&place);
    scratch_check(*state, file, "old\n");
}

static void a_file_that_was_removed_stays_removed(void **state)
{
    struct vmail_place place;
    open_and_make(*state, "old\n", &place);
    assert_int_equal(unlink(scratch_path(*state, file)), 0);
    check_overtaken(&place);
    assert_int_equal(access(scratch_path(*state, file), F_OK), -1);
}

static void a_file_that_was_made_meanwhile_stays(void **state)
{
    struct vmail_place place;
    open_and_make(*state, NULL, &place);
    scratch_write(*state, file, "made\n");
    check_overtaken(&place);
    scratch_check(*state, file, "made\n");
}

static void without_a_new_file_nothing_changes(void **state)
{
    struct vmail_place place;
    struct vmail_error error;
    open_and_make(*state, "old\n", &place);
    assert_int_equal(unlink(scratch_path(*state, temporary)), 0);
    check_result(vmail_put_in_place(&place, temporary, &error), VMAIL_UNAVAILABLE, &error);
    assert_non_null(strstr(error.text, "passwd.va.example: not changed: "));
    scratch_check(*state, file, "old\n");
    vmail_place_close(&place);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_SCRATCH(the_new_file_has_the_name_and_the_old_one_is_gone),
        ON_SCRATCH(a_file_that_was_not_there_is_made),
        ON_SCRATCH(a_file_that_was_renamed_over_it_gets_its_name_back),
        ON_SCRATCH(a_file_that_was_written_to_gets_its_name_back),
        ON_SCRATCH(the_latest_of_two_files_that_were_renamed_over_it_gets_the_name),
        ON_SCRATCH(where_names_cannot_be_exchanged_the_new_file_replaces_the_old_one),
        ON_SCRATCH(a_change_of_the_mode_is_not_lost),
        ON_SCRATCH(a_change_of_the_owner_is_not_lost),
        ON_SCRATCH(a_file_that_was_removed_stays_removed),
        ON_SCRATCH(a_file_that_was_made_meanwhile_stays),
        ON_SCRATCH(without_a_new_file_nothing_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
