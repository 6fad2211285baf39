/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "name.h"

#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "scratch.h"

static bool domain_valid(const char *text)
{
    return vmail_domain_valid(text, strlen(text));
}

static bool user_valid(const char *text)
{
    return vmail_user_valid(text, strlen(text));
}

static void a_domain_is_labels_of_letters_digits_hyphens_and_underscores(void **state)
{
    static const char *const domains[] = { "va.example",  "VA.Example",  "localhost",
                                           "x",           "a-b.example", "a--b.c",
                                           "_dmarc.va",   "1.2.3.4",     "xn--bcher-kva.example",
                                           "bak.example", "old.tmp.x" };
    (void)state;
    for (size_t i = 0; i < sizeof domains / sizeof *domains; i++)
        check(domain_valid(domains[i]), domains[i]);
}

static void nothing_else_is_a_domain(void **state)
{
    static const char *const texts[] = { "",
                                         ".",
                                         "..",
                                         "va..example",
                                         ".va.example",
                                         "va.example.",
                                         "va example",
                                         "va.example ",
                                         " va.example",
                                         "va.example\n",
                                         "va\x01.x",
                                         "va\x7f.x",
                                         "va/example",
                                         "../etc",
                                         "a/../b",
                                         "va.example/",
                                         "va:example",
                                         "va@example",
                                         "va,example",
                                         "va%example",
                                         "va\\example",
                                         "b\xc3\xbc.example",
                                         "va*.example",
                                         "[1.2.3.4]",
                                         "va\texample",
                                         "va.example\r",
                                         "va!",
                                         "a+b" };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check(!domain_valid(texts[i]), texts[i]);
}

static void a_label_does_not_start_with_a_hyphen(void **state)
{
    (void)state;
    assert_false(domain_valid("-va.example"));
    assert_false(domain_valid("va.-example"));
    assert_false(domain_valid("-"));
}

static void a_label_does_not_end_with_a_hyphen(void **state)
{
    (void)state;
    assert_false(domain_valid("va-.example"));
    assert_false(domain_valid("va.example-"));
}

static void a_label_has_at_most_63_bytes(void **state)
{
    char text[80];
    (void)state;
    memset(text, 'a', sizeof text);
    memcpy(text + 63, ".example", sizeof ".example");
    assert_true(domain_valid(text));
    memset(text, 'a', sizeof text);
    memcpy(text + 64, ".example", sizeof ".example");
    assert_false(domain_valid(text));
}

static void a_domain_has_at_most_253_bytes(void **state)
{
    char *text = scratch_repeat('a', 300);
    (void)state;
    for (size_t i = 50; i < 300; i += 50)
        text[i] = '.';
    assert_true(vmail_domain_valid(text, 253));
    assert_false(vmail_domain_valid(text, 254));
    assert_false(vmail_domain_valid(text, 300));
    free(text);
}

static void a_domain_holds_no_nul(void **state)
{
    (void)state;
    assert_false(vmail_domain_valid("va\0example", 10));
    assert_false(vmail_domain_valid("va.example\0", 11));
}

static void what_editors_and_packages_leave_behind_is_no_domain(void **state)
{
    static const char *const texts[] = {
        "va.example.bak",      "va.example.old",       "va.example.orig",
        "va.example.rej",      "va.example.tmp",       "va.example.swp",
        "va.example.swo",      "va.example.rpmnew",    "va.example.rpmsave",
        "va.example.rpmorig",  "va.example.BAK",       "va.example.dpkg-new",
        "va.example.dpkg-old", "va.example.dpkg-dist", "va.example.dpkg-tmp",
        "va.example.ucf-dist", "va.example~",          "bak",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check(!domain_valid(texts[i]), texts[i]);
}

static void a_user_is_printable_ascii(void **state)
{
    static const char *const users[] = { "bob", "B",     "bob.smith", "bob-", "bob+tag", "o'neil",
                                         "a=b", "!#$%&", "bob~",      "_bob", "[x]",     "1" };
    (void)state;
    for (size_t i = 0; i < sizeof users / sizeof *users; i++)
        check(user_valid(users[i]), users[i]);
}

static void nothing_else_is_a_user(void **state)
{
    static const char *const texts[] = { "",           "-bob",    "+bob",    "+",          ".bob",
                                         ".",          "..",      "../bob",  "a/b",        "/",
                                         "a:b",        ":",       "a,b",     "a@b",        "@",
                                         "a b",        " ",       "bob\n",   "\nbob",      "bob\r",
                                         "bob\t",      "bo\001b", "bob\x7f", "b\303\266b", "\x80",
                                         "bob\x1b[1m", "\xff" };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check(!user_valid(texts[i]), texts[i]);
}

static void a_user_has_at_most_64_bytes(void **state)
{
    char *text = scratch_repeat('a', 300);
    (void)state;
    assert_true(vmail_user_valid(text, 64));
    assert_false(vmail_user_valid(text, 65));
    assert_false(vmail_user_valid(text, 300));
    free(text);
}

static void a_user_holds_no_nul(void **state)
{
    (void)state;
    assert_false(vmail_user_valid("bob\0x", 5));
    assert_false(vmail_user_valid("\0", 1));
}

static void a_name_without_a_separator_is_plain(void **state)
{
    struct vmail_name name;
    (void)state;
    assert_true(vmail_name_split("Bob", "", true, &name));
    assert_int_equal(name.form, VMAIL_NAME_PLAIN);
    assert_true(name.user_valid);
    assert_string_equal(name.user, "bob");
    assert_string_equal(name.domain, "");
}

static void a_name_with_a_separator_has_a_domain(void **state)
{
    static const struct {
        const char *text, *separators, *user, *domain;
    } cases[] = {
        { "bob@va.example", "", "bob", "va.example" },
        { "A@VA.EXAMPLE", "", "a", "va.example" },
        { "bob%va.example", "%", "bob", "va.example" },
        { "bob@va.example", "%", "bob", "va.example" },
        { "bob+tag@va.example", "", "bob+tag", "va.example" },
        { "bob%x@va.example", "", "bob%x", "va.example" },
        { "bob!va.example", "%!", "bob", "va.example" },
        { "bob@localhost", "", "bob", "localhost" },
    };
    struct vmail_name name;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check(vmail_name_split(cases[i].text, cases[i].separators, true, &name), cases[i].text);
        check(name.form == VMAIL_NAME_DOMAIN && name.user_valid, cases[i].text);
        check_text(name.user, cases[i].user, cases[i].text);
        check_text(name.domain, cases[i].domain, cases[i].text);
    }
}

static void a_character_that_is_no_separator_does_not_split(void **state)
{
    struct vmail_name name;
    (void)state;
    assert_true(vmail_name_split("bob%va.example", "", true, &name));
    assert_int_equal(name.form, VMAIL_NAME_PLAIN);
    assert_string_equal(name.user, "bob%va.example");
}

static void without_folding_the_user_stays_as_typed_and_the_domain_does_not(void **state)
{
    struct vmail_name name;
    (void)state;
    assert_true(vmail_name_split("Bob@VA.Example", "", false, &name));
    assert_string_equal(name.user, "Bob");
    assert_string_equal(name.domain, "va.example");
}

static void a_separator_without_a_valid_domain_behind_it_is_no_name(void **state)
{
    static const char *const texts[] = {
        "@",      "a@",    "bob@",  "a@b@c",      "a@.",          "a@..",
        "a@b.",   "a@.b",  "a@b c", "a@b\n",      "a@b\x01",      "a@../../etc",
        "a@/etc", "a@b/c", "a@b:c", "a@-b",       "a@b-",         "a@va.example.bak",
        "a@[",    "a@[]",  "a@]",   "a@[1.2.3.4", "a@[1.2.3.4]x", "a@1.2.3.4]",
        "@@",     "a@@b",  "a@ b",  "a@b%c",      "a%b@c",        "a@\xc3\xbc.x",
    };
    struct vmail_name name;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check(!vmail_name_split(texts[i], "%", true, &name), texts[i]);
}

static void a_domain_of_300_bytes_is_no_name(void **state)
{
    char *text = scratch_repeat('a', 304);
    struct vmail_name name;
    (void)state;
    memcpy(text, "bob@", 4);
    for (size_t i = 50; i < 304; i += 50)
        text[i] = '.';
    assert_false(vmail_name_split(text, "", true, &name));
    free(text);
}

static void a_broken_user_still_tells_the_domain(void **state)
{
    static const char *const texts[] = {
        "@va.example",    "-x@va.example",  "../x@va.example",    "a:b@va.example",
        "a/b@va.example", "a b@va.example", "bob\n@va.example",   "\x01@va.example",
        "a,b@va.example", ".x@va.example",  "\xc3\xb6@va.example"
    };
    struct vmail_name name;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        check(vmail_name_split(texts[i], "", true, &name), texts[i]);
        check(!name.user_valid, texts[i]);
        check_text(name.user, "", texts[i]);
        check_text(name.domain, "va.example", texts[i]);
    }
}

static void a_plain_name_that_breaks_the_rules_is_not_valid(void **state)
{
    static const char *const texts[] = { "", "-x", "../x", "a:b", "/", "a b", "bob\n" };
    struct vmail_name name;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        check(vmail_name_split(texts[i], "", true, &name), texts[i]);
        check(name.form == VMAIL_NAME_PLAIN && !name.user_valid, texts[i]);
    }
}

static void a_name_of_300_bytes_is_not_valid(void **state)
{
    char *text = scratch_repeat('a', 300);
    struct vmail_name name;
    (void)state;
    assert_true(vmail_name_split(text, "", true, &name));
    assert_false(name.user_valid);
    assert_string_equal(name.user, "");
    memcpy(text + 100, "@va.example", 12);
    assert_true(vmail_name_split(text, "", true, &name));
    assert_false(name.user_valid);
    assert_string_equal(name.domain, "va.example");
    free(text);
}

static void the_longest_name_fits(void **state)
{
    char *text = scratch_repeat('A', VMAIL_CANONICAL_MAX);
    struct vmail_name name;
    char joined[VMAIL_CANONICAL_MAX + 1];
    (void)state;
    text[VMAIL_USER_MAX] = '@';
    for (size_t i = VMAIL_USER_MAX + 50; i < VMAIL_CANONICAL_MAX; i += 50)
        text[i] = '.';
    assert_true(vmail_name_split(text, "", false, &name));
    assert_true(name.user_valid);
    assert_int_equal(strlen(name.user), VMAIL_USER_MAX);
    assert_int_equal(strlen(name.domain), VMAIL_DOMAIN_MAX);
    vmail_name_join(joined, name.user, name.domain);
    assert_int_equal(strlen(joined), VMAIL_CANONICAL_MAX);
    free(text);
}

static void brackets_hold_an_address_literal(void **state)
{
    static const struct {
        const char *text, *address;
    } cases[] = {
        { "bob@[192.0.2.1]", "192.0.2.1" },
        { "bob@[IPv6:::1]", "IPv6:::1" },
        { "bob@[2001:db8::1]", "2001:db8::1" },
        { "bob@[fe80::1%eth0]", "fe80::1%eth0" },
        { "bob@[::ffff:192.0.2.1]", "::ffff:192.0.2.1" },
    };
    struct vmail_name name;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check(vmail_name_split(cases[i].text, "%", true, &name), cases[i].text);
        check(name.form == VMAIL_NAME_LITERAL, cases[i].text);
        check_text(name.user, "bob", cases[i].text);
        check_text(name.domain, cases[i].address, cases[i].text);
    }
}

static void a_literal_that_does_not_fit_is_no_name(void **state)
{
    char *text = scratch_repeat('1', 300);
    struct vmail_name name;
    (void)state;
    memcpy(text, "bob@[", 5);
    text[299] = ']';
    assert_false(vmail_name_split(text, "", true, &name));
    free(text);
}

static void an_ordinary_name_cannot_have_a_separator(void **state)
{
    static const char *const plain[] = { "", "bob", "Bob.Smith", "www-data", "_apt", "user1" };
    static const char *const other[] = {
        "bob@va", "bob%va", "a+b", "a!b", "a b", "b\xc3\xb6", "a:b"
    };
    (void)state;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        check(!vmail_name_may_have_separator(plain[i]), plain[i]);
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        check(vmail_name_may_have_separator(other[i]), other[i]);
}

/* The contract of vmail_name_may_have_separator depends on this. */
static void every_valid_separator_is_noticed_in_a_name(void **state)
{
    (void)state;
    for (int c = 1; c < 256; c++) {
        char text[] = { 'a', (char)c, 'b', '\0' };
        if (vmail_separator_valid((char)c))
            check(vmail_name_may_have_separator(text), text);
    }
}

static void a_separator_is_punctuation_that_no_other_part_needs(void **state)
{
    static const char valid[] = "@%!+=*&~|^?{}()<>`";
    static const char invalid[] = "abzAZ019-_.[]:/,;#\"'\\$ \t\n\x01\x7f\x80\xff";
    (void)state;
    for (const char *c = valid; *c != '\0'; c++)
        check(vmail_separator_valid(*c), c);
    for (const char *c = invalid; *c != '\0'; c++)
        check(!vmail_separator_valid(*c), c);
    assert_false(vmail_separator_valid('\0'));
}

static void folding_changes_ascii_letters_only(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        char expected = c >= 'A' && c <= 'Z' ? (char)(c + 32) : (char)c;
        assert_int_equal(vmail_fold((char)c), expected);
    }
}

static void folded_comparison_knows_no_locale(void **state)
{
    (void)state;
    assert_true(vmail_equal_folded("BoB", "bOb", 3));
    assert_false(vmail_equal_folded("bob", "bop", 3));
    assert_true(vmail_equal_folded("bobX", "bobY", 3));
    assert_false(vmail_equal_folded("\xc4", "\xe4", 1)); /* equal in ISO 8859-1 */
    assert_false(vmail_equal_folded("@", "`", 1));
    assert_false(vmail_equal_folded("[", "{", 1));
}

static void a_copy_can_be_folded_in_place(void **state)
{
    char text[] = "VA.Example";
    (void)state;
    vmail_fold_copy(text, text, strlen(text));
    assert_string_equal(text, "va.example");
}

static void a_canonical_name_has_an_at_sign(void **state)
{
    char out[VMAIL_CANONICAL_MAX + 1];
    (void)state;
    vmail_name_join(out, "bob", "va.example");
    assert_string_equal(out, "bob@va.example");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_domain_is_labels_of_letters_digits_hyphens_and_underscores),
        cmocka_unit_test(nothing_else_is_a_domain),
        cmocka_unit_test(a_label_does_not_start_with_a_hyphen),
        cmocka_unit_test(a_label_does_not_end_with_a_hyphen),
        cmocka_unit_test(a_label_has_at_most_63_bytes),
        cmocka_unit_test(a_domain_has_at_most_253_bytes),
        cmocka_unit_test(a_domain_holds_no_nul),
        cmocka_unit_test(what_editors_and_packages_leave_behind_is_no_domain),
        cmocka_unit_test(a_user_is_printable_ascii),
        cmocka_unit_test(nothing_else_is_a_user),
        cmocka_unit_test(a_user_has_at_most_64_bytes),
        cmocka_unit_test(a_user_holds_no_nul),
        cmocka_unit_test(a_name_without_a_separator_is_plain),
        cmocka_unit_test(a_name_with_a_separator_has_a_domain),
        cmocka_unit_test(a_character_that_is_no_separator_does_not_split),
        cmocka_unit_test(without_folding_the_user_stays_as_typed_and_the_domain_does_not),
        cmocka_unit_test(a_separator_without_a_valid_domain_behind_it_is_no_name),
        cmocka_unit_test(a_domain_of_300_bytes_is_no_name),
        cmocka_unit_test(a_broken_user_still_tells_the_domain),
        cmocka_unit_test(a_plain_name_that_breaks_the_rules_is_not_valid),
        cmocka_unit_test(a_name_of_300_bytes_is_not_valid),
        cmocka_unit_test(the_longest_name_fits),
        cmocka_unit_test(brackets_hold_an_address_literal),
        cmocka_unit_test(a_literal_that_does_not_fit_is_no_name),
        cmocka_unit_test(an_ordinary_name_cannot_have_a_separator),
        cmocka_unit_test(every_valid_separator_is_noticed_in_a_name),
        cmocka_unit_test(a_separator_is_punctuation_that_no_other_part_needs),
        cmocka_unit_test(folding_changes_ascii_letters_only),
        cmocka_unit_test(folded_comparison_knows_no_locale),
        cmocka_unit_test(a_copy_can_be_folded_in_place),
        cmocka_unit_test(a_canonical_name_has_an_at_sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
