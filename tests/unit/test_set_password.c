/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "set_password.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "file.h"
#include "file_state.h"
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
    if (strstr(error.text, text) == NULL || (*text == '\0' && error.text[0] != '\0'))
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
    check_sets(*state, &new, "");
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
    check_sets(*state, &new, "");
    scratch_check(*state, "shadow.va.example",
                  "alice:A:19001:0:99999:7:::\n"
                  "bob:$6$new:19002:0:99999:7:::\n"
                  "carol:*:19003:0:99999:7:::\n");
    scratch_write(*state, "shadow.va.example", "bob:OLD:::::::\n");
    check_sets(*state, &new, "");
    scratch_check(*state, "shadow.va.example", "bob:$6$new:::::::\n");
}

static void an_empty_hash_or_day_is_filled_in(void **state)
{
    struct vmail_new_password new = new_for("bob");
    scratch_write(*state, "shadow.va.example", "bob::::::::");
    check_sets(*state, &new, "");
    scratch_check(*state, "shadow.va.example", "bob:$6$new:20000::::::");
    new.last_change = 0;
    check_sets(*state, &new, "");
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
    check_sets(*state, &new, "");
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
    check_sets(*state, &new, "");
    scratch_check(*state, "shadow.va.example", "alice:A:1::::::\r\nbob:$6$new:20000::::::\r\n");
}

static void a_last_line_without_newline_stays_one(void **state)
{
    const struct vmail_new_password new = new_for("bob");
    scratch_write(*state, "shadow.va.example", "alice:A:1::::::\nbob:OLD:1:0:99999:7:::");
    check_sets(*state, &new, "");
    scratch_check(*state, "shadow.va.example", "alice:A:1::::::\nbob:$6$new:20000:0:99999:7:::");
}

static void the_name_is_found_as_look_ups_find_it(void **state)
{
    struct scratch *scratch = *state;
    const struct vmail_new_password new = new_for("bob");
    scratch_write(scratch, "passwd.va.example", "Bob:x:70002:70002:::\n");
    scratch_write(scratch, "shadow.va.example", "BOB:OLD:1::::::\nbob:SECOND:1::::::\n");
    check_sets(scratch, &new, "");
    scratch_check(scratch, "shadow.va.example", "BOB:$6$new:20000::::::\nbob:SECOND:1::::::\n");
    scratch_config(scratch, "[vmail]\nfold_case = no\n");
    check_changes_nothing(scratch, &new, VMAIL_NOT_FOUND, "");
    scratch_write(scratch, "passwd.va.example", "bob:x:70002:70002:::\n");
    check_sets(scratch, &new, "");
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
    check_sets(*state, &new, "");
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
    check_sets(*state, &new, "");
    scratch_check(*state, "shadow.va.example", "alice:A:1::::::\nbob:$6$new:20000:0:99999:7:::\n");
    scratch_write(*state, "shadow.va.example", "alice:A:1::::::"); /* no final newline */
    check_sets(*state, &new, "");
    scratch_check(*state, "shadow.va.example", "alice:A:1::::::\nbob:$6$new:20000:0:99999:7:::\n");
    scratch_write(*state, "shadow.va.example", "");
    new.last_change = -1; /* the age is unknown, so no day is set */
    check_sets(*state, &new, "");
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
    check_sets(scratch, &new, "");
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
    check_changes_nothing(*state, &new, VMAIL_UNAVAILABLE, "shadow.va.example:2: bob: ");
    scratch_write(*state, "passwd.va.example", "bob:x:abc:70002:::\n");
    check_changes_nothing(*state, &new, VMAIL_UNAVAILABLE, "passwd.va.example:1: bob: ");
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
    check_sets(*state, &new, "");
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
    check_sets(*state, &new, "");
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
    check_sets(scratch, &new, "");
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
    check_sets(*state, &new, "");
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
    check_sets(*state, &new, "");
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
        check_changes_nothing(*state, &new, VMAIL_UNAVAILABLE, "does not fit");
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
    check_sets(scratch, &new, "");
}

static void an_error_is_not_needed(void **state)
{
    const struct scratch *scratch = *state;
    const struct vmail_new_password new = new_for("bob"), nobody = new_for("dave");
    check_result(vmail_set_password(&scratch->paths, scratch->config, &new, NULL), VMAIL_OK, NULL);
    check_result(vmail_set_password(&scratch->paths, scratch->config, &nobody, NULL),
                 VMAIL_NOT_FOUND, NULL);
}

/* --- a writer without the lock, at the worst moment. The functions that read a whole file and
 * compare its states are wrapped (see tests.mk). */

char *__real_vmail_file_read_all(int fd, size_t maximum, size_t *length);
char *__wrap_vmail_file_read_all(int fd, size_t maximum, size_t *length);
bool __real_vmail_file_state_equal(const struct vmail_file_state *a,
                                   const struct vmail_file_state *b);
bool __wrap_vmail_file_state_equal(const struct vmail_file_state *a,
                                   const struct vmail_file_state *b);

static struct {
    const struct scratch *scratch;
    const char *before, *after; /* new text of the shadow file around each read; or NULL */
    int times;                  /* number of writes */
    bool coarse_clock;          /* all happens in one tick of the file system's clock */
} meddler;

static void meddle(const char *text)
{
    if (text != NULL)
        scratch_write_bytes(meddler.scratch, "shadow.va.example", text, strlen(text), 0640);
}

static bool is_shadow(int fd)
{
    struct stat opened, named;
    return fstat(fd, &opened) == 0 &&
           stat(scratch_path(meddler.scratch, "shadow.va.example"), &named) == 0 &&
           opened.st_ino == named.st_ino;
}

char *__wrap_vmail_file_read_all(int fd, size_t maximum, size_t *length)
{
    bool now = meddler.times > 0 && is_shadow(fd);
    if (now) {
        meddler.times--;
        meddle(meddler.before);
    }
    char *text = __real_vmail_file_read_all(fd, maximum, length);
    if (now)
        meddle(meddler.after);
    return text;
}

bool __wrap_vmail_file_state_equal(const struct vmail_file_state *a,
                                   const struct vmail_file_state *b)
{
    if (!meddler.coarse_clock)
        return __real_vmail_file_state_equal(a, b);
    return a->device == b->device && a->inode == b->inode && a->size == b->size;
}

static void meddle_with(const struct scratch *scratch, const char *before, const char *after,
                        int times)
{
    memset(&meddler, 0, sizeof meddler);
    meddler.scratch = scratch;
    meddler.before = before;
    meddler.after = after;
    meddler.times = times;
}

static int stop_meddling(void **state)
{
    memset(&meddler, 0, sizeof meddler);
    return scratch_teardown(state);
}

#define WITH_MEDDLER(test) cmocka_unit_test_setup_teardown(test, users_setup, stop_meddling)

static void an_edit_behind_the_reading_is_kept_and_the_change_made(void **state)
{
    const struct vmail_new_password new = new_for("bob");
    meddle_with(*state, NULL, "dave:D:1::::::\nbob:OLD:1::::::\n", 1);
    check_sets(*state, &new, "");
    scratch_check(*state, "shadow.va.example", "dave:D:1::::::\nbob:$6$new:20000::::::\n");
}

static void an_edit_before_the_reading_is_kept_and_the_change_made(void **state)
{
    const struct vmail_new_password new = new_for("bob");
    meddle_with(*state, "dave:D:1::::::\nbob:OLD:1::::::\n", NULL, 1);
    check_sets(*state, &new, "");
    scratch_check(*state, "shadow.va.example", "dave:D:1::::::\nbob:$6$new:20000::::::\n");
}

static void a_lock_of_the_account_behind_the_reading_stays(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_new_password new = new_for("bob");
    struct vmail_error error;
    new.instead = "OLD";
    meddle_with(scratch, NULL, "bob:!OLD:1::::::\n", 1);
    check_result(vmail_set_password(&scratch->paths, scratch->config, &new, &error),
                 VMAIL_NOT_FOUND, &error);
    check_text(error.text, "", "locked");
    scratch_check(scratch, "shadow.va.example", "bob:!OLD:1::::::\n");
}

/* An editor empties the file and then fills it. If the file had content when it was opened, but
 * was empty when it was read, nothing must be written back. */
static void a_file_that_is_being_written_is_not_taken_for_an_empty_one(void **state)
{
    const struct vmail_new_password new = new_for("bob");
    meddle_with(*state, "", shadow, 1);
    meddler.coarse_clock = true;
    check_sets(*state, &new, "");
    scratch_check(*state, "shadow.va.example",
                  "alice:A:19001:0:99999:7:::\n"
                  "bob:$6$new:20000:0:99999:7:::\n"
                  "carol:*:19003:0:99999:7:::\n");
}

static void who_never_stops_editing_is_given_way_to(void **state)
{
    const struct scratch *scratch = *state;
    const struct vmail_new_password new = new_for("bob");
    struct vmail_error error;
    meddle_with(scratch, shadow, "bob:OTHER:1::::::\n", 1000);
    check_result(vmail_set_password(&scratch->paths, scratch->config, &new, &error), VMAIL_CHANGED,
                 &error);
    assert_non_null(strstr(error.text, "shadow.va.example: changed by another program meanwhile"));
    assert_true(meddler.times > 900);
    meddler.times = 0;
    scratch_check(scratch, "shadow.va.example", "bob:OTHER:1::::::\n");
    assert_int_equal(scratch_count(scratch, ".new"), 0);
}

/* --- several at once */

enum { WRITERS = 6, CHANGES = 15 };

struct writer {
    const struct scratch *scratch;
    const char *domain;
    int number;
    struct vmail_error error;
    bool failed;
};

/* Changes the password of the user with this number repeatedly. */
static void *write_many(void *data)
{
    struct writer *writer = data;
    char user[16], hash[16];
    snprintf(user, sizeof user, "user%d", writer->number);
    for (int i = 0; i < CHANGES && !writer->failed; i++) {
        struct vmail_new_password new = new_for(user);
        snprintf(hash, sizeof hash, "new%d-%d", writer->number, i);
        new.domain = writer->domain;
        new.hash = hash;
        new.seconds = 300;
        writer->failed = vmail_set_password(&writer->scratch->paths, writer->scratch->config, &new,
                                            &writer->error) != VMAIL_OK;
    }
    return NULL;
}

/* va and vb have different users; their hashes are in one file, NAME, perhaps va's own file. */
static void share_a_shadow_file(const struct scratch *scratch, const char *name)
{
    char users[WRITERS * 32] = "", hashes[WRITERS * 32] = "";
    for (int i = 0; i < WRITERS; i++) {
        scratch_append(users, sizeof users, "user%d:x:%d:%d:::\n", i, 70000 + i, 70000 + i);
        scratch_append(hashes, sizeof hashes, "user%d:old:1::::::\n", i);
    }
    scratch_write(scratch, "passwd.va.example", users);
    scratch_write(scratch, "passwd.vb.example", users);
    assert_int_equal(unlink(scratch_path(scratch, "shadow.va.example")), 0);
    scratch_write(scratch, name, hashes);
    if (strcmp(name, "shadow.va.example") != 0)
        scratch_link(scratch, "shadow.va.example", name);
    scratch_link(scratch, "shadow.vb.example", name);
}

static void check_none_is_lost(const struct scratch *scratch, const char *name)
{
    char expected[WRITERS * 32] = "";
    for (int i = 0; i < WRITERS; i++)
        scratch_append(expected, sizeof expected, "user%d:new%d-%d:20000::::::\n", i, i,
                       CHANGES - 1);
    scratch_check(scratch, name, expected);
    assert_int_equal(scratch_count(scratch, ".new"), 0);
}

static struct writer writer_of(const struct scratch *scratch, int number)
{
    return (struct writer){ .scratch = scratch,
                            .domain = number % 2 == 0 ? "va.example" : "vb.example",
                            .number = number };
}

static void threads_of_domains_that_share_a_file_lose_no_change(void **state)
{
    pthread_t thread[WRITERS];
    struct writer writers[WRITERS];
    share_a_shadow_file(*state, "hashes");
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = writer_of(*state, i);
        assert_int_equal(pthread_create(&thread[i], NULL, write_many, &writers[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_join(thread[i], NULL), 0);
    for (int i = 0; i < WRITERS; i++)
        if (writers[i].failed)
            fail_msg("user%d: %s", i, writers[i].error.text);
    check_none_is_lost(*state, "hashes");
}

static void let_processes_write(const struct scratch *scratch, const char *name)
{
    pid_t child[WRITERS];
    int failures = 0;
    share_a_shadow_file(scratch, name);
    for (int i = 0; i < WRITERS; i++) {
        child[i] = fork();
        assert_true(child[i] >= 0);
        if (child[i] == 0) {
            struct writer writer = writer_of(scratch, i);
            write_many(&writer);
            if (writer.failed)
                dprintf(2, "user%d: %s\n", i, writer.error.text);
            _exit(writer.failed);
        }
    }
    for (int i = 0; i < WRITERS; i++) {
        int status;
        assert_int_equal(waitpid(child[i], &status, 0), child[i]);
        failures += status != 0;
    }
    assert_int_equal(failures, 0);
    check_none_is_lost(scratch, name);
}

static void processes_of_domains_that_share_a_file_lose_no_change(void **state)
{
    let_processes_write(*state, "hashes");
}

static void processes_lose_no_change_where_one_domain_has_the_file_and_another_a_link_to_it(
    void **state)
{
    let_processes_write(*state, "shadow.va.example");
}

/* A writer without the lock, which writes into the file itself until it gets a stop flag. */
struct editor {
    const char *path;
    const char *text[2];
    atomic_bool stop;
};

static void *edit_many(void *data)
{
    struct editor *editor = data;
    const struct timespec pause = { .tv_nsec = 300 * 1000 };
    for (unsigned i = 0; !atomic_load(&editor->stop); i++) {
        const char *text = editor->text[i % 2];
        size_t length = strlen(text);
        int fd = open(editor->path, O_WRONLY | O_CLOEXEC);
        if (fd < 0)
            continue;
        if (pwrite(fd, text, length, 0) != (ssize_t)length || ftruncate(fd, (off_t)length) != 0)
            abort();
        close(fd);
        nanosleep(&pause, NULL);
    }
    return NULL;
}

/* Changes bob's password while the file is edited, until a few changes have succeeded. */
static void set_while_edited(const struct scratch *scratch, struct editor *editor)
{
    enum { TRIES = 60 };
    const struct vmail_new_password new = new_for("bob");
    struct vmail_error error;
    pthread_t thread;
    editor->path = scratch_path(scratch, "shadow.va.example");
    scratch_write(scratch, "shadow.va.example", editor->text[0]);
    assert_int_equal(pthread_create(&thread, NULL, edit_many, editor), 0);
    for (int i = 0; i < TRIES; i++) {
        enum vmail_result result =
            vmail_set_password(&scratch->paths, scratch->config, &new, &error);
        if (result != VMAIL_OK)
            check(error.text[0] != '\0', "a refusal says why");
    }
    atomic_store(&editor->stop, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(scratch_count(scratch, ".new"), 0);
}

/* Each version of the file has the same users, so all users are there after any result. */
static void an_edit_in_place_meanwhile_tears_no_line(void **state)
{
    static const char lines[] = "alice:A:19001:0:99999:7:::\nbob:";
    static const char rest[] = ":0:99999:7:::\ncarol:*:19003:0:99999:7:::\n# comment";
    struct editor editor = { .text = { "alice:A:19001:0:99999:7:::\nbob:$6$old:19002:0:99999:7:::\n"
                                       "carol:*:19003:0:99999:7:::\n# comment\n",
                                       "alice:A:19001:0:99999:7:::\nbob:$6$old:19002:0:99999:7:::\n"
                                       "carol:*:19003:0:99999:7:::\n# comment, longer\n" } };
    set_while_edited(*state, &editor);
    size_t length;
    char *text = scratch_read(*state, "shadow.va.example", &length);
    const size_t hash = strlen(lines), after = hash + strlen("$6$old:19002");
    check(strncmp(text, lines, hash) == 0, text);
    check(strncmp(text + hash, "$6$old:19002", after - hash) == 0 ||
              strncmp(text + hash, "$6$new:20000", after - hash) == 0,
          text);
    check(strncmp(text + after, rest, strlen(rest)) == 0, text);
    free(text);
}

/* Bob's line moves by more than a block, and the file shrinks after it: an offset from one read
 * must not be used with the text of another read. */
static void an_edit_that_moves_the_line_does_no_harm(void **state)
{
    enum { COMMENT = 200000 };
    char *text = scratch_repeat('#', COMMENT);
    text[COMMENT - 1] = '\n';
    char *moved = NULL;
    assert_true(asprintf(&moved, "%s%s", text, shadow) > 0);
    struct editor editor = { .text = { shadow, moved } };
    set_while_edited(*state, &editor);
    free(text);
    free(moved);
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
        WITH_MEDDLER(an_edit_behind_the_reading_is_kept_and_the_change_made),
        WITH_MEDDLER(an_edit_before_the_reading_is_kept_and_the_change_made),
        WITH_MEDDLER(a_lock_of_the_account_behind_the_reading_stays),
        WITH_MEDDLER(a_file_that_is_being_written_is_not_taken_for_an_empty_one),
        WITH_MEDDLER(who_never_stops_editing_is_given_way_to),
        ON_USERS(threads_of_domains_that_share_a_file_lose_no_change),
        ON_USERS(processes_of_domains_that_share_a_file_lose_no_change),
        ON_USERS(processes_lose_no_change_where_one_domain_has_the_file_and_another_a_link_to_it),
        ON_USERS(an_edit_in_place_meanwhile_tears_no_line),
        ON_USERS(an_edit_that_moves_the_line_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
