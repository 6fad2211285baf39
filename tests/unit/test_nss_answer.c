/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "answer.h"

#include <errno.h>
#include <string.h>

#include "cmocka_all.h"
#include "scratch.h"

static void strings_follow_each_other_in_the_buffer(void **state)
{
    char buffer[32];
    struct answer answer = answer_start(buffer, sizeof buffer);
    char *first = answer_put_string(&answer, "one");
    char *second = answer_put(&answer, "twoxxx", 3);
    (void)state;
    assert_ptr_equal(first, buffer);
    assert_ptr_equal(second, buffer + 4);
    assert_string_equal(first, "one");
    assert_string_equal(second, "two");
    assert_false(answer.full);
}

static void what_fits_exactly_fits(void **state)
{
    char buffer[4];
    struct answer answer = answer_start(buffer, sizeof buffer);
    (void)state;
    assert_non_null(answer_put_string(&answer, "one"));
    assert_int_equal(answer.left, 0);
    assert_false(answer.full);
    assert_null(answer_put_string(&answer, ""));
    assert_true(answer.full);
}

static void what_does_not_fit_is_not_written(void **state)
{
    char buffer[4] = "xxx";
    struct answer answer = answer_start(buffer, 3);
    (void)state;
    assert_null(answer_put_string(&answer, "one"));
    assert_true(answer.full);
    assert_string_equal(buffer, "xxx");
}

static void a_buffer_of_nothing_takes_nothing(void **state)
{
    struct answer answer = answer_start(NULL, 0);
    (void)state;
    assert_null(answer_put_string(&answer, ""));
    assert_true(answer.full);
}

static void a_name_is_user_at_domain(void **state)
{
    char buffer[64];
    struct answer answer = answer_start(buffer, sizeof buffer);
    (void)state;
    assert_string_equal(answer_put_name(&answer, "Bobxx", 3, "va.example", true), "bob@va.example");
    assert_string_equal(answer_put_name(&answer, "Bob", 3, "va.example", false), "Bob@va.example");
}

static void a_name_that_does_not_fit_is_not_written(void **state)
{
    char buffer[16] = "x";
    (void)state;
    for (size_t length = 0; length < 15; length++) {
        struct answer answer = answer_start(buffer, length);
        assert_null(answer_put_name(&answer, "bob", 3, "va.example", true));
        assert_true(answer.full);
        assert_string_equal(buffer, "x");
    }
    struct answer answer = answer_start(buffer, 15);
    assert_string_equal(answer_put_name(&answer, "bob", 3, "va.example", true), "bob@va.example");
}

static void pointers_are_aligned_wherever_the_buffer_starts(void **state)
{
    char buffer[64];
    (void)state;
    for (size_t offset = 0; offset < sizeof(char *); offset++) {
        struct answer answer = answer_start(buffer + offset, sizeof buffer - offset);
        char **pointers = answer_put_pointers(&answer, 3);
        assert_non_null(pointers);
        assert_int_equal((uintptr_t)pointers % sizeof(char *), 0);
        for (int i = 0; i < 3; i++)
            pointers[i] = buffer;
        assert_true((char *)(pointers + 3) <= buffer + sizeof buffer);
        assert_ptr_equal(answer.next, (char *)(pointers + 3));
    }
}

static void too_many_pointers_do_not_fit(void **state)
{
    char buffer[64];
    static const size_t counts[] = { sizeof buffer / sizeof(char *) + 1, 1000,
                                     SIZE_MAX / sizeof(char *), SIZE_MAX / sizeof(char *) + 1,
                                     SIZE_MAX };
    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct answer answer = answer_start(buffer, sizeof buffer);
        assert_null(answer_put_pointers(&answer, counts[i]));
        assert_true(answer.full);
    }
}

static void check_status(enum vmail_result result, bool full, int code, enum nss_status expected,
                         int expected_code)
{
    int errnop = -1;
    errno = ENOTTY;
    struct answer answer = answer_start(NULL, 0);
    answer.full = full;
    errno = code;
    assert_int_equal(answer_status(result, &answer, &errnop), expected);
    assert_int_equal(errnop, expected_code);
    assert_int_equal(errno, ENOTTY); /* as it was before the look-up */
}

static void a_result_is_a_status_of_the_c_library(void **state)
{
    (void)state;
    check_status(VMAIL_OK, false, 0, NSS_STATUS_SUCCESS, -1);
    check_status(VMAIL_OK, true, 0, NSS_STATUS_TRYAGAIN, ERANGE);
    check_status(VMAIL_NOT_FOUND, false, ENOENT, NSS_STATUS_NOTFOUND, -1);
    check_status(VMAIL_NO_MEMORY, false, ENOMEM, NSS_STATUS_TRYAGAIN, EAGAIN);
    check_status(VMAIL_UNAVAILABLE, false, EACCES, NSS_STATUS_TRYAGAIN, EAGAIN);
}

/* The C library would ask again with a larger buffer, forever. */
static void a_file_that_fails_never_asks_for_a_larger_buffer(void **state)
{
    (void)state;
    check_status(VMAIL_UNAVAILABLE, false, ERANGE, NSS_STATUS_TRYAGAIN, EAGAIN);
    check_status(VMAIL_UNAVAILABLE, true, 0, NSS_STATUS_TRYAGAIN, EAGAIN);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_follow_each_other_in_the_buffer),
        cmocka_unit_test(what_fits_exactly_fits),
        cmocka_unit_test(what_does_not_fit_is_not_written),
        cmocka_unit_test(a_buffer_of_nothing_takes_nothing),
        cmocka_unit_test(a_name_is_user_at_domain),
        cmocka_unit_test(a_name_that_does_not_fit_is_not_written),
        cmocka_unit_test(pointers_are_aligned_wherever_the_buffer_starts),
        cmocka_unit_test(too_many_pointers_do_not_fit),
        cmocka_unit_test(a_result_is_a_status_of_the_c_library),
        cmocka_unit_test(a_file_that_fails_never_asks_for_a_larger_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
