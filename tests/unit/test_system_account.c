/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "system_account.h"

#include <unistd.h>

#include "cmocka_all.h"
#include "scratch.h"

static int setup(void **state)
{
    int result = scratch_setup(state);
    if (result != 0)
        return result;
    scratch_write(*state, "../passwd",
                  "root:x:0:0:root:/root:/bin/bash\n"
                  "daemon:x:1:1:daemon:/:/bin/false\r\n"
                  "www-data:x:33:33:www-data:/:/bin/false\n"
                  "last:x:999:999::/:/bin/false\n"
                  "first:x:1000:1000::/home/first:/bin/bash\n"
                  "nobody:x:65534:65534::/:/bin/false\n"
                  "broken\n"
                  "nouid:x\n"
                  "nonumber:x:abc:1::/:\n"
                  "huge:x:4294967296:1::/:\n"
                  "twice:x:2000:2000::/:\n"
                  "twice:x:20:20::/:\n"
                  "#out:x:20:20::/:\n"
                  "+nis::::::\n"
                  "Mixed:x:12:12::/:"); /* no newline */
    scratch_write(*state, "../group", "root:x:0:\nadm:x:4:first\nusers:x:1000:\n");
    return 0;
}

#define ON_SYSTEM(test) cmocka_unit_test_setup_teardown(test, setup, scratch_teardown)

static void check_user(const struct scratch *scratch, const char *name, bool expected)
{
    check(vmail_is_system_user(&scratch->paths, name) == expected, name);
}

static void a_uid_below_1000_is_the_systems(void **state)
{
    check_user(*state, "daemon", true);
    check_user(*state, "www-data", true);
    check_user(*state, "last", true);
    check_user(*state, "Mixed", true);
}

static void a_uid_from_1000_on_is_not(void **state)
{
    check_user(*state, "first", false);
    check_user(*state, "nobody", false);
}

static void a_name_that_is_not_there_is_not_the_systems(void **state)
{
    static const char *const names[] = { "bob", "daemo", "daemon1", "", "www", "data", "broken" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_user(*state, names[i], false);
}

static void upper_and_lower_case_are_one(void **state)
{
    check_user(*state, "DAEMON", true);
    check_user(*state, "mixed", true);
    check_user(*state, "FIRST", false);
}

static void root_is_the_systems_whatever_the_file_says(void **state)
{
    scratch_write(*state, "../passwd", "root:x:5000:5000:::\n");
    check_user(*state, "root", true);
    check_user(*state, "Root", true);
    scratch_write(*state, "../passwd", "");
    check_user(*state, "root", true);
    check_user(*state, "roo", false);
}

static void a_line_without_a_proper_uid_is_the_systems(void **state)
{
    check_user(*state, "nouid", true);
    check_user(*state, "nonumber", true);
    check_user(*state, "huge", true);
}

static void any_line_of_the_name_counts(void **state)
{
    check_user(*state, "twice", true);
}

static void where_the_file_cannot_be_read_every_name_is_the_systems(void **state)
{
    struct scratch *scratch = *state;
    assert_int_equal(unlink(scratch->system_passwd), 0);
    check_user(scratch, "bob", true);
    scratch->paths.system_passwd = scratch->directory; /* opens, and cannot be read */
    check_user(scratch, "bob", true);
}

static void groups_are_asked_in_the_group_file(void **state)
{
    const struct scratch *scratch = *state;
    assert_true(vmail_is_system_group(&scratch->paths, "adm"));
    assert_true(vmail_is_system_group(&scratch->paths, "root"));
    assert_false(vmail_is_system_group(&scratch->paths, "users"));
    assert_false(vmail_is_system_group(&scratch->paths, "daemon"));
    assert_false(vmail_is_system_user(&scratch->paths, "adm"));
}

static void no_descriptor_stays_open(void **state)
{
    size_t before = scratch_open_descriptors();
    check_user(*state, "daemon", true);
    check_user(*state, "bob", false);
    assert_int_equal(scratch_open_descriptors(), before);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_SYSTEM(a_uid_below_1000_is_the_systems),
        ON_SYSTEM(a_uid_from_1000_on_is_not),
        ON_SYSTEM(a_name_that_is_not_there_is_not_the_systems),
        ON_SYSTEM(upper_and_lower_case_are_one),
        ON_SYSTEM(root_is_the_systems_whatever_the_file_says),
        ON_SYSTEM(a_line_without_a_proper_uid_is_the_systems),
        ON_SYSTEM(any_line_of_the_name_counts),
        ON_SYSTEM(where_the_file_cannot_be_read_every_name_is_the_systems),
        ON_SYSTEM(groups_are_asked_in_the_group_file),
        ON_SYSTEM(no_descriptor_stays_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
