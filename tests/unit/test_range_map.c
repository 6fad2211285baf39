/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "range_map.h"

#include "cmocka_all.h"

enum { MANY = 5000, EACH = 10, APART = 13 };

static char values[MANY];

static struct vmail_id_range range(size_t number)
{
    const uint32_t first = 100 + (uint32_t)number * APART;
    return (struct vmail_id_range){ first, first + EACH - 1 };
}

static void nothing_leads_nowhere(void **state)
{
    struct vmail_range_map map = { 0 };
    (void)state;
    assert_null(vmail_range_map_find(&map, 0));
    assert_null(vmail_range_map_find(&map, UINT32_MAX));
    vmail_range_map_remove(&map, values);
    vmail_range_map_free(&map);
}

static void each_id_leads_to_its_range_in_whatever_order_they_came(void **state)
{
    struct vmail_range_map map = { 0 };
    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        const size_t number = i * 2333 % MANY; /* each once */
        assert_true(vmail_range_map_put(&map, range(number), &values[number]));
    }
    assert_int_equal(map.count, MANY);
    for (uint32_t id = 0; id < 100 + MANY * APART; id++) {
        const bool inside = id >= 100 && (id - 100) % APART < EACH;
        assert_ptr_equal(vmail_range_map_find(&map, id),
                         inside ? &values[(id - 100) / APART] : NULL);
    }
    vmail_range_map_free(&map);
}

static void the_ends_of_all_ids_are_ids(void **state)
{
    struct vmail_range_map map = { 0 };
    (void)state;
    const struct vmail_id_range low = { 0, 0 }, high = { UINT32_MAX, UINT32_MAX };
    assert_true(vmail_range_map_put(&map, high, &values[1]));
    assert_true(vmail_range_map_put(&map, low, &values[0]));
    assert_ptr_equal(vmail_range_map_find(&map, 0), &values[0]);
    assert_null(vmail_range_map_find(&map, 1));
    assert_null(vmail_range_map_find(&map, UINT32_MAX - 1));
    assert_ptr_equal(vmail_range_map_find(&map, UINT32_MAX), &values[1]);
    vmail_range_map_free(&map);
}

static void what_overlaps_is_refused_and_the_same_is_replaced(void **state)
{
    static const struct vmail_id_range wrong[] = { { 5, 10 }, { 20, 30 }, { 12, 13 },
                                                   { 5, 30 }, { 10, 19 }, { 3, 2 } };
    struct vmail_range_map map = { 0 };
    const struct vmail_id_range first = { 10, 20 }, neighbour = { 21, 30 };
    (void)state;
    assert_true(vmail_range_map_put(&map, first, &values[0]));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(vmail_range_map_put(&map, wrong[i], &values[1]));
    assert_true(vmail_range_map_put(&map, neighbour, &values[1]));
    assert_true(vmail_range_map_put(&map, first, &values[2]));
    assert_int_equal(map.count, 2);
    assert_ptr_equal(vmail_range_map_find(&map, 20), &values[2]);
    assert_ptr_equal(vmail_range_map_find(&map, 21), &values[1]);
    vmail_range_map_free(&map);
}

static void what_is_taken_out_is_gone_and_the_rest_stays(void **state)
{
    struct vmail_range_map map = { 0 };
    (void)state;
    for (size_t i = 0; i < 100; i++)
        assert_true(vmail_range_map_put(&map, range(i), &values[i % 2]));
    vmail_range_map_remove(&map, &values[1]);
    for (size_t i = 0; i < 100; i++)
        assert_ptr_equal(vmail_range_map_find(&map, range(i).first),
                         i % 2 == 0 ? &values[0] : NULL);
    vmail_range_map_clear(&map);
    assert_null(vmail_range_map_find(&map, range(0).first));
    assert_true(vmail_range_map_put(&map, range(0), &values[0]));
    vmail_range_map_free(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_leads_nowhere),
        cmocka_unit_test(each_id_leads_to_its_range_in_whatever_order_they_came),
        cmocka_unit_test(the_ends_of_all_ids_are_ids),
        cmocka_unit_test(what_overlaps_is_refused_and_the_same_is_replaced),
        cmocka_unit_test(what_is_taken_out_is_gone_and_the_rest_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
