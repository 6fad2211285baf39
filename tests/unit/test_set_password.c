/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "set_password.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "lock.h"
#include "password_scratch.h"

static void check_changes_nothing(const struct scratch *scratch,
                                  const struct vmail_new_password *new, enum vmail_result expected,
                                  const char *text)
{
    struct vmail_error error;
    char *shadow_before = scratch_read(scratch, "shadow.va.example", NULL);
    char *passwd_before = scratch_read(scratch, "passwd.va.example", NULL);
    check_result(vmail_set_password(&scratch->paths, scratch->config, new, &error), expected,
                 &error);
    if (expected != VMAIL_NOT_FOUND && strstr(error.text, text) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error.text, text);
    scratch_check(scratch, "shadow.va.example", shadow_before);
    scratch_check(scratch, "passwd.va.example", passwd_before);
    assert_int_equal(scratch_count(scratch, ".new"), 0);
    free(shadow_before);
    free(passwd_before);
}

/* --- in the shadow file */

static void hash_and_day_change_and_nothing_else(void **state)
{
    const struct vmail_new_password new = new_for("bob");
    check_sets(*state, &new);
    scratch_check(*state, "shadow.va.example",
                  "alice:A:19001:0:99999:7:::\n"
                  "bob:$6$new:20000:0:99999:7:::\n"
                  "carol:*:19003:0:99999:7:::\n");
    scratch_check(*state, "passwd.va.example", passwd);
}

static void without_a_day_the_day_stays(void **state)
{
    struct vmail_new_password new = new_for("bob");
    new.last_change = -1;
    check_sets(*state, &new);
    scratch_check(*state, "shadow.va.example",
                  "alice:A:19001:0:99999:7:::\n"
                  "bob:$6$new:19002:0:99999:7:::\n"
                  "carol:*:19003:0:99999:7:::\n");
    scratch_write(*state, "shadow.va.example", "bob:OLD:::::::\n");
    check_sets(*state, &new);
    scratch_check(*state, "shadow.va.example", "bob:$6$new:::::::\n");
}

static void an_empty_hash_or_day_is_filled_in(void **state)
{
    struct vmail_new_password new = new_for("bob");
    scratch_write(*state, "shadow.va.example", "bob::::::::");
    check_sets(*state, &new);
    scratch_check(*state, "shadow.va.example", "bob:$6$new:20000::::::");
    new.last_change = 0;
    check_sets(*state, &new);
    scratch_check(*state, "shadow.va.example", "bob:$6$new:0::::::");
}

static void lines_that_nobody_understands_stay_byte_for_byte(void **state)
{
    static const char before[] = "# bob:comment\n\nno colons\n:::\r\n\xff\xfe\tz\n  bob:x:1::::::\n"
                                 "bobby:B:1::::::\nbob:OLD:1::::::\nnul:\0:\n"
                                 "bob:SECOND:2::::::\n\0\n\n";
    static const char after[] = "# bob:comment\n\nno colons\n:::\r\n\xff\xfe\tz\n  bob:x:1::::::\n"
                                "bobby:B:1::::::\nbob:$6$new:20000::::::\nnul:\0:\n"
                                "bob:SECOND:2::::::\n\0\n\n";
    const struct vmail_new_password new = new_for("bob");
    size_t length;
    scratch_write_bytes(*state, "shadow.va.example", before, sizeof before - 1, 0640);
    check_sets(*state, &new);
    char *text = scratch_read(*state, "shadow.va.example", &length);
    assert_int_equal(length, sizeof after - 1);
    assert_memory_equal(text, after, length);
    free(text);
}

static void carriage_returns_stay(void **state)
{
    const struct vmail_new_password new = new_for("bob");
    scratch_write(*state, "passwd.va.example", "bob:x:70002:70002:::\r\n");
    scratch_write(*state, "shadow.va.example", "alice:A:1::::::\r\nbob:OLD:1::::::\r\n");
    check_sets(*state, &new);
    scratch_check(*state, "shadow.va.example", "alice:A:1::::::\r\nbob:$6$new:20000::::::\r\n");
}

static void a_last_line_without_newline_stays_one(void **state)
{
    const struct vmail_new_password new = new_for("bob");
    scratch_write(*state, "shadow.va.example", "alice:A:1::::::\nbob:OLD:1:0:99999:7:::");
    check_sets(*state, &new);
    scratch_check(*state, "shadow.va.example", "alice:A:1::::::\nbob:$6$new:20000:0:99999:7:::");
}

static void the_name_is_found_as_look_ups_find_it(void **state)
{
    struct scratch *scratch = *state;
    const struct vmail_new_password new = new_for("bob");
    scratch_write(scratch, "passwd.va.example", "Bob:x:70002:70002:::\n");
    scratch_write(scratch, "shadow.va.example", "BOB:OLD:1::::::\nbob:SECOND:1::::::\n");
    check_sets(scratch, &new);
    scratch_check(scratch, "shadow.va.example", "BOB:$6$new:20000::::::\nbob:SECOND:1::::::\n");
    scratch_config(scratch, "[vmail]\nfold_case = no\n");
    check_changes_nothing(scratch, &new, VMAIL_NOT_FOUND, "");
    scratch_write(scratch, "passwd.va.example", "bob:x:70002:70002:::\n");
    check_sets(scratch, &new);
    scratch_check(scratch, "shadow.va.example", "BOB:$6$new:20000::::::\nbob:$6$new:20000::::::\n");
}

static void a_file_may_be_much_larger_than_a_block(void **state)
{
    enum { USERS = 5000, ROOM = 64 };
    const struct vmail_new_password new = new_for("bob");
    char *text = malloc((size_t)USERS * ROOM);
    char *end = text;
    assert_non_null(text);
    for (int i = 0; i < USERS; i++)
        end += scratch_print(end, text + USERS * ROOM, "user%d:hash%d:%d:0:99999:7:::\n", i, i, i);
    char *middle = end;
    end += scratch_print(end, text + USERS * ROOM, "bob:OLD:1:0:99999:7:::\n");
    size_t rest = scratch_print(end, text + USERS * ROOM, "last:L:1:0:99999:7:::\n");
    scratch_write(*state, "shadow.va.example", text);
    check_sets(*state, &new);
    memmove(middle + strlen("bob:$6$new:20000:0:99999:7:::\n"), end, rest + 1);
    memcpy(middle, "bob:$6$new:20000:0:99999:7:::\n", strlen("bob:$6$new:20000:0:99999:7:::\n"));
    scratch_check(*state, "shadow.va.example", text);
    free(text);
}

/* --- what is missing */

static void a_missing_line_is_added(void **state)
{
    struct vmail_new_password new = new_for("bob");
    scratch_write(*state, "shadow.va.example", "alice:A:1::::::\n");
    check_sets(*state, &new);
    scratch_check(*state, "shadow.va.example", "alice:A:1::::::\nbob:$6$new:20000:0:99999:7:::\n");
    scratch_write(*state, "shadow.va.example", "alice:A:1::::::"); /* no final newline */
    check_sets(*state, &new);
    scratch_check(*state, "shadow.va.example", "alice:A:1::::::\nbob:$6$new:20000:0:99999:7:::\n");
    scratch_write(*state, "shadow.va.example", "");
    new.last_change = -1; /* the age is unknown, so no day is set */
    check_sets(*state, &new);
    scratch_check(*state, "shadow.va.example", "bob:$6$new::0:99999:7:::\n");
}

/* What this machine says of the group shadow, and of giving files to it. */
static bool has_shadow_group;
static int fchown_error;
static gid_t given_to;

enum { SHADOW_GID = 42 };

int __wrap_getgrnam_r(const char *name, struct group *entry, char *buffer, size_t size,
                      struct group **found);
int __wrap_fchown(int fd, uid_t uid, gid_t gid);

int __wrap_getgrnam_r(const char *name, struct group *entry, char *buffer, size_t size,
                      struct group **found)
{
    (void)buffer;
    (void)size;
    assert_string_equal(name, "shadow");
    entry->gr_gid = SHADOW_GID;
    *found = has_shadow_group ? entry : NULL;
    return 0;
}

int __wrap_fchown(int fd, uid_t uid, gid_t gid)
{
    (void)fd;
    if (uid == geteuid()) /* not that of an index */
        given_to = gid;
    errno = fchown_error;
    return fchown_error == 0 ? 0 : -1;
}

static void check_made(const struct scratch *scratch, gid_t gid, mode_t mode)
{
    const struct vmail_new_password new = new_for("bob");
    struct stat status;
    assert_int_equal(unlink(scratch_path(scratch, "shadow.va.example")), 0);
    umask(0);
    check_sets(scratch, &new);
    scratch_check(scratch, "shadow.va.example", "bob:$6$new:20000:0:99999:7:::\n");
    assert_int_equal(given_to, gid);
    assert_int_equal(stat(scratch_path(scratch, "shadow.va.example"), &status), 0);
    assert_int_equal(status.st_mode & 07777, mode);
}

static void a_missing_file_is_made_for_the_group_shadow(void **state)
{
    has_shadow_group = true;
    check_made(*state, SHADOW_GID, 0640);
}

static void without_a_group_shadow_a_missing_file_is_its_owners_alone(void **state)
{
    has_shadow_group = false;
    check_made(*state, getegid(), 0600);
}

static void a_file_that_cannot_be_given_to_the_group_shadow_is_not_made(void **state)
{
    const struct scratch *scratch = *state;
    const struct vmail_new_password new = new_for("bob");
    struct vmail_error error;
    has_shadow_group = true;
    assert_int_equal(unlink(scratch_path(scratch, "shadow.va.example")), 0);
    fchown_error = EPERM;
    enum vmail_result result = vmail_set_password(&scratch->paths, scratch->config, &new, &error);
    fchown_error = 0;
    check_result(result, VMAIL_UNAVAILABLE, &error);
    assert_int_equal(error.code, EPERM);
    assert_int_equal(access(scratch_path(scratch, "shadow.va.example"), F_OK), -1);
    assert_int_equal(scratch_count(scratch, ".new"), 0);
}

static void an_unknown_user_or_domain_gets_no_line(void **state)
{
    struct vmail_new_password new = new_for("dave");
    check_changes_nothing(*state, &new, VMAIL_NOT_FOUND, "");
    new = new_for("bob");
    new.domain = "vz.example";
    check_changes_nothing(*state, &new, VMAIL_NOT_FOUND, "passwd.vz.example: no such file");
    assert_int_equal(access(scratch_path(*state, "shadow.vz.example"), F_OK), -1);
}

/* A valid line after it would never be used, or would hide what the administrator wrote. */
static void a_broken_line_of_the_user_is_told_and_left(void **state)
{
    const struct vmail_new_password new = new_for("bob");
    scratch_write(*state, "shadow.va.example", "alice:A:1::::::\nbob:OLD:1\n");
    check_changes_nothing(*state, &new, VMAIL_BROKEN, "shadow.va.example:2: bob: ");
    scratch_write(*state, "passwd.va.example", "bob:x:abc:70002:::\n");
    check_changes_nothing(*state, &new, VMAIL_BROKEN, "passwd.va.example:1: bob: ");
}

static void files_that_are_not_trusted_are_left(void **state)
{
    const struct vmail_new_password new = new_for("bob");
    scratch_chmod(*state, "shadow.va.example", 0660);
    check_changes_nothing(*state, &new, VMAIL_UNAVAILABLE, "shadow.va.example: writable by");
    scratch_chmod(*state, "shadow.va.example", 0640);
    scratch_chmod(*state, "passwd.va.example", 0664);
    check_changes_nothing(*state, &new, VMAIL_UNAVAILABLE, "passwd.va.example: writable by");
    scratch_chmod(*state, ".", 0777);
    check_changes_nothing(*state, &new, VMAIL_UNAVAILABLE, "writable by others");
}

/* --- in the passwd file */

static const char moved_passwd[] = "alice:x:70001:70001:::\n"
                                   "bob:x:70002:70002:::\n"
                                   "carol:x:70003:70003:C:/c:/bin/sh\n";

static void a_hash_in_the_passwd_file_moves_to_the_shadow_file(void **state)
{
    const struct vmail_new_password new = new_for("carol");
    check_sets(*state, &new);
    scratch_check(*state, "passwd.va.example", moved_passwd);
    scratch_check(*state, "shadow.va.example",
                  "alice:A:19001:0:99999:7:::\n"
                  "bob:OLD:19002:0:99999:7:::\n"
                  "carol:$6$new:20000:0:99999:7:::\n");
}

static void it_gets_a_line_where_there_is_none(void **state)
{
    const struct vmail_new_password new = new_for("carol");
    scratch_write_bytes(*state, "shadow.va.example", "alice:A:1::::::\n", 16, 0640);
    check_sets(*state, &new);
    scratch_check(*state, "shadow.va.example",
                  "alice:A:1::::::\ncarol:$6$new:20000:0:99999:7:::\n");
    scratch_check(*state, "passwd.va.example", moved_passwd);
}

static void where_the_shadow_file_cannot_take_it_nothing_is_changed(void **state)
{
    const struct vmail_new_password new = new_for("carol");
    scratch_chmod(*state, "shadow.va.example", 0660);
    check_changes_nothing(*state, &new, VMAIL_UNAVAILABLE, "shadow.va.example: writable by");
}

static void until_the_passwd_file_can_be_written_the_old_hash_counts(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_new_password new = new_for("carol");
    struct vmail_lock lock;
    struct vmail_error error;
    new.seconds = 0;
    int directory = open(scratch->paths.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(directory >= 0);
    check_result(vmail_lock_file(directory, "passwd.va.example.new", 0, &lock, &error), VMAIL_OK,
                 &error);
    check_result(vmail_set_password(&scratch->paths, scratch->config, &new, &error),
                 VMAIL_UNAVAILABLE, &error);
    scratch_check(scratch, "passwd.va.example", passwd);
    vmail_lock_release(&lock);
    close(directory);
    check_sets(scratch, &new);
    scratch_check(scratch, "passwd.va.example", moved_passwd);
}

/* --- only if the hash is still the one that was checked */

static void the_hash_that_was_to_be_replaced_must_still_be_there(void **state)
{
    static const char *const others[] = { "!OLD", "OLDER", "OL", "", "old", "x" };
    struct vmail_new_password new = new_for("bob");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        new.instead = others[i];
        check_changes_nothing(*state, &new, VMAIL_NOT_FOUND, "");
    }
    new.instead = "OLD";
    check_sets(*state, &new);
    check_changes_nothing(*state, &new, VMAIL_NOT_FOUND, ""); /* the hash has changed */
}

static void so_must_the_one_in_the_passwd_file(void **state)
{
    struct vmail_new_password new = new_for("carol");
    new.instead = "!HASH";
    check_changes_nothing(*state, &new, VMAIL_NOT_FOUND, "");
    new.instead = "*"; /* the hash in the shadow file is not used */
    check_changes_nothing(*state, &new, VMAIL_NOT_FOUND, "");
    new.instead = "HASH";
    check_sets(*state, &new);
}

static void a_line_that_is_gone_is_not_added_in_place_of_a_hash(void **state)
{
    struct vmail_new_password new = new_for("bob");
    new.instead = "OLD";
    scratch_write(*state, "shadow.va.example", "alice:A:1::::::\n");
    check_changes_nothing(*state, &new, VMAIL_NOT_FOUND, "");
}

static void a_hash_that_is_no_field_is_never_stored(void **state)
{
    static const char *const hashes[] = { "", "a:b", "a\nroot::0", "a\r", ":" };
    struct vmail_new_password new = new_for("bob");
    for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++) {
        new.hash = hashes[i];
        check_changes_nothing(*state, &new, VMAIL_INVALID, "does not fit");
    }
}

static void who_holds_the_lock_keeps_others_out(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_new_password new = new_for("bob");
    struct vmail_lock lock;
    new.seconds = 0;
    check_result(vmail_lock_domain(&scratch->paths, "va.example", 0, &lock, NULL), VMAIL_OK, NULL);
    check_changes_nothing(scratch, &new, VMAIL_UNAVAILABLE, ".locks/va.example.lock");
    vmail_lock_release(&lock);
    check_sets(scratch, &new);
}

static void an_error_is_not_needed(void **state)
{
    const struct scratch *scratch = *state;
    const struct vmail_new_password new = new_for("bob"), nobody = new_for("dave");
    check_result(vmail_set_password(&scratch->paths, scratch->config, &new, NULL), VMAIL_OK, NULL);
    check_result(vmail_set_password(&scratch->paths, scratch->config, &nobody, NULL),
                 VMAIL_NOT_FOUND, NULL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_USERS(hash_and_day_change_and_nothing_else),
        ON_USERS(without_a_day_the_day_stays),
        ON_USERS(an_empty_hash_or_day_is_filled_in),
        ON_USERS(lines_that_nobody_understands_stay_byte_for_byte),
        ON_USERS(carriage_returns_stay),
        ON_USERS(a_last_line_without_newline_stays_one),
        ON_USERS(the_name_is_found_as_look_ups_find_it),
        ON_USERS(a_file_may_be_much_larger_than_a_block),
        ON_USERS(a_missing_line_is_added),
        ON_USERS(a_missing_file_is_made_for_the_group_shadow),
        ON_USERS(without_a_group_shadow_a_missing_file_is_its_owners_alone),
        ON_USERS(a_file_that_cannot_be_given_to_the_group_shadow_is_not_made),
        ON_USERS(an_unknown_user_or_domain_gets_no_line),
        ON_USERS(a_broken_line_of_the_user_is_told_and_left),
        ON_USERS(files_that_are_not_trusted_are_left),
        ON_USERS(a_hash_in_the_passwd_file_moves_to_the_shadow_file),
        ON_USERS(it_gets_a_line_where_there_is_none),
        ON_USERS(where_the_shadow_file_cannot_take_it_nothing_is_changed),
        ON_USERS(until_the_passwd_file_can_be_written_the_old_hash_counts),
        ON_USERS(the_hash_that_was_to_be_replaced_must_still_be_there),
        ON_USERS(so_must_the_one_in_the_passwd_file),
        ON_USERS(a_line_that_is_gone_is_not_added_in_place_of_a_hash),
        ON_USERS(a_hash_that_is_no_field_is_never_stored),
        ON_USERS(who_holds_the_lock_keeps_others_out),
        ON_USERS(an_error_is_not_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
