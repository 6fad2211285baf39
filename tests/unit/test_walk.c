/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "scratch.h"

static int setup(void **state)
{
    int result = scratch_setup(state);
    struct scratch *scratch = *state;
    if (result != 0)
        return result;
    scratch_write(scratch, "vmail.conf",
                  "[domain va.example]\naliases = va.example.org\n"
                  "[domain vb.example]\nfallback = @va.example\n"
                  "[domain vc.example]\nfallback = @vd.example\n"
                  "[domain vd.example]\nfallback = @vc.example\n"
                  "[domain ve.example]\nfallback = boss\n[relay partner.example]\n");
    scratch_write(scratch, "passwd.va.example",
                  "bob:x:70001:70001:::\nsue:x:70002:70002:::\nann:x:70003:70003:::\n");
    scratch_write(scratch, "passwd.vb.example", "tom:x:71001:71001:::\n");
    scratch_write(scratch, "passwd.ve.example", "eve:x:72001:72001:::\n");
    scratch_write(scratch, "aliases.ve.example", "boss: eve\n");
    return 0;
}

#define ON_MAIL(test) cmocka_unit_test_setup_teardown(test, setup, scratch_teardown)

struct seen {
    char text[2048];
    const char *closed; /* a domain that may not be looked into */
};

/* One word for each step: its depth, a letter for its kind, and its text. */
static void note(void *context, const struct vmail_walk_step *step)
{
    static const char kinds[] = { [VMAIL_WALK_INCLUDE] = 'i',
                                  [VMAIL_WALK_FILE] = 'f',
                                  [VMAIL_WALK_PROGRAM] = 'p',
                                  [VMAIL_WALK_WRONG] = 'w' };
    static const char routes[] = {
        [VMAIL_ROUTE_ELSEWHERE] = 'e', [VMAIL_ROUTE_RELAY] = 'r',    [VMAIL_ROUTE_ALIAS] = 'A',
        [VMAIL_ROUTE_USER] = 'U',      [VMAIL_ROUTE_FALLBACK] = 'F', [VMAIL_ROUTE_NOBODY] = 'n'
    };
    struct seen *seen = context;
    const size_t length = strlen(seen->text);
    snprintf(seen->text + length, sizeof seen->text - length, "%s%u%c:%s", length == 0 ? "" : " ",
             step->depth,
             step->kind == VMAIL_WALK_ADDRESS ? routes[step->route->kind] : kinds[step->kind],
             step->text);
}

static bool enter(void *context, const char *domain)
{
    const struct seen *seen = context;
    return seen->closed == NULL || strcmp(domain, seen->closed) != 0;
}

static void check_walk_in(const struct scratch *scratch, const char *closed, const char *address,
                          enum vmail_result expected, const char *steps)
{
    struct seen seen = { .closed = closed };
    struct vmail_mail mail;
    struct vmail_error error;
    const struct vmail_walker walker = {
        .mail = &mail, .visit = note, .enter = enter, .context = &seen
    };
    vmail_mail_begin(&mail, &scratch->paths, NULL);
    check_result(vmail_mail_question(&mail, &error), VMAIL_OK, &error);
    enum vmail_result result = vmail_walk(&walker, address, &error);
    check_result(result, expected, &error);
    if (result == VMAIL_OK || result == VMAIL_NOT_FOUND)
        check_text(seen.text, steps, address);
    else
        check_text(error.text, steps, address);
    vmail_mail_end(&mail);
}

static void check_walk(void **state, const char *aliases, const char *address, const char *steps)
{
    scratch_write(*state, "aliases.va.example", aliases);
    check_walk_in(*state, NULL, address, VMAIL_OK, steps);
}

static void check_nobody(void **state, const char *aliases, const char *address, const char *steps)
{
    scratch_write(*state, "aliases.va.example", aliases);
    check_walk_in(*state, NULL, address, VMAIL_NOT_FOUND, steps);
}

static void check_broken(void **state, const char *aliases, const char *address, const char *text)
{
    scratch_write(*state, "aliases.va.example", aliases);
    check_walk_in(*state, NULL, address, VMAIL_BROKEN, text);
}

static void who_is_no_alias_is_the_end(void **state)
{
    check_walk(state, "", "Bob@VA.example.org", "0U:bob@va.example");
    check_walk(state, "", "x@far.example", "0e:x@far.example");
    check_walk(state, "", "x@partner.example", "0r:x@partner.example");
    check_nobody(state, "", "nosuch@va.example", "0n:nosuch@va.example");
}

static void an_alias_leads_to_its_targets_in_their_order(void **state)
{
    check_walk(state, "a: sue, x@far.example, tom@vb.example, B\nb: bob\n", "A@va.example.org",
               "0A:a@va.example 1U:sue@va.example 1e:x@far.example 1U:tom@vb.example "
               "1A:b@va.example 2U:bob@va.example");
    check_walk(state, "a: nosuch, sue\n", "a@va.example",
               "0A:a@va.example 1n:nosuch@va.example 1U:sue@va.example");
    check_nobody(state, "a: nosuch, b\nb: none\n", "a@va.example",
                 "0A:a@va.example 1n:nosuch@va.example 1A:b@va.example 2n:none@va.example");
}

static void each_mailbox_gets_one_copy(void **state)
{
    check_walk(state, "all: a, b, bob\na: bob, sue\nb: Sue, bob@va.example.org\n", "all@va.example",
               "0A:all@va.example 1A:a@va.example 2U:bob@va.example 2U:sue@va.example "
               "1A:b@va.example");
}

static void a_user_whom_their_own_alias_names_keeps_a_copy(void **state)
{
    check_walk(state, "bob: bob, sue\n", "bob@va.example",
               "0A:bob@va.example 1U:bob@va.example 1U:sue@va.example");
    check_walk(state, "a: bob\nbob: sue, Bob@va.example.org\n", "a@va.example",
               "0A:a@va.example 1A:bob@va.example 2U:sue@va.example 2U:bob@va.example");
    check_walk(state, "bob: bob, Bob@va.example.org\n", "bob@va.example",
               "0A:bob@va.example 1U:bob@va.example");
    check_walk(state, "bob: bob+spam\n", "bob@va.example",
               "0A:bob@va.example 1U:bob+spam@va.example");
    check_broken(
        state, "a: a\n", "a@va.example",
        "an alias leads to itself, and no user has its name: a@va.example -> a@va.example");
}

static void a_tag_goes_on_to_names_of_ours_that_have_none(void **state)
{
    check_walk(
        state, "a: bob, sue+x, tom@vb.example, y@far.example\n", "a+tag@va.example",
        "0A:a+tag@va.example 1U:bob+tag@va.example 1U:sue+x@va.example 1U:tom+tag@vb.example "
        "1e:y@far.example");
}

static void a_loop_is_named(void **state)
{
    check_broken(state, "a: b\nb: sue, c\nc: a\n", "a@va.example",
                 "mail loops: a@va.example -> b@va.example -> c@va.example -> a@va.example");
    check_broken(state, "x: a\na: b\nb: a\n", "x@va.example",
                 "mail loops: x@va.example -> a@va.example -> b@va.example -> a@va.example");
    check_broken(state, "", "x@vc.example",
                 "mail loops: x@vc.example -> x@vd.example -> x@vc.example");
}

static void a_chain_has_an_end(void **state)
{
    char aliases[4096] = "", *next = aliases;
    for (int i = 0; i < 60; i++)
        next += snprintf(next, sizeof aliases - (size_t)(next - aliases), "a%d: a%d\n", i, i + 1);
    snprintf(next, sizeof aliases - (size_t)(next - aliases), "a60: bob\n");
    scratch_write(*state, "aliases.va.example", aliases);
    check_walk_in(*state, NULL, "a30@va.example", VMAIL_OK,
                  "0A:a30@va.example 1A:a31@va.example 2A:a32@va.example 3A:a33@va.example "
                  "4A:a34@va.example 5A:a35@va.example 6A:a36@va.example 7A:a37@va.example "
                  "8A:a38@va.example 9A:a39@va.example 10A:a40@va.example 11A:a41@va.example "
                  "12A:a42@va.example 13A:a43@va.example 14A:a44@va.example 15A:a45@va.example "
                  "16A:a46@va.example 17A:a47@va.example 18A:a48@va.example 19A:a49@va.example "
                  "20A:a50@va.example 21A:a51@va.example 22A:a52@va.example 23A:a53@va.example "
                  "24A:a54@va.example 25A:a55@va.example 26A:a56@va.example 27A:a57@va.example "
                  "28A:a58@va.example 29A:a59@va.example 30A:a60@va.example 31U:bob@va.example");
    struct vmail_mail mail;
    struct vmail_error error;
    const struct vmail_walker walker = { .mail = &mail };
    vmail_mail_begin(&mail, &((struct scratch *)*state)->paths, NULL);
    check_result(vmail_mail_question(&mail, &error), VMAIL_OK, &error);
    check_result(vmail_walk(&walker, "a0@va.example", &error), VMAIL_BROKEN, &error);
    assert_non_null(strstr(error.text, "an alias leads too far: a0@va.example -> a1@va.example"));
    vmail_mail_end(&mail);
}

static void a_fallback_leads_on(void **state)
{
    check_walk(state, "a: sue\n", "A+x@vb.example",
               "0F:A+x@vb.example 1A:a+x@va.example 2U:sue+x@va.example");
    check_walk(state, "", "who@ve.example",
               "0F:who@ve.example 1A:boss@ve.example 2U:eve@ve.example");
    check_nobody(state, "", "nosuch@vb.example", "0F:nosuch@vb.example 1n:nosuch@va.example");
}

static void programs_files_and_lists_are_ends_or_lists(void **state)
{
    char aliases[512], expected[1024];
    const char *list = scratch_path(*state, "list");
    scratch_write(*state, "list", "# a list\nbob, sue\n\n  x@far.example\n\"|/bin/cat\"\n");
    snprintf(expected, sizeof expected,
             "0A:a@va.example 1p:/bin/prog x 1f:/var/file 1i:%s 1U:bob@va.example "
             "1U:sue@va.example 1e:x@far.example 1p:/bin/cat 1e:b@c",
             list);
    snprintf(aliases, sizeof aliases, "a: \"|/bin/prog x\", /var/file, :include:%s, b@c\n", list);
    check_walk(state, aliases, "a@va.example", expected);
    struct vmail_mail mail;
    struct vmail_error error;
    const struct vmail_walker walker = { .mail = &mail };
    scratch_chmod(*state, "list", 0666);
    vmail_mail_begin(&mail, &((struct scratch *)*state)->paths, NULL);
    check_result(vmail_mail_question(&mail, &error), VMAIL_OK, &error);
    check_result(vmail_walk(&walker, "a@va.example", &error), VMAIL_UNAVAILABLE, &error);
    assert_non_null(strstr(error.text, "list: writable by others"));
    vmail_mail_end(&mail);
}

static void a_list_names_the_alias_and_itself(void **state)
{
    char aliases[256], text[512];
    const char *list = scratch_path(*state, "list");
    snprintf(aliases, sizeof aliases, "bob: :include:%s\n", list);
    scratch_write(*state, "list", "bob\nsue\n");
    snprintf(text, sizeof text, "0A:bob@va.example 1i:%s 1U:bob@va.example 1U:sue@va.example",
             list);
    check_walk(state, aliases, "bob@va.example", text);
    scratch_write(*state, "list", "");
    snprintf(text, sizeof text, "0A:bob@va.example 1i:%s", list);
    check_nobody(state, aliases, "bob@va.example", text);
    snprintf(text, sizeof text, ":include:%s\n", list);
    scratch_write(*state, "list", text);
    snprintf(text, sizeof text, "a list includes itself: bob@va.example -> %s -> %s", list, list);
    check_broken(state, aliases, "bob@va.example", text);
}

static void a_closed_domain_is_not_looked_into(void **state)
{
    scratch_write(*state, "aliases.va.example", "a: x@vb.example, tom@vb.example, sue\n");
    check_walk_in(*state, "vb.example", "a@va.example", VMAIL_OK,
                  "0A:a@va.example 1e:x@vb.example 1e:tom@vb.example 1U:sue@va.example");
    scratch_write(*state, "aliases.va.example", "a: a@vb.example\n");
    scratch_write(*state, "aliases.vb.example", "a: a@va.example\n");
    check_walk_in(*state, "vb.example", "a@va.example", VMAIL_OK,
                  "0A:a@va.example 1e:a@vb.example");
    scratch_chmod(*state, "aliases.vb.example", 0666);
    check_walk_in(*state, "vb.example", "a@va.example", VMAIL_OK,
                  "0A:a@va.example 1e:a@vb.example");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_MAIL(who_is_no_alias_is_the_end),
        ON_MAIL(an_alias_leads_to_its_targets_in_their_order),
        ON_MAIL(each_mailbox_gets_one_copy),
        ON_MAIL(a_user_whom_their_own_alias_names_keeps_a_copy),
        ON_MAIL(a_tag_goes_on_to_names_of_ours_that_have_none),
        ON_MAIL(a_loop_is_named),
        ON_MAIL(a_chain_has_an_end),
        ON_MAIL(a_fallback_leads_on),
        ON_MAIL(programs_files_and_lists_are_ends_or_lists),
        ON_MAIL(a_list_names_the_alias_and_itself),
        ON_MAIL(a_closed_domain_is_not_looked_into),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
