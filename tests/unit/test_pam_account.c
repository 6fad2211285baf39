/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The service types account and session, and what a handle remembers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ageing.h"
#include "cmocka_all.h"
#include "pam_scratch.h"

/* Writes bob's shadow line with AGEING, in which T is today and T-N or T+N another day. */
static void write_ageing(const struct scratch *scratch, const char *ageing)
{
    char line[256] = "bob:" PAM_HASH ":";
    for (const char *next = ageing; *next != '\0';) {
        if (*next == 'T') {
            char *end = (char *)(uintptr_t)next + 1;
            long days = *end == '-' || *end == '+' ? strtol(next + 1, &end, 10) : 0;
            scratch_append(line, sizeof line, "%ld", vmail_ageing_today() + days);
            next = end;
        } else {
            scratch_append(line, sizeof line, "%c", *next++);
        }
    }
    scratch_append(line, sizeof line, "\n");
    scratch_write(scratch, "shadow.va.example", line);
}

static void check_account(const struct scratch *scratch, const char *options, const char *user,
                          int flags, int result)
{
    pam_scratch_begin(scratch, options, user);
    pam_acct_mgmt(pam.handle, flags);
    if (pam.result != result)
        fail_msg("%s (%d), for %s; the log: %s", pam_strerror(pam.handle, pam.result), pam.result,
                 user, pam.log);
}

static void an_account_is_as_old_as_shadow_says(void **state)
{
    static const struct {
        const char *ageing;
        int result;
        const char *shown;
    } cases[] = {
        { "T:0:99999:7:::", PAM_SUCCESS, "" },
        { ":::::1:", PAM_ACCT_EXPIRED, "Your account has expired" },
        { "0::::::", PAM_NEW_AUTHTOK_REQD, "required by the administrator" },
        { "T-20::10::::", PAM_NEW_AUTHTOK_REQD, "it has expired" },
        { "T-20::10::5::", PAM_AUTHTOK_EXPIRED, "expired too long ago" },
        { "T-9::10:7:::", PAM_SUCCESS, "expires in 1 day.\n" },
        { "T-8::10:7:::", PAM_SUCCESS, "expires in 2 days.\n" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_ageing(*state, cases[i].ageing);
        check_account(*state, "", "bob@va.example", 0, cases[i].result);
        if (strstr(pam.shown, cases[i].shown) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", pam.shown, cases[i].shown);
    }
}

static void a_change_in_the_future_is_logged(void **state)
{
    write_ageing(*state, "T+9::10::::");
    check_account(*state, "", "bob@va.example", 0, PAM_SUCCESS);
    pam_scratch_check_log("the last password change is in the future");
}

static void with_pam_silent_nothing_is_shown(void **state)
{
    static const char *const cases[] = { "T-9::10:7:::", ":::::1:" };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_ageing(*state, cases[i]);
        pam_scratch_begin(*state, "", "bob@va.example");
        pam_acct_mgmt(pam.handle, (int)PAM_SILENT);
        assert_string_equal(pam.shown, "");
    }
}

static void an_account_that_must_change_its_password_has_its_name(void **state)
{
    write_ageing(*state, "0::::::");
    check_account(*state, "", "BOB@va.example", 0, PAM_NEW_AUTHTOK_REQD);
    pam_scratch_check_user("bob@va.example");
}

static void an_account_that_is_not_there_is_unknown(void **state)
{
    check_account(*state, "", "nobody@va.example", 0, PAM_USER_UNKNOWN);
    check_account(*state, "", "lost@va.example", 0, PAM_AUTHINFO_UNAVAIL);
    check_account(*state, "", "nobody", 0, PAM_IGNORE);
}

static void an_account_that_nss_gives_to_somebody_else_is_refused(void **state)
{
    pam.nss[0].name = "bob@va.example";
    check_account(*state, "", "bob@va.example", 0, PAM_PERM_DENIED);
}

/* --- sessions */

static int open_session(const struct scratch *scratch, const char *user)
{
    pam_scratch_begin(scratch, "", user);
    pam_open_session(pam.handle, 0);
    return pam.result;
}

static void a_session_tells_programs_who_the_user_is(void **state)
{
    assert_int_equal(open_session(*state, "BOB@va.example"), PAM_SUCCESS);
    check_text(pam_getenv(pam.handle, "VMAIL_USER"), "bob", "VMAIL_USER");
    check_text(pam_getenv(pam.handle, "VMAIL_DOMAIN"), "va.example", "VMAIL_DOMAIN");
    check_text(pam_getenv(pam.handle, "MAIL"), "/home/bob/Maildir", "MAIL");
    pam_scratch_check_user("bob@va.example");
    pam_scratch_check_log("session opened for user bob@va.example(uid=70001) by (uid=1000)");
}

static void a_home_that_the_line_does_not_say_is_below_vhome(void **state)
{
    assert_int_equal(open_session(*state, "carol@va.example"), PAM_SUCCESS);
    check_text(pam_getenv(pam.handle, "MAIL"), "/vhome/va.example/carol/Maildir", "MAIL");
}

static void a_session_needs_no_shadow_file(void **state)
{
    assert_int_equal(unlink(scratch_path(*state, "shadow.va.example")), 0);
    assert_int_equal(open_session(*state, "bob@va.example"), PAM_SUCCESS);
}

static void others_have_no_session(void **state)
{
    assert_int_equal(open_session(*state, "nobody@va.example"), PAM_USER_UNKNOWN);
    assert_int_equal(open_session(*state, "bob"), PAM_IGNORE);
    pam.nss[0].name = "bob@va.example";
    assert_int_equal(open_session(*state, "bob@va.example"), PAM_PERM_DENIED);
    assert_null(pam_getenv(pam.handle, "MAIL"));
}

static void the_end_of_a_session_is_logged(void **state)
{
    assert_int_equal(open_session(*state, "bob@va.example"), PAM_SUCCESS);
    pam_close_session(pam.handle, 0);
    assert_int_equal(pam.result, PAM_SUCCESS);
    pam_scratch_check_log("session closed for user bob@va.example\n");
}

/* --- what a handle remembers */

static void credentials_are_always_good(void **state)
{
    pam_scratch_check_auth(*state, "", "bob@va.example", PAM_PASSWORD, PAM_SUCCESS);
    pam_setcred(pam.handle, PAM_ESTABLISH_CRED);
    assert_int_equal(pam.result, PAM_SUCCESS);
}

/* The domain is gone, so the name would not be ours now. */
static void a_name_that_was_ours_stays_ours(void **state)
{
    pam_scratch_check_auth(*state, "domain=va.example", "bob", PAM_PASSWORD, PAM_SUCCESS);
    scratch_chmod(*state, "vmail.conf", 0666);
    module_next_tick();
    pam_set_item(pam.handle, PAM_USER, "bob");
    pam_acct_mgmt(pam.handle, 0);
    assert_int_equal(pam.result, PAM_AUTHINFO_UNAVAIL);
    scratch_chmod(*state, "vmail.conf", 0644);
    module_next_tick();
    pam_acct_mgmt(pam.handle, 0);
    assert_int_equal(pam.result, PAM_SUCCESS);
    pam_scratch_check_user("bob@va.example");
}

static void a_name_that_was_ignored_stays_ignored(void **state)
{
    pam_scratch_check_auth(*state, "", "dave@vc.example", "x", PAM_IGNORE);
    scratch_write(*state, "passwd.vc.example", "dave:" PAM_HASH ":70100:70100:::\n");
    pam_acct_mgmt(pam.handle, 0);
    assert_int_equal(pam.result, PAM_IGNORE);
}

static void another_log_in_asks_anew_about_a_name_that_was_ignored(void **state)
{
    pam_scratch_check_auth(*state, "", "dave@vc.example", "x", PAM_IGNORE);
    scratch_write(*state, "passwd.vc.example", "dave:" PAM_HASH ":70100:70100:::\n");
    pam.answers[0] = PAM_PASSWORD;
    pam_authenticate(pam.handle, 0);
    assert_int_equal(pam.result, PAM_SUCCESS);
}

static void another_name_is_another_user(void **state)
{
    pam_scratch_check_auth(*state, "", "bob@va.example", PAM_PASSWORD, PAM_SUCCESS);
    pam_set_item(pam.handle, PAM_USER, "nobody@va.example");
    pam_acct_mgmt(pam.handle, 0);
    assert_int_equal(pam.result, PAM_USER_UNKNOWN);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_PAM(an_account_is_as_old_as_shadow_says),
        ON_PAM(a_change_in_the_future_is_logged),
        ON_PAM(with_pam_silent_nothing_is_shown),
        ON_PAM(an_account_that_must_change_its_password_has_its_name),
        ON_PAM(an_account_that_is_not_there_is_unknown),
        ON_PAM(an_account_that_nss_gives_to_somebody_else_is_refused),
        ON_PAM(a_session_tells_programs_who_the_user_is),
        ON_PAM(a_home_that_the_line_does_not_say_is_below_vhome),
        ON_PAM(a_session_needs_no_shadow_file),
        ON_PAM(others_have_no_session),
        ON_PAM(the_end_of_a_session_is_logged),
        ON_PAM(credentials_are_always_good),
        ON_PAM(a_name_that_was_ours_stays_ours),
        ON_PAM(a_name_that_was_ignored_stays_ignored),
        ON_PAM(another_log_in_asks_anew_about_a_name_that_was_ignored),
        ON_PAM(another_name_is_another_user),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
