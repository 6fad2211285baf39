/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "scratch.h"

static void start_bytes(const struct scratch *scratch, struct vmail_lines *lines, const char *text,
                        size_t length)
{
    scratch_write_bytes(scratch, "lines", text, length, 0644);
    int fd = open(scratch_path(scratch, "lines"), O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_true(vmail_lines_start(lines, fd, 0));
}

static void start(const struct scratch *scratch, struct vmail_lines *lines, const char *text)
{
    start_bytes(scratch, lines, text, strlen(text));
}

static void end(struct vmail_lines *lines)
{
    close(lines->fd);
    vmail_lines_end(lines);
}

static void check_next(struct vmail_lines *lines, const char *text, size_t length, off_t offset,
                       unsigned long number)
{
    struct vmail_line line;
    assert_true(vmail_lines_next(lines, &line));
    assert_int_equal(line.length, length);
    assert_memory_equal(line.text, text, length);
    assert_int_equal(line.text[length], '\0');
    assert_int_equal(line.offset, offset);
    assert_int_equal(line.number, number);
    assert_int_equal(vmail_lines_tell(lines) >= offset + (off_t)length, true);
}

static void check_end(struct vmail_lines *lines)
{
    struct vmail_line line;
    assert_false(vmail_lines_next(lines, &line));
    assert_int_equal(lines->error, 0);
    assert_false(vmail_lines_next(lines, &line));
}

static void an_empty_file_has_no_lines(void **state)
{
    struct vmail_lines lines;
    start(*state, &lines, "");
    check_end(&lines);
    end(&lines);
}

static void each_line_has_its_text_offset_and_number(void **state)
{
    struct vmail_lines lines;
    start(*state, &lines, "one\n\nthree\n");
    check_next(&lines, "one", 3, 0, 1);
    assert_int_equal(vmail_lines_tell(&lines), 4);
    check_next(&lines, "", 0, 4, 2);
    check_next(&lines, "three", 5, 5, 3);
    assert_int_equal(vmail_lines_tell(&lines), 11);
    check_end(&lines);
    end(&lines);
}

static void a_last_line_needs_no_newline(void **state)
{
    struct vmail_lines lines;
    start(*state, &lines, "one\ntwo");
    check_next(&lines, "one", 3, 0, 1);
    check_next(&lines, "two", 3, 4, 2);
    check_end(&lines);
    end(&lines);
}

static void a_carriage_return_is_part_of_the_line(void **state)
{
    struct vmail_lines lines;
    start(*state, &lines, "one\r\ntwo\r\n");
    check_next(&lines, "one\r", 4, 0, 1);
    check_next(&lines, "two\r", 4, 5, 2);
    check_end(&lines);
    end(&lines);
}

static void a_nul_byte_is_part_of_the_line(void **state)
{
    struct vmail_lines lines;
    start_bytes(*state, &lines, "o\0e\n\0\n\0", 7);
    check_next(&lines, "o\0e", 3, 0, 1);
    check_next(&lines, "\0", 1, 4, 2);
    check_next(&lines, "\0", 1, 6, 3);
    check_end(&lines);
    end(&lines);
}

static void reading_may_start_at_any_line(void **state)
{
    struct vmail_lines lines;
    start(*state, &lines, "one\ntwo\nthree\n");
    vmail_lines_rewind(&lines, 4);
    check_next(&lines, "two", 3, 4, 1);
    vmail_lines_rewind(&lines, 0);
    check_next(&lines, "one", 3, 0, 1);
    check_next(&lines, "two", 3, 4, 2);
    check_next(&lines, "three", 5, 8, 3);
    check_end(&lines);
    vmail_lines_rewind(&lines, 8);
    check_next(&lines, "three", 5, 8, 1);
    check_end(&lines);
    end(&lines);
}

/* A line of LENGTH between two short ones; FINAL: a newline ends the file. */
static void check_between(const struct scratch *scratch, size_t length, bool handed_out, bool final)
{
    struct vmail_lines lines;
    char *text = scratch_repeat('x', length + 16);
    char *line = text + 4;
    memcpy(text, "one\n", 4);
    memcpy(line + length, "\nthree\n", 7);
    start_bytes(scratch, &lines, text, 4 + length + (final ? 7 : 6));
    check_next(&lines, "one", 3, 0, 1);
    if (handed_out)
        check_next(&lines, line, length, 4, 2);
    check_next(&lines, "three", 5, (off_t)(4 + length + 1), 3);
    check_end(&lines);
    end(&lines);
    free(text);
}

static void a_line_may_cross_any_border_of_blocks(void **state)
{
    static const size_t borders[] = { VMAIL_BLOCK_SIZE, 2 * VMAIL_BLOCK_SIZE,
                                      4 * VMAIL_BLOCK_SIZE };
    for (size_t i = 0; i < sizeof borders / sizeof *borders; i++)
        for (size_t length = borders[i] - 12; length <= borders[i] + 4; length++)
            check_between(*state, length, true, length % 2 == 0);
}

static void a_line_may_be_a_mebibyte(void **state)
{
    check_between(*state, VMAIL_LINE_MAX - 2, true, true);
    check_between(*state, VMAIL_LINE_MAX - 1, true, true);
    check_between(*state, VMAIL_LINE_MAX, true, true);
}

static void a_longer_line_is_passed_over(void **state)
{
    check_between(*state, VMAIL_LINE_MAX + 1, false, true);
    check_between(*state, VMAIL_LINE_MAX + 2, false, false);
    check_between(*state, 2 * VMAIL_LINE_MAX, false, true);
    check_between(*state, 5 * VMAIL_LINE_MAX + 17, false, true);
}

static void a_last_line_without_newline_may_be_a_mebibyte(void **state)
{
    struct vmail_lines lines;
    char *text = scratch_repeat('x', VMAIL_LINE_MAX);
    start_bytes(*state, &lines, text, VMAIL_LINE_MAX);
    check_next(&lines, text, VMAIL_LINE_MAX, 0, 1);
    check_end(&lines);
    end(&lines);
    free(text);
}

static void a_longer_last_line_is_passed_over(void **state)
{
    struct vmail_lines lines;
    char *text = scratch_repeat('x', 3 * VMAIL_LINE_MAX);
    start_bytes(*state, &lines, text, VMAIL_LINE_MAX + 1);
    check_end(&lines);
    end(&lines);
    start_bytes(*state, &lines, text, 3 * VMAIL_LINE_MAX);
    check_end(&lines);
    end(&lines);
    free(text);
}

static void two_overlong_lines_may_follow_each_other(void **state)
{
    struct vmail_lines lines;
    char *text = scratch_repeat('x', 4 * VMAIL_LINE_MAX);
    text[2 * VMAIL_LINE_MAX - 1] = '\n';
    memcpy(text + 4 * VMAIL_LINE_MAX - 5, "\nend\n", 5);
    start_bytes(*state, &lines, text, 4 * VMAIL_LINE_MAX);
    check_next(&lines, "end", 3, 4 * VMAIL_LINE_MAX - 4, 3);
    check_end(&lines);
    end(&lines);
    free(text);
}

static void a_file_may_end_exactly_with_a_block(void **state)
{
    for (size_t length = VMAIL_BLOCK_SIZE - 3; length <= VMAIL_BLOCK_SIZE + 3; length++) {
        struct vmail_lines lines;
        char *text = scratch_repeat('x', length);
        text[length - 1] = '\n';
        start_bytes(*state, &lines, text, length);
        check_next(&lines, text, length - 1, 0, 1);
        check_end(&lines);
        text[length - 1] = 'x';
        end(&lines);
        start_bytes(*state, &lines, text, length);
        check_next(&lines, text, length, 0, 1);
        check_end(&lines);
        end(&lines);
        free(text);
    }
}

static void many_lines_keep_their_order_over_blocks(void **state)
{
    enum { COUNT = 40000 };
    struct vmail_lines lines;
    char *text = malloc(COUNT * 8), *rest = text;
    assert_non_null(text);
    for (int i = 0; i < COUNT; i++) {
        size_t length = (size_t)(i % 6);
        memset(rest, 'a' + i % 26, length);
        rest[length] = '\n';
        rest += length + 1;
    }
    start_bytes(*state, &lines, text, (size_t)(rest - text));
    rest = text;
    for (unsigned long i = 0; i < COUNT; i++) {
        check_next(&lines, rest, i % 6, rest - text, i + 1);
        rest += i % 6 + 1;
    }
    check_end(&lines);
    end(&lines);
    free(text);
}

static void a_failed_read_is_not_the_end_of_the_file(void **state)
{
    struct vmail_lines lines;
    struct vmail_line line;
    (void)state;
    assert_true(vmail_lines_start(&lines, -1, 0));
    assert_false(vmail_lines_next(&lines, &line));
    assert_int_equal(lines.error, EBADF);
    vmail_lines_end(&lines);
}

static void what_is_buffered_needs_no_descriptor(void **state)
{
    struct vmail_lines lines;
    start(*state, &lines, "one\ntwo\nthree");
    assert_false(vmail_lines_buffered(&lines));
    check_next(&lines, "one", 3, 0, 1);
    assert_true(vmail_lines_buffered(&lines));
    close(lines.fd);
    lines.fd = -1;
    check_next(&lines, "two", 3, 4, 2);
    assert_true(vmail_lines_buffered(&lines));
    check_next(&lines, "three", 5, 8, 3);
    assert_true(vmail_lines_buffered(&lines));
    check_end(&lines);
    vmail_lines_end(&lines);
}

static void a_line_that_is_not_all_there_is_not_buffered(void **state)
{
    struct vmail_lines lines;
    char *text = scratch_repeat('x', 2 * VMAIL_BLOCK_SIZE);
    text[10] = '\n';
    start_bytes(*state, &lines, text, 2 * VMAIL_BLOCK_SIZE);
    check_next(&lines, text, 10, 0, 1);
    assert_false(vmail_lines_buffered(&lines));
    check_next(&lines, text + 11, 2 * VMAIL_BLOCK_SIZE - 11, 11, 2);
    end(&lines);
    free(text);
}

/* Password hashes pass through the buffer. A wrapped free (see tests.mk) lets the test see the
 * content of the buffer when it is freed. */
static const char *watched;
static size_t watched_size;
static bool was_freed, was_wiped;

void __real_free(void *pointer);
void __wrap_free(void *pointer);

void __wrap_free(void *pointer)
{
    if (pointer != NULL && pointer == watched) {
        was_freed = true;
        was_wiped = memmem(watched, watched_size, "secret", 6) == NULL;
        watched = NULL;
    }
    __real_free(pointer);
}

static void watch(const struct vmail_lines *lines)
{
    memset(lines->buffer, 0, lines->size);
    watched = lines->buffer;
    watched_size = lines->size;
    was_freed = was_wiped = false;
}

static void the_buffer_is_wiped_before_it_is_freed(void **state)
{
    struct vmail_lines lines;
    struct vmail_line line;
    start(*state, &lines, "bob:secret\nalice:secret");
    watch(&lines);
    assert_true(vmail_lines_next(&lines, &line));
    end(&lines);
    assert_true(was_freed);
    assert_true(was_wiped);
}

static void the_buffer_is_wiped_where_a_later_block_was_shorter(void **state)
{
    struct vmail_lines lines;
    struct vmail_line line;
    char *text = scratch_repeat('\n', VMAIL_BLOCK_SIZE + 100);
    memcpy(text + VMAIL_BLOCK_SIZE - 100, "bob:secret", 10);
    start_bytes(*state, &lines, text, VMAIL_BLOCK_SIZE + 100);
    watch(&lines);
    while (vmail_lines_next(&lines, &line))
        continue;
    end(&lines);
    assert_true(was_freed);
    assert_true(was_wiped);
    free(text);
}

static void the_buffer_is_wiped_after_going_back(void **state)
{
    struct vmail_lines lines;
    struct vmail_line line;
    start(*state, &lines, "alice:\nbob:secret\n");
    watch(&lines);
    assert_true(vmail_lines_next(&lines, &line));
    vmail_lines_rewind(&lines, 0);
    end(&lines);
    assert_true(was_freed);
    assert_true(was_wiped);
}

static void the_buffer_is_wiped_when_it_grows(void **state)
{
    struct vmail_lines lines;
    struct vmail_line line;
    char *text = scratch_repeat('x', 2 * VMAIL_BLOCK_SIZE);
    memcpy(text + 100, "secret", 6);
    start_bytes(*state, &lines, text, 2 * VMAIL_BLOCK_SIZE);
    watch(&lines);
    assert_true(vmail_lines_next(&lines, &line));
    assert_true(was_freed);
    assert_true(was_wiped);
    end(&lines);
    free(text);
}

static void ending_twice_is_allowed(void **state)
{
    struct vmail_lines lines;
    start(*state, &lines, "one\n");
    end(&lines);
    vmail_lines_end(&lines);
}

/* --- over memory */

static void start_text(struct vmail_lines *lines, const char *text, size_t length)
{
    assert_true(vmail_lines_start_text(lines, text, length));
}

static void a_text_is_read_as_a_file_is(void **state)
{
    struct vmail_lines lines;
    (void)state;
    start_text(&lines, "one\n\nt\0o\r\nlast", 14);
    check_next(&lines, "one", 3, 0, 1);
    assert_int_equal(vmail_lines_tell(&lines), 4);
    check_next(&lines, "", 0, 4, 2);
    check_next(&lines, "t\0o\r", 4, 5, 3);
    check_next(&lines, "last", 4, 10, 4);
    check_end(&lines);
    vmail_lines_end(&lines);
    start_text(&lines, "one\n", 4);
    check_next(&lines, "one", 3, 0, 1);
    check_end(&lines);
    vmail_lines_end(&lines);
}

static void an_empty_text_has_no_lines(void **state)
{
    struct vmail_lines lines;
    (void)state;
    start_text(&lines, "", 0);
    check_end(&lines);
    vmail_lines_rewind(&lines, 0);
    check_end(&lines);
    vmail_lines_end(&lines);
}

/* Only LENGTH bytes belong to the text; the bytes after them do not. */
static void a_text_ends_where_its_length_says(void **state)
{
    struct vmail_lines lines;
    (void)state;
    start_text(&lines, "one\ntwo\nthree\n", 6);
    check_next(&lines, "one", 3, 0, 1);
    check_next(&lines, "tw", 2, 4, 2);
    check_end(&lines);
    vmail_lines_end(&lines);
}

static void lines_may_be_changed_and_the_text_stays(void **state)
{
    char text[] = "one\ntwo\n";
    struct vmail_lines lines;
    struct vmail_line line;
    (void)state;
    start_text(&lines, text, strlen(text));
    for (int pass = 0; pass < 3; pass++) {
        vmail_lines_rewind(&lines, 0);
        assert_true(vmail_lines_next(&lines, &line));
        assert_string_equal(line.text, "one");
        memset(line.text, '#', line.length);
        check_next(&lines, "two", 3, 4, 2);
        check_end(&lines);
    }
    assert_string_equal(text, "one\ntwo\n");
    vmail_lines_rewind(&lines, 4);
    check_next(&lines, "two", 3, 4, 1);
    check_end(&lines);
    vmail_lines_rewind(&lines, 8);
    check_end(&lines);
    vmail_lines_end(&lines);
}

static void a_text_is_buffered_to_its_end(void **state)
{
    struct vmail_lines lines;
    (void)state;
    start_text(&lines, "one\ntwo", 7);
    assert_true(vmail_lines_buffered(&lines));
    check_next(&lines, "one", 3, 0, 1);
    assert_true(vmail_lines_buffered(&lines));
    check_next(&lines, "two", 3, 4, 2);
    check_end(&lines);
    vmail_lines_end(&lines);
}

static void a_text_may_be_much_larger_than_a_block(void **state)
{
    enum { LINES = 50000 };
    char *text = malloc((size_t)LINES * 12 + 1);
    char *end_of_text = text;
    struct vmail_lines lines;
    char expected[16];
    (void)state;
    assert_non_null(text);
    for (int i = 0; i < LINES; i++)
        end_of_text += scratch_print(end_of_text, text + (size_t)LINES * 12 + 1, "line %05d\n", i);
    start_text(&lines, text, (size_t)(end_of_text - text));
    for (int i = 0; i < LINES; i++) {
        snprintf(expected, sizeof expected, "line %05d", i);
        check_next(&lines, expected, 10, (off_t)i * 11, (unsigned long)i + 1);
    }
    check_end(&lines);
    vmail_lines_end(&lines);
    free(text);
}

static void an_overlong_line_of_a_text_is_passed_over(void **state)
{
    struct vmail_lines lines;
    char *text = scratch_repeat('x', VMAIL_LINE_MAX + 8);
    (void)state;
    memcpy(text + VMAIL_LINE_MAX + 1, "\nlast\n", 7);
    memcpy(text, "one\n", 4);
    start_text(&lines, text, VMAIL_LINE_MAX + 7);
    check_next(&lines, "one", 3, 0, 1);
    struct vmail_line line;
    assert_true(vmail_lines_next(&lines, &line));
    assert_int_equal(line.length, VMAIL_LINE_MAX - 3); /* just short enough */
    check_next(&lines, "last", 4, VMAIL_LINE_MAX + 2, 3);
    vmail_lines_end(&lines);
    text[3] = 'x';
    start_text(&lines, text, VMAIL_LINE_MAX + 7);
    check_next(&lines, "last", 4, VMAIL_LINE_MAX + 2, 2);
    check_end(&lines);
    vmail_lines_end(&lines);
    start_text(&lines, text, VMAIL_LINE_MAX + 1); /* without its newline */
    check_end(&lines);
    vmail_lines_end(&lines);
    free(text);
}

static void the_copy_of_a_text_is_wiped_before_it_is_freed(void **state)
{
    static const char text[] = "bob:secret:1\nalice:secret:2\n";
    struct vmail_lines lines;
    (void)state;
    start_text(&lines, text, sizeof text - 1);
    watch(&lines);
    vmail_lines_rewind(&lines, 0);
    check_next(&lines, "bob:secret:1", 12, 0, 1);
    vmail_lines_end(&lines);
    assert_true(was_freed);
    assert_true(was_wiped);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_SCRATCH(an_empty_file_has_no_lines),
        ON_SCRATCH(each_line_has_its_text_offset_and_number),
        ON_SCRATCH(a_last_line_needs_no_newline),
        ON_SCRATCH(a_carriage_return_is_part_of_the_line),
        ON_SCRATCH(a_nul_byte_is_part_of_the_line),
        ON_SCRATCH(reading_may_start_at_any_line),
        ON_SCRATCH(a_line_may_cross_any_border_of_blocks),
        ON_SCRATCH(a_line_may_be_a_mebibyte),
        ON_SCRATCH(a_longer_line_is_passed_over),
        ON_SCRATCH(a_last_line_without_newline_may_be_a_mebibyte),
        ON_SCRATCH(a_longer_last_line_is_passed_over),
        ON_SCRATCH(two_overlong_lines_may_follow_each_other),
        ON_SCRATCH(a_file_may_end_exactly_with_a_block),
        ON_SCRATCH(many_lines_keep_their_order_over_blocks),
        ON_SCRATCH(a_failed_read_is_not_the_end_of_the_file),
        ON_SCRATCH(what_is_buffered_needs_no_descriptor),
        ON_SCRATCH(a_line_that_is_not_all_there_is_not_buffered),
        ON_SCRATCH(the_buffer_is_wiped_before_it_is_freed),
        ON_SCRATCH(the_buffer_is_wiped_where_a_later_block_was_shorter),
        ON_SCRATCH(the_buffer_is_wiped_after_going_back),
        ON_SCRATCH(the_buffer_is_wiped_when_it_grows),
        ON_SCRATCH(ending_twice_is_allowed),
        cmocka_unit_test(a_text_is_read_as_a_file_is),
        cmocka_unit_test(an_empty_text_has_no_lines),
        cmocka_unit_test(a_text_ends_where_its_length_says),
        cmocka_unit_test(lines_may_be_changed_and_the_text_stays),
        cmocka_unit_test(a_text_is_buffered_to_its_end),
        cmocka_unit_test(a_text_may_be_much_larger_than_a_block),
        cmocka_unit_test(an_overlong_line_of_a_text_is_passed_over),
        cmocka_unit_test(the_copy_of_a_text_is_wiped_before_it_is_freed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
