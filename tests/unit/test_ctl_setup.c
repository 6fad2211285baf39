/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What "vmailctl setup" makes of the texts of other packages. */
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "nsswitch_lines.h"
#include "pam_lines.h"
#include "setting_lines.h"

static struct vmail_piece piece(const char *text)
{
    return (struct vmail_piece){ text, strlen(text) };
}

static struct vmail_text_buffer buffer(const char *text, size_t length)
{
    struct vmail_text_buffer made = { 0 };
    assert_true(vmail_text_splice(&made, 0, 0, text, length));
    return made;
}

static void expect_settings(enum setting_key key, const char *before, const char *example,
                            const char *after)
{
    struct vmail_text_buffer text = buffer(before, strlen(before));
    assert_true(setting_lines_put(&text, piece(example), key));
    assert_string_equal(text.bytes, after);
    assert_true(setting_lines_put(&text, piece(example), key));
    assert_string_equal(text.bytes, after); /* a second time changes nothing */
    vmail_text_end(&text);
}

static void a_setting_replaces_the_last_one_with_its_key(void **state)
{
    (void)state;
    expect_settings(SETTING_KEY_EQUALS, "a=1\nb=2\n#a=0\na=3\nc=4\n", "# c\n\na=5\n",
                    "a=1\nb=2\n#a=0\na=5\nc=4\n");
    expect_settings(SETTING_KEY_EQUALS, "aa=1\nba=2\n", "a=5\n", "aa=1\nba=2\na=5\n");
    expect_settings(SETTING_KEY_EQUALS, "x=1", "a=5\n", "x=1\na=5\n");
    expect_settings(SETTING_KEY_EQUALS, "", "a=5\nb=6\n", "a=5\nb=6\n");
}

static void a_setting_that_differs_only_in_blanks_stays(void **state)
{
    (void)state;
    expect_settings(SETTING_KEY_EQUALS, "a=b  c\nd   =  e\n", "a = b c\nd = e\n",
                    "a=b  c\nd   =  e\n");
    expect_settings(SETTING_KEY_EQUALS, "a = b\n# why\n  c\n", "a = b c\n", "a = b\n# why\n  c\n");
    expect_settings(SETTING_KEY_EQUALS, "a = bc\n", "a = b c\n", "a = b c\n");
}

static void the_lines_that_continue_a_setting_go_with_it(void **state)
{
    (void)state;
    expect_settings(SETTING_KEY_EQUALS, "a = 1,\n\n  2\n# stays\n\t3\nb = 4\n  5\n", "a = 9\n",
                    "a = 9\n\n# stays\nb = 4\n  5\n");
    expect_settings(SETTING_KEY_TWO_WORDS,
                    "smtp inet n - y - - smtpd\nsubmission inet n - y - - smtpd\n  -o a=b\n"
                    "submission unix n - y - - other\n",
                    "submission inet n - n - - smtpd\n  -o c=d\n",
                    "smtp inet n - y - - smtpd\nsubmission inet n - n - - smtpd\n  -o c=d\n"
                    "submission unix n - y - - other\n");
}

static void a_list_of_postfix_keeps_what_is_in_it(void **state)
{
    (void)state;
    expect_settings(SETTING_KEY_POSTFIX, "transport_maps = a:b,\n# why\n\tc:d  \n\nx = y\n",
                    "transport_maps = socketmap:e\n",
                    "transport_maps = a:b,\n# why\n\tc:d, socketmap:e  \n\nx = y\n");
    expect_settings(SETTING_KEY_POSTFIX, "relay_domains =\nx = y\n", "relay_domains = e\n",
                    "relay_domains = e\nx = y\n");
    expect_settings(SETTING_KEY_POSTFIX, "a_restrictions=b\n  c { d, e }\n f\n",
                    "a_restrictions = c { d, e }\n", "a_restrictions=b\n  c { d, e }\n f\n");
    expect_settings(SETTING_KEY_POSTFIX, "a_domains=b\n", "a_domains=\n", "a_domains=b\n");
}

static void what_is_no_list_of_postfix_is_replaced(void **state)
{
    (void)state;
    expect_settings(SETTING_KEY_POSTFIX, "virtual_transport = virtual\n",
                    "virtual_transport = lmtp:e\n", "virtual_transport = lmtp:e\n");
    expect_settings(SETTING_KEY_EQUALS, "a_maps = b\n", "a_maps = c\n", "a_maps = c\n");
}

static void a_list_that_only_a_comment_has_is_not_there(void **state)
{
    (void)state;
    expect_settings(SETTING_KEY_POSTFIX, "a_maps = b,\n# c:d\n  e\n", "a_maps = c:d\n",
                    "a_maps = b,\n# c:d\n  e, c:d\n");
}

static void a_service_of_inetd_is_its_name_type_and_protocol(void **state)
{
    (void)state;
    expect_settings(
        SETTING_KEY_THREE_WORDS, "pop3 stream tcp nowait root /old old\n",
        "pop3 stream tcp nowait root /new new\npop3 stream tcp6 nowait root /new new\n",
        "pop3 stream tcp nowait root /new new\npop3 stream tcp6 nowait root /new new\n");
}

static void expect_pam(const char *before, const char *example, const char *after)
{
    struct vmail_text_buffer text = buffer(before, strlen(before));
    assert_int_equal(pam_lines_put(&text, piece(example)), PAM_LINES_DONE);
    assert_string_equal(text.bytes, after);
    assert_int_equal(pam_lines_put(&text, piece(example)), PAM_LINES_DONE);
    assert_string_equal(text.bytes, after);
    vmail_text_end(&text);
}

#define AUTH    "auth [success=done ignore=ignore default=die] pam_vmail.so\n"
#define SESSION "session optional pam_vmail.so\n"

static void a_line_goes_before_the_one_that_follows_it_in_the_example(void **state)
{
    (void)state;
    expect_pam("auth required pam_env.so\n@include  common-auth # here\n",
               AUTH "@include common-auth\n",
               "auth required pam_env.so\n" AUTH "@include  common-auth # here\n");
}

static void else_it_goes_before_the_first_line_of_its_type(void **state)
{
    (void)state;
    expect_pam("# c\naccount required a.so\n-auth required b.so\n", AUTH "@include common-auth\n",
               "# c\naccount required a.so\n" AUTH "-auth required b.so\n");
    expect_pam("@include common-account\n@include system\n", AUTH,
               "@include common-account\n" AUTH "@include system\n");
    expect_pam("account required a.so", AUTH, "account required a.so\n" AUTH);
}

static void a_line_stays_behind_checks_that_are_for_everybody(void **state)
{
    (void)state;
    expect_pam("auth required pam_faillock.so preauth\nauth include system-auth\n",
               AUTH "@include common-auth\n",
               "auth required pam_faillock.so preauth\n" AUTH "auth include system-auth\n");
    expect_pam("auth required pam_faillock.so preauth\nauth required pam_unix.so\n",
               AUTH "@include common-auth\n",
               "auth required pam_faillock.so preauth\n" AUTH "auth required pam_unix.so\n");
    expect_pam("auth required a.so\nauth required b.so\n-auth substack common-auth\n",
               AUTH "@include common-auth\n",
               "auth required a.so\nauth required b.so\n" AUTH "-auth substack common-auth\n");
    expect_pam("auth required a.so\n# C:\\\n@INCLUDE common-auth\n", AUTH "@include common-auth\n",
               "auth required a.so\n# C:\\\n" AUTH "@INCLUDE common-auth\n");
}

static void a_jump_that_would_count_a_new_line_is_not_touched(void **state)
{
    static const char jump[] = "auth [success=2 default=ignore] pam_otp.so\n"
                               "auth required a.so\n@include common-auth\n";
    static const char none[] = "auth [success=1 default=ignore] pam_otp.so\n"
                               "auth required a.so\n@include common-auth\n";
    struct vmail_text_buffer text = buffer(jump, strlen(jump));
    (void)state;
    assert_int_equal(pam_lines_put(&text, piece(AUTH "@include common-auth\n")), PAM_LINES_JUMP);
    vmail_text_end(&text);
    text = buffer(none, strlen(none));
    assert_int_equal(pam_lines_put(&text, piece(AUTH "@include common-auth\n")), PAM_LINES_DONE);
    vmail_text_end(&text);
}

static void a_session_line_goes_before_all_others(void **state)
{
    (void)state;
    expect_pam("session required a.so\n@include common-session\n",
               SESSION "@include common-session\n",
               SESSION "session required a.so\n@include common-session\n");
}

static void a_line_is_not_put_into_one_that_goes_on(void **state)
{
    (void)state;
    expect_pam("account required \\\n  auth.so\nauth required b.so\n", AUTH,
               "account required \\\n  auth.so\n" AUTH "auth required b.so\n");
}

static void a_line_that_is_there_keeps_its_options_and_gets_the_missing_ones(void **state)
{
    (void)state;
    expect_pam("auth required pam_vmail.so nodelay # x\n",
               "auth required pam_vmail.so a nodelay b\n",
               "auth required pam_vmail.so b a nodelay # x\n");
    expect_pam("auth required \\\n /lib/pam_vmail.so\n", "auth required pam_vmail.so a\n",
               "auth required \\\n /lib/pam_vmail.so a\n");
}

static void expect_nsswitch(const char *before, const char *after)
{
    struct vmail_text_buffer text = buffer(before, strlen(before));
    assert_true(nsswitch_lines_put(&text));
    assert_string_equal(text.bytes, after);
    assert_true(nsswitch_lines_put(&text));
    assert_string_equal(text.bytes, after);
    vmail_text_end(&text);
}

static void nsswitch_gets_the_module_in_front(void **state)
{
    (void)state;
    expect_nsswitch("passwd: files systemd # c\ngroup:files\nshadow:  compat\nhosts: files\n",
                    "passwd: vmail [TRYAGAIN=return] files systemd # c\n"
                    "group:vmail [TRYAGAIN=return] files\n"
                    "initgroups:     vmail [SUCCESS=return TRYAGAIN=return] files\n"
                    "shadow:  vmail [TRYAGAIN=return] compat\nhosts: files\n");
}

static void a_wrong_line_of_nsswitch_is_put_right_and_a_good_one_stays(void **state)
{
    (void)state;
    expect_nsswitch("passwd: files vmail\ngroup: vmail [TRYAGAIN=return] files sss\n"
                    "shadow: vmial files\ninitgroups: files\n",
                    "passwd: vmail [TRYAGAIN=return] files\n"
                    "group: vmail [TRYAGAIN=return] files sss\n"
                    "shadow: vmail [TRYAGAIN=return] files\n"
                    "initgroups: vmail [SUCCESS=return TRYAGAIN=return] files\n");
}

static void a_line_of_nsswitch_that_cannot_be_read_loses_nothing(void **state)
{
    (void)state;
    expect_nsswitch("passwd: files [NOTFOUND=retrun] sss ldap # c\ngroup: files [a\nshadow:# none\n"
                    "initgroups: files sss\n",
                    "passwd: vmail [TRYAGAIN=return] files [NOTFOUND=retrun] sss ldap # c\n"
                    "group: vmail [TRYAGAIN=return] files [a\n"
                    "shadow:vmail [TRYAGAIN=return] files # none\n"
                    "initgroups: vmail [SUCCESS=return TRYAGAIN=return] files sss\n");
}

static void a_missing_or_empty_line_of_nsswitch_asks_files_too(void **state)
{
    (void)state;
    expect_nsswitch("", "passwd:         vmail [TRYAGAIN=return] files\n"
                        "group:          vmail [TRYAGAIN=return] files\n"
                        "initgroups:     vmail [SUCCESS=return TRYAGAIN=return] files\n"
                        "shadow:         vmail [TRYAGAIN=return] files\n");
}

/* Texts that end anywhere, without a NUL behind them that would end a search. */
static void a_text_may_end_anywhere(void **state)
{
    static const char settings[] = "a = 1,\n# c\n  2\nb inet n\n  -o x=y\n=\n \n";
    static const char pam[] = "auth [a=b] \\\n pam_vmail.so x\n@include common-auth\nsession [";
    static const char nsswitch[] =
        "passwd: files # c\ngroup:\tvmail [TRYAGAIN=return] files\nshadow:";
    (void)state;
    for (size_t i = 0; i <= sizeof pam; i++) {
        struct vmail_text_buffer text = buffer(settings, i < sizeof settings ? i : 0);
        for (int key = SETTING_KEY_EQUALS; key <= SETTING_KEY_THREE_WORDS; key++)
            assert_true(setting_lines_put(&text,
                                          (struct vmail_piece){ settings, i % sizeof settings },
                                          (enum setting_key)key));
        vmail_text_end(&text);
        text = buffer(pam, i < sizeof pam ? i : 0);
        assert_int_not_equal(pam_lines_put(&text, (struct vmail_piece){ pam, i % sizeof pam }),
                             PAM_LINES_NO_MEMORY);
        vmail_text_end(&text);
        text = buffer(nsswitch, i % sizeof nsswitch);
        assert_true(nsswitch_lines_put(&text));
        vmail_text_end(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_setting_replaces_the_last_one_with_its_key),
        cmocka_unit_test(a_setting_that_differs_only_in_blanks_stays),
        cmocka_unit_test(the_lines_that_continue_a_setting_go_with_it),
        cmocka_unit_test(a_list_of_postfix_keeps_what_is_in_it),
        cmocka_unit_test(what_is_no_list_of_postfix_is_replaced),
        cmocka_unit_test(a_list_that_only_a_comment_has_is_not_there),
        cmocka_unit_test(a_service_of_inetd_is_its_name_type_and_protocol),
        cmocka_unit_test(a_line_goes_before_the_one_that_follows_it_in_the_example),
        cmocka_unit_test(else_it_goes_before_the_first_line_of_its_type),
        cmocka_unit_test(a_line_stays_behind_checks_that_are_for_everybody),
        cmocka_unit_test(a_jump_that_would_count_a_new_line_is_not_touched),
        cmocka_unit_test(a_session_line_goes_before_all_others),
        cmocka_unit_test(a_line_is_not_put_into_one_that_goes_on),
        cmocka_unit_test(a_line_that_is_there_keeps_its_options_and_gets_the_missing_ones),
        cmocka_unit_test(nsswitch_gets_the_module_in_front),
        cmocka_unit_test(a_wrong_line_of_nsswitch_is_put_right_and_a_good_one_stays),
        cmocka_unit_test(a_line_of_nsswitch_that_cannot_be_read_loses_nothing),
        cmocka_unit_test(a_missing_or_empty_line_of_nsswitch_asks_files_too),
        cmocka_unit_test(a_text_may_end_anywhere),
    };
    return cmocka_run_group_tests_name("test_ctl_setup", tests, NULL, NULL);
}
