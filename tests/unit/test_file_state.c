/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "file_state.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "scratch.h"

static const struct stat sample = {
    .st_dev = 1, .st_ino = 2, .st_size = 3, .st_mtim = { 4, 5 }, .st_ctim = { 6, 7 }
};

static void check_differs(const struct stat *other, const char *what)
{
    struct vmail_file_state a = vmail_file_state(&sample), b = vmail_file_state(other);
    check(!vmail_file_state_equal(&a, &b), what);
    check(!vmail_file_state_equal(&b, &a), what);
    check(vmail_file_state_equal(&b, &b), what);
}

static void whatever_changes_makes_another_state(void **state)
{
    struct stat other = sample;
    (void)state;
    other.st_dev++;
    check_differs(&other, "device");
    other = sample;
    other.st_ino++;
    check_differs(&other, "inode");
    other = sample;
    other.st_size++;
    check_differs(&other, "size");
    other = sample;
    other.st_mtim.tv_sec++;
    check_differs(&other, "second of modification");
    other = sample;
    other.st_mtim.tv_nsec++;
    check_differs(&other, "nanosecond of modification");
    other = sample;
    other.st_ctim.tv_sec++;
    check_differs(&other, "second of change");
    other = sample;
    other.st_ctim.tv_nsec++;
    check_differs(&other, "nanosecond of change");
}

/* Reading a file must not make its remembered state out of date. */
static void access_and_links_make_no_other_state(void **state)
{
    struct stat other = sample;
    struct vmail_file_state a = vmail_file_state(&sample);
    (void)state;
    other.st_atim.tv_sec = 99;
    other.st_nlink = 99;
    struct vmail_file_state b = vmail_file_state(&other);
    assert_true(vmail_file_state_equal(&a, &b));
}

static struct vmail_file_state state_of(const struct scratch *scratch, const char *name)
{
    struct stat status;
    assert_int_equal(stat(scratch_path(scratch, name), &status), 0);
    return vmail_file_state(&status);
}

static void a_file_that_is_not_there_has_a_state_of_its_own(void **state)
{
    const struct vmail_file_state none = { .device = 0 };
    scratch_write(*state, "file", "");
    struct vmail_file_state there = state_of(*state, "file");
    assert_false(vmail_file_state_equal(&none, &there));
    assert_true(vmail_file_state_equal(&none, &none));
}

static void an_edit_in_place_and_a_replacement_are_seen(void **state)
{
    const struct scratch *scratch = *state;
    scratch_write(scratch, "file", "one\n");
    struct vmail_file_state before = state_of(scratch, "file");
    struct vmail_file_state same = state_of(scratch, "file");
    assert_true(vmail_file_state_equal(&before, &same));
    scratch_write(scratch, "file", "longer\n");
    struct vmail_file_state edited = state_of(scratch, "file");
    assert_false(vmail_file_state_equal(&before, &edited));
    scratch_write(scratch, "other", "longer\n");
    assert_int_equal(rename(scratch_path(scratch, "other"), scratch_path(scratch, "file")), 0);
    struct vmail_file_state replaced = state_of(scratch, "file");
    assert_false(vmail_file_state_equal(&edited, &replaced));
}

/* A time within a second, without zeros at the end. */
static const struct timespec now = { .tv_sec = 1000000, .tv_nsec = 512345678 };

static bool settled(time_t age)
{
    const struct vmail_file_state file = { .changed = { .tv_sec = now.tv_sec - age } };
    return vmail_file_state_settled_at(&file, &now);
}

static void only_an_old_change_is_settled(void **state)
{
    (void)state;
    assert_true(settled(60));
    assert_true(settled(3));
    assert_false(settled(2));
    assert_false(settled(0));
    assert_false(settled(-60)); /* the clock was set back */
}

/* The margin is an hour, so a slow run passes too. */
static void what_is_settled_goes_by_the_clock_of_the_machine(void **state)
{
    (void)state;
    const time_t today = time(NULL);
    const struct vmail_file_state old = { .changed = { .tv_sec = today - 3600 } };
    const struct vmail_file_state ahead = { .changed = { .tv_sec = today + 3600 } };
    assert_true(vmail_file_state_settled(&old));
    assert_false(vmail_file_state_settled(&ahead));
}

/* The test counts how often the process sleeps. */
static void a_stamp_that_lies_far_ahead_is_not_waited_for(void **state)
{
    struct rusage before, after;
    (void)state;
    const struct vmail_file_state file = { .changed = { .tv_sec = time(NULL) + 3600 } };
    getrusage(RUSAGE_THREAD, &before);
    assert_false(vmail_file_state_settle(&file, 2000));
    getrusage(RUSAGE_THREAD, &after);
    assert_true(after.ru_nvcsw - before.ru_nvcsw < 100);
}

/* cp -p and tar can set the modification time, but not the change time. */
static void the_time_of_modification_settles_nothing(void **state)
{
    const struct scratch *scratch = *state;
    const struct timespec times[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
    scratch_write(scratch, "file", "");
    assert_int_equal(utimensat(AT_FDCWD, scratch_path(scratch, "file"), times, 0), 0);
    struct vmail_file_state file = state_of(scratch, "file");
    assert_int_equal(file.modified.tv_sec, 1000);
    const struct timespec changed = file.changed;
    assert_false(vmail_file_state_settled_at(&file, &changed));
}

/* Tells if a file is settled when its stamps are NANOSECONDS before now, rounded down to UNIT. */
static bool settled_in_units(long nanoseconds, long unit)
{
    struct vmail_file_state file = { .inode = 1, .changed = now };
    file.changed.tv_nsec -= nanoseconds;
    file.changed.tv_nsec -= file.changed.tv_nsec % unit;
    file.modified = file.changed;
    return vmail_file_state_settled_at(&file, &now);
}

/* Such a stamp is earlier than its tick, and later changes in that tick get the same stamp. */
static void a_stamp_that_was_cut_off_settles_later(void **state)
{
    (void)state;
    assert_false(settled_in_units(0, 1));
    assert_true(settled_in_units(1, 1));
    assert_true(settled_in_units(50 * 1000000, 1));
    assert_true(settled_in_units(50 * 1000000, 10 * 1000000));
    for (long unit = 100; unit <= 10 * 1000000; unit *= 10)
        assert_false(settled_in_units(0, unit));
}

static void what_does_not_settle_in_time_is_told(void **state)
{
    struct vmail_file_state file = { .inode = 1 };
    (void)state;
    file.changed.tv_sec = time(NULL) + 3600;
    assert_false(vmail_file_state_settle(&file, 0));
    assert_false(vmail_file_state_settle(&file, 3));
    assert_int_equal(clock_gettime(CLOCK_REALTIME, &file.changed), 0);
    file.modified = file.changed;
    assert_true(vmail_file_state_settle(&file, 10000));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_changes_makes_another_state),
        cmocka_unit_test(access_and_links_make_no_other_state),
        ON_SCRATCH(a_file_that_is_not_there_has_a_state_of_its_own),
        ON_SCRATCH(an_edit_in_place_and_a_replacement_are_seen),
        cmocka_unit_test(only_an_old_change_is_settled),
        cmocka_unit_test(what_is_settled_goes_by_the_clock_of_the_machine),
        cmocka_unit_test(a_stamp_that_lies_far_ahead_is_not_waited_for),
        ON_SCRATCH(the_time_of_modification_settles_nothing),
        cmocka_unit_test(a_stamp_that_was_cut_off_settles_later),
        cmocka_unit_test(what_does_not_settle_in_time_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
