/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "find.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "scratch.h"
#include "tick.h"

#define DOMAIN       "va.example"
#define PASSWD       "passwd." DOMAIN
#define PASSWD_INDEX "../cache/" PASSWD VMAIL_INDEX_ENDING
#define TEXT         "bob:x:70001:70001:Bob:/vhome/b:/bin/sh\nann:x:70002:70002:::\n"

static uint64_t stopped_at; /* if set, the clock stands still, so no index is checked twice */

uint64_t __real_vmail_tick(void);
uint64_t __wrap_vmail_tick(void);

uint64_t __wrap_vmail_tick(void)
{
    return stopped_at != 0 ? stopped_at : __real_vmail_tick();
}

static void wait_for_the_next_tick(void)
{
    for (const uint64_t tick = vmail_tick(); vmail_tick() == tick;)
        usleep(500);
}

static int setup(void **state)
{
    int result = scratch_setup(state);
    stopped_at = 0;
    if (result != 0)
        return result;
    scratch_config(*state, "");
    scratch_write(*state, PASSWD, TEXT);
    scratch_index(*state, VMAIL_PASSWD, DOMAIN);
    wait_for_the_next_tick(); /* forget the state of the previous scratch */
    return 0;
}

#define ON_INDEX(test) cmocka_unit_test_setup_teardown(test, setup, scratch_teardown)

enum way { BY_TEXT, BY_INDEX };

static void check_name(const struct scratch *scratch, const char *name, uint32_t uid, enum way way)
{
    struct vmail_found found;
    size_t before = scratch_open_descriptors();
    enum vmail_result result =
        vmail_find_name(scratch_file(scratch, VMAIL_PASSWD, DOMAIN), name, NULL, &found);
    check_result(result, uid == 0 ? VMAIL_NOT_FOUND : VMAIL_OK, NULL);
    if (result == VMAIL_OK) {
        check_text(found.record.passwd.name, name, name);
        check_text(found.domain, DOMAIN, name);
        assert_int_equal(found.record.passwd.uid, uid);
        assert_int_equal(found.index != NULL, way == BY_INDEX);
        assert_int_equal(found.table != NULL, way == BY_TEXT);
        vmail_found_end(&found);
    }
    assert_int_equal(scratch_open_descriptors(), before);
}

static void an_index_that_is_right_is_asked(void **state)
{
    check_name(*state, "bob", 70001, BY_INDEX);
    check_name(*state, "ann", 70002, BY_INDEX);
    check_name(*state, "eve", 0, BY_INDEX);
}

/* Also within the tick of the last check of the index. */
static void after_any_change_the_text_is_asked(void **state)
{
    const struct scratch *scratch = *state;
    const char *path = scratch_path(scratch, PASSWD);
    const struct timespec old[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
    check_name(scratch, "bob", 70001, BY_INDEX);
    scratch_write(scratch, PASSWD,
                  "bob:x:70009:70009:Bob:/vhome/b:/bin/sh\nann:x:70002:70002:::\n");
    check_name(scratch, "bob", 70009, BY_TEXT); /* in place, with the same length */
    scratch_index(scratch, VMAIL_PASSWD, DOMAIN);
    check_name(scratch, "bob", 70009, BY_INDEX);
    scratch_write(scratch, "other", "bob:x:70008:70008:::\n");
    assert_int_equal(utimensat(AT_FDCWD, scratch_path(scratch, "other"), old, 0), 0);
    assert_int_equal(rename(scratch_path(scratch, "other"), path), 0);
    check_name(scratch, "bob", 70008, BY_TEXT); /* an old file was restored */
    check_name(scratch, "ann", 0, BY_TEXT);
    scratch_index(scratch, VMAIL_PASSWD, DOMAIN);
    check_name(scratch, "bob", 70008, BY_INDEX);
    assert_int_equal(unlink(path), 0);
    check_name(scratch, "bob", 0, BY_TEXT);
}

/* The process knows the first index, finds a newer one, and that one is old as well. */
static void after_a_change_of_an_indexed_text_the_text_is_asked(void **state)
{
    const struct scratch *scratch = *state;
    stopped_at = vmail_tick();
    check_name(scratch, "bob", 70001, BY_INDEX);
    scratch_write(scratch, PASSWD, "bob:x:70008:70008:::\n");
    scratch_index(scratch, VMAIL_PASSWD, DOMAIN);
    scratch_write(scratch, PASSWD, "bob:x:70009:70009:::\n");
    check_name(scratch, "bob", 70009, BY_TEXT);
}

static void with_other_settings_the_text_is_asked(void **state)
{
    struct scratch *scratch = *state;
    check_name(scratch, "bob", 70001, BY_INDEX);
    scratch_config(scratch, "[vmail]\nids = 70002-70002\n");
    check_name(scratch, "bob", 0, BY_TEXT);
    check_name(scratch, "ann", 70002, BY_TEXT);
}

static void where_an_index_is_damaged_the_text_is_asked(void **state)
{
    const struct scratch *scratch = *state;
    size_t length;
    char *file = scratch_read(scratch, PASSWD_INDEX, &length);
    char *key = memmem(file, length, "nbob", 4);
    assert_non_null(key);
    key[4 + sizeof(struct vmail_index_entry)] = 'x'; /* the name in the entry of this key */
    scratch_write_bytes(scratch, PASSWD_INDEX, file, length, 0644);
    free(file);
    check_name(scratch, "bob", 70001, BY_TEXT);
    check_name(scratch, "ann", 70002, BY_INDEX);
}

static void a_file_that_is_not_trusted_is_found_in_neither(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_found found;
    check_name(scratch, "bob", 70001, BY_INDEX);
    scratch_chmod(scratch, PASSWD, 0666);
    check_result(vmail_find_name(scratch_file(scratch, VMAIL_PASSWD, DOMAIN), "bob", NULL, &found),
                 VMAIL_UNAVAILABLE, NULL);
}

static void check_line(const struct scratch *scratch, const char *name, enum vmail_result expected,
                       const char *text)
{
    struct vmail_found found;
    struct vmail_error error = { 0 };
    const enum vmail_result result =
        vmail_find_line(scratch_file(scratch, VMAIL_PASSWD, DOMAIN), name, NULL, &found, &error);
    check_result(result, expected, &error);
    if (result == VMAIL_OK)
        vmail_found_end(&found);
    assert_non_null(strstr(error.text, text));
}

static void a_line_that_is_invalid_is_told_from_a_missing_one(void **state)
{
    const struct scratch *scratch = *state;
    static const char why[] = "passwd." DOMAIN ":2: cid: uid or gid outside";
    for (int i = 0; i < 2; i++) { /* without an index, and with one */
        scratch_write(scratch, PASSWD, "bob:x:70001:70001:::\ncid:x:1:1:::\n");
        if (i == 1)
            scratch_index(scratch, VMAIL_PASSWD, DOMAIN);
        check_line(scratch, "bob", VMAIL_OK, "");
        check_line(scratch, "cid", VMAIL_BROKEN, why);
        check_line(scratch, "eve", VMAIL_NOT_FOUND, "");
    }
    scratch_chmod(scratch, PASSWD, 0666);
    check_line(scratch, "eve", VMAIL_UNAVAILABLE, "writable by others");
}

/* The caller already has the state; the function does not read it again. */
static void what_the_caller_has_seen_counts(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_file_state seen, other;
    assert_true(vmail_file_look(&scratch->paths, VMAIL_PASSWD, DOMAIN, &seen));
    other = seen;
    other.size++;
    struct vmail_shared_index *shared =
        vmail_index_cache_fresh(scratch_file(scratch, VMAIL_PASSWD, DOMAIN), &seen);
    assert_non_null(shared);
    vmail_index_cache_release(shared);
    assert_null(vmail_index_cache_fresh(scratch_file(scratch, VMAIL_PASSWD, DOMAIN), &other));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_INDEX(an_index_that_is_right_is_asked),
        ON_INDEX(after_any_change_the_text_is_asked),
        ON_INDEX(after_a_change_of_an_indexed_text_the_text_is_asked),
        ON_INDEX(with_other_settings_the_text_is_asked),
        ON_INDEX(where_an_index_is_damaged_the_text_is_asked),
        ON_INDEX(a_file_that_is_not_trusted_is_found_in_neither),
        ON_INDEX(a_line_that_is_invalid_is_told_from_a_missing_one),
        ON_INDEX(what_the_caller_has_seen_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
