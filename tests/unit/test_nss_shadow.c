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

static void an_entry_is_locked_and_has_the_ageing_fields(void **state)
{
    (void)state;
    assert_int_equal(by_name("BOB@va.example"), NSS_STATUS_SUCCESS);
    assert_string_equal(entry.sp_namp, "bob@va.example");
    assert_string_equal(entry.sp_pwdp, "*");
    assert_int_equal(entry.sp_lstchg, 19000);
    assert_int_equal(entry.sp_min, 0);
    assert_int_equal(entry.sp_max, 99999);
    assert_int_equal(entry.sp_warn, 7);
    assert_true(entry.sp_inact == -1 && entry.sp_expire == -1);
    assert_true(entry.sp_flag == ~0ul);
}

static void with_nss_hashes_an_entry_has_the_hash(void **state)
{
    scratch_write(*state, "vmail.conf", "[vmail]\nnss_hashes = yes\n");
    module_next_tick();
    assert_int_equal(by_name("bob@va.example"), NSS_STATUS_SUCCESS);
    assert_string_equal(entry.sp_pwdp, "$6$s$h");
    assert_int_equal(next(), NSS_STATUS_SUCCESS);
    assert_string_equal(entry.sp_pwdp, "$6$s$h");
}

static void check_locked(const char *name)
{
    assert_int_equal(by_name(name), NSS_STATUS_SUCCESS);
    assert_string_equal(entry.sp_namp, name);
    assert_string_equal(entry.sp_pwdp, "*");
    assert_int_equal(entry.sp_lstchg, -1);
    assert_int_equal(entry.sp_expire, -1);
}

/* Otherwise the C library would ask the next module, which may have a shadow line of that name. */
static void a_user_without_a_shadow_line_has_a_locked_entry(void **state)
{
    check_locked("bob@vb.example"); /* has no shadow file */
    scratch_write(*state, "shadow.va.example", "bob:$6$s$h:broken\nalice:!::::::\n");
    check_locked("bob@va.example");
    scratch_write(*state, "vmail.conf", "[vmail]\nnss_hashes = yes\n");
    module_next_tick();
    check_locked("bob@va.example");
}

static void others_are_not_found(void **state)
{
    (void)state;
    assert_int_equal(by_name("dave@va.example"), NSS_STATUS_NOTFOUND);
    scratch_write(*state, "shadow.va.example", "dave:$6$s$h:::::::\n"); /* has no passwd line */
    assert_int_equal(by_name("dave@va.example"), NSS_STATUS_NOTFOUND);
    assert_int_equal(by_name("bob"), NSS_STATUS_NOTFOUND);
}

static void a_user_in_a_file_that_may_not_be_read_cannot_be_told(void **state)
{
    scratch_skip_as_root();
    scratch_chmod(*state, "shadow.va.example", 0);
    assert_int_equal(by_name("bob@va.example"), NSS_STATUS_TRYAGAIN);
    assert_int_equal(code, EAGAIN);
    assert_int_equal(next(), NSS_STATUS_NOTFOUND);
}

static void a_small_buffer_is_erange(void **state)
{
    (void)state;
    for (size_t length = 0; length < sizeof "bob@va.example" + sizeof "*"; length++) {
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
    assert_string_equal(entry.sp_pwdp, "*");
    assert_int_equal(next(), NSS_STATUS_NOTFOUND);
    _nss_vmail_setspent(0);
    assert_int_equal(next(), NSS_STATUS_SUCCESS);
    assert_string_equal(entry.sp_namp, "bob@va.example");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_NSS(an_entry_is_locked_and_has_the_ageing_fields),
        ON_NSS(with_nss_hashes_an_entry_has_the_hash),
        ON_NSS(a_user_without_a_shadow_line_has_a_locked_entry),
        ON_NSS(others_are_not_found),
        ON_NSS(a_user_in_a_file_that_may_not_be_read_cannot_be_told),
        ON_NSS(a_small_buffer_is_erange),
        ON_NSS(a_listing_gives_each_entry_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
