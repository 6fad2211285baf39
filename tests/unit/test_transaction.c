/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transaction.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "lock.h"
#include "scratch.h"

static const char shadow[] = "shadow.va.example", passwd[] = "passwd.va.example";

/* The lock beside the file of this name is not available; before that, LATER is written into the
 * shadow file by hand. */
static struct {
    const struct scratch *scratch;
    const char *name;
    const char *later;
} locked;

enum vmail_result __real_vmail_lock_file(int directory, const char *name, unsigned seconds,
                                         struct vmail_lock *lock, struct vmail_error *error);
enum vmail_result __wrap_vmail_lock_file(int directory, const char *name, unsigned seconds,
                                         struct vmail_lock *lock, struct vmail_error *error);

enum vmail_result __wrap_vmail_lock_file(int directory, const char *name, unsigned seconds,
                                         struct vmail_lock *lock, struct vmail_error *error)
{
    if (locked.name == NULL || strcmp(name, locked.name) != 0)
        return __real_vmail_lock_file(directory, name, seconds, lock, error);
    if (locked.later != NULL)
        scratch_write(locked.scratch, shadow, locked.later);
    vmail_error_set(error, EIO, "%s: no lock", name);
    return VMAIL_UNAVAILABLE;
}

/* What a test adds to both files, and what it saw. */
struct lines {
    const struct scratch *scratch;
    const char *by_hand; /* is written into the passwd file during the first call, or NULL */
    const char *first;   /* the text of the shadow file that each call must find */
    unsigned calls;
    char shown[64]; /* the names of the files that were shown */
};

static enum vmail_result add_lines(struct vmail_edit *edit, void *context,
                                   struct vmail_error *error)
{
    struct lines *lines = context;
    lines->calls++;
    if (lines->first != NULL)
        check_text(vmail_edit_before(&edit[0]).text, lines->first, "the shadow file");
    if (lines->by_hand != NULL && lines->calls == 1)
        scratch_write(lines->scratch, passwd, lines->by_hand);
    enum vmail_result result = vmail_edit_append_line(&edit[0], "new shadow", error);
    return result == VMAIL_OK ? vmail_edit_append_line(&edit[1], "new passwd", error) : result;
}

static void note_name(const struct vmail_edit *edit, void *context)
{
    struct lines *lines = context;
    const size_t length = strlen(lines->shown);
    snprintf(lines->shown + length, sizeof lines->shown - length, "%s ", edit->name);
}

static void begin(const struct scratch *scratch, const char *old)
{
    memset(&locked, 0, sizeof locked);
    locked.scratch = scratch;
    if (old != NULL)
        scratch_write(scratch, shadow, old);
    scratch_write(scratch, passwd, "old passwd\n");
}

static void run(struct lines *lines, bool dry_run, enum vmail_result expected,
                struct vmail_error *error)
{
    const struct vmail_new_file make = { 0600, getegid() };
    const struct vmail_transaction transaction = {
        .file = { { shadow, &make, NULL }, { passwd, NULL, NULL } },
        .function = add_lines,
        .show = note_name,
        .context = lines,
        .dry_run = dry_run,
    };
    size_t before = scratch_open_descriptors();
    check_result(vmail_transaction_run(&lines->scratch->paths, &transaction, error), expected,
                 error);
    assert_int_equal(scratch_open_descriptors(), before);
    assert_int_equal(scratch_count(lines->scratch, ".new"), 0);
}

static void both_files_are_written_and_shown_in_their_order(void **state)
{
    struct lines lines = { .scratch = *state };
    struct vmail_error error;
    begin(*state, "old shadow\n");
    run(&lines, false, VMAIL_OK, &error);
    scratch_check(*state, shadow, "old shadow\nnew shadow\n");
    scratch_check(*state, passwd, "old passwd\nnew passwd\n");
    check_text(lines.shown, "shadow.va.example passwd.va.example ", "shown");
}

static void a_dry_run_shows_both_and_writes_none(void **state)
{
    struct lines lines = { .scratch = *state };
    struct vmail_error error;
    begin(*state, NULL);
    run(&lines, true, VMAIL_OK, &error);
    assert_int_equal(access(scratch_path(*state, shadow), F_OK), -1);
    scratch_check(*state, passwd, "old passwd\n");
    check_text(lines.shown, "shadow.va.example passwd.va.example ", "shown");
}

static void a_missing_file_that_may_not_be_made_ends_it(void **state)
{
    struct lines lines = { .scratch = *state };
    struct vmail_error error;
    begin(*state, "old shadow\n");
    assert_int_equal(unlink(scratch_path(*state, passwd)), 0);
    run(&lines, false, VMAIL_NOT_FOUND, &error);
    assert_int_equal(lines.calls, 0);
    scratch_check(*state, shadow, "old shadow\n");
}

static void if_the_second_file_cannot_be_written_the_first_is_as_before(void **state)
{
    struct lines lines = { .scratch = *state };
    struct vmail_error error;
    begin(*state, "old shadow\n");
    scratch_chmod(*state, shadow, 0640);
    locked.name = "passwd.va.example.new";
    run(&lines, false, VMAIL_UNAVAILABLE, &error);
    check_text(error.text, "passwd.va.example.new: no lock", "why");
    scratch_check(*state, shadow, "old shadow\n");
    scratch_check(*state, passwd, "old passwd\n");
    check_text(lines.shown, "", "shown");
}

static void a_file_that_was_made_before_the_failure_is_removed(void **state)
{
    struct lines lines = { .scratch = *state };
    struct vmail_error error;
    begin(*state, NULL);
    locked.name = "passwd.va.example.new";
    run(&lines, false, VMAIL_UNAVAILABLE, &error);
    assert_int_equal(access(scratch_path(*state, shadow), F_OK), -1);
}

static void an_edit_by_hand_after_ours_is_not_lost_with_it(void **state)
{
    struct lines lines = { .scratch = *state };
    struct vmail_error error;
    begin(*state, "old shadow\n");
    locked.name = "passwd.va.example.new";
    locked.later = "old shadow\nnew shadow\nby hand\n";
    run(&lines, false, VMAIL_UNAVAILABLE, &error);
    check_text(error.text,
               "passwd.va.example.new: no lock; shadow.va.example is changed already, and cannot "
               "be restored",
               "why");
    scratch_check(*state, shadow, "old shadow\nnew shadow\nby hand\n");
}

static void an_edit_by_hand_meanwhile_begins_all_again(void **state)
{
    struct lines lines = { .scratch = *state,
                           .by_hand = "old passwd\nby hand\n",
                           .first = "old shadow\n" };
    struct vmail_error error;
    begin(*state, "old shadow\n");
    run(&lines, false, VMAIL_OK, &error);
    assert_int_equal(lines.calls, 2);
    scratch_check(*state, shadow, "old shadow\nnew shadow\n");
    scratch_check(*state, passwd, "old passwd\nby hand\nnew passwd\n");
    check_text(lines.shown, "shadow.va.example passwd.va.example ", "shown");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_SCRATCH(both_files_are_written_and_shown_in_their_order),
        ON_SCRATCH(a_dry_run_shows_both_and_writes_none),
        ON_SCRATCH(a_missing_file_that_may_not_be_made_ends_it),
        ON_SCRATCH(if_the_second_file_cannot_be_written_the_first_is_as_before),
        ON_SCRATCH(a_file_that_was_made_before_the_failure_is_removed),
        ON_SCRATCH(an_edit_by_hand_after_ours_is_not_lost_with_it),
        ON_SCRATCH(an_edit_by_hand_meanwhile_begins_all_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
