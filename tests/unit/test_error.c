/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "scratch.h"

static void an_error_has_a_code_and_a_text(void **state)
{
    struct vmail_error error;
    (void)state;
    vmail_error_set(&error, EPERM, "%s: line %d", "file", 7);
    assert_int_equal(error.code, EPERM);
    assert_string_equal(error.text, "file: line 7");
}

static void control_characters_become_question_marks(void **state)
{
    struct vmail_error error;
    (void)state;
    vmail_error_set(&error, 0, "%s", "a\nb\tc\x1b[m\x7f\x01 \xc3\xb6");
    assert_string_equal(error.text, "a?b?c?[m?? \xc3\xb6");
}

static void a_text_is_cut_to_fit(void **state)
{
    struct vmail_error error;
    char *text = scratch_repeat('x', 2 * VMAIL_ERROR_TEXT_MAX);
    (void)state;
    vmail_error_set(&error, 0, "%s", text);
    assert_int_equal(strlen(error.text), VMAIL_ERROR_TEXT_MAX - 1);
    free(text);
}

static void nobody_need_want_to_know(void **state)
{
    (void)state;
    vmail_error_set(NULL, EPERM, "%s", "text");
}

static void errno_is_kept(void **state)
{
    struct vmail_error error;
    (void)state;
    errno = ERANGE;
    vmail_error_set(&error, EPERM, "%s", "text");
    assert_int_equal(errno, ERANGE);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_has_a_code_and_a_text),
        cmocka_unit_test(control_characters_become_question_marks),
        cmocka_unit_test(a_text_is_cut_to_fit),
        cmocka_unit_test(nobody_need_want_to_know),
        cmocka_unit_test(errno_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
