/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domains.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "name.h"
#include "scratch.h"

static void check_list(const struct scratch *scratch, const char *const *expected, size_t count)
{
    struct vmail_domain_list list;
    struct vmail_error error;
    size_t before = scratch_open_descriptors();
    check_result(vmail_domains_list(&scratch->paths, &list, &error), VMAIL_OK, &error);
    assert_int_equal(list.count, count);
    for (size_t i = 0; i < count; i++)
        check_text(list.name[i], expected[i], expected[i]);
    vmail_domains_free(&list);
    assert_int_equal(list.count, 0);
    assert_int_equal(scratch_open_descriptors(), before);
}

static void an_empty_directory_has_no_domains(void **state)
{
    check_list(*state, NULL, 0);
}

static void each_passwd_file_is_a_domain_in_order_of_names(void **state)
{
    static const char *const domains[] = { "a-b.example", "a.example", "localhost", "vb.example" };
    scratch_write(*state, "passwd.vb.example", "");
    scratch_write(*state, "passwd.a.example", "");
    scratch_write(*state, "passwd.localhost", "");
    scratch_write(*state, "passwd.a-b.example", "");
    check_list(*state, domains, 4);
}

static void other_files_are_no_domains(void **state)
{
    static const char *const files[] = {
        "passwd",
        "passwd.",
        "shadow.va.example",
        "group.va.example",
        "vmail.conf",
        "passwd.va.example~",
        "passwd.va.example.bak",
        "passwd..va",
        "passwd.VA.example",
        "passwd.va.example-",
        "passwd.va example",
        "xpasswd.va.example",
        ".passwd.va.example",
        "passwd.va.example.dpkg-new",
        "#passwd.va.example#",
        ".#passwd.va.example",
        "Passwd.va.example",
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        scratch_write(*state, files[i], "");
    check_list(*state, NULL, 0);
}

static void many_domains_are_listed(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_domain_list list;
    for (int i = 0; i < 300; i++) {
        char name[32];
        snprintf(name, sizeof name, "passwd.d%03d.example", i);
        scratch_write(scratch, name, "");
    }
    check_result(vmail_domains_list(&scratch->paths, &list, NULL), VMAIL_OK, NULL);
    assert_int_equal(list.count, 300);
    for (size_t i = 1; i < list.count; i++)
        assert_true(strcmp(list.name[i - 1], list.name[i]) < 0);
    vmail_domains_free(&list);
}

static void a_directory_that_is_not_trusted_has_no_list(void **state)
{
    struct scratch *scratch = *state;
    struct vmail_domain_list list;
    struct vmail_error error;
    scratch_chmod(scratch, ".", 0775);
    check_result(vmail_domains_list(&scratch->paths, &list, &error), VMAIL_UNAVAILABLE, &error);
    assert_int_equal(list.count, 0);
    scratch->paths.directory = "/nonexistent/vmail";
    check_result(vmail_domains_list(&scratch->paths, &list, &error), VMAIL_NOT_FOUND, &error);
    vmail_domains_free(&list);
}

static bool exists(const struct scratch *scratch, const char *domain)
{
    struct vmail_file_state state;
    return vmail_domain_exists(&scratch->paths, domain, &state);
}

static void a_domain_exists_when_its_passwd_file_does(void **state)
{
    const struct scratch *scratch = *state;
    scratch_write(scratch, "passwd.va.example", "");
    scratch_write(scratch, "shadow.vb.example", "");
    assert_true(exists(scratch, "va.example"));
    assert_false(exists(scratch, "vb.example"));
}

/* Opening it then reports what is wrong. */
static void a_passwd_file_that_cannot_be_used_is_a_domain_too(void **state)
{
    const struct scratch *scratch = *state;
    scratch_write_bytes(scratch, "passwd.va.example", "", 0, 0666);
    scratch_mkdir(scratch, "passwd.vb.example", 0755);
    scratch_link(scratch, "passwd.vc.example", "nowhere");
    assert_true(exists(scratch, "va.example"));
    assert_true(exists(scratch, "vb.example"));
    assert_true(exists(scratch, "vc.example"));
}

static void without_a_directory_no_domain_exists(void **state)
{
    struct scratch *scratch = *state;
    char *name = scratch_repeat('a', 8000);
    scratch->paths.directory = "/nonexistent/vmail";
    assert_false(exists(scratch, "va.example"));
    scratch->paths.directory = scratch_path(scratch, "../passwd"); /* a file */
    assert_false(exists(scratch, "va.example"));
    scratch->paths.directory = name; /* too long for a path */
    assert_false(exists(scratch, "va.example"));
    free(name);
}

static void a_domain_that_cannot_be_seen_may_exist(void **state)
{
    scratch_skip_as_root();
    scratch_chmod(*state, ".", 0600);
    assert_true(exists(*state, "va.example"));
}

/* ".passwd.DOMAIN.new" and ".DOMAIN.lock" must be valid file names, too. */
static void a_domain_must_leave_room_in_a_file_name(void **state)
{
    const struct scratch *scratch = *state;
    char name[300];
    char *longest = scratch_repeat('a', VMAIL_DOMAIN_FILE_MAX);
    char *longer = scratch_repeat('a', VMAIL_DOMAIN_FILE_MAX + 1);
    for (size_t i = 63; i < VMAIL_DOMAIN_FILE_MAX; i += 64)
        longest[i] = longer[i] = '.';
    snprintf(name, sizeof name, "passwd.%s", longest);
    scratch_write(scratch, name, "");
    snprintf(name, sizeof name, "passwd.%s", longer);
    scratch_write(scratch, name, "");
    const char *const domains[] = { longest };
    check_list(scratch, domains, 1);
    assert_true(exists(scratch, longest));
    assert_false(exists(scratch, longer));
    free(longest);
    free(longer);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_SCRATCH(an_empty_directory_has_no_domains),
        ON_SCRATCH(each_passwd_file_is_a_domain_in_order_of_names),
        ON_SCRATCH(other_files_are_no_domains),
        ON_SCRATCH(many_domains_are_listed),
        ON_SCRATCH(a_directory_that_is_not_trusted_has_no_list),
        ON_SCRATCH(a_domain_exists_when_its_passwd_file_does),
        ON_SCRATCH(a_passwd_file_that_cannot_be_used_is_a_domain_too),
        ON_SCRATCH(without_a_directory_no_domain_exists),
        ON_SCRATCH(a_domain_that_cannot_be_seen_may_exist),
        ON_SCRATCH(a_domain_must_leave_room_in_a_file_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
