/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "index_follow.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "cmocka_all.h"
#include "index_build.h"
#include "scratch.h"
#include "table.h"

#define DOMAIN       "va.example"
#define SHADOW       "shadow." DOMAIN
#define SHADOW_INDEX "../cache/" SHADOW VMAIL_INDEX_ENDING

/* A shadow file of three, in which bob's hash has LENGTH letters. */
static void write_shadow(const struct scratch *scratch, int length)
{
    char text[1024] = "";
    scratch_append(text, sizeof text, "ann:a:::::::\nbob:%0*d:::::::\ncid:c:::::::\n", length, 0);
    scratch_write(scratch, SHADOW, text);
}

enum { BOB_AT = sizeof "ann:a:::::::\n" - 1, CID_FIRST = BOB_AT + sizeof "bob:0:::::::\n" - 1 };

static int setup(void **state)
{
    int result = scratch_setup(state);
    if (result != 0)
        return result;
    scratch_config(*state, "");
    write_shadow(*state, 1);
    scratch_index(*state, VMAIL_SHADOW, DOMAIN);
    return 0;
}

#define ON_INDEX(test) cmocka_unit_test_setup_teardown(test, setup, scratch_teardown)

static struct vmail_file_state state_now(const struct scratch *scratch)
{
    struct vmail_file_state state;
    assert_true(vmail_file_look(&scratch->paths, VMAIL_SHADOW, DOMAIN, &state));
    return state;
}

static struct vmail_index opened(const struct scratch *scratch)
{
    struct vmail_index index;
    struct vmail_error error = { 0 };
    check_result(vmail_index_open(&scratch->paths, VMAIL_SHADOW, DOMAIN, &index, &error), VMAIL_OK,
                 &error);
    return index;
}

/* Lets the index follow from the state OLD to what the file holds now, which is TEXT, or taken for
 * it: LINE was changed. */
static void follow(const struct scratch *scratch, const struct vmail_file_state *old,
                   const char *text, struct vmail_line_change line)
{
    const struct vmail_followed written = {
        .before = *old, .after = state_now(scratch), .change = line, .text = { text, strlen(text) }
    };
    vmail_index_follow(&scratch->paths, scratch->config, VMAIL_SHADOW, DOMAIN, &written);
}

/* Makes bob's hash of BEFORE letters one of AFTER letters, and lets the index follow. */
static void change(const struct scratch *scratch, int before, int after)
{
    const struct vmail_file_state old = state_now(scratch);
    write_shadow(scratch, after);
    char *text = scratch_read(scratch, SHADOW, NULL);
    follow(scratch, &old, text,
           (struct vmail_line_change){ .offset = BOB_AT, .by = after - before });
    free(text);
}

/* Whether the index is right for the text of now, and says that cid's line is AT. */
static bool has_followed(const struct scratch *scratch, int64_t at)
{
    struct vmail_index_hit hit;
    struct vmail_index index = opened(scratch);
    const struct vmail_file_state now = state_now(scratch);
    bool fresh = vmail_index_fresh(&index, &now, scratch->config);
    if (fresh) {
        assert_true(vmail_index_whole(&index));
        assert_int_equal(vmail_index_find_name(&index, "cid", true, &hit), VMAIL_INDEX_HIT);
        assert_int_equal(vmail_index_line_now(&index, &now, hit.offset), at);
        assert_int_equal(vmail_index_find_name(&index, "bob", true, &hit), VMAIL_INDEX_HIT);
        assert_int_equal(vmail_index_line_now(&index, &now, hit.offset), BOB_AT);
    }
    vmail_index_close(&index);
    return fresh;
}

static void a_change_is_followed_without_a_new_index(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_index before = opened(scratch);
    change(scratch, 1, 7);
    assert_true(vmail_index_intact(&before, &scratch->paths, VMAIL_SHADOW, DOMAIN));
    assert_true(has_followed(scratch, CID_FIRST + 6));
    vmail_index_close(&before);
}

/* The one that was current stays until the next change: a reader may be about to compare it. */
static void both_stamps_are_used_in_turn(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_index index = opened(scratch);
    const struct vmail_index_stamp *stamps = index.header->stamp;
    struct vmail_file_state previous = state_now(scratch);
    for (int i = 1; i <= 6; i++) {
        change(scratch, i, i + 1);
        const struct vmail_file_state now = state_now(scratch);
        assert_true(vmail_file_state_equal(&stamps[i % 2].state, &now));
        assert_true(vmail_file_state_equal(&stamps[1 - i % 2].state, &previous));
        assert_true(has_followed(scratch, CID_FIRST + i));
        previous = now;
    }
    vmail_index_close(&index);
}

static void a_change_that_moves_nothing_needs_no_move(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_index before = opened(scratch);
    for (int i = 0; i < 2 * VMAIL_INDEX_MOVES_MAX; i++)
        change(scratch, 1, 1);
    assert_true(vmail_index_intact(&before, &scratch->paths, VMAIL_SHADOW, DOMAIN));
    assert_true(has_followed(scratch, CID_FIRST));
    vmail_index_close(&before);
}

static void after_too_many_moves_the_index_is_made_anew(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_index before = opened(scratch);
    for (int i = 1; i <= VMAIL_INDEX_MOVES_MAX; i++)
        change(scratch, i, i + 1);
    assert_true(vmail_index_intact(&before, &scratch->paths, VMAIL_SHADOW, DOMAIN));
    assert_true(has_followed(scratch, CID_FIRST + VMAIL_INDEX_MOVES_MAX));
    change(scratch, VMAIL_INDEX_MOVES_MAX + 1, VMAIL_INDEX_MOVES_MAX + 2);
    /* Where that took too long, the old one says that it is out of date. */
    if (vmail_index_intact(&before, &scratch->paths, VMAIL_SHADOW, DOMAIN)) {
        assert_false(has_followed(scratch, 0));
        scratch_index(scratch, VMAIL_SHADOW, DOMAIN);
    }
    assert_true(has_followed(scratch, CID_FIRST + VMAIL_INDEX_MOVES_MAX + 1));
    vmail_index_close(&before);
    before = opened(scratch);
    assert_int_equal(before.header->stamp[0].count, 0);
    vmail_index_close(&before);
}

/* Somebody has edited the file by hand between: what has changed besides is not known. */
static void an_index_that_was_not_right_before_does_not_follow(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_index before = opened(scratch);
    size_t length;
    char *old_index = scratch_read(scratch, SHADOW_INDEX, &length);
    scratch_write(scratch, SHADOW, "cid:c:::::::\n");
    const struct vmail_file_state by_hand = state_now(scratch);
    scratch_write(scratch, SHADOW, "cid:ccc:::::::\n");
    const struct vmail_file_state new = state_now(scratch);
    follow(scratch, &by_hand, "cid:ccc:::::::\n", (struct vmail_line_change){ .by = 2 });
    struct vmail_index after = opened(scratch);
    struct vmail_index_hit hit;
    if (vmail_index_fresh(&after, &new, scratch->config)) /* then it is another */
        assert_int_equal(vmail_index_find_name(&after, "bob", true, &hit), VMAIL_INDEX_MISS);
    vmail_index_close(&after);
    assert_false(vmail_index_is_of(&before, &new));
    assert_memory_equal(before.header, old_index + VMAIL_INDEX_HEADER_AT, sizeof *before.header);
    free(old_index);
    vmail_index_close(&before);
}

/* Somebody has edited it in place right after us, in the same tick: all but the bytes is the same.
 */
static void what_is_not_what_was_written_is_not_followed(void **state)
{
    const struct scratch *scratch = *state;
    const struct vmail_file_state old = state_now(scratch);
    char *written = scratch_read(scratch, SHADOW, NULL);
    struct vmail_index before = opened(scratch);
    scratch_write(scratch, SHADOW, "tom:a:::::::\nbob:0:::::::\ncid:c:::::::\n");
    follow(scratch, &old, written, (struct vmail_line_change){ .offset = BOB_AT });
    struct vmail_index after = opened(scratch);
    struct vmail_file_state now = state_now(scratch);
    struct vmail_index_hit hit;
    assert_false(vmail_index_is_of(&before, &now));
    assert_true(vmail_index_is_of(&after, &now)); /* it is small, and was made anew */
    assert_int_equal(vmail_index_find_name(&after, "tom", true, &hit), VMAIL_INDEX_HIT);
    assert_int_equal(vmail_index_find_name(&after, "ann", true, &hit), VMAIL_INDEX_MISS);
    vmail_index_close(&after);
    vmail_index_close(&before);
    free(written);
}

static void a_damaged_stamp_is_not_built_on(void **state)
{
    const struct scratch *scratch = *state;
    size_t length;
    char *file = scratch_read(scratch, SHADOW_INDEX, &length);
    struct vmail_index_stamp *stamp = (void *)(file + VMAIL_INDEX_HEADER_AT);
    stamp->count = 1;
    stamp->move[0].by = 3;
    scratch_write_bytes(scratch, SHADOW_INDEX, file, length, 0644);
    free(file);
    struct vmail_index before = opened(scratch);
    change(scratch, 1, 2);
    struct vmail_file_state now = state_now(scratch);
    assert_false(vmail_index_is_of(&before, &now));
    vmail_index_close(&before);
}

static void without_a_cache_nothing_is_done(void **state)
{
    struct scratch *scratch = *state;
    size_t length;
    char *before = scratch_read(scratch, SHADOW_INDEX, &length);
    scratch->paths.cache = NULL;
    change(scratch, 1, 2);
    char *after = scratch_read(scratch, SHADOW_INDEX, NULL);
    assert_memory_equal(before, after, length);
    free(before);
    free(after);
}

static void a_large_file_is_not_indexed_anew_in_a_log_in(void **state)
{
    const struct scratch *scratch = *state;
    char *large = scratch_repeat('\n', 1024 * 1024 + 1);
    struct vmail_index before = opened(scratch);
    scratch_write(scratch, SHADOW, large);
    vmail_index_renew(&scratch->paths, scratch->config, VMAIL_SHADOW, DOMAIN);
    assert_true(vmail_index_intact(&before, &scratch->paths, VMAIL_SHADOW, DOMAIN));
    vmail_index_close(&before);
    free(large);
}

/* SIGXFSZ would end the process here. */
static void a_small_limit_of_file_sizes_does_not_kill(void **state)
{
    const struct scratch *scratch = *state;
    struct rlimit limit, small = { .rlim_cur = 4096 };
    struct vmail_index before = opened(scratch);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small.rlim_max = limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    change(scratch, 1, 2);
    vmail_index_renew(&scratch->paths, scratch->config, VMAIL_SHADOW, DOMAIN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_true(vmail_index_intact(&before, &scratch->paths, VMAIL_SHADOW, DOMAIN));
    assert_false(has_followed(scratch, 0));
    vmail_index_close(&before);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_INDEX(a_change_is_followed_without_a_new_index),
        ON_INDEX(both_stamps_are_used_in_turn),
        ON_INDEX(a_change_that_moves_nothing_needs_no_move),
        ON_INDEX(after_too_many_moves_the_index_is_made_anew),
        ON_INDEX(an_index_that_was_not_right_before_does_not_follow),
        ON_INDEX(what_is_not_what_was_written_is_not_followed),
        ON_INDEX(a_damaged_stamp_is_not_built_on),
        ON_INDEX(without_a_cache_nothing_is_done),
        ON_INDEX(a_small_limit_of_file_sizes_does_not_kill),
        ON_INDEX(a_large_file_is_not_indexed_anew_in_a_log_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
