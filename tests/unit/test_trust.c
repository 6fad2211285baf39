/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trust.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "pretended_owner.h"
#include "scratch.h"

/* Opens NAME; the result must be EXPECTED, with TEXT ("" for any) in the error. */
static void check_open(const struct scratch *scratch, const char *name, enum vmail_result expected,
                       const char *text)
{
    struct vmail_error error = { .text = "" };
    struct stat status;
    int fd = -1;
    size_t before = scratch_open_descriptors();
    enum vmail_result result = vmail_trusted_open(&scratch->paths, name, &fd, &status, &error);
    check_result(result, expected, &error);
    if (result == VMAIL_OK) {
        assert_true(fd >= 0);
        assert_true(S_ISREG(status.st_mode));
        close(fd);
    } else if (strstr(error.text, text) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", error.text, text);
    }
    assert_int_equal(scratch_open_descriptors(), before);
}

static void check_trusted(const struct scratch *scratch, const char *name)
{
    check_open(scratch, name, VMAIL_OK, "");
}

static void a_file_of_the_owner_alone_is_trusted(void **state)
{
    const struct scratch *scratch = *state;
    static const mode_t modes[] = { 0400, 0440, 0444, 0600, 0640, 0644, 0755 };
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        scratch_write_bytes(scratch, "file", "text", 4, 0600);
        scratch_chmod(scratch, "file", modes[i]);
        check_trusted(scratch, "file");
        unlink(scratch_path(scratch, "file"));
    }
}

static void an_empty_file_is_trusted(void **state)
{
    scratch_write(*state, "file", "");
    check_trusted(*state, "file");
}

static void what_is_opened_is_the_file_and_closes_on_exec(void **state)
{
    const struct scratch *scratch = *state;
    struct stat status, expected;
    int fd;
    scratch_write(scratch, "file", "text");
    check_result(vmail_trusted_open(&scratch->paths, "file", &fd, &status, NULL), VMAIL_OK, NULL);
    assert_int_equal(stat(scratch_path(scratch, "file"), &expected), 0);
    assert_true(status.st_ino == expected.st_ino && status.st_dev == expected.st_dev);
    assert_int_equal(status.st_size, 4);
    assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
    close(fd);
}

static void a_missing_file_is_not_found(void **state)
{
    check_open(*state, "file", VMAIL_NOT_FOUND, "/vmail/file: no such file");
}

static void a_missing_directory_is_not_found(void **state)
{
    const struct scratch *scratch = *state;
    assert_int_equal(rmdir(scratch->directory), 0);
    check_open(scratch, "file", VMAIL_NOT_FOUND, "no such file");
}

static void a_file_that_its_group_may_write_is_not_trusted(void **state)
{
    scratch_write(*state, "file", "text");
    scratch_chmod(*state, "file", 0664);
    check_open(*state, "file", VMAIL_UNAVAILABLE, "file: writable by its group; run chmod go-w ");
}

static void a_path_in_a_command_to_paste_is_quoted_for_the_shell(void **state)
{
    scratch_write(*state, "a file", "text");
    scratch_chmod(*state, "a file", 0664);
    check_open(*state, "a file", VMAIL_UNAVAILABLE,
               "/a file: writable by its group; run chmod go-w '/");
    check_open(*state, "a file", VMAIL_UNAVAILABLE, "/a file'");
}

static void a_file_that_others_may_write_is_not_trusted(void **state)
{
    static const mode_t modes[] = { 0646, 0666, 0602, 0777 };
    scratch_write(*state, "file", "text");
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        scratch_chmod(*state, "file", modes[i]);
        check_open(*state, "file", VMAIL_UNAVAILABLE, "file: writable by others; run chmod go-w ");
    }
}

static void a_file_of_somebody_else_is_not_trusted(void **state)
{
    struct scratch *scratch = *state;
    char expected[64];
    scratch_write(scratch, "file", "text");
    scratch->paths.owner++;
    snprintf(expected, sizeof expected, "owned by uid %lu; run chown %lu ", (unsigned long)getuid(),
             (unsigned long)scratch->paths.owner);
    check_open(scratch, "file", VMAIL_UNAVAILABLE, expected);
}

static void a_file_of_somebody_else_in_a_good_directory_is_not_trusted(void **state)
{
    scratch_write(*state, "file", "text");
    pretend_owner(*state, "file", 65533);
    check_open(*state, "file", VMAIL_UNAVAILABLE, "file: owned by uid 65533; run chown ");
}

static void nothing_in_a_directory_that_its_group_may_write_is_trusted(void **state)
{
    scratch_write(*state, "file", "text");
    scratch_chmod(*state, ".", 0775);
    check_open(*state, "file", VMAIL_UNAVAILABLE, "vmail: writable by its group; run chmod go-w ");
    check_open(*state, "missing", VMAIL_UNAVAILABLE, ": writable by its group");
}

/* The sticky bit does not help: any user may create the first file there. */
static void nothing_in_a_directory_that_others_may_write_is_trusted(void **state)
{
    scratch_write(*state, "file", "text");
    scratch_chmod(*state, ".", 01757);
    check_open(*state, "file", VMAIL_UNAVAILABLE, "vmail: writable by others; run chmod go-w ");
}

static void an_unreadable_file_is_unavailable(void **state)
{
    scratch_skip_as_root();
    scratch_write(*state, "file", "text");
    scratch_chmod(*state, "file", 0);
    check_open(*state, "file", VMAIL_UNAVAILABLE, "file: cannot open: Permission denied");
}

static void an_unsearchable_directory_is_unavailable(void **state)
{
    scratch_skip_as_root();
    scratch_write(*state, "file", "text");
    scratch_chmod(*state, ".", 0);
    check_open(*state, "file", VMAIL_UNAVAILABLE, "cannot open: Permission denied");
}

static void a_directory_that_cannot_be_reached_is_not_a_missing_one(void **state)
{
    scratch_skip_as_root();
    scratch_write(*state, "file", "text");
    scratch_chmod(*state, "..", 0);
    check_open(*state, "file", VMAIL_UNAVAILABLE, "cannot open: Permission denied");
}

/* --- files that are not regular */

static void a_directory_in_the_place_of_a_file_is_not_trusted(void **state)
{
    scratch_mkdir(*state, "file", 0755);
    check_open(*state, "file", VMAIL_UNAVAILABLE, "file: not a regular file; replace it with one");
}

/* Opening a FIFO without O_NONBLOCK would wait for a writer forever: the test would not end. */
static void a_fifo_is_not_waited_for(void **state)
{
    const struct scratch *scratch = *state;
    assert_int_equal(mkfifo(scratch_path(scratch, "file"), 0644), 0);
    check_open(scratch, "file", VMAIL_UNAVAILABLE, "file: not a regular file; replace it with one");
}

static void a_unix_socket_is_not_trusted(void **state)
{
    const struct scratch *scratch = *state;
    struct sockaddr_un name = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(name.sun_path, sizeof name.sun_path, "%.80s/file", scratch->directory);
    assert_int_equal(bind(fd, (const struct sockaddr *)&name, sizeof name), 0);
    check_open(scratch, "file", VMAIL_UNAVAILABLE, "file: cannot open");
    close(fd);
}

static void a_device_is_not_trusted(void **state)
{
    struct scratch *scratch = *state;
    struct stat status;
    assert_int_equal(stat("/dev/null", &status), 0);
    scratch_link(scratch, "file", "/dev/null");
    check_open(scratch, "file", VMAIL_UNAVAILABLE, "");
}

/* --- links */

static void a_link_inside_the_directory_is_followed(void **state)
{
    scratch_write(*state, "target", "text");
    scratch_link(*state, "file", "target");
    check_trusted(*state, "file");
}

static void a_link_out_of_the_directory_is_followed(void **state)
{
    const struct scratch *scratch = *state;
    char target[128];
    scratch_mkdir(scratch, "../other", 0755);
    scratch_write(scratch, "../other/target", "text");
    scratch_link(scratch, "relative", "../other/target");
    snprintf(target, sizeof target, "%s/other/target", scratch->root);
    scratch_link(scratch, "absolute", target);
    check_trusted(scratch, "relative");
    check_trusted(scratch, "absolute");
}

static void a_link_is_judged_by_the_file_that_it_points_to(void **state)
{
    scratch_mkdir(*state, "../other", 0755);
    scratch_write_bytes(*state, "../other/target", "text", 4, 0664);
    scratch_link(*state, "file", "../other/target");
    check_open(*state, "file", VMAIL_UNAVAILABLE, "target: writable by its group");
}

static void a_link_into_a_directory_that_others_may_write_is_not_trusted(void **state)
{
    scratch_mkdir(*state, "../other", 0775);
    scratch_write(*state, "../other/target", "text");
    scratch_link(*state, "file", "../other/target");
    check_open(*state, "file", VMAIL_UNAVAILABLE, "../other: writable by its group");
    scratch_chmod(*state, "../other", 0757);
    check_open(*state, "file", VMAIL_UNAVAILABLE, "../other: writable by others");
}

/* A user who may write the directory in between may change the second link. */
static void every_directory_on_a_chain_of_links_is_judged(void **state)
{
    scratch_mkdir(*state, "../between", 0775);
    scratch_mkdir(*state, "../other", 0755);
    scratch_write(*state, "../other/target", "text");
    scratch_link(*state, "../between/link", "../other/target");
    scratch_link(*state, "file", "../between/link");
    check_open(*state, "file", VMAIL_UNAVAILABLE, "../between: writable by its group");
    scratch_chmod(*state, "../between", 0755);
    check_trusted(*state, "file");
}

/* The owner of a parent directory may replace the directory below it. */
static void a_link_through_a_directory_that_others_may_write_is_not_trusted(void **state)
{
    scratch_mkdir(*state, "../above", 0775);
    scratch_mkdir(*state, "../above/other", 0755);
    scratch_write(*state, "../above/other/target", "text");
    scratch_link(*state, "file", "../above/other/target");
    check_open(*state, "file", VMAIL_UNAVAILABLE, "contains a directory that others can write to");
    scratch_chmod(*state, "../above", 01777);
    check_trusted(*state, "file");
}

static void a_link_through_a_directory_of_somebody_else_is_not_trusted(void **state)
{
    scratch_mkdir(*state, "../above", 0755);
    scratch_mkdir(*state, "../above/other", 0755);
    scratch_write(*state, "../above/other/target", "text");
    scratch_link(*state, "file", "../above/other/target");
    pretend_owner(*state, "../above", 65533);
    check_open(*state, "file", VMAIL_UNAVAILABLE, "contains a directory that others can write to");
}

/* Others could make files there. The text tells the user to leave the sticky bit alone. */
static void a_link_into_a_sticky_directory_is_not_trusted(void **state)
{
    static const mode_t modes[] = { 01777, 01775, 01755 };
    scratch_mkdir(*state, "../shared", 0755);
    scratch_write(*state, "../shared/target", "text");
    scratch_link(*state, "file", "../shared/target");
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        scratch_chmod(*state, "../shared", modes[i]);
        check_open(*state, "file", VMAIL_UNAVAILABLE, "in a shared directory; move the file");
    }
}

static void a_link_through_another_link_to_a_directory_is_not_trusted(void **state)
{
    scratch_mkdir(*state, "../real", 0755);
    scratch_write(*state, "../real/target", "text");
    scratch_link(*state, "../shortcut", "real");
    scratch_link(*state, "file", "../shortcut/target");
    check_open(*state, "file", VMAIL_UNAVAILABLE, "contains a link or a file");
}

/* The same applies to the directory itself: the owner of its parent decides what it is. */
static void the_directory_is_not_trusted_behind_a_link_through_what_others_may_write(void **state)
{
    struct scratch *scratch = *state;
    char link[128];
    scratch_mkdir(scratch, "../above", 0775);
    scratch_mkdir(scratch, "../above/real", 0755);
    scratch_write(scratch, "../above/real/file", "text");
    scratch_link(scratch, "../linked", "above/real");
    snprintf(link, sizeof link, "%s/linked", scratch->root);
    scratch->paths.directory = link;
    check_open(scratch, "file", VMAIL_UNAVAILABLE, "above: writable by its group");
    scratch_chmod(scratch, "../above", 0755);
    check_trusted(scratch, "file");
}

static void eight_links_are_followed_and_nine_are_not(void **state)
{
    char name[16], target[16] = "target";
    scratch_write(*state, "target", "text");
    for (int i = 1; i <= 9; i++) {
        snprintf(name, sizeof name, "link%d", i);
        scratch_link(*state, name, target);
        memcpy(target, name, sizeof target);
    }
    check_trusted(*state, "link8");
    check_open(*state, "link9", VMAIL_UNAVAILABLE, "too many symbolic links");
}

static void a_loop_of_links_ends(void **state)
{
    scratch_link(*state, "self", "self");
    scratch_link(*state, "one", "two");
    scratch_link(*state, "two", "../vmail/one");
    check_open(*state, "self", VMAIL_UNAVAILABLE, "too many symbolic links");
    check_open(*state, "one", VMAIL_UNAVAILABLE, "too many symbolic links");
}

static void a_link_to_nothing_is_not_a_missing_file(void **state)
{
    scratch_link(*state, "file", "target");
    scratch_link(*state, "far", "../nowhere/target");
    check_open(*state, "file", VMAIL_UNAVAILABLE, "the target of the link does not exist");
    check_open(*state, "far", VMAIL_UNAVAILABLE, "the target of the link does not exist");
}

static void a_link_to_a_directory_is_not_trusted(void **state)
{
    static const char *const targets[] = { "..", ".", "/", "../other", "../other/" };
    scratch_mkdir(*state, "../other", 0755);
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        scratch_link(*state, "file", targets[i]);
        check_open(*state, "file", VMAIL_UNAVAILABLE, "");
        unlink(scratch_path(*state, "file"));
    }
}

static void the_directory_itself_may_be_a_link(void **state)
{
    struct scratch *scratch = *state;
    char link[128];
    scratch_write(scratch, "file", "text");
    scratch_link(scratch, "../linked", "vmail");
    snprintf(link, sizeof link, "%s/linked", scratch->root);
    scratch->paths.directory = link;
    check_trusted(scratch, "file");
    scratch_chmod(scratch, ".", 0775);
    check_open(scratch, "file", VMAIL_UNAVAILABLE, "vmail: writable by its group");
}

static void the_directory_may_not_be_a_link_to_a_link(void **state)
{
    struct scratch *scratch = *state;
    char link[128];
    scratch_write(scratch, "file", "text");
    scratch_link(scratch, "../second", "vmail");
    scratch_link(scratch, "../first", "second");
    snprintf(link, sizeof link, "%s/first", scratch->root);
    scratch->paths.directory = link;
    check_open(scratch, "file", VMAIL_UNAVAILABLE, "second: cannot open");
}

static void a_name_too_long_for_a_path_is_unavailable(void **state)
{
    static char name[8192];
    memset(name, 'a', sizeof name - 1);
    check_open(*state, name, VMAIL_UNAVAILABLE, "cannot open");
    name[300] = '\0';
    check_open(*state, name, VMAIL_UNAVAILABLE, "cannot open");
}

/* --- the directory */

static struct vmail_file_version read_text(const struct scratch *scratch, const char *path,
                                           const char *expected)
{
    struct vmail_trusted_text text;
    struct vmail_error error = { 0 };
    usleep(50000); /* until a change would show */
    const enum vmail_result result = vmail_trusted_read(&scratch->paths, path, 100, &text, &error);
    check_result(result, expected == NULL ? VMAIL_NOT_FOUND : VMAIL_OK, &error);
    if (expected != NULL)
        check_text(text.bytes, expected, path);
    free(text.bytes);
    return text.version;
}

static void a_file_that_was_read_is_unchanged_until_it_changes(void **state)
{
    const struct scratch *scratch = *state;
    const struct vmail_paths *paths = &scratch->paths;
    char *path = strdup(scratch_path(scratch, "file"));
    struct vmail_file_version version = read_text(scratch, path, NULL);
    assert_true(vmail_trusted_unchanged(paths, path, &version));
    scratch_write(scratch, "file", "one");
    assert_false(vmail_trusted_unchanged(paths, path, &version));
    version = read_text(scratch, path, "one");
    assert_true(vmail_trusted_unchanged(paths, path, &version));
    scratch_write(scratch, "file", "two");
    assert_false(vmail_trusted_unchanged(paths, path, &version));
    version = read_text(scratch, path, "two");
    scratch_chmod(scratch, "file", 0666);
    assert_false(vmail_trusted_unchanged(paths, path, &version));
    scratch_chmod(scratch, "file", 0644);
    version = read_text(scratch, path, "two");
    scratch_chmod(scratch, ".", 0777);
    assert_false(vmail_trusted_unchanged(paths, path, &version));
    scratch_chmod(scratch, ".", 0755);
    assert_true(vmail_trusted_unchanged(paths, path, &version));
    scratch_chmod(scratch, ".", 0777);
    usleep(50000); /* until the next tick */
    assert_false(vmail_trusted_unchanged(paths, path, &version));
    scratch_chmod(scratch, ".", 0755);
    version.settled = false;
    assert_false(vmail_trusted_unchanged(paths, path, &version));
    free(path);
}

static void a_file_behind_a_link_is_read_again(void **state)
{
    const struct scratch *scratch = *state;
    char *path = strdup(scratch_path(scratch, "link"));
    scratch_write(scratch, "file", "text");
    scratch_link(scratch, "link", "file");
    struct vmail_file_version version = read_text(scratch, path, "text");
    assert_false(vmail_trusted_unchanged(&scratch->paths, path, &version));
    free(path);
}

static void a_file_larger_than_the_maximum_is_unavailable(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_trusted_text text;
    struct vmail_error error = { 0 };
    char *large = scratch_repeat('x', 101);
    scratch_write(scratch, "file", large);
    free(large);
    check_result(
        vmail_trusted_read(&scratch->paths, scratch_path(scratch, "file"), 100, &text, &error),
        VMAIL_UNAVAILABLE, &error);
    assert_int_equal(error.code, EFBIG);
}

static void check_directory(const struct scratch *scratch, enum vmail_result expected)
{
    struct vmail_error error = { .text = "" };
    int fd;
    size_t before = scratch_open_descriptors();
    enum vmail_result result = vmail_trusted_open_directory(&scratch->paths, &fd, &error);
    check_result(result, expected, &error);
    if (result == VMAIL_OK)
        close(fd);
    else
        assert_string_not_equal(error.text, "");
    assert_int_equal(scratch_open_descriptors(), before);
}

static void the_directory_is_judged_as_a_file_is(void **state)
{
    struct scratch *scratch = *state;
    check_directory(scratch, VMAIL_OK);
    scratch_chmod(scratch, ".", 0775);
    check_directory(scratch, VMAIL_UNAVAILABLE);
    scratch_chmod(scratch, ".", 0757);
    check_directory(scratch, VMAIL_UNAVAILABLE);
    scratch_chmod(scratch, ".", 0700);
    check_directory(scratch, VMAIL_OK);
    scratch->paths.owner++;
    check_directory(scratch, VMAIL_UNAVAILABLE);
}

static void a_directory_that_is_missing_or_a_file_is_told_apart(void **state)
{
    struct scratch *scratch = *state;
    scratch_write(scratch, "file", "text");
    scratch->paths.directory = scratch_path(scratch, "file");
    check_directory(scratch, VMAIL_UNAVAILABLE);
    scratch->paths.directory = scratch_path(scratch, "missing");
    check_directory(scratch, VMAIL_NOT_FOUND);
}

/* --- states */

static struct vmail_file_state state_of(const struct scratch *scratch, const char *name)
{
    struct stat status;
    assert_int_equal(stat(scratch_path(scratch, name), &status), 0);
    return vmail_file_state(&status);
}

static void a_state_stays_while_nothing_changes(void **state)
{
    scratch_write(*state, "file", "text");
    struct vmail_file_state first = state_of(*state, "file"), second = state_of(*state, "file");
    assert_true(vmail_file_state_equal(&first, &second));
}

static void a_change_shows_in_the_state(void **state)
{
    const struct scratch *scratch = *state;
    scratch_write(scratch, "file", "text");
    struct vmail_file_state before = state_of(scratch, "file");

    struct vmail_file_state other = before;
    other.device++;
    assert_false(vmail_file_state_equal(&before, &other));
    other = before;
    other.inode++;
    assert_false(vmail_file_state_equal(&before, &other));
    other = before;
    other.modified.tv_nsec++;
    assert_false(vmail_file_state_equal(&before, &other));
    other = before;
    other.changed.tv_sec++;
    assert_false(vmail_file_state_equal(&before, &other));

    scratch_write(scratch, "file", "longer text");
    other = state_of(scratch, "file");
    assert_false(vmail_file_state_equal(&before, &other));
}

static void a_file_just_written_is_not_settled(void **state)
{
    scratch_write(*state, "file", "text");
    struct vmail_file_state file = state_of(*state, "file");
    const struct timespec written = file.changed;
    assert_false(vmail_file_state_settled_at(&file, &written));
    file.changed.tv_sec += 3600; /* from a clock that is ahead */
    assert_false(vmail_file_state_settled_at(&file, &written));
}

static void a_file_left_alone_is_settled(void **state)
{
    scratch_write(*state, "file", "text");
    const struct vmail_file_state file = state_of(*state, "file");
    const struct timespec later = { .tv_sec = file.changed.tv_sec + 3600 };
    assert_true(vmail_file_state_settled_at(&file, &later));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_SCRATCH(a_file_of_the_owner_alone_is_trusted),
        ON_SCRATCH(an_empty_file_is_trusted),
        ON_SCRATCH(what_is_opened_is_the_file_and_closes_on_exec),
        ON_SCRATCH(a_missing_file_is_not_found),
        ON_SCRATCH(a_missing_directory_is_not_found),
        ON_SCRATCH(a_file_that_its_group_may_write_is_not_trusted),
        ON_SCRATCH(a_path_in_a_command_to_paste_is_quoted_for_the_shell),
        ON_SCRATCH(a_file_that_others_may_write_is_not_trusted),
        ON_SCRATCH(a_file_of_somebody_else_is_not_trusted),
        ON_SCRATCH(a_file_of_somebody_else_in_a_good_directory_is_not_trusted),
        ON_SCRATCH(nothing_in_a_directory_that_its_group_may_write_is_trusted),
        ON_SCRATCH(nothing_in_a_directory_that_others_may_write_is_trusted),
        ON_SCRATCH(an_unreadable_file_is_unavailable),
        ON_SCRATCH(an_unsearchable_directory_is_unavailable),
        ON_SCRATCH(a_directory_that_cannot_be_reached_is_not_a_missing_one),
        ON_SCRATCH(a_directory_in_the_place_of_a_file_is_not_trusted),
        ON_SCRATCH(a_fifo_is_not_waited_for),
        ON_SCRATCH(a_unix_socket_is_not_trusted),
        ON_SCRATCH(a_device_is_not_trusted),
        ON_SCRATCH(a_link_inside_the_directory_is_followed),
        ON_SCRATCH(a_link_out_of_the_directory_is_followed),
        ON_SCRATCH(a_link_is_judged_by_the_file_that_it_points_to),
        ON_SCRATCH(a_link_into_a_directory_that_others_may_write_is_not_trusted),
        ON_SCRATCH(every_directory_on_a_chain_of_links_is_judged),
        ON_SCRATCH(a_link_through_a_directory_that_others_may_write_is_not_trusted),
        ON_SCRATCH(a_link_through_a_directory_of_somebody_else_is_not_trusted),
        ON_SCRATCH(a_link_into_a_sticky_directory_is_not_trusted),
        ON_SCRATCH(a_link_through_another_link_to_a_directory_is_not_trusted),
        ON_SCRATCH(the_directory_is_not_trusted_behind_a_link_through_what_others_may_write),
        ON_SCRATCH(eight_links_are_followed_and_nine_are_not),
        ON_SCRATCH(a_loop_of_links_ends),
        ON_SCRATCH(a_link_to_nothing_is_not_a_missing_file),
        ON_SCRATCH(a_link_to_a_directory_is_not_trusted),
        ON_SCRATCH(the_directory_itself_may_be_a_link),
        ON_SCRATCH(the_directory_may_not_be_a_link_to_a_link),
        ON_SCRATCH(a_name_too_long_for_a_path_is_unavailable),
        ON_SCRATCH(a_file_that_was_read_is_unchanged_until_it_changes),
        ON_SCRATCH(a_file_behind_a_link_is_read_again),
        ON_SCRATCH(a_file_larger_than_the_maximum_is_unavailable),
        ON_SCRATCH(the_directory_is_judged_as_a_file_is),
        ON_SCRATCH(a_directory_that_is_missing_or_a_file_is_told_apart),
        ON_SCRATCH(a_state_stays_while_nothing_changes),
        ON_SCRATCH(a_change_shows_in_the_state),
        ON_SCRATCH(a_file_just_written_is_not_settled),
        ON_SCRATCH(a_file_left_alone_is_settled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
