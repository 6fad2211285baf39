/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Passwords that are set while other processes write the same files. */
#include "set_password.h"

#include <fcntl.h>
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
#include "password_scratch.h"

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
    check_sets(*state, &new);
    scratch_check(*state, "shadow.va.example", "dave:D:1::::::\nbob:$6$new:20000::::::\n");
}

static void an_edit_before_the_reading_is_kept_and_the_change_made(void **state)
{
    const struct vmail_new_password new = new_for("bob");
    meddle_with(*state, "dave:D:1::::::\nbob:OLD:1::::::\n", NULL, 1);
    check_sets(*state, &new);
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
    scratch_check(scratch, "shadow.va.example", "bob:!OLD:1::::::\n");
}

/* An editor empties the file and then fills it. If the file had content when it was opened, but
 * was empty when it was read, nothing must be written back. */
static void a_file_that_is_being_written_is_not_taken_for_an_empty_one(void **state)
{
    const struct vmail_new_password new = new_for("bob");
    meddle_with(*state, "", shadow, 1);
    meddler.coarse_clock = true;
    check_sets(*state, &new);
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
