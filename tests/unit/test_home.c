/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "home.h"

#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "scratch.h"

static void a_home_is_named_by_domain_and_user(void **state)
{
    char out[VMAIL_HOME_MAX + 1];
    (void)state;
    assert_ptr_equal(vmail_default_home(out, "bob", "va.example", true), out);
    assert_string_equal(out, "/vhome/va.example/bob");
}

static void the_user_is_folded_where_wanted(void **state)
{
    char out[VMAIL_HOME_MAX + 1];
    (void)state;
    assert_string_equal(vmail_default_home(out, "Bob", "va.example", true),
                        "/vhome/va.example/bob");
    assert_string_equal(vmail_default_home(out, "Bob", "va.example", false),
                        "/vhome/va.example/Bob");
}

static void the_longest_names_fit(void **state)
{
    char out[VMAIL_HOME_MAX + 1];
    char *domain = scratch_repeat('d', VMAIL_DOMAIN_MAX),
         *user = scratch_repeat('u', VMAIL_USER_MAX);
    (void)state;
    assert_int_equal(strlen(vmail_default_home(out, user, domain, false)),
                     strlen("/vhome/") + VMAIL_DOMAIN_MAX + 1 + VMAIL_USER_MAX);
    free(domain);
    free(user);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_home_is_named_by_domain_and_user),
        cmocka_unit_test(the_user_is_folded_where_wanted),
        cmocka_unit_test(the_longest_names_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
