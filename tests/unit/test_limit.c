/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "limit.h"

#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "scratch.h"

static void check_own(const char *gecos, enum vmail_limit_own expected, uint64_t bytes)
{
    uint64_t limit = 0;
    const enum vmail_limit_own own = vmail_limit_own(gecos, &limit);
    check(own == expected && (own != VMAIL_LIMIT_SET || limit == bytes), gecos);
}

static void the_own_limit_is_a_field_of_gecos(void **state)
{
    (void)state;
    check_own("Bob,,,,mailbox_limit=200M", VMAIL_LIMIT_SET, 200 * 1048576ull);
    check_own("Bob,,,,umask=022,mailbox_limit=1024,x", VMAIL_LIMIT_SET, 1024);
    check_own("mailbox_limit=1K", VMAIL_LIMIT_SET, 1024);
    check_own("Bob,,,,mailbox_limit=0", VMAIL_LIMIT_SET, 0);
    check_own("Bob,,,,mailbox_limit=1K,mailbox_limit=2K", VMAIL_LIMIT_SET, 1024);
    check_own("", VMAIL_LIMIT_UNSET, 0);
    check_own("Bob", VMAIL_LIMIT_UNSET, 0);
    check_own(",,,,", VMAIL_LIMIT_UNSET, 0);
    check_own("Bob mailbox_limit=1K", VMAIL_LIMIT_UNSET, 0);
    check_own("Bob,mailbox_limits=1K", VMAIL_LIMIT_UNSET, 0);
}

static void what_is_not_a_size_is_no_limit(void **state)
{
    (void)state;
    check_own("Bob,mailbox_limit=", VMAIL_LIMIT_BROKEN, 0);
    check_own("Bob,mailbox_limit=-1", VMAIL_LIMIT_BROKEN, 0);
    check_own("Bob,mailbox_limit=lots,", VMAIL_LIMIT_BROKEN, 0);
    check_own("Bob,mailbox_limit=16777216T", VMAIL_LIMIT_BROKEN, 0);
    check_own("Bob,mailbox_limit=0000000000000000000000000000000001", VMAIL_LIMIT_BROKEN, 0);
}

static void the_own_limit_comes_before_that_of_the_domain(void **state)
{
    static const char text[] = "[domain va.example]\nmailbox_limit = 100M\n[domain vb.example]\n";
    struct vmail_config *config;
    (void)state;
    assert_int_equal(vmail_config_parse(text, sizeof text - 1, &config, NULL, NULL), VMAIL_OK);
    assert_int_equal(vmail_limit_of_user(config, "va.example", "Bob"), 100 * 1048576);
    assert_int_equal(vmail_limit_of_user(config, "va.example", "Bob,mailbox_limit=7"), 7);
    assert_int_equal(vmail_limit_of_user(config, "va.example", "Bob,mailbox_limit=0"), 0);
    assert_int_equal(vmail_limit_of_user(config, "va.example", "Bob,mailbox_limit=x"),
                     100 * 1048576);
    assert_int_equal(vmail_limit_of_user(config, "vb.example", "Bob"), 0);
    assert_int_equal(vmail_limit_of_user(config, "vc.example", "Bob,mailbox_limit=7"), 7);
    assert_int_equal(vmail_limit_of_domain(config, "va.example"), 100 * 1048576);
    assert_int_equal(vmail_limit_of_domain(config, "vc.example"), 0);
    vmail_config_free(config);
}

static void check_put(const char *gecos, const char *size, const char *expected)
{
    char *result = vmail_limit_put(gecos, size);
    check_text(result, expected, gecos);
    free(result);
}

static void a_limit_is_put_where_only_root_may_write(void **state)
{
    (void)state;
    check_put("Bob", "1K", "Bob,,,,mailbox_limit=1K");
    check_put("", "1K", ",,,,mailbox_limit=1K");
    check_put("Bob,1,2,3", "1K", "Bob,1,2,3,mailbox_limit=1K");
    check_put("Bob,1,2,3,", "1K", "Bob,1,2,3,mailbox_limit=1K");
    check_put("Bob,1,2,3,umask=7", "1K", "Bob,1,2,3,umask=7,mailbox_limit=1K");
    check_put("Bob,,,,mailbox_limit=2K", "1K", "Bob,,,,mailbox_limit=1K");
    check_put("Bob,,,,mailbox_limit=2K,mailbox_limit=3K,x", "1K", "Bob,,,,x,mailbox_limit=1K");
}

static void nothing_is_left_of_a_limit_that_is_removed(void **state)
{
    (void)state;
    check_put("Bob,,,,mailbox_limit=2K", NULL, "Bob");
    check_put("mailbox_limit=2K", NULL, "");
    check_put("Bob,,,,mailbox_limit=x,umask=7", NULL, "Bob,,,,umask=7");
    check_put("Bob,,,", NULL, "Bob,,,");
    check_put("", NULL, "");
}

static void a_new_comment_keeps_the_limit(void **state)
{
    char *kept = vmail_limit_keep("Bob,,,,mailbox_limit=2K,x", "Robert");
    char *none = vmail_limit_keep("Bob,,,,x", "Robert");
    (void)state;
    check_text(kept, "Robert,,,,mailbox_limit=2K", "with a limit");
    check_text(none, "Robert", "without one");
    free(kept);
    free(none);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_own_limit_is_a_field_of_gecos),
        cmocka_unit_test(what_is_not_a_size_is_no_limit),
        cmocka_unit_test(the_own_limit_comes_before_that_of_the_domain),
        cmocka_unit_test(a_limit_is_put_where_only_root_may_write),
        cmocka_unit_test(nothing_is_left_of_a_limit_that_is_removed),
        cmocka_unit_test(a_new_comment_keeps_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
