/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edit.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "lock.h"
#include "scratch.h"
#include "replace.h"
#include "table.h"
#include "transaction.h"

static const char file[] = "passwd.va.example";

/* The change that a test wants, in a user's words. */
enum wish { REPLACE, APPEND, DELETE };

struct wishes {
    const struct scratch *scratch;
    enum wish wish;
    const char *name; /* the user of the line */
    const char *line;
    unsigned calls;
    const char *meddle; /* text that a writer without the lock writes meanwhile, or NULL */
    unsigned meddlings; /* number of writes */
    unsigned shown;
    char before[64], after[64]; /* the lines shown */
};

static enum vmail_result edit_line(struct vmail_edit *edit, void *context,
                                   struct vmail_error *error)
{
    struct wishes *wishes = context;
    size_t offset = 0;
    wishes->calls++;
    if (wishes->meddlings > 0) {
        wishes->meddlings--;
        scratch_write(wishes->scratch, edit->name, wishes->meddle);
    }
    if (wishes->wish == APPEND)
        return vmail_edit_append_line(edit, wishes->line, error);
    enum vmail_result result =
        vmail_edit_find(edit, scratch_file(wishes->scratch, VMAIL_PASSWD, "va.example"),
                        wishes->name, &offset, error);
    if (result != VMAIL_OK)
        return result;
    return wishes->wish == DELETE ? vmail_edit_delete_line(edit, offset)
                                  : vmail_edit_replace_line(edit, offset, wishes->line, error);
}

static void take_shown(const struct vmail_edit *edit, void *context)
{
    struct wishes *wishes = context;
    struct vmail_piece before = vmail_edit_before(edit), after = vmail_edit_after(edit);
    wishes->shown++;
    snprintf(wishes->before, sizeof wishes->before, "%.*s", (int)before.length, before.text);
    snprintf(wishes->after, sizeof wishes->after, "%.*s", (int)after.length, after.text);
}

static enum vmail_result run(struct wishes *wishes, const struct vmail_new_file *make, bool dry_run,
                             struct vmail_error *error)
{
    const struct vmail_transaction transaction = { .file = { { file, make, NULL } },
                                                   .function = edit_line,
                                                   .show = take_shown,
                                                   .context = wishes,
                                                   .seconds = VMAIL_LOCK_SECONDS,
                                                   .dry_run = dry_run };
    struct vmail_lock lock;
    const struct vmail_paths *paths = &wishes->scratch->paths;
    size_t descriptors = scratch_open_descriptors();
    check_result(vmail_lock_domain(paths, "va.example", 300, &lock, error), VMAIL_OK, error);
    enum vmail_result result = vmail_transaction_run(paths, &transaction, error);
    vmail_lock_release(&lock);
    assert_int_equal(scratch_open_descriptors(), descriptors);
    return result;
}

static struct wishes wish_for(struct scratch *scratch, enum wish wish, const char *name,
                              const char *line)
{
    if (scratch->config == NULL)
        scratch_config(scratch, "");
    return (struct wishes){ .scratch = scratch, .wish = wish, .name = name, .line = line };
}

static void check_edits(void **state, const char *before, enum wish wish, const char *name,
                        const char *line, const char *after)
{
    struct wishes wishes = wish_for(*state, wish, name, line);
    struct vmail_error error;
    scratch_write(*state, file, before);
    check_result(run(&wishes, NULL, false, &error), VMAIL_OK, &error);
    scratch_check(*state, file, after);
    assert_int_equal(wishes.calls, 1);
    assert_int_equal(scratch_count(*state, ".new"), 0);
}

#define ALICE "alice:x:70001:70001:::"
#define BOB   "bob:x:70002:70002:::"
#define CAROL "carol:x:70003:70003:::"

static void a_line_is_replaced(void **state)
{
    check_edits(state, ALICE "\n" BOB "\n" CAROL "\n", REPLACE, "bob", "BOB2",
                ALICE "\nBOB2\n" CAROL "\n");
    check_edits(state, BOB, REPLACE, "bob", "BOB2", "BOB2");
    check_edits(state, ALICE "\n" BOB, REPLACE, "bob", "", ALICE "\n");
}

static void a_line_is_deleted(void **state)
{
    check_edits(state, ALICE "\n" BOB "\n" CAROL "\n", DELETE, "bob", NULL, ALICE "\n" CAROL "\n");
    check_edits(state, ALICE "\n" BOB "\n" CAROL, DELETE, "carol", NULL, ALICE "\n" BOB "\n");
    check_edits(state, BOB "\n", DELETE, "bob", NULL, "");
}

static void a_line_is_appended(void **state)
{
    check_edits(state, ALICE "\n", APPEND, NULL, BOB, ALICE "\n" BOB "\n");
    check_edits(state, ALICE, APPEND, NULL, BOB, ALICE "\n" BOB "\n");
    check_edits(state, "", APPEND, NULL, BOB, BOB "\n");
}

static void carriage_returns_stay_and_are_matched(void **state)
{
    check_edits(state, ALICE "\r\n" BOB "\r\n", REPLACE, "alice", CAROL, CAROL "\r\n" BOB "\r\n");
    check_edits(state, ALICE "\r\n" BOB "\r\n", DELETE, "alice", NULL, BOB "\r\n");
    check_edits(state, ALICE "\r\n", APPEND, NULL, BOB, ALICE "\r\n" BOB "\r\n");
    check_edits(state, ALICE "\r\n" BOB, APPEND, NULL, CAROL, ALICE "\r\n" BOB "\r\n" CAROL "\r\n");
}

static void the_line_is_the_one_that_look_ups_find(void **state)
{
    check_edits(state, "bob:x:0:0:::\n#bob:x:1\nbob:x\nBOB:x:70002:70002:::\n" BOB "\n", REPLACE,
                "bob", "NEW", "bob:x:0:0:::\n#bob:x:1\nbob:x\nNEW\n" BOB "\n");
}

static void bytes_that_nobody_understands_stay(void **state)
{
    static const char before[] = "# c\n\n\xff\xfe\t\nnul:\0:\n" BOB "\n:::\r\n \n\0\n\r\r\nlast";
    static const char after[] = "# c\n\n\xff\xfe\t\nnul:\0:\nNEW\n:::\r\n \n\0\n\r\r\nlast";
    struct wishes wishes = wish_for(*state, REPLACE, "bob", "NEW");
    struct vmail_error error;
    size_t length;
    scratch_write_bytes(*state, file, before, sizeof before - 1, 0640);
    check_result(run(&wishes, NULL, false, &error), VMAIL_OK, &error);
    char *text = scratch_read(*state, file, &length);
    assert_int_equal(length, sizeof after - 1);
    assert_memory_equal(text, after, length);
    free(text);
}

static void a_large_file_is_edited_in_its_middle(void **state)
{
    enum { SIZE = 1024 * 1024 };
    char *half = scratch_repeat('#', SIZE / 2);
    char *before, *after;
    for (size_t i = 79; i < SIZE / 2; i += 80)
        half[i] = '\n';
    half[SIZE / 2 - 1] = '\n';
    assert_true(asprintf(&before, "%s%s\n%s", half, BOB, half) > SIZE);
    assert_true(asprintf(&after, "%s%s\n%s", half, CAROL, half) > SIZE);
    check_edits(state, before, REPLACE, "bob", CAROL, after);
    free(half);
    free(before);
    free(after);
}

static void who_is_not_there_is_not_found(void **state)
{
    struct wishes wishes = wish_for(*state, DELETE, "bob", NULL);
    struct vmail_error error;
    scratch_write(*state, file, ALICE "\n");
    check_result(run(&wishes, NULL, false, &error), VMAIL_NOT_FOUND, &error);
    scratch_write(*state, file, ALICE "\nbob:x:0:0:::\n");
    check_result(run(&wishes, NULL, false, &error), VMAIL_BROKEN, &error);
    assert_non_null(strstr(error.text, "passwd.va.example:2: bob: "));
    assert_int_equal(wishes.shown, 0);
}

static void a_line_break_does_not_get_in(void **state)
{
    static const char *const lines[] = { "a\nroot:x:0:0:::", "a\r", "\n" };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct vmail_error error;
        struct wishes append = wish_for(*state, APPEND, NULL, lines[i]);
        struct wishes replace = wish_for(*state, REPLACE, "bob", lines[i]);
        scratch_write(*state, file, BOB "\n");
        check_result(run(&append, NULL, false, &error), VMAIL_INVALID, &error);
        assert_non_null(strstr(error.text, "line break"));
        check_result(run(&replace, NULL, false, &error), VMAIL_INVALID, &error);
        scratch_check(*state, file, BOB "\n");
    }
}

static void a_dry_run_shows_and_does_not_write(void **state)
{
    struct wishes wishes = wish_for(*state, REPLACE, "bob", "NEW");
    struct vmail_error error;
    struct stat before, after;
    scratch_write(*state, file, BOB "\n");
    assert_int_equal(stat(scratch_path(*state, file), &before), 0);
    check_result(run(&wishes, NULL, true, &error), VMAIL_OK, &error);
    assert_int_equal(stat(scratch_path(*state, file), &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    scratch_check(*state, file, BOB "\n");
    assert_int_equal(wishes.shown, 1);
    check_text(wishes.before, BOB "\n", "before");
    check_text(wishes.after, "NEW\n", "after");
}

static void what_changes_nothing_is_neither_written_nor_shown(void **state)
{
    struct wishes wishes = wish_for(*state, REPLACE, "bob", BOB);
    struct vmail_error error;
    struct stat before, after;
    scratch_write(*state, file, BOB "\n");
    assert_int_equal(stat(scratch_path(*state, file), &before), 0);
    check_result(run(&wishes, NULL, false, &error), VMAIL_OK, &error);
    assert_int_equal(stat(scratch_path(*state, file), &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    assert_int_equal(wishes.shown, 0);
}

static void a_missing_file_is_made_where_that_is_asked_for(void **state)
{
    const struct vmail_new_file public = vmail_new_file_public();
    struct wishes wishes = wish_for(*state, APPEND, NULL, BOB);
    struct vmail_error error;
    struct stat status;
    check_result(run(&wishes, NULL, false, &error), VMAIL_NOT_FOUND, &error);
    assert_int_equal(wishes.calls, 0);
    assert_int_equal(access(scratch_path(*state, file), F_OK), -1);
    check_result(run(&wishes, &public, true, &error), VMAIL_OK, &error);
    assert_int_equal(access(scratch_path(*state, file), F_OK), -1);
    check_text(wishes.before, "", "a dry run");
    umask(077);
    check_result(run(&wishes, &public, false, &error), VMAIL_OK, &error);
    scratch_check(*state, file, BOB "\n");
    assert_int_equal(stat(scratch_path(*state, file), &status), 0);
    assert_int_equal(status.st_mode & 07777, 0644);
    assert_int_equal(status.st_uid, getuid());
    assert_int_equal(status.st_gid, getuid() == 0 ? 0 : getegid());
}

static enum vmail_result change_nothing(struct vmail_edit *edit, void *context,
                                        struct vmail_error *error)
{
    (void)edit, (void)context, (void)error;
    return VMAIL_OK;
}

static enum vmail_result leave_empty(struct vmail_edit *edit, void *context,
                                     struct vmail_error *error)
{
    (void)context, (void)error;
    return vmail_edit_splice(edit, 0, 0, NULL, 0);
}

static void a_missing_file_is_made_empty_only_if_it_was_edited(void **state)
{
    const struct scratch *scratch = *state;
    const struct vmail_new_file public = vmail_new_file_public();
    struct vmail_transaction transaction = { .file = { { file, &public, NULL } },
                                             .function = change_nothing };
    struct vmail_error error;
    check_result(vmail_transaction_run(&scratch->paths, &transaction, &error), VMAIL_OK, &error);
    assert_int_equal(access(scratch_path(scratch, file), F_OK), -1);
    transaction.function = leave_empty;
    check_result(vmail_transaction_run(&scratch->paths, &transaction, &error), VMAIL_OK, &error);
    scratch_check(scratch, file, "");
}

static void a_shadow_file_is_made_for_the_group_shadow(void **state)
{
    const struct group *group = getgrnam("shadow");
    const struct vmail_new_file make = vmail_new_file_shadow();
    (void)state;
    assert_int_equal(make.mode, group != NULL ? 0640 : 0600);
    assert_int_equal(make.group, group != NULL ? group->gr_gid : getegid());
}

static void a_file_that_is_not_trusted_is_left(void **state)
{
    struct wishes wishes = wish_for(*state, REPLACE, "bob", "NEW");
    struct vmail_error error;
    scratch_write(*state, file, BOB "\n");
    scratch_chmod(*state, file, 0666);
    check_result(run(&wishes, NULL, false, &error), VMAIL_UNAVAILABLE, &error);
    assert_non_null(strstr(error.text, "writable by"));
    assert_int_equal(wishes.calls, 0);
    scratch_check(*state, file, BOB "\n");
}

static void an_edit_by_hand_meanwhile_is_kept_and_ours_made_in_it(void **state)
{
    struct wishes wishes = wish_for(*state, REPLACE, "bob", CAROL);
    struct vmail_error error;
    wishes.meddle = "# by hand\n" BOB "\n";
    wishes.meddlings = VMAIL_TRANSACTION_TRIES - 1;
    scratch_write(*state, file, BOB "\n");
    check_result(run(&wishes, NULL, false, &error), VMAIL_OK, &error);
    scratch_check(*state, file, "# by hand\n" CAROL "\n");
    assert_int_equal(wishes.calls, VMAIL_TRANSACTION_TRIES);
    assert_int_equal(wishes.shown, 1);
}

static void a_file_made_by_hand_meanwhile_is_kept(void **state)
{
    const struct vmail_new_file public = vmail_new_file_public();
    struct wishes wishes = wish_for(*state, APPEND, NULL, BOB);
    struct vmail_error error;
    wishes.meddle = ALICE "\n";
    wishes.meddlings = 1;
    check_result(run(&wishes, &public, false, &error), VMAIL_OK, &error);
    scratch_check(*state, file, ALICE "\n" BOB "\n");
}

static void who_never_stops_is_given_way_to(void **state)
{
    struct wishes wishes = wish_for(*state, REPLACE, "bob", CAROL);
    struct vmail_error error;
    wishes.meddle = "# by hand\n" BOB "\n";
    wishes.meddlings = 1000;
    scratch_write(*state, file, BOB "\n");
    check_result(run(&wishes, NULL, false, &error), VMAIL_CHANGED, &error);
    assert_non_null(strstr(error.text, "changed by another program meanwhile"));
    assert_int_equal(wishes.calls, VMAIL_TRANSACTION_TRIES);
    assert_int_equal(wishes.shown, 0);
    scratch_check(*state, file, "# by hand\n" BOB "\n");
    assert_int_equal(scratch_count(*state, ".new"), 0);
}

static void changes_at_once_are_all_made(void **state)
{
    enum { WRITERS = 4, LINES = 10 };
    pid_t child[WRITERS];
    scratch_write(*state, file, "");
    for (int i = 0; i < WRITERS; i++) {
        child[i] = fork();
        assert_true(child[i] >= 0);
        for (int j = 0; child[i] == 0 && j < LINES; j++) {
            char line[64];
            struct vmail_error error;
            snprintf(line, sizeof line, "user%d-%d:x:70001:70001:::", i, j);
            struct wishes wishes = wish_for(*state, APPEND, NULL, line);
            if (run(&wishes, NULL, false, &error) != VMAIL_OK)
                _exit(1);
        }
        if (child[i] == 0)
            _exit(0);
    }
    for (int i = 0; i < WRITERS; i++) {
        int status;
        assert_int_equal(waitpid(child[i], &status, 0), child[i]);
        assert_int_equal(status, 0);
    }
    char *text = scratch_read(*state, file, NULL);
    for (int i = 0; i < WRITERS; i++)
        for (int j = 0; j < LINES; j++) {
            char line[64];
            snprintf(line, sizeof line, "user%d-%d:x:70001:70001:::\n", i, j);
            check(strstr(text, line) != NULL, line);
        }
    assert_int_equal(strlen(text), WRITERS * LINES * strlen("user0-0:x:70001:70001:::\n"));
    free(text);
}

static void lines_are_handed_out_without_their_endings(void **state)
{
    static const char *const expected[] = { "a", "", "  b", "c\rd", "e" };
    const struct scratch *scratch = *state;
    struct vmail_edit edit;
    struct vmail_piece line;
    size_t offset = 0, count = 0;
    char name[VMAIL_ALIASES_NAME_MAX + 1];
    vmail_aliases_file_name(name, "va.example");
    check_text(name, "aliases.va.example", "name");
    scratch_write(scratch, name, "a\r\n\n  b\nc\rd\ne");
    check_result(vmail_edit_open(&scratch->paths, name, &edit, NULL), VMAIL_OK, NULL);
    for (; vmail_edit_next_line(&edit, &offset, &line); count++) {
        assert_true(count < 5);
        assert_int_equal(line.length, strlen(expected[count]));
        assert_memory_equal(line.text, expected[count], line.length);
    }
    assert_int_equal(count, 5);
    vmail_edit_end(&edit);
    vmail_edit_end(&edit); /* a second call does no harm */
}

static void several_changes_are_written_at_once(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_edit edit;
    struct vmail_error error;
    size_t offset;
    scratch_config(*state, "");
    scratch_write(scratch, file, ALICE "\n" BOB "\n");
    check_result(vmail_edit_open(&scratch->paths, file, &edit, &error), VMAIL_OK, &error);
    assert_false(vmail_edit_would_write(&edit));
    check_result(vmail_edit_append_line(&edit, CAROL, &error), VMAIL_OK, &error);
    check_result(vmail_edit_find(&edit, scratch_file(scratch, VMAIL_PASSWD, "va.example"), "carol",
                                 &offset, &error),
                 VMAIL_OK, &error);
    check_result(vmail_edit_replace_line(&edit, offset, "NEW", &error), VMAIL_OK, &error);
    check_result(vmail_edit_delete_line(&edit, 0), VMAIL_OK, NULL);
    assert_true(vmail_edit_would_write(&edit));
    check_result(vmail_edit_commit(&edit, NULL, 1, &error), VMAIL_OK, &error);
    vmail_edit_end(&edit);
    scratch_check(scratch, file, BOB "\nNEW\n");
}

/* --- removing a file */

static void a_file_is_removed(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_error error;
    size_t before = scratch_open_descriptors();
    scratch_write(scratch, file, BOB "\n");
    scratch_write(scratch, ".passwd.va.example.new", "left by a crash");
    scratch_write(scratch, "passwd.vb.example", BOB "\n");
    check_result(vmail_remove(&scratch->paths, file, 1, &error), VMAIL_OK, &error);
    assert_int_equal(access(scratch_path(scratch, file), F_OK), -1);
    assert_int_equal(scratch_count(scratch, ".new"), 0);
    scratch_check(scratch, "passwd.vb.example", BOB "\n");
    check_result(vmail_remove(&scratch->paths, file, 1, &error), VMAIL_NOT_FOUND, &error);
    assert_int_equal(scratch_open_descriptors(), before);
}

static void of_a_link_only_the_link_is_removed(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_error error;
    scratch_write(scratch, "passwd.vb.example", BOB "\n");
    scratch_link(scratch, file, "passwd.vb.example");
    check_result(vmail_remove(&scratch->paths, file, 1, &error), VMAIL_OK, &error);
    scratch_check(scratch, "passwd.vb.example", BOB "\n");
}

static void what_cannot_be_removed_is_told(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_error error;
    struct vmail_lock lock;
    int directory;
    scratch_mkdir(scratch, file, 0755);
    check_result(vmail_remove(&scratch->paths, file, 1, &error), VMAIL_UNAVAILABLE, &error);
    assert_non_null(strstr(error.text, "passwd.va.example: not removed: "));
    scratch_write(scratch, "passwd.vb.example", "");
    check_result(vmail_trusted_open_directory(&scratch->paths, &directory, &error), VMAIL_OK,
                 &error);
    check_result(vmail_lock_file(directory, "passwd.vb.example.new", 0, &lock, &error), VMAIL_OK,
                 &error);
    check_result(vmail_remove(&scratch->paths, "passwd.vb.example", 0, &error), VMAIL_UNAVAILABLE,
                 &error);
    vmail_lock_release(&lock);
    close(directory);
    scratch_check(scratch, "passwd.vb.example", "");
}

/* --- setting a file aside */

static void a_file_is_set_aside_and_removed(void **state)
{
    const struct scratch *scratch = *state;
    const struct vmail_paths *paths = &scratch->paths;
    struct vmail_error error;
    size_t before = scratch_open_descriptors();
    scratch_write(scratch, file, BOB "\n");
    scratch_write(scratch, ".passwd.va.example.new", "left by a crash");
    check_result(vmail_set_aside(paths, VMAIL_PASSWD, "va.example", 1, &error), VMAIL_OK, &error);
    assert_int_equal(access(scratch_path(scratch, file), F_OK), -1);
    assert_int_equal(scratch_count(scratch, ".new"), 0);
    scratch_check(scratch, ".passwd.va.example.gone", BOB "\n");
    check_result(vmail_set_aside(paths, VMAIL_PASSWD, "va.example", 1, &error), VMAIL_NOT_FOUND,
                 &error);
    scratch_check(scratch, ".passwd.va.example.gone", BOB "\n");
    check_result(vmail_set_aside_remove(paths, VMAIL_PASSWD, "va.example", 1, &error), VMAIL_OK,
                 &error);
    check_result(vmail_set_aside_remove(paths, VMAIL_PASSWD, "va.example", 1, &error),
                 VMAIL_NOT_FOUND, &error);
    assert_int_equal(scratch_count(scratch, ".gone"), 0);
    assert_int_equal(scratch_open_descriptors(), before);
}

static void of_a_link_only_the_link_is_set_aside(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_error error;
    scratch_write(scratch, "passwd.vb.example", BOB "\n");
    scratch_link(scratch, file, "passwd.vb.example");
    check_result(vmail_set_aside(&scratch->paths, VMAIL_PASSWD, "va.example", 1, &error), VMAIL_OK,
                 &error);
    scratch_check(scratch, ".passwd.va.example.gone", BOB "\n");
    check_result(vmail_set_aside_remove(&scratch->paths, VMAIL_PASSWD, "va.example", 1, &error),
                 VMAIL_OK, &error);
    scratch_check(scratch, "passwd.vb.example", BOB "\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_SCRATCH(a_line_is_replaced),
        ON_SCRATCH(a_line_is_deleted),
        ON_SCRATCH(a_line_is_appended),
        ON_SCRATCH(carriage_returns_stay_and_are_matched),
        ON_SCRATCH(the_line_is_the_one_that_look_ups_find),
        ON_SCRATCH(bytes_that_nobody_understands_stay),
        ON_SCRATCH(a_large_file_is_edited_in_its_middle),
        ON_SCRATCH(who_is_not_there_is_not_found),
        ON_SCRATCH(a_line_break_does_not_get_in),
        ON_SCRATCH(a_dry_run_shows_and_does_not_write),
        ON_SCRATCH(what_changes_nothing_is_neither_written_nor_shown),
        ON_SCRATCH(a_missing_file_is_made_where_that_is_asked_for),
        ON_SCRATCH(a_missing_file_is_made_empty_only_if_it_was_edited),
        ON_SCRATCH(a_shadow_file_is_made_for_the_group_shadow),
        ON_SCRATCH(a_file_that_is_not_trusted_is_left),
        ON_SCRATCH(an_edit_by_hand_meanwhile_is_kept_and_ours_made_in_it),
        ON_SCRATCH(a_file_made_by_hand_meanwhile_is_kept),
        ON_SCRATCH(who_never_stops_is_given_way_to),
        ON_SCRATCH(changes_at_once_are_all_made),
        ON_SCRATCH(lines_are_handed_out_without_their_endings),
        ON_SCRATCH(several_changes_are_written_at_once),
        ON_SCRATCH(a_file_is_removed),
        ON_SCRATCH(of_a_link_only_the_link_is_removed),
        ON_SCRATCH(what_cannot_be_removed_is_told),
        ON_SCRATCH(a_file_is_set_aside_and_removed),
        ON_SCRATCH(of_a_link_only_the_link_is_set_aside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
