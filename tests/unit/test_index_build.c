/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "index_build.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "index_writer.h"
#include "scratch.h"

#define DOMAIN       "va.example"
#define PASSWD       "passwd." DOMAIN
#define PASSWD_INDEX "../cache/" PASSWD VMAIL_INDEX_ENDING
#define UNFINISHED   "../cache/." PASSWD VMAIL_INDEX_ENDING ".new"
#define ONE_USER     "bob:x:70001:70001:::\n"

static const struct vmail_index_effort patient = { .milliseconds = 10000, .seconds = 10 };

static int setup(void **state)
{
    int result = scratch_setup(state);
    if (result == 0)
        scratch_config(*state, "");
    return result;
}

#define ON_TEXT(test) cmocka_unit_test_setup_teardown(test, setup, scratch_teardown)

static struct vmail_index made(const struct scratch *scratch, const char *text)
{
    struct vmail_index index;
    struct vmail_error error = { 0 };
    scratch_write(scratch, PASSWD, text);
    scratch_index(scratch, VMAIL_PASSWD, DOMAIN);
    check_result(vmail_index_open(&scratch->paths, VMAIL_PASSWD, DOMAIN, &index, &error), VMAIL_OK,
                 &error);
    assert_true(vmail_index_whole(&index));
    return index;
}

static void check_uid(struct vmail_index *index, const char *name, uint32_t uid)
{
    struct vmail_index_hit hit;
    assert_int_equal(vmail_index_find_name(index, name, true, &hit), VMAIL_INDEX_HIT);
    assert_int_equal(vmail_record_id(&hit.record), uid);
}

static void check_owner(struct vmail_index *index, uint32_t uid, const char *name)
{
    struct vmail_index_hit hit;
    assert_int_equal(vmail_index_find_id(index, uid, &hit), VMAIL_INDEX_HIT);
    check_text(vmail_record_name(&hit.record), name, "its uid");
}

static void the_first_line_of_a_name_counts(void **state)
{
    struct vmail_index index = made(*state, "bob:x:70001:70001:::\nbob:x:70002:70002:::\n"
                                            "BOB:x:70003:70003:::\n");
    struct vmail_index_hit hit;
    assert_int_equal(index.header->entries, 1);
    check_uid(&index, "bob", 70001);
    assert_int_equal(vmail_index_find_id(&index, 70002, &hit), VMAIL_INDEX_MISS);
    assert_int_equal(vmail_index_find_id(&index, 70003, &hit), VMAIL_INDEX_MISS);
    vmail_index_close(&index);
}

static void the_first_line_of_an_id_counts(void **state)
{
    struct vmail_index index = made(*state, "bob:x:70001:70001:::\nbob:x:70002:70002:::\n"
                                            "ann:x:70002:70002:::\ncid:x:70002:70002:::\n");
    check_owner(&index, 70001, "bob");
    check_owner(&index, 70002, "ann");
    check_uid(&index, "cid", 70002);
    vmail_index_close(&index);
}

static void a_broken_line_is_known_as_such(void **state)
{
    struct vmail_index index =
        made(*state, "bob:x:1:1:::\nann:\n\n# note\nann:x:70002:70002:::\n:x:70003:70003:::\n"
                     "cid:x:70004:70004:::");
    struct vmail_index_hit hit;
    assert_true(vmail_index_has_broken(&index, "bob")); /* an id out of range */
    assert_true(vmail_index_has_broken(&index, "ann"));
    assert_false(vmail_index_has_broken(&index, "cid"));
    assert_int_equal(vmail_index_find_name(&index, "bob", true, &hit), VMAIL_INDEX_MISS);
    assert_int_equal(vmail_index_find_id(&index, 70003, &hit), VMAIL_INDEX_MISS);
    check_uid(&index, "ann", 70002);
    check_uid(&index, "cid", 70004);
    vmail_index_close(&index);
}

static void an_empty_text_has_an_index(void **state)
{
    struct vmail_index_hit hit;
    struct vmail_index index = made(*state, "");
    assert_int_equal(index.header->entries, 0);
    assert_int_equal(vmail_index_find_name(&index, "bob", true, &hit), VMAIL_INDEX_MISS);
    vmail_index_close(&index);
}

static void without_a_text_the_index_goes(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_index index = made(scratch, ONE_USER);
    vmail_index_close(&index);
    assert_int_equal(unlink(scratch_path(scratch, PASSWD)), 0);
    check_result(vmail_index_build(scratch_file(scratch, VMAIL_PASSWD, DOMAIN), &patient, NULL),
                 VMAIL_NOT_FOUND, NULL);
    assert_int_not_equal(access(scratch_path(scratch, PASSWD_INDEX), F_OK), 0);
}

static mode_t mode_of(const struct scratch *scratch, const char *name, gid_t *group)
{
    struct stat status;
    assert_int_equal(stat(scratch_path(scratch, name), &status), 0);
    *group = status.st_gid;
    return status.st_mode & 07777;
}

/* All users who may read the text may read the index; only the owner may write them. */
static void an_index_has_the_mode_and_group_of_its_text(void **state)
{
    const struct scratch *scratch = *state;
    static const mode_t modes[][2] = {
        { 0644, 0644 }, { 0640, 0640 }, { 0600, 0600 }, { 0755, 0644 }, { 0400, 0400 }
    };
    gid_t group, text_group;
    umask(077);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        scratch_write_bytes(scratch, PASSWD, ONE_USER, strlen(ONE_USER), modes[i][0]);
        if (geteuid() == 0)
            assert_int_equal(chown(scratch_path(scratch, PASSWD), 0, 12), 0);
        scratch_index(scratch, VMAIL_PASSWD, DOMAIN);
        mode_of(scratch, PASSWD, &text_group);
        assert_int_equal(mode_of(scratch, PASSWD_INDEX, &group), modes[i][1]);
        assert_int_equal(group, text_group);
        scratch_chmod(scratch, PASSWD, 0600);
    }
    assert_int_equal(mode_of(scratch, "../cache", &group), 0755);
    umask(022);
}

static size_t files_in_cache(const struct scratch *scratch)
{
    size_t count = 0;
    DIR *directory = opendir(scratch->cache);
    assert_non_null(directory);
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count - 2;
}

static enum vmail_result start(const struct scratch *scratch, struct vmail_index_writer *writer,
                               struct vmail_error *error)
{
    return vmail_index_writer_start(writer, scratch_file(scratch, VMAIL_PASSWD, DOMAIN), 0, error);
}

static void nobody_but_the_owner_may_write_an_index(void **state)
{
    struct vmail_index_writer writer;
    gid_t group;
    check_result(start(*state, &writer, NULL), VMAIL_OK, NULL);
    check_result(vmail_index_writer_finish(&writer, NULL, 0666, getegid()), VMAIL_OK, NULL);
    assert_int_equal(mode_of(*state, PASSWD_INDEX, &group), 0644);
}

static void no_index_is_written_into_a_directory_of_somebody_else(void **state)
{
    struct scratch *scratch = *state;
    struct vmail_index_writer writer;
    scratch_mkdir(scratch, "../cache", 0755);
    scratch->paths.owner++;
    check_result(start(scratch, &writer, NULL), VMAIL_UNAVAILABLE, NULL);
    assert_int_equal(files_in_cache(scratch), 0);
}

int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
int __real_renameat(int from, const char *old, int to, const char *new);
int __wrap_renameat(int from, const char *old, int to, const char *new);

int __wrap_fdatasync(int fd)
{
    scratch_step("file");
    return __real_fdatasync(fd);
}

int __wrap_renameat(int from, const char *old, int to, const char *new)
{
    scratch_step("name");
    return __real_renameat(from, old, to, new);
}

/* A reader does not compute the checksum: after a crash it would take zeros for an index. */
static void an_index_is_on_the_disk_before_its_name(void **state)
{
    scratch_write(*state, PASSWD, ONE_USER);
    scratch_watch();
    scratch_index(*state, VMAIL_PASSWD, DOMAIN);
    scratch_check_steps("file, name, ");
}

static const struct scratch *overtaken_in; /* if set, another process removes the file first */

int __real_flock(int fd, int operation);
int __wrap_flock(int fd, int operation);

int __wrap_flock(int fd, int operation)
{
    if (overtaken_in != NULL)
        assert_int_equal(unlink(scratch_path(overtaken_in, UNFINISHED)), 0);
    overtaken_in = NULL;
    return __real_flock(fd, operation);
}

/* Between the opening of the new file and its lock, another process has finished with it. */
static void a_new_file_without_a_name_is_not_used(void **state)
{
    scratch_write(*state, PASSWD, ONE_USER);
    overtaken_in = *state;
    scratch_index(*state, VMAIL_PASSWD, DOMAIN);
    assert_int_equal(files_in_cache(*state), 1);
}

static void a_text_that_changed_just_now_gets_no_index(void **state)
{
    const struct scratch *scratch = *state;
    const struct vmail_index_effort hasty = { 0 };
    struct vmail_error error = { 0 };
    /* Write and index without a pause until both happen in one tick of the clock. */
    for (int i = 0;; i++) {
        scratch_write(scratch, PASSWD, i % 2 == 0 ? ONE_USER : ONE_USER ONE_USER);
        if (vmail_index_build(scratch_file(scratch, VMAIL_PASSWD, DOMAIN), &hasty, &error) !=
            VMAIL_OK)
            break;
    }
    assert_non_null(strstr(error.text, "changed just now"));
}

static void an_abort_leaves_the_old_index_and_nothing_else(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_index_writer writer;
    struct vmail_index old = made(scratch, ONE_USER);
    size_t before = scratch_open_descriptors();
    check_result(start(scratch, &writer, NULL), VMAIL_OK, NULL);
    check_result(vmail_index_writer_add(&writer, "nann", 4, "value", 5), VMAIL_OK, NULL);
    assert_int_equal(files_in_cache(scratch), 2);
    vmail_index_writer_abort(&writer);
    assert_int_equal(files_in_cache(scratch), 1);
    assert_true(vmail_index_intact(&old, &scratch->paths, VMAIL_PASSWD, DOMAIN));
    assert_int_equal(scratch_open_descriptors(), before);
    vmail_index_close(&old);
}

/* The limit acts like a full disk. */
static void what_cannot_be_written_leaves_the_old_index(void **state)
{
    const struct scratch *scratch = *state;
    struct rlimit limit, small = { .rlim_cur = 2100 };
    struct vmail_error error = { 0 };
    struct vmail_index old = made(scratch, ONE_USER);
    size_t before = scratch_open_descriptors();
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small.rlim_max = limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    enum vmail_result result =
        vmail_index_build(scratch_file(scratch, VMAIL_PASSWD, DOMAIN), &patient, &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    signal(SIGXFSZ, handler);
    check_result(result, VMAIL_UNAVAILABLE, NULL);
    assert_non_null(strstr(error.text, "File too large"));
    assert_int_equal(files_in_cache(scratch), 1);
    assert_int_equal(scratch_open_descriptors(), before);
    assert_true(vmail_index_intact(&old, &scratch->paths, VMAIL_PASSWD, DOMAIN));
    vmail_index_close(&old);
}

static void what_an_interrupted_build_left_is_overwritten(void **state)
{
    const struct scratch *scratch = *state;
    char *rubbish = scratch_repeat('r', 100000);
    scratch_mkdir(scratch, "../cache", 0755);
    scratch_write(scratch, UNFINISHED, rubbish);
    free(rubbish);
    struct vmail_index index = made(scratch, ONE_USER);
    check_uid(&index, "bob", 70001);
    assert_int_equal(files_in_cache(scratch), 1);
    vmail_index_close(&index);
}

static void a_link_in_place_of_the_new_file_is_not_followed(void **state)
{
    const struct scratch *scratch = *state;
    scratch_write(scratch, "precious", "precious\n");
    scratch_write(scratch, PASSWD, ONE_USER);
    scratch_mkdir(scratch, "../cache", 0755);
    scratch_link(scratch, UNFINISHED, scratch_path(scratch, "precious"));
    check_result(vmail_index_build(scratch_file(scratch, VMAIL_PASSWD, DOMAIN), &patient, NULL),
                 VMAIL_UNAVAILABLE, NULL);
    scratch_check(scratch, "precious", "precious\n");
}

static void no_index_is_written_where_others_may_write(void **state)
{
    const struct scratch *scratch = *state;
    scratch_write(scratch, PASSWD, ONE_USER);
    scratch_mkdir(scratch, "../cache", 0777);
    check_result(vmail_index_build(scratch_file(scratch, VMAIL_PASSWD, DOMAIN), &patient, NULL),
                 VMAIL_UNAVAILABLE, NULL);
    assert_int_equal(files_in_cache(scratch), 0);
}

/* The process with the lock is building the same index. */
static void two_do_not_make_one_index_at_once(void **state)
{
    const struct scratch *scratch = *state;
    const struct vmail_index_effort hasty = { .milliseconds = 10000 };
    struct vmail_index old = made(scratch, ONE_USER);
    int fd = open(scratch_path(scratch, UNFINISHED), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    check_result(vmail_index_build(scratch_file(scratch, VMAIL_PASSWD, DOMAIN), &hasty, NULL),
                 VMAIL_UNAVAILABLE, NULL);
    assert_int_equal(access(scratch_path(scratch, UNFINISHED), F_OK), 0);
    close(fd);
    scratch_index(scratch, VMAIL_PASSWD, DOMAIN);
    assert_false(vmail_index_intact(&old, &scratch->paths, VMAIL_PASSWD, DOMAIN));
    vmail_index_close(&old);
}

struct changes {
    const struct scratch *scratch;
    unsigned left;
};

/* Changes the text during a read, as often as requested. */
static void change_config(void *context, uint64_t done, uint64_t total)
{
    struct changes *changes = context;
    (void)done;
    (void)total;
    if (changes->left == 0)
        return;
    changes->left--;
    int fd = open(scratch_path(changes->scratch, PASSWD), O_WRONLY | O_APPEND | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "#\n", 2), 2);
    close(fd);
}

static enum vmail_result build_while_it_changes(const struct scratch *scratch, unsigned changes,
                                                struct vmail_error *error)
{
    enum { LINES = 5000 };
    struct changes context = { scratch, changes };
    const struct vmail_index_effort effort = {
        .milliseconds = 10000, .seconds = 10, .progress = change_config, .context = &context
    };
    const size_t size = LINES * 32;
    char *text = malloc(size), *next = text;
    assert_non_null(text);
    for (unsigned i = 0; i < LINES; i++)
        next += scratch_print(next, text + size, "u%u:x:%u:%u:::\n", i, 70000 + i, 70000 + i);
    scratch_write(scratch, PASSWD, text);
    free(text);
    return vmail_index_build(scratch_file(scratch, VMAIL_PASSWD, DOMAIN), &effort, error);
}

static void a_text_that_changes_meanwhile_is_read_again(void **state)
{
    const struct scratch *scratch = *state;
    check_result(build_while_it_changes(scratch, 2, NULL), VMAIL_OK, NULL);
    assert_true(vmail_index_is_current(scratch_file(scratch, VMAIL_PASSWD, DOMAIN)));
}

static void a_text_that_keeps_changing_gets_no_index(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_error error = { 0 };
    check_result(build_while_it_changes(scratch, 100, &error), VMAIL_UNAVAILABLE, NULL);
    assert_non_null(strstr(error.text, "keeps changing"));
    assert_int_equal(files_in_cache(scratch), 0);
}

static void an_index_is_current_until_the_text_changes_or_it_is_damaged(void **state)
{
    const struct scratch *scratch = *state;
    size_t length;
    struct vmail_index index = made(scratch, ONE_USER);
    vmail_index_close(&index);
    assert_true(vmail_index_is_current(scratch_file(scratch, VMAIL_PASSWD, DOMAIN)));
    char *file = scratch_read(scratch, PASSWD_INDEX, &length);
    file[length - 1] ^= 1;
    scratch_write_bytes(scratch, PASSWD_INDEX, file, length, 0644);
    assert_false(vmail_index_is_current(scratch_file(scratch, VMAIL_PASSWD, DOMAIN)));
    file[length - 1] ^= 1;
    scratch_write_bytes(scratch, PASSWD_INDEX, file, length, 0644);
    free(file);
    assert_true(vmail_index_is_current(scratch_file(scratch, VMAIL_PASSWD, DOMAIN)));
    scratch_write(scratch, PASSWD, "bob:x:70002:70002:::\n"); /* same length */
    assert_false(vmail_index_is_current(scratch_file(scratch, VMAIL_PASSWD, DOMAIN)));
}

static bool is_current(const struct scratch *scratch)
{
    return vmail_index_is_current(scratch_file(scratch, VMAIL_PASSWD, DOMAIN));
}

static void renew(const struct scratch *scratch)
{
    vmail_index_renew(scratch_file(scratch, VMAIL_PASSWD, DOMAIN), VMAIL_INDEX_SMALL);
}

static void an_index_is_renewed_after_a_change(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_index index = made(scratch, ONE_USER);
    renew(scratch);
    assert_true(vmail_index_intact(&index, &scratch->paths, VMAIL_PASSWD, DOMAIN));
    scratch_write(scratch, PASSWD, "bob:x:70002:70002:::\n");
    assert_false(is_current(scratch));
    renew(scratch);
    assert_true(is_current(scratch));
    vmail_index_close(&index);
}

static void the_index_of_a_large_file_is_not_renewed_at_once(void **state)
{
    const struct scratch *scratch = *state;
    char *large = scratch_repeat('\n', VMAIL_INDEX_SMALL + 1);
    scratch_write(scratch, PASSWD, large);
    renew(scratch);
    assert_false(is_current(scratch));
    vmail_index_renew(scratch_file(scratch, VMAIL_PASSWD, DOMAIN), VMAIL_INDEX_SMALL + 1);
    assert_true(is_current(scratch));
    free(large);
}

/* SIGXFSZ would end the process here. */
static void a_small_limit_of_file_sizes_does_not_kill(void **state)
{
    const struct scratch *scratch = *state;
    struct rlimit limit, small = { .rlim_cur = 1024 };
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small.rlim_max = limit.rlim_max;
    scratch_write(scratch, PASSWD, ONE_USER);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    renew(scratch);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_false(is_current(scratch));
    assert_int_equal(access(scratch->cache, F_OK), -1); /* no build was started */
}

static void without_a_cache_nothing_is_renewed(void **state)
{
    struct scratch *scratch = *state;
    scratch_write(scratch, PASSWD, ONE_USER);
    scratch->paths.cache = NULL;
    renew(scratch);
}

/* A cdb has 32-bit offsets; the test does not write 4 GiB. */
static void an_index_that_would_be_too_large_is_refused(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_index_writer writer;
    struct vmail_error error = { 0 };
    check_result(start(scratch, &writer, &error), VMAIL_OK, &error);
    writer.position = UINT32_MAX - 16;
    check_result(vmail_index_writer_add(&writer, "nann", 4, "value", 5), VMAIL_UNAVAILABLE, NULL);
    assert_non_null(strstr(error.text, "File too large"));
    vmail_index_writer_abort(&writer);
    assert_int_equal(files_in_cache(scratch), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_TEXT(the_first_line_of_a_name_counts),
        ON_TEXT(the_first_line_of_an_id_counts),
        ON_TEXT(a_broken_line_is_known_as_such),
        ON_TEXT(an_empty_text_has_an_index),
        ON_TEXT(without_a_text_the_index_goes),
        ON_TEXT(an_index_has_the_mode_and_group_of_its_text),
        ON_TEXT(nobody_but_the_owner_may_write_an_index),
        ON_TEXT(no_index_is_written_into_a_directory_of_somebody_else),
        ON_TEXT(an_index_is_on_the_disk_before_its_name),
        ON_TEXT(a_new_file_without_a_name_is_not_used),
        ON_TEXT(a_text_that_changed_just_now_gets_no_index),
        ON_TEXT(an_abort_leaves_the_old_index_and_nothing_else),
        ON_TEXT(what_cannot_be_written_leaves_the_old_index),
        ON_TEXT(what_an_interrupted_build_left_is_overwritten),
        ON_TEXT(a_link_in_place_of_the_new_file_is_not_followed),
        ON_TEXT(no_index_is_written_where_others_may_write),
        ON_TEXT(two_do_not_make_one_index_at_once),
        ON_TEXT(a_text_that_changes_meanwhile_is_read_again),
        ON_TEXT(a_text_that_keeps_changing_gets_no_index),
        ON_TEXT(an_index_is_current_until_the_text_changes_or_it_is_damaged),
        ON_TEXT(an_index_is_renewed_after_a_change),
        ON_TEXT(the_index_of_a_large_file_is_not_renewed_at_once),
        ON_TEXT(a_small_limit_of_file_sizes_does_not_kill),
        ON_TEXT(without_a_cache_nothing_is_renewed),
        ON_TEXT(an_index_that_would_be_too_large_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
