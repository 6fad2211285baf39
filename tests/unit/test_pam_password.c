/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The service type password. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ageing.h"
#include "cmocka_all.h"
#include "lock.h"
#include "pam_scratch.h"
#include "set_password.h"

#define NEW  "new-secret"
#define FAST "crypt=bcrypt rounds=4"

/* Changes the password of USER. The client types OLD (NULL: is not asked for it) and NEW twice. */
static int change(const struct scratch *scratch, const char *options, const char *user,
                  const char *old, const char *new, int flags)
{
    size_t next = 0;
    pam_scratch_begin(scratch, options, user);
    memset(pam.answers, 0, sizeof pam.answers);
    if (old != NULL)
        pam.answers[next++] = old;
    pam.answers[next++] = new;
    pam.answers[next] = new;
    pam_chauthtok(pam.handle, flags);
    return pam.result;
}

static void check_has(const struct scratch *scratch, const char *user, const char *password)
{
    pam_scratch_check_auth(scratch, "", user, password, PAM_SUCCESS);
}

static void check_shown(const char *text)
{
    if (strstr(pam.shown, text) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", pam.shown, text);
}

static void a_user_changes_their_password_with_the_old_one(void **state)
{
    assert_int_equal(change(*state, FAST, "BOB@va.example", PAM_PASSWORD, NEW, 0), PAM_SUCCESS);
    pam_scratch_check_log("password changed for bob@va.example\n");
    pam_scratch_check_user("bob@va.example");
    check_has(*state, "bob@va.example", NEW);
}

static void the_other_lines_stay(void **state)
{
    const char *const rest = "\ncarol:" PAM_WEAK_HASH ":20000::::::\n";
    assert_int_equal(change(*state, FAST, "bob@va.example", PAM_PASSWORD, NEW, 0), PAM_SUCCESS);
    char *text = scratch_read(*state, "shadow.va.example", NULL);
    check(strncmp(text, "bob:$2b$04$", 11) == 0, text);
    check(strstr(text, rest) != NULL, text);
    free(text);
}

static void what_does_not_fit_changes_nothing(void **state)
{
    static const struct {
        const char *user, *old, *new;
        int result;
        const char *shown;
    } cases[] = {
        { "bob@va.example", "wrong", NEW, PAM_AUTH_ERR, "" },
        { "bob@va.example", PAM_PASSWORD, PAM_PASSWORD, PAM_AUTHTOK_ERR, "the same as the old" },
        { "bob@va.example", PAM_PASSWORD, "", PAM_AUTHTOK_ERR, "did not enter a password" },
        { "nobody@va.example", "x", NEW, PAM_USER_UNKNOWN, "" },
        { "bob", "x", NEW, PAM_IGNORE, "" },
        { "lost@va.example", "x", NEW, PAM_AUTHINFO_UNAVAIL, "" },
        { "locked@va.example", "x", NEW, PAM_AUTH_ERR, "" },
    };
    char *before = scratch_read(*state, "shadow.va.example", NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const int result = change(*state, FAST, cases[i].user, cases[i].old, cases[i].new, 0);
        if (result != cases[i].result)
            fail_msg("%d for %s; the log: %s", result, cases[i].user, pam.log);
        check_shown(cases[i].shown);
        scratch_check(*state, "shadow.va.example", before);
    }
    free(before);
}

static void a_password_that_cannot_be_hashed_is_told(void **state)
{
    char *password = scratch_repeat('x', 511); /* the most that libpam takes */
    assert_int_equal(
        change(*state, "crypt=bcrypt rounds=99", "bob@va.example", PAM_PASSWORD, password, 0),
        PAM_AUTHTOK_ERR);
    free(password);
    check_shown("This password cannot be used");
    pam_scratch_check_log("cost 99 is not possible");
}

static void a_password_may_be_too_young_to_be_changed(void **state)
{
    char line[256] = "";
    scratch_append(line, sizeof line, "bob:" PAM_HASH ":%ld:5:::::\n", vmail_ageing_today() - 1);
    scratch_write(*state, "shadow.va.example", line);
    assert_int_equal(change(*state, FAST, "bob@va.example", PAM_PASSWORD, NEW, 0), PAM_AUTHTOK_ERR);
    check_shown("You must wait 4 more days");
    pam.real = pam.effective = pam.saved = 0;
    assert_int_equal(change(*state, FAST, "bob@va.example", NULL, NEW, 0), PAM_SUCCESS);
}

static void root_needs_no_old_password(void **state)
{
    pam.real = pam.effective = pam.saved = 0;
    assert_int_equal(change(*state, FAST, "locked@va.example", NULL, NEW, 0), PAM_SUCCESS);
    check_has(*state, "locked@va.example", NEW);
}

static void root_changes_nobodys_password_whom_nss_gives_to_somebody_else(void **state)
{
    pam.real = pam.effective = pam.saved = 0;
    pam.nss[0].name = "bob@va.example";
    assert_int_equal(change(*state, FAST, "bob@va.example", NULL, NEW, 0), PAM_PERM_DENIED);
}

static void a_log_in_program_changes_only_what_has_expired(void **state)
{
    pam.real = pam.effective = pam.saved = 0;
    assert_int_equal(change(*state, FAST, "bob@va.example", NULL, NEW, PAM_CHANGE_EXPIRED_AUTHTOK),
                     PAM_SUCCESS);
    check_has(*state, "bob@va.example", PAM_PASSWORD);
    scratch_write(*state, "shadow.va.example", "bob:" PAM_HASH ":0::::::\n");
    assert_int_equal(
        change(*state, FAST, "bob@va.example", "wrong", NEW, PAM_CHANGE_EXPIRED_AUTHTOK),
        PAM_AUTH_ERR);
    assert_int_equal(
        change(*state, FAST, "bob@va.example", PAM_PASSWORD, NEW, PAM_CHANGE_EXPIRED_AUTHTOK),
        PAM_SUCCESS);
    check_has(*state, "bob@va.example", NEW);
}

static void an_old_password_that_the_client_does_not_give_is_an_error(void **state)
{
    pam_scratch_begin(*state, FAST, "bob@va.example");
    memset(pam.answers, 0, sizeof pam.answers);
    pam_chauthtok(pam.handle, 0);
    assert_int_not_equal(pam.result, PAM_SUCCESS);
    assert_int_equal(pam.checks, 0);
}

static void with_pam_silent_nothing_is_shown(void **state)
{
    change(*state, FAST, "bob@va.example", PAM_PASSWORD, PAM_PASSWORD, (int)PAM_SILENT);
    assert_string_equal(pam.shown, "");
}

/* While the user types the new password, the administrator locks the account. */
static const struct scratch *locked_in;

static void lock_the_account(void)
{
    scratch_write(locked_in, "shadow.va.example", "bob:!" PAM_HASH ":20000::::::\n");
    locked_in = NULL;
}

enum vmail_result __real_vmail_set_password(const struct vmail_paths *paths,
                                            const struct vmail_config *config,
                                            const struct vmail_new_password *new,
                                            struct vmail_error *error);
enum vmail_result __wrap_vmail_set_password(const struct vmail_paths *paths,
                                            const struct vmail_config *config,
                                            const struct vmail_new_password *new,
                                            struct vmail_error *error);

enum vmail_result __wrap_vmail_set_password(const struct vmail_paths *paths,
                                            const struct vmail_config *config,
                                            const struct vmail_new_password *new,
                                            struct vmail_error *error)
{
    struct vmail_new_password hasty = *new;
    hasty.seconds = 0;
    if (locked_in != NULL)
        lock_the_account();
    return __real_vmail_set_password(paths, config, &hasty, error);
}

static void an_account_that_was_locked_meanwhile_stays_locked(void **state)
{
    locked_in = *state;
    assert_int_equal(change(*state, FAST, "bob@va.example", PAM_PASSWORD, NEW, 0), PAM_AUTHTOK_ERR);
    check_shown("Somebody else has just changed or locked your password.");
    scratch_check(*state, "shadow.va.example", "bob:!" PAM_HASH ":20000::::::\n");
}

static void while_somebody_has_the_lock_the_answer_says_so(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_lock lock;
    check_result(vmail_lock_domain(&scratch->paths, "va.example", 0, &lock, NULL), VMAIL_OK, NULL);
    assert_int_equal(change(scratch, FAST, "bob@va.example", PAM_PASSWORD, NEW, 0),
                     PAM_AUTHTOK_LOCK_BUSY);
    check_shown("could not be saved; the old one is still valid");
    vmail_lock_release(&lock);
}

/* --- in a set-id program a child does the work */

static void in_a_set_id_program_a_child_changes_it(void **state)
{
    pam.effective = pam.saved = 0;
    assert_int_equal(change(*state, FAST, "bob@va.example", PAM_PASSWORD, NEW, 0), PAM_SUCCESS);
    pam.effective = pam.saved = 1000;
    check_has(*state, "bob@va.example", NEW);
}

static void what_the_child_could_not_do_is_told(void **state)
{
    scratch_write_bytes(*state, ".locks", "", 0, 0600);
    pam.effective = pam.saved = 0;
    assert_int_equal(change(*state, FAST, "bob@va.example", PAM_PASSWORD, NEW, 0), PAM_AUTHTOK_ERR);
    pam_scratch_check_log("va.example.lock: cannot open the lock file");
}

static void no_descriptor_stays_open(void **state)
{
    change(*state, FAST, "bob@va.example", PAM_PASSWORD, NEW, 0);
    size_t before = scratch_open_descriptors();
    pam.effective = pam.saved = 0;
    assert_int_equal(change(*state, FAST, "bob@va.example", NEW, PAM_PASSWORD, 0), PAM_SUCCESS);
    assert_int_equal(scratch_open_descriptors(), before);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_PAM(a_user_changes_their_password_with_the_old_one),
        ON_PAM(the_other_lines_stay),
        ON_PAM(what_does_not_fit_changes_nothing),
        ON_PAM(a_password_that_cannot_be_hashed_is_told),
        ON_PAM(a_password_may_be_too_young_to_be_changed),
        ON_PAM(root_needs_no_old_password),
        ON_PAM(root_changes_nobodys_password_whom_nss_gives_to_somebody_else),
        ON_PAM(a_log_in_program_changes_only_what_has_expired),
        ON_PAM(an_old_password_that_the_client_does_not_give_is_an_error),
        ON_PAM(with_pam_silent_nothing_is_shown),
        ON_PAM(an_account_that_was_locked_meanwhile_stays_locked),
        ON_PAM(while_somebody_has_the_lock_the_answer_says_so),
        ON_PAM(in_a_set_id_program_a_child_changes_it),
        ON_PAM(what_the_child_could_not_do_is_told),
        ON_PAM(no_descriptor_stays_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
