/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain_oddities.h"

#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "name.h"
#include "scratch.h"

static void check_none(const struct scratch *scratch)
{
    struct vmail_oddity_list list;
    struct vmail_error error;
    size_t before = scratch_open_descriptors();
    check_result(vmail_domains_oddities(&scratch->paths, &list, &error), VMAIL_OK, &error);
    if (list.count > 0)
        fail_msg("%s: %s", list.oddity[0].file, list.oddity[0].reason);
    vmail_oddities_free(&list);
    assert_int_equal(scratch_open_descriptors(), before);
}

static void what_belongs_to_a_domain_or_to_nobody_is_not_odd(void **state)
{
    static const char *const files[] = {
        "passwd.va.example", "shadow.va.example", "group.va.example",       "aliases.va.example",
        "vmail.conf",        "aliases",           ".passwd.va.example.new", "README",
    };
    check_none(*state);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        scratch_write(*state, files[i], "");
    check_none(*state);
}

static void each_is_told_with_the_reason(void **state)
{
    static const struct {
        const char *file, *reason;
    } odd[] = {
        { "Passwd.vb.example", "upper case" },
        { "aliases.vc.example", "this domain has no passwd file" },
        { "group.vc.example", "this domain has no passwd file" },
        { "passwd.", "contains no domain" },
        { "passwd.VA.Example", "upper case" },
        { "passwd.va example", "not a domain name" },
        { "passwd.va.example.bak", "a copy" },
        { "passwd.va.example.dpkg-new", "a copy" },
        { "passwd.va.example~", "a copy" },
        { "passwd.va..example", "not a domain name" },
        { "shadow.vc.example", "this domain has no passwd file" },
    };
    enum { COUNT = sizeof odd / sizeof *odd };
    struct vmail_oddity_list list;
    struct vmail_error error;
    const struct scratch *scratch = *state;
    for (size_t i = 0; i < COUNT; i++)
        scratch_write(scratch, odd[i].file, "");
    scratch_write(scratch, "passwd.va.example", "");
    check_result(vmail_domains_oddities(&scratch->paths, &list, &error), VMAIL_OK, &error);
    assert_int_equal(list.count, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        size_t j = 0;
        while (j < COUNT && strcmp(list.oddity[j].file, odd[i].file) != 0)
            j++;
        check(j < COUNT, odd[i].file);
        check(strstr(list.oddity[j].reason, odd[i].reason) != NULL, list.oddity[j].reason);
        if (i > 0)
            check(strcmp(list.oddity[i - 1].file, list.oddity[i].file) < 0, "the order");
    }
    vmail_oddities_free(&list);
    assert_int_equal(list.count, 0);
}

static void a_domain_may_be_too_long_for_its_file(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_oddity_list list;
    char *name = scratch_repeat('a', 7 + VMAIL_DOMAIN_FILE_MAX + 1);
    for (size_t i = 6; i < VMAIL_DOMAIN_FILE_MAX; i += 60)
        name[i] = '.';
    memcpy(name, "passwd", 6);
    scratch_write(scratch, name, "");
    check_result(vmail_domains_oddities(&scratch->paths, &list, NULL), VMAIL_OK, NULL);
    assert_int_equal(list.count, 1);
    check(strstr(list.oddity[0].reason, "too long") != NULL, list.oddity[0].reason);
    vmail_oddities_free(&list);
    free(name);
}

static void a_directory_that_is_not_trusted_is_not_looked_into(void **state)
{
    struct scratch *scratch = *state;
    struct vmail_oddity_list list;
    struct vmail_error error;
    scratch_write(scratch, "passwd.VA", "");
    scratch_chmod(scratch, ".", 0777);
    check_result(vmail_domains_oddities(&scratch->paths, &list, &error), VMAIL_UNAVAILABLE, &error);
    assert_int_equal(list.count, 0);
    assert_non_null(strstr(error.text, "writable by"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_SCRATCH(what_belongs_to_a_domain_or_to_nobody_is_not_odd),
        ON_SCRATCH(each_is_told_with_the_reason),
        ON_SCRATCH(a_domain_may_be_too_long_for_its_file),
        ON_SCRATCH(a_directory_that_is_not_trusted_is_not_looked_into),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
