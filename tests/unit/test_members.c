/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "members.h"

#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "index_format.h"
#include "scratch.h"

static void add(struct vmail_members *members, uint32_t gid, const char *text, bool fold)
{
    const struct vmail_group group = { .name = "group", .gid = gid, .members = text };
    assert_true(vmail_members_add(members, &group, fold));
}

static void check_next(struct vmail_members *members, const char *name, const uint32_t *gids,
                       size_t count)
{
    const char *user, *value;
    size_t length;
    assert_true(vmail_members_next(members, &user, &value, &length));
    check_text(user, name, "the next user");
    assert_int_equal(length, count * sizeof *gids);
    assert_memory_equal(value, gids, count * sizeof *gids);
}

static void check_end(struct vmail_members *members)
{
    const char *user, *value;
    size_t length;
    assert_false(vmail_members_next(members, &user, &value, &length));
    assert_false(members->no_memory);
    vmail_members_free(members);
}

static void users_come_sorted_with_their_groups_in_the_order_of_lines(void **state)
{
    struct vmail_members members = { 0 };
    (void)state;
    add(&members, 30, "bob,ann", false);
    add(&members, 10, "ann", false);
    add(&members, 20, "cid,ann,bob", false);
    check_next(&members, "ann", (const uint32_t[]){ 30, 10, 20 }, 3);
    check_next(&members, "bob", (const uint32_t[]){ 30, 20 }, 2);
    check_next(&members, "cid", (const uint32_t[]){ 20 }, 1);
    check_end(&members);
}

static void nobody_is_a_member_of_nothing(void **state)
{
    struct vmail_members members = { 0 };
    (void)state;
    check_end(&members);
    add(&members, 10, "", false);
    add(&members, 10, ",,", false);
    check_end(&members);
}

static void members_are_folded_where_that_is_wanted(void **state)
{
    struct vmail_members members = { 0 };
    (void)state;
    add(&members, 10, "Bob", true);
    add(&members, 20, "bOB", true);
    check_next(&members, "bob", (const uint32_t[]){ 10, 20 }, 2);
    check_end(&members);
    add(&members, 10, "Bob", false);
    add(&members, 20, "bob", false);
    check_next(&members, "Bob", (const uint32_t[]){ 10 }, 1);
    check_next(&members, "bob", (const uint32_t[]){ 20 }, 1);
    check_end(&members);
}

static void what_cannot_be_a_user_is_no_member(void **state)
{
    struct vmail_members members = { 0 };
    char text[2 * VMAIL_USER_MAX + 8] = "";
    char *longest = scratch_repeat('n', VMAIL_USER_MAX);
    (void)state;
    scratch_append(text, sizeof text, "%s,%sn,a/b", longest, longest);
    add(&members, 10, text, false);
    check_next(&members, longest, (const uint32_t[]){ 10 }, 1);
    check_end(&members);
    free(longest);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(users_come_sorted_with_their_groups_in_the_order_of_lines),
        cmocka_unit_test(nobody_is_a_member_of_nothing),
        cmocka_unit_test(members_are_folded_where_that_is_wanted),
        cmocka_unit_test(what_cannot_be_a_user_is_no_member),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
