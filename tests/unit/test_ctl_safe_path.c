/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "safe_path.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "scratch.h"

static void the_directory_of_a_path_is_opened(void **state)
{
    char name[NAME_MAX + 1];
    struct vmail_error error = { 0 };
    (void)state;
    const int fd = safe_path_open_parent("/etc", NULL, name, &error);
    assert_true(fd >= 0);
    close(fd);
    check_text(name, "etc", "name");
    check_text(error.text, "", "error");
}

static void without_descriptors_the_error_says_so(void **state)
{
    char name[NAME_MAX + 1];
    struct vmail_error error = { 0 };
    struct rlimit usual, none;
    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &usual), 0);
    none = usual;
    none.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    const int fd = safe_path_open_parent("/vhome/va.example/bob", NULL, name, &error);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &usual), 0);
    assert_int_equal(fd, -1);
    assert_int_equal(error.code, EMFILE);
    check_text(error.text, "/: Too many open files", "error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_directory_of_a_path_is_opened),
        cmocka_unit_test(without_descriptors_the_error_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
