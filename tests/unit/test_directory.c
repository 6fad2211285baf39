/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "directory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "cmocka_all.h"
#include "scratch.h"
#include "trust.h"

struct seen {
    int a, b, other;
    int answer;
};

static int visit(void *data, int directory, const char *name)
{
    struct seen *seen = data;
    assert_true(fcntl(directory, F_GETFD) >= 0);
    if (strcmp(name, "a") == 0)
        seen->a++;
    else if (strcmp(name, "b") == 0)
        seen->b++;
    else
        seen->other++;
    return seen->answer;
}

static int open_directory(const struct scratch *scratch)
{
    const int fd = open(scratch->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static void each_file_is_visited_once_and_the_directory_is_closed(void **state)
{
    struct seen seen = { 0 };
    scratch_write(*state, "a", "");
    scratch_write(*state, "b", "");
    const int fd = open_directory(*state);
    assert_int_equal(vmail_each_file(fd, visit, &seen), 0);
    assert_int_equal(seen.a, 1);
    assert_int_equal(seen.b, 1);
    assert_int_equal(seen.other, 0);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void an_errno_stops_the_walk_and_is_returned(void **state)
{
    struct seen seen = { .answer = EXDEV };
    scratch_write(*state, "a", "");
    scratch_write(*state, "b", "");
    assert_int_equal(vmail_each_file(open_directory(*state), visit, &seen), EXDEV);
    assert_int_equal(seen.a + seen.b, 1);
}

static void what_is_no_directory_cannot_be_walked(void **state)
{
    struct seen seen = { 0 };
    scratch_write(*state, "a", "");
    const int fd = open(scratch_path(*state, "a"), O_RDONLY | O_CLOEXEC);
    assert_int_equal(vmail_each_file(fd, visit, &seen), ENOTDIR);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
    assert_int_equal(seen.a, 0);
}

static void an_error_of_a_visit_is_an_error_of_the_list(void **state)
{
    const struct scratch *scratch = *state;
    struct seen seen = { .answer = EIO };
    struct vmail_error error = { 0 };
    scratch_write(scratch, "a", "");
    assert_int_equal(vmail_trusted_each_file(&scratch->paths, visit, &seen, &error),
                     VMAIL_UNAVAILABLE);
    assert_int_equal(error.code, EIO);
    assert_non_null(strstr(error.text, ": cannot be listed: "));
    seen.answer = ENOMEM;
    assert_int_equal(vmail_trusted_each_file(&scratch->paths, visit, &seen, NULL), VMAIL_NO_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SCRATCH(each_file_is_visited_once_and_the_directory_is_closed),
        ON_SCRATCH(an_errno_stops_the_walk_and_is_returned),
        ON_SCRATCH(what_is_no_directory_cannot_be_walked),
        ON_SCRATCH(an_error_of_a_visit_is_an_error_of_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
