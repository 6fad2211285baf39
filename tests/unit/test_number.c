/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "number.h"

#include <string.h>

#include "cmocka_all.h"
#include "scratch.h"

static bool parse(const char *text, uint64_t maximum, uint64_t *value)
{
    return vmail_number_parse(text, strlen(text), maximum, value);
}

static void digits_are_a_number(void **state)
{
    uint64_t value;
    (void)state;
    assert_true(parse("0", 100, &value));
    assert_int_equal(value, 0);
    assert_true(parse("0042", 100, &value));
    assert_int_equal(value, 42);
    assert_true(parse("18446744073709551615", UINT64_MAX, &value));
    assert_true(value == UINT64_MAX);
}

static void only_the_given_length_is_read(void **state)
{
    uint64_t value;
    (void)state;
    assert_true(vmail_number_parse("123:456", 3, UINT64_MAX, &value));
    assert_int_equal(value, 123);
}

static void anything_but_digits_is_no_number(void **state)
{
    static const char *const texts[] = { "",    "-1",       "+1",  " 1",  "1 ",
                                         "1\n", "0x1",      "1e3", "1.0", "one",
                                         "1-2", "\xd9\xa1", "-",   "--1", "1,000" };
    uint64_t value;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check(!parse(texts[i], UINT64_MAX, &value), texts[i]);
}

static void the_maximum_is_the_last_number(void **state)
{
    static const struct {
        const char *text;
        uint64_t maximum;
        bool fits;
    } cases[] = {
        { "4294967295", UINT32_MAX, true },
        { "4294967296", UINT32_MAX, false },
        { "42949672950", UINT32_MAX, false },
        { "18446744073709551616", UINT64_MAX, false },
        { "99999999999999999999999999", UINT64_MAX, false },
        { "10", 10, true },
        { "11", 10, false },
        { "5", 5, true },
        { "6", 5, false },
        { "9", 5, false },
        { "0", 0, true },
        { "1", 0, false },
    };
    uint64_t value;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(parse(cases[i].text, cases[i].maximum, &value) == cases[i].fits, cases[i].text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_are_a_number),
        cmocka_unit_test(only_the_given_length_is_read),
        cmocka_unit_test(anything_but_digits_is_no_number),
        cmocka_unit_test(the_maximum_is_the_last_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
