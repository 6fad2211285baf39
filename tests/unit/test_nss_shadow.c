/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "nss_scratch.h"

static struct spwd entry;
static char buffer[1024];
static int code;

static enum nss_status by_name(const char *name)
{
    code = 0;
    return _nss_vmail_getspnam_r(name, &entry, buffer, sizeof buffer, &code);
}

static enum nss_status next(void)
{
    code = 0;
    return _nss_vmail_getspent_r(&entry, buffer, sizeof buffer, &code);
}

static void an_entry_is_found_by_name(void **state)
{
    (void)state;
    assert_int_equal(by_name("BOB@va.example"), NSS_STATUS_SUCCESS);
    assert_string_equal(entry.sp_namp, "bob@va.example");
    assert_string_equal(entry.sp_pwdp, "$6$s$h");
    assert_int_equal(entry.sp_lstchg, 19000);
    assert_int_equal(entry.sp_min, 0);
    assert_int_equal(entry.sp_max, 99999);
    assert_int_equal(entry.sp_warn, 7);
    assert_true(entry.sp_inact == -1 && entry.sp_expire == -1);
    assert_true(entry.sp_flag == ~0ul);
}

static void others_are_not_found(void **state)
{
    (void)state;
    assert_int_equal(by_name("dave@va.example"), NSS_STATUS_NOTFOUND);
    assert_int_equal(by_name("bob@vb.example"), NSS_STATUS_NOTFOUND); /* has no shadow file */
    assert_int_equal(by_name("bob"), NSS_STATUS_NOTFOUND);
}

static void a_file_that_may_not_be_read_is_unavailable(void **state)
{
    scratch_chmod(*state, "shadow.va.example", 0);
    if (getuid() == 0)
        skip(); /* root may read everything */
    assert_int_equal(by_name("bob@va.example"), NSS_STATUS_UNAVAIL);
    assert_int_equal(code, EACCES);
    assert_int_equal(next(), NSS_STATUS_NOTFOUND);
}

static void a_small_buffer_is_erange(void **state)
{
    (void)state;
    for (size_t length = 0; length < sizeof "bob@va.example" + sizeof "$6$s$h"; length++) {
        code = 0;
        assert_int_equal(_nss_vmail_getspnam_r("bob@va.example", &entry, buffer, length, &code),
                         NSS_STATUS_TRYAGAIN);
        assert_int_equal(code, ERANGE);
    }
}

static void a_listing_gives_each_entry_once(void **state)
{
    (void)state;
    assert_int_equal(_nss_vmail_getspent_r(&entry, buffer, 3, &code), NSS_STATUS_TRYAGAIN);
    assert_int_equal(code, ERANGE);
    assert_int_equal(next(), NSS_STATUS_SUCCESS);
    assert_string_equal(entry.sp_namp, "bob@va.example");
    assert_int_equal(next(), NSS_STATUS_SUCCESS);
    assert_string_equal(entry.sp_namp, "alice@va.example");
    assert_string_equal(entry.sp_pwdp, "!");
    assert_int_equal(next(), NSS_STATUS_NOTFOUND);
    _nss_vmail_setspent(0);
    assert_int_equal(next(), NSS_STATUS_SUCCESS);
    assert_string_equal(entry.sp_namp, "bob@va.example");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_NSS(an_entry_is_found_by_name),
        ON_NSS(others_are_not_found),
        ON_NSS(a_file_that_may_not_be_read_is_unavailable),
        ON_NSS(a_small_buffer_is_erange),
        ON_NSS(a_listing_gives_each_entry_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
