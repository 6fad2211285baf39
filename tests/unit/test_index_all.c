/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "index_all.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "scratch.h"
#include "set_password.h"
#include "table.h"

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
    vmail_index_domains(work, &list, &report);
    vmail_index_config(work, &report);
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

/* Three files and vmail.conf. */
static void all_are_made_once(void **state)
{
    const struct vmail_index_work work = work_on(*state);
    struct vmail_index_report report = run(&work);
    check_report(&report, 4, 0, 0, 0);
    assert_true(is_there(*state, "../cache/shadow.va.example.cdb"));
    assert_true(is_there(*state, "../cache/vmail.conf.cdb"));
    report = run(&work);
    check_report(&report, 0, 4, 0, 0);
}

static void what_has_changed_is_made_anew(void **state)
{
    const struct vmail_index_work work = work_on(*state);
    run(&work);
    scratch_write(*state, "passwd.vb.example", "ann:x:70002:70002:::\neve:x:70003:70003:::\n");
    struct vmail_index_report report = run(&work);
    check_report(&report, 1, 3, 0, 0);
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
        assert_int_equal(report.made, 1);
        file[at] ^= 4;
    }
    free(file);
}

/* A text that changes through a mapping, which may update its time stamps later. */
struct mapping {
    char *bytes;
    size_t length;
};

static struct mapping map_text(const struct scratch *scratch, const char *name)
{
    struct mapping mapping;
    struct stat status;
    int fd = open(scratch_path(scratch, name), O_RDWR);
    assert_true(fd >= 0 && fstat(fd, &status) == 0);
    mapping.length = (size_t)status.st_size;
    mapping.bytes = mmap(NULL, mapping.length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_ptr_not_equal(mapping.bytes, MAP_FAILED);
    *(volatile char *)mapping.bytes = *mapping.bytes; /* the page is dirty now */
    close(fd);
    return mapping;
}

/* Replaces FROM with TO, of the same length; checks that the time stamps do not change. */
static void change_config(const struct scratch *scratch, const char *name,
                          const struct mapping *mapping, const char *from, const char *to)
{
    struct stat before, after;
    assert_int_equal(stat(scratch_path(scratch, name), &before), 0);
    char *at = memmem(mapping->bytes, mapping->length, from, strlen(from));
    assert_non_null(at);
    memcpy(at, to, strlen(to));
    assert_int_equal(stat(scratch_path(scratch, name), &after), 0);
    const struct vmail_file_state was = vmail_file_state(&before), is = vmail_file_state(&after);
    assert_true(vmail_file_state_equal(&was, &is));
}

/* PATH receives the path of the directory; it must live as long as the result. */
static struct vmail_paths make_second(const struct scratch *scratch, char path[PATH_MAX])
{
    struct vmail_paths paths = scratch->paths;
    scratch_mkdir(scratch, "../second", 0700);
    snprintf(path, PATH_MAX, "%s", scratch_path(scratch, "../second"));
    paths.cache = path;
    return paths;
}

static void an_index_that_is_wrong_without_a_trace_is_found_and_made_anew(void **state)
{
    static const struct {
        const char *name, *from, *to;
        uint64_t wrong;
    } cases[] = {
        { "passwd.va.example", "bob", "bib", 1 },
        { "passwd.va.example", "70001:", "70003:", 1 },
        { "passwd.va.example", "Bob", "Bib", 1 },
        { "shadow.va.example", "bob", "bib", 1 },
        { "group.va.example", "bob", "bib", 1 },
        { "group.va.example", "70009", "70008", 1 },
        { "group.va.example", "staff", "chief", 1 },
        { VMAIL_CONFIG_NAME, "::2", "::3", 1 },
        { VMAIL_CONFIG_NAME, "80000", "80001", 1 },
        { VMAIL_CONFIG_NAME, "va.alias", "va.other", 1 },
    };
    const struct scratch *scratch = *state;
    struct vmail_index_work work = work_on(*state);
    char path[PATH_MAX];
    const struct vmail_paths second = make_second(*state, path);
    scratch_write(*state, "group.va.example", "staff:x:70009:bob\n");
    scratch_write(*state, "passwd.va.example", "bob:x:70001:70001:Bob::\n");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        scratch_write(*state, VMAIL_CONFIG_NAME,
                      "[domain va.example]\nids = 80000-80009\naliases = va.alias\n"
                      "address = ::2\n");
        const struct mapping text = map_text(scratch, cases[i].name);
        work.anew = true;
        work.scratch = NULL;
        struct vmail_index_report report = run(&work);
        assert_int_equal(report.failed, 0);
        change_config(scratch, cases[i].name, &text, cases[i].from, cases[i].to);
        work.anew = false;
        report = run(&work);
        check_report(&report, 0, 5, 0, 0);
        work.scratch = &second;
        work.dry_run = true;
        report = run(&work);
        check(report.wrong == cases[i].wrong, cases[i].to);
        check_report(&report, 0, 5 - cases[i].wrong, 0, 0);
        work.dry_run = false;
        report = run(&work);
        assert_int_equal(report.wrong, cases[i].wrong);
        report = run(&work);
        assert_int_equal(report.wrong, 0);
        check_report(&report, 0, 5, 0, 0);
        change_config(scratch, cases[i].name, &text, cases[i].to, cases[i].from);
        munmap(text.bytes, text.length);
    }
    assert_int_equal(rmdir(second.cache), 0);
}

static void after_a_change_of_password_the_index_is_right(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_index_work work = work_on(*state);
    char path[PATH_MAX];
    const struct vmail_paths second = make_second(*state, path);
    const struct vmail_new_password password = {
        .domain = "va.example", .user = "bob", .hash = "$y$longer", .last_change = 20000
    };
    scratch_write(*state, "shadow.va.example", "bob:*:::::::\neve:!:1::::::\n");
    scratch_write(*state, "passwd.va.example", "bob:x:70001:70001:::\neve:x:70003:70003:::\n");
    run(&work);
    check_result(vmail_set_password(&scratch->paths, scratch->config, &password, NULL), VMAIL_OK,
                 NULL);
    work.scratch = &second;
    struct vmail_index_report report = run(&work);
    assert_int_equal(report.wrong, 0);
    check_report(&report, 0, 4, 0, 0);
}

static void all_are_made_where_that_is_wanted(void **state)
{
    struct vmail_index_work work = work_on(*state);
    run(&work);
    work.anew = true;
    struct vmail_index_report report = run(&work);
    check_report(&report, 4, 0, 0, 0);
}

static void a_dry_run_leaves_all_as_it_is(void **state)
{
    struct vmail_index_work work = work_on(*state);
    work.dry_run = true;
    struct vmail_index_report report = run(&work);
    assert_int_equal(report.made, 4);
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
    scratch_write(*state, "../cache/ids.cdb", "of an earlier version");
    scratch_link(*state, "../cache/.link.cdb.new", "/nonexistent");
    struct vmail_index_report report = run(&work);
    assert_int_equal(report.removed, 4);
    assert_false(is_there(*state, "../cache/passwd.vb.example.cdb"));
    assert_false(is_there(*state, "../cache/.passwd.va.example.cdb.new"));
    assert_true(is_there(*state, "../cache/notes"));
    assert_false(is_there(*state, "../cache/ids.cdb"));
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
    check_report(&report, 3, 0, 0, 1);
    check_text(fates.text,
               "passwd.va.example 0;shadow.va.example 0;passwd.vb.example 3 with a text;"
               "vmail.conf 0;",
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
        ON_TEXTS(what_has_changed_is_made_anew),
        ON_TEXTS(what_is_damaged_is_made_anew),
        ON_TEXTS(an_index_that_is_wrong_without_a_trace_is_found_and_made_anew),
        ON_TEXTS(after_a_change_of_password_the_index_is_right),
        ON_TEXTS(all_are_made_where_that_is_wanted),
        ON_TEXTS(a_dry_run_leaves_all_as_it_is),
        ON_TEXTS(what_belongs_to_nothing_is_removed),
        ON_TEXTS(what_is_being_written_is_left),
        ON_TEXTS(each_fate_is_told),
        ON_TEXTS(no_descriptor_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
