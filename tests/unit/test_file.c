/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "scratch.h"

static int open_with(const struct scratch *scratch, const char *text)
{
    scratch_write(scratch, "file", text);
    int fd = open(scratch_path(scratch, "file"), O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static void a_block_is_read_where_it_is_asked_for(void **state)
{
    char buffer[8] = "";
    int fd = open_with(*state, "0123456789");
    assert_int_equal(vmail_file_read_at(fd, buffer, 4, 3), 4);
    assert_memory_equal(buffer, "3456", 4);
    assert_int_equal(vmail_file_read_at(fd, buffer, 4, 8), 2);
    assert_int_equal(vmail_file_read_at(fd, buffer, 4, 10), 0);
    assert_int_equal(vmail_file_read_at(fd, buffer, 4, 100), 0);
    close(fd);
    errno = 0;
    assert_int_equal(vmail_file_read_at(-1, buffer, 4, 0), -1);
    assert_int_equal(errno, EBADF);
}

static void all_of_a_file_is_read_with_a_nul_behind_it(void **state)
{
    size_t length = 99;
    int fd = open_with(*state, "text");
    char *text = vmail_file_read_all(fd, 4, &length);
    assert_non_null(text);
    assert_int_equal(length, 4);
    assert_string_equal(text, "text");
    free(text);
    close(fd);
    fd = open_with(*state, "");
    text = vmail_file_read_all(fd, 0, &length);
    assert_non_null(text);
    assert_int_equal(length, 0);
    assert_string_equal(text, "");
    free(text);
    close(fd);
}

static void a_file_larger_than_allowed_is_not_read(void **state)
{
    size_t length;
    int fd = open_with(*state, "text!");
    errno = 0;
    assert_null(vmail_file_read_all(fd, 4, &length));
    assert_int_equal(errno, EFBIG);
    close(fd);
    errno = 0;
    assert_null(vmail_file_read_all(-1, 4, &length));
    assert_int_equal(errno, EBADF);
}

static void all_of_a_buffer_is_written(void **state)
{
    enum { LENGTH = 1 << 20 };
    size_t length;
    char *text = scratch_repeat('x', LENGTH);
    int fd = open_with(*state, "");
    assert_int_equal(vmail_file_write_all(fd, text, LENGTH), 0);
    char *copy = vmail_file_read_all(fd, LENGTH, &length);
    assert_non_null(copy);
    assert_string_equal(copy, text);
    free(copy);
    free(text);
    close(fd);
    errno = 0;
    assert_int_equal(vmail_file_write_all(-1, "x", 1), -1);
    assert_int_equal(errno, EBADF);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_SCRATCH(a_block_is_read_where_it_is_asked_for),
        ON_SCRATCH(all_of_a_file_is_read_with_a_nul_behind_it),
        ON_SCRATCH(a_file_larger_than_allowed_is_not_read),
        ON_SCRATCH(all_of_a_buffer_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
