/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "index_all.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "scratch.h"

static const struct vmail_index_effort patient = { .milliseconds = 10000, .seconds = 10 };

static int setup(void **state)
{
    int result = scratch_setup(state);
    if (result != 0)
        return result;
    scratch_config(*state, "");
    scratch_write(*state, "passwd.va.example", "bob:x:70001:70001:::\n");
    scratch_write(*state, "shadow.va.example", "bob:*:::::::\n");
    scratch_write(*state, "passwd.vb.example", "ann:x:70002:70002:::\n");
    scratch_write(*state, VMAIL_CONFIG_NAME, "");
    return 0;
}

#define ON_TEXTS(test) cmocka_unit_test_setup_teardown(test, setup, scratch_teardown)

static struct vmail_index_work work_on(const struct scratch *scratch)
{
    return (struct vmail_index_work){ .paths = &scratch->paths,
                                      .config = scratch->config,
                                      .effort = &patient };
}

static struct vmail_index_report run(const struct vmail_index_work *work)
{
    struct vmail_index_report report = { 0 };
    struct vmail_domain_list list;
    check_result(vmail_domains_list(work->paths, &list, NULL), VMAIL_OK, NULL);
    vmail_index_config(work, &report);
    vmail_index_domains(work, &list, &report);
    vmail_index_prune(work, &report);
    vmail_domains_free(&list);
    return report;
}

static void check_report(const struct vmail_index_report *report, uint64_t made, uint64_t current,
                         uint64_t removed, uint64_t failed)
{
    assert_int_equal(report->made, made);
    assert_int_equal(report->current, current);
    assert_int_equal(report->removed, removed);
    assert_int_equal(report->failed, failed);
}

static bool is_there(const struct scratch *scratch, const char *name)
{
    return access(scratch_path(scratch, name), F_OK) == 0;
}

/* Three files, vmail.conf, and ids. */
static void all_are_made_once(void **state)
{
    const struct vmail_index_work work = work_on(*state);
    struct vmail_index_report report = run(&work);
    check_report(&report, 5, 0, 0, 0);
    assert_true(is_there(*state, "../cache/shadow.va.example.cdb"));
    assert_true(is_there(*state, "../cache/vmail.conf.cdb"));
    assert_true(is_there(*state, "../cache/ids.cdb"));
    report = run(&work);
    check_report(&report, 0, 5, 0, 0);
}

static void what_has_changed_is_made_anew_and_the_ids_with_it(void **state)
{
    const struct vmail_index_work work = work_on(*state);
    run(&work);
    scratch_write(*state, "passwd.vb.example", "ann:x:70002:70002:::\neve:x:70003:70003:::\n");
    struct vmail_index_report report = run(&work);
    check_report(&report, 2, 3, 0, 0);
}

static void what_is_damaged_is_made_anew(void **state)
{
    static const char name[] = "../cache/passwd.vb.example.cdb";
    const struct vmail_index_work work = work_on(*state);
    size_t length;
    run(&work);
    char *file = scratch_read(*state, name, &length);
    for (size_t at = 0; at < length; at += 97) {
        file[at] ^= 4;
        scratch_write_bytes(*state, name, file, length, 0644);
        struct vmail_index_report report = run(&work);
        const size_t header = VMAIL_INDEX_HEADER_AT, state_size = sizeof(struct vmail_file_state);
        const size_t second = header + sizeof(struct vmail_index_stamp);
        /* The state of the stamp that is not in use is compared with the text, and no more. */
        if (at < second || at >= second + state_size)
            assert_int_equal(report.made, 2);
        file[at] ^= 4;
    }
    free(file);
}

static void all_are_made_where_that_is_wanted(void **state)
{
    struct vmail_index_work work = work_on(*state);
    run(&work);
    work.anew = true;
    struct vmail_index_report report = run(&work);
    check_report(&report, 5, 0, 0, 0);
}

static void a_dry_run_leaves_all_as_it_is(void **state)
{
    struct vmail_index_work work = work_on(*state);
    work.dry_run = true;
    struct vmail_index_report report = run(&work);
    assert_int_equal(report.made, 5);
    assert_false(is_there(*state, "../cache"));
    work.dry_run = false;
    run(&work);
    assert_int_equal(unlink(scratch_path(*state, "passwd.vb.example")), 0);
    scratch_write(*state, "../cache/.old.cdb.new", "");
    work.dry_run = true;
    report = run(&work);
    assert_int_equal(report.removed, 2);
    assert_true(is_there(*state, "../cache/passwd.vb.example.cdb"));
    assert_true(is_there(*state, "../cache/.old.cdb.new"));
}

static void what_belongs_to_nothing_is_removed(void **state)
{
    const struct vmail_index_work work = work_on(*state);
    run(&work);
    assert_int_equal(unlink(scratch_path(*state, "passwd.vb.example")), 0);
    scratch_write(*state, "../cache/.passwd.va.example.cdb.new", "interrupted");
    scratch_write(*state, "../cache/notes", "somebody's own");
    scratch_link(*state, "../cache/.link.cdb.new", "/nonexistent");
    struct vmail_index_report report = run(&work);
    assert_int_equal(report.removed, 3);
    assert_false(is_there(*state, "../cache/passwd.vb.example.cdb"));
    assert_false(is_there(*state, "../cache/.passwd.va.example.cdb.new"));
    assert_true(is_there(*state, "../cache/notes"));
    assert_true(is_there(*state, "../cache/ids.cdb"));
    assert_true(is_there(*state, "../cache/passwd.va.example.cdb"));
}

static void what_is_being_written_is_left(void **state)
{
    static const char name[] = "../cache/.passwd.vc.example.cdb.new";
    const struct vmail_index_work work = work_on(*state);
    run(&work);
    int fd = open(scratch_path(*state, name), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    struct vmail_index_report report = run(&work);
    assert_int_equal(report.removed, 0);
    assert_true(is_there(*state, name));
    close(fd);
    report = run(&work);
    assert_int_equal(report.removed, 1);
    assert_false(is_there(*state, name));
}

struct fates {
    char text[512];
};

static void note(void *context, const char *name, enum vmail_index_fate fate,
                 const struct vmail_error *error)
{
    struct fates *fates = context;
    scratch_append(fates->text, sizeof fates->text, "%s %d%s;", name, (int)fate,
                   fate == VMAIL_INDEX_FAILED && error->text[0] != '\0' ? " with a text" : "");
}

static void each_fate_is_told(void **state)
{
    struct vmail_index_work work = work_on(*state);
    struct fates fates = { "" };
    work.told = note;
    work.context = &fates;
    scratch_chmod(*state, "passwd.vb.example", 0666);
    struct vmail_index_report report = run(&work);
    check_report(&report, 4, 0, 0, 1);
    check_text(fates.text,
               "vmail.conf 0;passwd.va.example 0;shadow.va.example 0;"
               "passwd.vb.example 3 with a text;ids 0;",
               "the fates");
}

static void no_descriptor_is_left(void **state)
{
    const struct vmail_index_work work = work_on(*state);
    size_t before = scratch_open_descriptors();
    run(&work);
    run(&work);
    assert_int_equal(scratch_open_descriptors(), before);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_TEXTS(all_are_made_once),
        ON_TEXTS(what_has_changed_is_made_anew_and_the_ids_with_it),
        ON_TEXTS(what_is_damaged_is_made_anew),
        ON_TEXTS(all_are_made_where_that_is_wanted),
        ON_TEXTS(a_dry_run_leaves_all_as_it_is),
        ON_TEXTS(what_belongs_to_nothing_is_removed),
        ON_TEXTS(what_is_being_written_is_left),
        ON_TEXTS(each_fate_is_told),
        ON_TEXTS(no_descriptor_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
