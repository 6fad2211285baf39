/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "number_set.h"

#include "cmocka_all.h"

enum { MANY = 100000 };

static void check_add(struct vmail_number_set *set, uint64_t number, enum vmail_set_result result)
{
    if (vmail_number_set_add(set, number) != result)
        fail_msg("wrong for %llu", (unsigned long long)number);
}

static void a_number_is_new_once(void **state)
{
    static const uint64_t numbers[] = { 0, 1, UINT32_MAX, (uint64_t)1 << 32, UINT64_MAX };
    struct vmail_number_set set = { 0 };
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        check_add(&set, numbers[i], VMAIL_SET_NEW);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        check_add(&set, numbers[i], VMAIL_SET_OLD);
    vmail_number_set_free(&set);
    check_add(&set, 0, VMAIL_SET_NEW);
    check_add(&set, 1, VMAIL_SET_NEW);
    vmail_number_set_free(&set);
}

/* STEP apart: in order, in the upper half only, by a power of two. */
static void check_many(uint64_t step)
{
    struct vmail_number_set set = { 0 };
    for (uint64_t i = 0; i < MANY; i++)
        check_add(&set, i * step, VMAIL_SET_NEW);
    for (uint64_t i = 0; i < MANY; i++)
        check_add(&set, i * step, VMAIL_SET_OLD);
    check_add(&set, MANY * step, VMAIL_SET_NEW);
    assert_true(set.size >= set.count && set.size <= 4 * (set.count + 1));
    vmail_number_set_free(&set);
}

static void many_numbers_are_kept(void **state)
{
    (void)state;
    check_many(1);
    check_many(4096);
    check_many((uint64_t)1 << 32);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_is_new_once),
        cmocka_unit_test(many_numbers_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
