/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mailbox.h"

#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "scratch.h"

static void check_path(const char *mailbox, const char *expected)
{
    char *path = vmail_mailbox_path(mailbox, "bob", "va.example", "/vhome/va.example/bob");
    check_text(path, expected, mailbox);
    free(path);
}

static void the_format_is_no_part_of_the_path(void **state)
{
    (void)state;
    check_path("maildir:/var/mail/x", "/var/mail/x");
    check_path("mbox:/var/mail/x", "/var/mail/x");
    check_path("mbox:/a:b", "/a:b");
    check_path("maildir:", "");
}

static void a_tilde_at_the_start_is_the_home(void **state)
{
    (void)state;
    check_path("maildir:~/Maildir", "/vhome/va.example/bob/Maildir");
    check_path("maildir:~", "/vhome/va.example/bob");
    check_path("maildir:/a~/~b", "/a~/~b");
    check_path("maildir:~~", "/vhome/va.example/bob~");
}

static void user_and_domain_may_stand_anywhere(void **state)
{
    (void)state;
    check_path("mbox:/var/spool/vmail/%d/%u", "/var/spool/vmail/va.example/bob");
    check_path("mbox:~/%u", "/vhome/va.example/bob/bob");
    check_path("mbox:/%u%u%d", "/bobbobva.example");
}

static void other_escapes_stay_as_they_are(void **state)
{
    (void)state;
    check_path("mbox:/%%", "/%");
    check_path("mbox:/%%u", "/%u");
    check_path("mbox:/%%%u", "/%bob");
    check_path("mbox:/%x%U", "/%x%U");
    check_path("mbox:/%", "/%");
}

/* The text of an expanded value is not expanded again. */
static void names_are_not_expanded_themselves(void **state)
{
    char *path = vmail_mailbox_path("mbox:~/%u", "%d", "va.example", "/%u/~");
    (void)state;
    check_text(path, "/%u/~/%d", "mbox:~/%u");
    free(path);
}

static void a_path_may_be_as_long_as_the_names_make_it(void **state)
{
    enum { TIMES = 500 };
    char *mailbox = scratch_repeat('%', 2 * TIMES + 1);
    char *user = scratch_repeat('u', 64);
    char *expected = scratch_repeat('u', (size_t)64 * TIMES + 1);
    (void)state;
    mailbox[0] = expected[0] = '/';
    for (size_t i = 0; i < TIMES; i++)
        mailbox[2 + 2 * i] = 'u';
    char *path = vmail_mailbox_path(mailbox, user, "", "");
    assert_string_equal(path, expected);
    free(path);
    free(mailbox);
    free(user);
    free(expected);
}

static void a_path_without_user_and_domain_is_shared(void **state)
{
    static const char *const own[] = {
        "maildir:~/Maildir",         "mbox:~/mail",
        "mbox:/var/mail/%u@%d",      "mbox:/var/spool/%d/%u",
        "mbox:/srv/va.example/%u",   "maildir:/va.example/a/%u/Maildir",
        "maildir:/%%%u/%%%d/%%%%/x",
    };
    static const char *const shared[] = {
        "mbox:/var/mail/%u",        "mbox:/srv/%d/inbox",
        "mbox:/srv/mail",           "mbox:/srv/%d/%%u",
        "mbox:/srv/%%d/%u",         "mbox:/srv/va.example.org/%u",
        "mbox:/srv/xva.example/%u", "mbox:/srv/%u/va.example",
        "mbox:/srv/va.example/bob", "mbox:/srv/%u%",
    };
    (void)state;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        check(vmail_mailbox_is_own(own[i], "va.example"), own[i]);
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
        check(!vmail_mailbox_is_own(shared[i], "va.example"), shared[i]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_format_is_no_part_of_the_path),
        cmocka_unit_test(a_tilde_at_the_start_is_the_home),
        cmocka_unit_test(user_and_domain_may_stand_anywhere),
        cmocka_unit_test(other_escapes_stay_as_they_are),
        cmocka_unit_test(names_are_not_expanded_themselves),
        cmocka_unit_test(a_path_may_be_as_long_as_the_names_make_it),
        cmocka_unit_test(a_path_without_user_and_domain_is_shared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
