/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The service type auth, and how all of them find the user. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "pam_scratch.h"

static void check_auth(const struct scratch *scratch, const char *options, const char *user,
                       const char *password, int result)
{
    pam_scratch_check_auth(scratch, options, user, password, result);
}

/* --- passwords */

static void the_right_password_makes_the_name_canonical(void **state)
{
    check_auth(*state, "", "BOB@va.example.org", PAM_PASSWORD, PAM_SUCCESS);
    pam_scratch_check_user("bob@va.example");
    assert_string_equal(pam.log, "");
}

static void another_password_is_refused(void **state)
{
    check_auth(*state, "", "bob@va.example", "wrong", PAM_AUTH_ERR);
    pam_scratch_check_user("bob@va.example");
}

/* fail2ban and others read this line. */
static void a_refusal_is_logged_as_by_pam_unix(void **state)
{
    pam_scratch_begin(*state, "", "bob@va.example");
    pam_set_item(pam.handle, PAM_RHOST, "2001:db8::1");
    pam_set_item(pam.handle, PAM_TTY, "ssh 1");
    pam_set_item(pam.handle, PAM_RUSER, "x=\"y\"");
    pam.answers[0] = "wrong";
    assert_int_equal(pam_authenticate(pam.handle, 0), PAM_AUTH_ERR);
    pam_scratch_check_log("authentication failure; logname=");
    pam_scratch_check_log(" tty=ssh\\0401 ruser=x\\075\\042y\\042 rhost=2001:db8::1 "
                          "user=bob@va.example\n");
}

static void a_host_that_is_no_address_is_escaped(void **state)
{
    pam_scratch_begin(*state, "", "bob@va.example");
    pam_set_item(pam.handle, PAM_RHOST, "host:x");
    pam.answers[0] = "wrong";
    assert_int_equal(pam_authenticate(pam.handle, 0), PAM_AUTH_ERR);
    pam_scratch_check_log(" rhost=host\\072x ");
}

static void a_long_name_is_cut_in_the_log(void **state)
{
    char *name = scratch_repeat(' ', 300);
    char user[400];
    snprintf(user, sizeof user, "%s@va.example", name);
    free(name);
    check_auth(*state, "", user, "x", PAM_USER_UNKNOWN);
    pam_scratch_check_log("user=\\040\\040");
    assert_null(strstr(pam.log, "va.example"));
}

static void a_log_in_leaves_no_hash_in_memory(void **state)
{
    check_auth(*state, "", "bob@va.example", PAM_PASSWORD, PAM_SUCCESS);
    check_auth(*state, "", "nobody@va.example", "x", PAM_USER_UNKNOWN);
    assert_int_equal(pam.left, 0);
}

static void an_unknown_user_is_unknown(void **state)
{
    check_auth(*state, "", "nobody@va.example", "x", PAM_USER_UNKNOWN);
    pam_scratch_check_log("check pass; user unknown\nauthentication failure; ");
}

static void whoever_cannot_log_in_takes_one_check(void **state)
{
    static const struct {
        const char *user;
        int result;
    } cases[] = {
        { "bob@va.example", PAM_AUTH_ERR },    { "nobody@va.example", PAM_USER_UNKNOWN },
        { "-x@va.example", PAM_USER_UNKNOWN }, { "locked@va.example", PAM_AUTH_ERR },
        { "empty@va.example", PAM_AUTH_ERR },  { "odd@va.example", PAM_AUTH_ERR },
        { "dear@va.example", PAM_AUTH_ERR },   { "lost@va.example", PAM_AUTHINFO_UNAVAIL },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_auth(*state, "", cases[i].user, "wrong", cases[i].result);
        check(pam.checks == 1, cases[i].user);
        check_text(pam.setting, PAM_HASH, cases[i].user);
    }
}

static void an_unknown_user_costs_the_first_modern_hash(void **state)
{
    scratch_write(*state, "shadow.va.example",
                  "locked:!:::::::\ncarol:" PAM_WEAK_HASH ":::::::\nbob:" PAM_HASH ":::::::\n");
    check_auth(*state, "", "nobody@va.example", "x", PAM_USER_UNKNOWN);
    assert_string_equal(pam.setting, PAM_HASH);
}

static void comments_are_no_users_whose_hash_an_unknown_user_costs(void **state)
{
    char text[2048] = "#old:" PAM_WEAK_HASH ":::::::\n";
    for (int i = 0; i < 100; i++)
        scratch_append(text, sizeof text, "# %d\n\n", i);
    scratch_append(text, sizeof text, "bob:" PAM_HASH ":::::::\n");
    scratch_write(*state, "shadow.va.example", text);
    check_auth(*state, "", "nobody@va.example", "x", PAM_USER_UNKNOWN);
    assert_string_equal(pam.setting, PAM_HASH);
    scratch_write(*state, "shadow.va.example",
                  "#old:" PAM_HASH ":::::::\ncarol:" PAM_WEAK_HASH ":::::::\n");
    check_auth(*state, "", "nobody@va.example", "x", PAM_USER_UNKNOWN);
    assert_string_equal(pam.setting, PAM_WEAK_HASH);
}

static void without_a_modern_hash_an_unknown_user_costs_the_first_one(void **state)
{
    scratch_write(*state, "shadow.va.example", "locked:!:::::::\ncarol:" PAM_WEAK_HASH ":::::::\n");
    check_auth(*state, "", "nobody@va.example", "x", PAM_USER_UNKNOWN);
    assert_string_equal(pam.setting, PAM_WEAK_HASH);
}

static void a_modern_hash_in_the_passwd_file_comes_before_an_old_one_in_shadow(void **state)
{
    scratch_write(*state, "passwd.va.example",
                  "carol:x:70002:70002:::\nbob:" PAM_HASH ":70001:70001:::\n");
    scratch_write(*state, "shadow.va.example", "carol:" PAM_WEAK_HASH ":::::::\n");
    check_auth(*state, "", "nobody@va.example", "x", PAM_USER_UNKNOWN);
    assert_string_equal(pam.setting, PAM_HASH);
}

static void without_any_hash_an_unknown_user_costs_a_new_one(void **state)
{
    assert_int_equal(unlink(scratch_path(*state, "shadow.va.example")), 0);
    check_auth(*state, "", "nobody@va.example", "x", PAM_USER_UNKNOWN);
    assert_int_equal(pam.checks, 1);
    assert_string_not_equal(pam.setting, "");
}

static void a_hash_that_cannot_be_checked_is_logged(void **state)
{
    static const char *const cases[][2] = {
        { "locked@va.example", "the password is locked" },
        { "odd@va.example", "does not support the hash" },
        { "dear@va.example", "the hash takes too long to check" },
        { "lost@va.example", "shadow.va.example: no valid line for lost; add one" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pam_scratch_begin(*state, "", cases[i][0]);
        pam.answers[0] = "x";
        assert_int_not_equal(pam_authenticate(pam.handle, 0), PAM_SUCCESS);
        pam_scratch_check_log(cases[i][1]);
    }
}

static void an_empty_hash_needs_nullok_and_an_empty_password(void **state)
{
    check_auth(*state, "", "empty@va.example", "", PAM_AUTH_ERR);
    check_auth(*state, "nullok", "empty@va.example", "x", PAM_AUTH_ERR);
    check_auth(*state, "nullok", "empty@va.example", "", PAM_SUCCESS);
    pam_scratch_begin(*state, "nullok", "empty@va.example");
    pam.answers[0] = "";
    assert_int_equal(pam_authenticate(pam.handle, PAM_DISALLOW_NULL_AUTHTOK), PAM_AUTH_ERR);
}

static void a_client_that_fails_is_not_logged_in(void **state)
{
    check_auth(*state, "", "bob@va.example", NULL, PAM_AUTHTOK_ERR);
    assert_int_equal(pam.checks, 0);
}

static void a_failure_is_delayed_unless_nodelay_says_so(void **state)
{
    check_auth(*state, "", "bob@va.example", "wrong", PAM_AUTH_ERR);
    assert_int_not_equal(pam.delay, 0);
    check_auth(*state, "nodelay", "bob@va.example", "wrong", PAM_AUTH_ERR);
    assert_int_equal(pam.delay, 0);
}

/* --- files */

static void where_a_file_cannot_be_used_nobody_can_tell(void **state)
{
    static const char *const files[] = { "passwd.va.example", "shadow.va.example", "vmail.conf" };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        scratch_chmod(*state, files[i], 0666);
        module_next_tick();
        check_auth(*state, "", "bob@va.example", PAM_PASSWORD, PAM_AUTHINFO_UNAVAIL);
        pam_scratch_check_log("writable by others");
        scratch_chmod(*state, files[i], 0644);
    }
}

static void without_a_shadow_file_a_hash_can_be_in_the_passwd_file(void **state)
{
    assert_int_equal(unlink(scratch_path(*state, "shadow.va.example")), 0);
    check_auth(*state, "", "bob@va.example", PAM_PASSWORD, PAM_AUTHINFO_UNAVAIL);
    pam_scratch_check_log("shadow.va.example: no such file");
    scratch_write(*state, "passwd.va.example", "bob:" PAM_HASH ":70001:70001:::\n");
    check_auth(*state, "", "bob@va.example", PAM_PASSWORD, PAM_SUCCESS);
}

static void a_domain_of_vmail_conf_without_a_file_cannot_be_told(void **state)
{
    assert_int_equal(unlink(scratch_path(*state, "passwd.va.example")), 0);
    check_auth(*state, "", "bob@va.example", PAM_PASSWORD, PAM_AUTHINFO_UNAVAIL);
}

static void a_broken_line_of_the_user_is_logged(void **state)
{
    scratch_write(*state, "passwd.va.example", "bob:x:abc:70001:::\n");
    check_auth(*state, "", "bob@va.example", PAM_PASSWORD, PAM_USER_UNKNOWN);
    pam_scratch_check_log("passwd.va.example:1: bob: ");
}

static void a_uid_in_the_block_of_another_domain_is_logged(void **state)
{
    scratch_write(*state, "vmail.conf",
                  "[domain va.example]\n[domain vb.example]\nids = 70000-70999\n");
    module_next_tick();
    check_auth(*state, "", "bob@va.example", PAM_PASSWORD, PAM_SUCCESS);
    pam_scratch_check_log("bob: uid 70001 is in the block of vb.example");
}

static void wrong_lines_of_vmail_conf_are_logged_but_not_all(void **state)
{
    scratch_write(*state, "vmail.conf", "a\nb\nc\nd\ne\nf\ng\n");
    module_next_tick();
    check_auth(*state, "", "bob@va.example", PAM_PASSWORD, PAM_SUCCESS);
    pam_scratch_check_log("vmail.conf:5: ");
    pam_scratch_check_log("vmail.conf: more lines are invalid; fix these first\n");
    assert_null(strstr(pam.log, "vmail.conf:6: "));
}

static void without_vmail_conf_only_system_accounts_are_ignored(void **state)
{
    scratch_chmod(*state, "vmail.conf", 0666);
    module_next_tick();
    module_connect("127.0.0.2");
    check_auth(*state, "", "root", "x", PAM_IGNORE);
    check_auth(*state, "", "bob", "x", PAM_AUTHINFO_UNAVAIL);
}

static void while_the_systems_users_cannot_be_read_a_plain_name_cannot_be_told(void **state)
{
    assert_int_equal(unlink(scratch_path(*state, "../passwd")), 0);
    check_auth(*state, "domain=va.example", "bob", PAM_PASSWORD, PAM_AUTHINFO_UNAVAIL);
    pam_scratch_check_log("cannot tell whether a name is a system user");
}

/* --- whose name it is */

static void a_name_that_is_not_ours_is_ignored_without_a_prompt(void **state)
{
    static const char *const names[] = { "bob", "root", "bob@vz.example", "bob@[127.0.0.9]" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        check_auth(*state, "", names[i], "kept", PAM_IGNORE);
        check_text(pam.answers[0], "kept", names[i]);
    }
}

static void an_option_gives_a_plain_name_its_domain(void **state)
{
    check_auth(*state, "domain=va.example", "bob", PAM_PASSWORD, PAM_SUCCESS);
    pam_scratch_check_user("bob@va.example");
    check_auth(*state, "domain=va.example", "root", PAM_PASSWORD, PAM_IGNORE);
}

static void the_address_of_a_connection_gives_a_plain_name_its_domain(void **state)
{
    module_connect("127.0.0.2");
    check_auth(*state, "", "bob", PAM_PASSWORD, PAM_SUCCESS);
    pam_scratch_check_user("bob@va.example");
    check_auth(*state, "address_from=stdin", "bob", PAM_PASSWORD, PAM_SUCCESS);
    check_auth(*state, "no_address", "bob", PAM_PASSWORD, PAM_IGNORE);
}

static void the_address_may_come_from_a_variable(void **state)
{
    setenv("LOCAL", "127.0.0.2", 1);
    check_auth(*state, "address_from=env:LOCAL", "bob", PAM_PASSWORD, PAM_SUCCESS);
    setenv("LOCAL", "here", 1);
    check_auth(*state, "address_from=env:LOCAL", "bob", PAM_PASSWORD, PAM_IGNORE);
    pam_scratch_check_log("env:LOCAL: the variable is not an IP address");
    unsetenv("LOCAL");
    check_auth(*state, "address_from=env:LOCAL", "bob", PAM_PASSWORD, PAM_IGNORE);
    assert_string_equal(pam.log, "");
}

static void in_a_set_id_program_the_connection_says_nothing(void **state)
{
    module_connect("127.0.0.2");
    pam.set_id = true;
    check_auth(*state, "", "bob", PAM_PASSWORD, PAM_IGNORE);
}

static void in_a_set_id_program_the_environment_says_nothing(void **state)
{
    setenv("LOCAL", "127.0.0.2", 1);
    pam.set_id = true;
    check_auth(*state, "address_from=env:LOCAL", "bob", PAM_PASSWORD, PAM_IGNORE);
    pam_scratch_check_log("refused in a set-id program");
    unsetenv("LOCAL");
}

static void an_address_of_no_domain_is_taken_off_where_that_is_wanted(void **state)
{
    check_auth(*state, "unwrap_address debug", "Bob@[127.0.0.9]", "x", PAM_IGNORE);
    pam_scratch_check_user("bob");
    pam_scratch_check_log("the user is now bob");
    check_auth(*state, "unwrap_address", "bob@[127.0.0.2]", PAM_PASSWORD, PAM_SUCCESS);
    pam_scratch_check_user("bob@va.example");
    check_auth(*state, "unwrap_address", "bob@vz.example", "x", PAM_IGNORE);
    pam_scratch_check_user("bob@vz.example");
}

static void keep_user_leaves_the_name(void **state)
{
    check_auth(*state, "keep_user", "BOB@va.example", PAM_PASSWORD, PAM_SUCCESS);
    pam_scratch_check_user("BOB@va.example");
}

static void same_domain_refuses_users_of_other_domains(void **state)
{
    module_connect("127.0.0.2");
    check_auth(*state, "same_domain", "bob@va.example", PAM_PASSWORD, PAM_SUCCESS);
    check_auth(*state, "same_domain", "bob@vb.example", "x", PAM_PERM_DENIED);
    pam_scratch_check_log("bob@vb.example refused: the connection came in at an address of "
                          "va.example");
    check_auth(*state, "same_domain no_address", "bob@va.example", PAM_PASSWORD, PAM_SUCCESS);
}

static void resolve_only_asks_for_no_password(void **state)
{
    check_auth(*state, "resolve_only", "BOB@va.example", NULL, PAM_SUCCESS);
    pam_scratch_check_user("bob@va.example");
    check_auth(*state, "resolve_only", "-x@va.example", NULL, PAM_USER_UNKNOWN);
    assert_int_equal(pam.checks, 0);
}

static void a_wrong_option_refuses_everybody(void **state)
{
    static const char *const options[] = {
        "nulok",     "domain=..",         "domain=",     "address_from=",
        "crypt=md5", "address_from=env:", "rounds=many", "address_from=file:x",
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        check_auth(*state, options[i], "bob@va.example", PAM_PASSWORD, PAM_SERVICE_ERR);
        pam_scratch_check_log(options[i]);
    }
}

static void words_for_libpam_are_no_errors(void **state)
{
    check_auth(*state, "try_first_pass authtok_type=mail rounds=5000", "bob@va.example",
               PAM_PASSWORD, PAM_SUCCESS);
}

static void with_debug_the_meaning_and_the_result_are_logged(void **state)
{
    check_auth(*state, "debug", "BOB@va.example", PAM_PASSWORD, PAM_SUCCESS);
    pam_scratch_check_log("the name means bob@va.example\n");
    pam_scratch_check_log("auth: Success\n");
}

/* --- what NSS says */

static void a_name_that_nss_gives_to_somebody_else_is_refused(void **state)
{
    static const struct {
        const char *name;
        uid_t uid;
        gid_t gid;
        int result;
    } cases[] = {
        { "BOB", 70001, 70001, PAM_SUCCESS },   { "BOB", 1001, 70001, PAM_PERM_DENIED },
        { "BOB", 70001, 100, PAM_PERM_DENIED }, { "bob@va.example", 70009, 70001, PAM_PERM_DENIED },
        { "other", 1, 1, PAM_SUCCESS },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pam.nss[0].name = cases[i].name;
        pam.nss[0].uid = cases[i].uid;
        pam.nss[0].gid = cases[i].gid;
        check_auth(*state, "domain=va.example", "BOB", PAM_PASSWORD, cases[i].result);
    }
}

static void the_other_user_is_logged(void **state)
{
    pam.nss[0].name = "bob";
    pam.nss[0].uid = pam.nss[0].gid = 1001;
    check_auth(*state, "domain=va.example", "bob", PAM_PASSWORD, PAM_PERM_DENIED);
    pam_scratch_check_log("refused: NSS gives the name bob to uid 1001 gid 1001 (bob), but "
                          "bob@va.example has uid 70001 gid 70001");
    pam_scratch_check_log("bob@va.example refused: Permission denied");
}

static void the_right_password_is_no_help_against_nss(void **state)
{
    pam.nss[0].name = "bob@va.example";
    check_auth(*state, "", "bob@va.example", "wrong", PAM_PERM_DENIED);
}

static void while_nss_cannot_tell_nobody_logs_in(void **state)
{
    pam.nss_error = EIO;
    check_auth(*state, "", "bob@va.example", PAM_PASSWORD, PAM_AUTHINFO_UNAVAIL);
    pam_scratch_check_log("NSS cannot look up bob@va.example: error 5");
    check_auth(*state, "", "nobody@va.example", PAM_PASSWORD, PAM_USER_UNKNOWN);
    pam.nss_error = ENOENT; /* one of the ways to say that there is no such user */
    check_auth(*state, "", "bob@va.example", PAM_PASSWORD, PAM_SUCCESS);
}

/* --- weak hashes */

static void check_shadow(const struct scratch *scratch, const char *user, const char *start)
{
    char line[32];
    char *text = scratch_read(scratch, "shadow.va.example", NULL);
    snprintf(line, sizeof line, "%s:%s", user, start);
    if (strstr(text, line) == NULL)
        fail_msg("no \"%s\" in \"%s\"", line, text);
    free(text);
}

static void a_weak_hash_is_replaced_where_that_is_wanted(void **state)
{
    check_auth(*state, "crypt=sha512", "carol@va.example", PAM_PASSWORD, PAM_SUCCESS);
    check_shadow(*state, "carol", "$1$");
    check_auth(*state, "rehash crypt=sha512", "carol@va.example", PAM_PASSWORD, PAM_SUCCESS);
    check_shadow(*state, "carol", "$6$");
    pam_scratch_check_log("carol@va.example: replaced the weak hash with a new one");
    check_auth(*state, "", "carol@va.example", PAM_PASSWORD, PAM_SUCCESS);
}

static void a_hash_that_is_not_weak_stays(void **state)
{
    check_auth(*state, "rehash", "bob@va.example", PAM_PASSWORD, PAM_SUCCESS);
    check_shadow(*state, "bob", PAM_HASH);
}

static void a_new_hash_that_would_be_weak_is_not_stored(void **state)
{
    check_auth(*state, "rehash crypt=sha512 rounds=1000", "carol@va.example", PAM_PASSWORD,
               PAM_SUCCESS);
    check_shadow(*state, "carol", "$1$");
}

static void a_hash_that_cannot_be_made_or_stored_is_logged(void **state)
{
    check_auth(*state, "rehash crypt=bcrypt rounds=99", "carol@va.example", PAM_PASSWORD,
               PAM_SUCCESS);
    pam_scratch_check_log("method bcrypt with cost 99 is not possible");
    scratch_write_bytes(*state, ".locks", "", 0, 0600);
    check_auth(*state, "rehash crypt=sha512", "carol@va.example", PAM_PASSWORD, PAM_SUCCESS);
    pam_scratch_check_log("cannot open the lock file");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_PAM(the_right_password_makes_the_name_canonical),
        ON_PAM(another_password_is_refused),
        ON_PAM(a_refusal_is_logged_as_by_pam_unix),
        ON_PAM(a_host_that_is_no_address_is_escaped),
        ON_PAM(a_long_name_is_cut_in_the_log),
        ON_PAM(a_log_in_leaves_no_hash_in_memory),
        ON_PAM(an_unknown_user_is_unknown),
        ON_PAM(whoever_cannot_log_in_takes_one_check),
        ON_PAM(an_unknown_user_costs_the_first_modern_hash),
        ON_PAM(comments_are_no_users_whose_hash_an_unknown_user_costs),
        ON_PAM(without_a_modern_hash_an_unknown_user_costs_the_first_one),
        ON_PAM(a_modern_hash_in_the_passwd_file_comes_before_an_old_one_in_shadow),
        ON_PAM(without_any_hash_an_unknown_user_costs_a_new_one),
        ON_PAM(a_hash_that_cannot_be_checked_is_logged),
        ON_PAM(an_empty_hash_needs_nullok_and_an_empty_password),
        ON_PAM(a_client_that_fails_is_not_logged_in),
        ON_PAM(a_failure_is_delayed_unless_nodelay_says_so),
        ON_PAM(where_a_file_cannot_be_used_nobody_can_tell),
        ON_PAM(without_a_shadow_file_a_hash_can_be_in_the_passwd_file),
        ON_PAM(a_domain_of_vmail_conf_without_a_file_cannot_be_told),
        ON_PAM(a_broken_line_of_the_user_is_logged),
        ON_PAM(a_uid_in_the_block_of_another_domain_is_logged),
        ON_PAM(wrong_lines_of_vmail_conf_are_logged_but_not_all),
        ON_PAM(without_vmail_conf_only_system_accounts_are_ignored),
        ON_PAM(while_the_systems_users_cannot_be_read_a_plain_name_cannot_be_told),
        ON_PAM(a_name_that_is_not_ours_is_ignored_without_a_prompt),
        ON_PAM(an_option_gives_a_plain_name_its_domain),
        ON_PAM(the_address_of_a_connection_gives_a_plain_name_its_domain),
        ON_PAM(the_address_may_come_from_a_variable),
        ON_PAM(in_a_set_id_program_the_connection_says_nothing),
        ON_PAM(in_a_set_id_program_the_environment_says_nothing),
        ON_PAM(an_address_of_no_domain_is_taken_off_where_that_is_wanted),
        ON_PAM(keep_user_leaves_the_name),
        ON_PAM(same_domain_refuses_users_of_other_domains),
        ON_PAM(resolve_only_asks_for_no_password),
        ON_PAM(a_wrong_option_refuses_everybody),
        ON_PAM(words_for_libpam_are_no_errors),
        ON_PAM(with_debug_the_meaning_and_the_result_are_logged),
        ON_PAM(a_name_that_nss_gives_to_somebody_else_is_refused),
        ON_PAM(the_other_user_is_logged),
        ON_PAM(the_right_password_is_no_help_against_nss),
        ON_PAM(while_nss_cannot_tell_nobody_logs_in),
        ON_PAM(a_weak_hash_is_replaced_where_that_is_wanted),
        ON_PAM(a_hash_that_is_not_weak_stays),
        ON_PAM(a_new_hash_that_would_be_weak_is_not_stored),
        ON_PAM(a_hash_that_cannot_be_made_or_stored_is_logged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
