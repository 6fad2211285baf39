/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "route.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "scratch.h"

#define CONFIG                                                                                     \
    "[domain va.example]\naliases = va.example.org\naddress = 192.0.2.1\n"                         \
    "alias_files = %s\n[domain vb.example]\nfallback = @va.example\n"                              \
    "[domain vc.example]\nfallback = bob@va.example\n[domain vd.example]\nfallback = sue\n"        \
    "[relay partner.example]\nsubdomains = yes\n[relay other.example]\n"

static const char users[] =
    "bob:x:70001:70001:Bob B,room 1:/h/bob:\n"
    "sue:x:70002:70003:Sue Brown::\n"
    "locked:x:70004:70004:Joe Who:/h/l:\n"
    "two1:x:70005:70005:The Twin:/h/1:\ntwo2:x:70006:70006:The Twin:/h/2:\n"
    "dot:x:70007:70007:Ann.Lee:/h/dot:\nblank:x:70008:70008:ann lee:/h/blank:\n";

static int setup(void **state)
{
    char config[1024];
    int result = scratch_setup(state);
    struct scratch *scratch = *state;
    if (result != 0)
        return result;
    snprintf(config, sizeof config, CONFIG, scratch_path(scratch, "common"));
    scratch_write(scratch, "vmail.conf", config);
    scratch_write(scratch, "passwd.va.example", users);
    scratch_write(scratch, "passwd.vb.example", "");
    scratch_write(scratch, "aliases.va.example",
                  "sales: bob, sue\nBob: bob, x@y.example\n"
                  "list+all: sue\nbroken\n");
    scratch_write(scratch, "common", "abuse: bob\nsales: nobody\n");
    return 0;
}

#define ON_MAIL(test) cmocka_unit_test_setup_teardown(test, setup, scratch_teardown)

/* What ADDRESS means, in words: "alias sales", "user bob+tag@va.example", "fallback TARGET" ... */
static void check_route(const struct scratch *scratch, const char *address, const char *expected)
{
    static const char *const kinds[] = {
        "elsewhere", "relay", "alias", "user", "fallback", "nobody"
    };
    struct vmail_mail mail;
    struct vmail_route route;
    struct vmail_error error;
    char seen[1024];
    vmail_mail_begin(&mail, &scratch->paths, NULL);
    check_result(vmail_mail_question(&mail, &error), VMAIL_OK, &error);
    check_result(vmail_route_find(&mail, address, &route, &error), VMAIL_OK, &error);
    char *made = vmail_route_address(&route, address);
    snprintf(seen, sizeof seen, "%s%s%s", kinds[route.kind],
             route.kind >= VMAIL_ROUTE_ALIAS && route.kind < VMAIL_ROUTE_NOBODY ? " " : "",
             route.kind == VMAIL_ROUTE_ALIAS ? route.alias->name
             : route.kind == VMAIL_ROUTE_USER || route.kind == VMAIL_ROUTE_FALLBACK ? made
                                                                                    : "");
    check_text(seen, expected, address);
    free(made);
    vmail_mail_end(&mail);
}

static void the_domain_decides_first(void **state)
{
    check_route(*state, "bob@nowhere.example", "elsewhere");
    check_route(*state, "bob", "elsewhere");
    check_route(*state, "@va.example", "elsewhere");
    check_route(*state, "bob@", "elsewhere");
    check_route(*state, "bob@[192.0.2.9]", "elsewhere");
    check_route(*state, "x@partner.example", "relay");
    check_route(*state, "x@mx.Partner.example", "relay");
    check_route(*state, "x@notpartner.example", "elsewhere");
    check_route(*state, "x@sub.other.example", "elsewhere");
    check_route(*state, "bob@m\xc3\xbcnchen.example", "elsewhere");
}

static void an_alias_comes_before_a_user_and_the_first_file_before_the_next(void **state)
{
    check_route(*state, "sales@va.example", "alias sales");
    check_route(*state, "BOB@VA.example", "alias bob");
    check_route(*state, "sue@va.example", "user sue@va.example");
    check_route(*state, "Sue@VA.Example.ORG", "user sue@va.example");
    check_route(*state, "sue@[192.0.2.1]", "user sue@va.example");
    check_route(*state, "abuse@va.example", "alias abuse");
    check_route(*state, "broken@va.example", "nobody");
    check_route(*state, "nobody@va.example", "nobody");
}

static void an_exact_name_comes_before_the_name_without_its_tag(void **state)
{
    check_route(*state, "list+all@va.example", "alias list+all");
    check_route(*state, "list+one@va.example", "nobody");
    check_route(*state, "sue+lists@va.example", "user sue+lists@va.example");
    check_route(*state, "Sue+Lists+x@va.example.org", "user sue+Lists+x@va.example");
    check_route(*state, "sales+x@va.example", "alias sales");
    check_route(*state, "+x@va.example", "nobody");
    check_route(*state, "sue+@va.example", "user sue+@va.example");
}

static void the_delimiter_is_what_vmail_conf_says(void **state)
{
    scratch_write(*state, "vmail.conf", "[vmail]\nrecipient_delimiter = -_\n");
    check_route(*state, "sue-x@va.example", "user sue-x@va.example");
    check_route(*state, "sue_x@va.example", "user sue_x@va.example");
    check_route(*state, "sue+x@va.example", "nobody");
    scratch_write(*state, "vmail.conf", "[vmail]\nrecipient_delimiter =\n");
    check_route(*state, "sue+x@va.example", "nobody");
}

static void mail_to_nobody_goes_to_the_fallback(void **state)
{
    check_route(*state, "Joe+x@vb.example", "fallback Joe+x@va.example");
    check_route(*state, "joe@vc.example", "fallback bob@va.example");
    check_route(*state, "joe+x@vd.example", "fallback sue@vd.example");
}

static void a_full_name_is_an_address_where_that_is_wanted(void **state)
{
    check_route(*state, "Joe.Who@va.example", "nobody");
    scratch_write(*state, "vmail.conf", "[domain va.example]\nmatch_full_name = yes\n");
    check_route(*state, "Joe.Who@va.example", "user locked@va.example");
    check_route(*state, "joe_who@va.example", "user locked@va.example");
    check_route(*state, "Bob.B@va.example", "alias bob"); /* as bob@va.example */
    check_route(*state, "Joe.Wh@va.example", "nobody");
    check_route(*state, "The.Twin@va.example", "nobody");
    check_route(*state, "Ann_Lee@va.example", "user blank@va.example");
    check_route(*state, "Ann.Lee@va.example", "nobody"); /* both have this name */
    check_route(*state, ".@va.example", "nobody");
}

static void who_has_the_mailbox_is_found_without_aliases(void **state)
{
    struct scratch *scratch = *state;
    struct vmail_mail mail;
    struct vmail_route route;
    struct vmail_error error;
    vmail_mail_begin(&mail, &scratch->paths, NULL);
    check_result(vmail_mail_question(&mail, &error), VMAIL_OK, &error);
    check_result(vmail_route_find_user(&mail, "bob+x@va.example", &route, &error), VMAIL_OK,
                 &error);
    assert_int_equal(route.kind, VMAIL_ROUTE_USER);
    assert_int_equal(route.uid, 70001);
    assert_string_equal(route.home, "/h/bob");
    check_result(vmail_route_find_user(&mail, "sue@va.example", &route, &error), VMAIL_OK, &error);
    assert_int_equal(route.gid, 70003);
    assert_string_equal(route.home, "/vhome/va.example/sue");
    check_result(vmail_route_find_user(&mail, "sales@va.example", &route, &error), VMAIL_OK,
                 &error);
    assert_int_equal(route.kind, VMAIL_ROUTE_NOBODY);
    check_result(vmail_route_find_user(&mail, "x@vb.example", &route, &error), VMAIL_OK, &error);
    assert_int_equal(route.kind, VMAIL_ROUTE_NOBODY);
    vmail_mail_end(&mail);
}

/* What is asked in one question after the other, while the files change. */
static void check_next(struct vmail_mail *mail, const char *address, enum vmail_result expected,
                       enum vmail_route_kind kind)
{
    struct vmail_route route = { 0 };
    struct vmail_error error;
    enum vmail_result result = vmail_mail_question(mail, &error);
    if (result == VMAIL_OK)
        result = vmail_route_find(mail, address, &route, &error);
    check_result(result, expected, &error);
    assert_true(result == VMAIL_OK || error.text[0] != '\0');
    assert_true(result != VMAIL_OK || route.kind == kind);
}

static void an_edit_counts_in_the_next_question(void **state)
{
    struct scratch *scratch = *state;
    struct vmail_mail mail;
    vmail_mail_begin(&mail, &scratch->paths, NULL);
    check_next(&mail, "info@va.example", VMAIL_OK, VMAIL_ROUTE_NOBODY);
    scratch_write(scratch, "aliases.va.example", "info: bob\n");
    check_next(&mail, "info@va.example", VMAIL_OK, VMAIL_ROUTE_ALIAS);
    check_next(&mail, "info@va.example", VMAIL_OK, VMAIL_ROUTE_ALIAS);
    check_next(&mail, "abuse@va.example", VMAIL_OK, VMAIL_ROUTE_ALIAS);
    scratch_write(scratch, "aliases.va.example", "INFO: bob\n"); /* of the same size */
    check_next(&mail, "info@va.example", VMAIL_OK, VMAIL_ROUTE_ALIAS);
    scratch_write(scratch, "vmail.conf", "[domain va.example]\nfallback = sue\n");
    check_next(&mail, "abuse@va.example", VMAIL_OK, VMAIL_ROUTE_FALLBACK);
    assert_int_equal(unlink(scratch_path(scratch, "aliases.va.example")), 0);
    check_next(&mail, "info@va.example", VMAIL_OK, VMAIL_ROUTE_FALLBACK);
    vmail_mail_end(&mail);
}

static void what_cannot_be_read_is_no_unknown_user(void **state)
{
    static const char *const files[] = { "vmail.conf", "aliases.va.example", "common",
                                         "passwd.va.example" };
    struct scratch *scratch = *state;
    struct vmail_mail mail;
    vmail_mail_begin(&mail, &scratch->paths, NULL);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        check_next(&mail, "nosuch@va.example", VMAIL_OK, VMAIL_ROUTE_NOBODY);
        scratch_chmod(scratch, files[i], 0666);
        check_next(&mail, "nosuch@va.example", VMAIL_UNAVAILABLE, VMAIL_ROUTE_NOBODY);
        check_next(&mail, "nosuch@va.example", VMAIL_UNAVAILABLE, VMAIL_ROUTE_NOBODY);
        scratch_chmod(scratch, files[i], 0644);
    }
    check_next(&mail, "nosuch@va.example", VMAIL_OK, VMAIL_ROUTE_NOBODY);
    scratch_write(scratch, "passwd.va.example", "joe:x:1:1:::\n");
    check_next(&mail, "joe@va.example", VMAIL_UNAVAILABLE, VMAIL_ROUTE_NOBODY);
    vmail_mail_end(&mail);
}

static void very_long_addresses_are_nobodys(void **state)
{
    char address[700], expected[sizeof "user " + sizeof address];
    char *part = scratch_repeat('x', 255);
    snprintf(address, sizeof address, "sue+%.*s@va.example", 251, part);
    snprintf(expected, sizeof expected, "user %s", address);
    check_route(*state, address, expected);
    snprintf(address, sizeof address, "sue+%s%s@va.example", part, part);
    check_route(*state, address, "nobody");
    snprintf(address, sizeof address, "sue@%s%s", part, part);
    check_route(*state, address, "elsewhere");
    free(part);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_MAIL(the_domain_decides_first),
        ON_MAIL(an_alias_comes_before_a_user_and_the_first_file_before_the_next),
        ON_MAIL(an_exact_name_comes_before_the_name_without_its_tag),
        ON_MAIL(the_delimiter_is_what_vmail_conf_says),
        ON_MAIL(mail_to_nobody_goes_to_the_fallback),
        ON_MAIL(a_full_name_is_an_address_where_that_is_wanted),
        ON_MAIL(who_has_the_mailbox_is_found_without_aliases),
        ON_MAIL(an_edit_counts_in_the_next_question),
        ON_MAIL(what_cannot_be_read_is_no_unknown_user),
        ON_MAIL(very_long_addresses_are_nobodys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
