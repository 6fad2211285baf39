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
    check(vmail_system_find_name(&scratch->paths, VMAIL_PASSWD, name) ==
              (expected ? VMAIL_OK : VMAIL_NOT_FOUND),
          name);
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
}

static void nobody_is_the_systems(void **state)
{
    check_user(*state, "nobody", true);
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

static void check_unavailable(const struct scratch *scratch)
{
    assert_int_equal(vmail_system_find_name(&scratch->paths, VMAIL_PASSWD, "bob"),
                     VMAIL_UNAVAILABLE);
    assert_int_equal(vmail_system_find_id(&scratch->paths, VMAIL_PASSWD, 1000), VMAIL_UNAVAILABLE);
    check_user(scratch, "root", true);
}

static void where_the_file_cannot_be_read_nobody_can_tell(void **state)
{
    struct scratch *scratch = *state;
    assert_int_equal(unlink(scratch->system_passwd), 0);
    check_unavailable(scratch);
    scratch->paths.system_passwd = scratch->directory; /* opens, and cannot be read */
    check_unavailable(scratch);
}

static void check_id(const struct scratch *scratch, uint32_t id, enum vmail_result expected)
{
    assert_int_equal(vmail_system_find_id(&scratch->paths, VMAIL_PASSWD, id), expected);
}

static void an_id_that_the_file_has_is_the_systems(void **state)
{
    check_id(*state, 1000, VMAIL_OK);
    check_id(*state, 2000, VMAIL_OK);
    check_id(*state, 1001, VMAIL_NOT_FOUND);
}

static void an_id_of_a_system_account_is_the_systems_whether_or_not_the_file_has_it(void **state)
{
    check_id(*state, 0, VMAIL_OK);
    check_id(*state, 500, VMAIL_OK);
    check_id(*state, 65534, VMAIL_OK);
    check_id(*state, 65535, VMAIL_OK);
}

static void check_not_group(const struct scratch *scratch, const char *name)
{
    assert_int_equal(vmail_system_find_name(&scratch->paths, VMAIL_GROUP, name), VMAIL_NOT_FOUND);
}

static void groups_are_asked_in_the_group_file(void **state)
{
    const struct scratch *scratch = *state;
    assert_int_equal(vmail_system_find_name(&scratch->paths, VMAIL_GROUP, "adm"), VMAIL_OK);
    assert_int_equal(vmail_system_find_name(&scratch->paths, VMAIL_GROUP, "root"), VMAIL_OK);
    check_not_group(scratch, "users");
    check_not_group(scratch, "daemon");
    check_user(scratch, "adm", false);
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
        ON_SYSTEM(where_the_file_cannot_be_read_nobody_can_tell),
        ON_SYSTEM(an_id_that_the_file_has_is_the_systems),
        ON_SYSTEM(an_id_of_a_system_account_is_the_systems_whether_or_not_the_file_has_it),
        ON_SYSTEM(nobody_is_the_systems),
        ON_SYSTEM(groups_are_asked_in_the_group_file),
        ON_SYSTEM(no_descriptor_stays_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
