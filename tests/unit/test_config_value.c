/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config_value.h"

#include <string.h>

#include "cmocka_all.h"
#include "scratch.h"

static void yes_and_no_have_four_spellings_each(void **state)
{
    static const char *const yes[] = { "yes", "true", "on", "1", "YES", "True", "oN" };
    static const char *const no[] = { "no", "false", "off", "0", "NO", "False" };
    (void)state;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        bool value = false;
        check(vmail_value_bool(yes[i], &value) == NULL && value, yes[i]);
    }
    for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
        bool value = true;
        check(vmail_value_bool(no[i], &value) == NULL && !value, no[i]);
    }
}

static void anything_else_is_neither_yes_nor_no(void **state)
{
    static const char *const texts[] = { "", "y", "n", "2", "yes no", "ye", "yess", "-1", "01" };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        bool value = true;
        check_text(vmail_value_bool(texts[i], &value), "expected yes or no", texts[i]);
        check(value, texts[i]);
    }
}

static void a_range_of_ids_has_a_first_and_a_last(void **state)
{
    static const struct {
        const char *text;
        uint32_t first, last;
    } cases[] = {
        { "65536-99999", 65536, 99999 },         { "1000-1000", 1000, 1000 },
        { "1000 - 2000", 1000, 2000 },           { "1000\t-\t2000", 1000, 2000 },
        { "1000-4294967294", 1000, 4294967294 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct vmail_id_range ids = { 0, 0 };
        check(vmail_value_ids(cases[i].text, &ids) == NULL, cases[i].text);
        check(ids.first == cases[i].first && ids.last == cases[i].last, cases[i].text);
    }
}

static void a_range_that_reaches_system_accounts_or_no_id_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "-",
        "1000",
        "1000-",
        "-2000",
        "999-2000",
        "0-2000",
        "2000-1999",
        "1000-4294967295",
        "1000-4294967296",
        "4294967295-4294967295",
        "1000--2000",
        "1000-2000-3000",
        "a-b",
        "1000-2000 3000",
        "1e3-2000",
        "1000:2000",
        "0x400-2000",
        "+1000-2000",
        "1000-18446744073709552000",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct vmail_id_range ids = { 7, 8 };
        check_text(vmail_value_ids(texts[i], &ids),
                   "expected FIRST-LAST, from 1000 up to 4294967294", texts[i]);
        check(ids.first == 7 && ids.last == 8, texts[i]);
    }
}

static void a_size_counts_in_powers_of_1024(void **state)
{
    static const struct {
        const char *text;
        uint64_t value;
    } cases[] = {
        { "0", 0 },
        { "17", 17 },
        { "1K", 1024 },
        { "500k", 512000 },
        { "100M", 104857600 },
        { "2G", 2147483648 },
        { "2t", 2199023255552 },
        { "16777215T", UINT64_MAX - ((1ull << 40) - 1) },
        { "18446744073709551615", UINT64_MAX },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t value = 1;
        check(vmail_value_size(cases[i].text, &value) == NULL, cases[i].text);
        check(value == cases[i].value, cases[i].text);
    }
}

static void anything_else_is_no_size(void **state)
{
    static const char *const texts[] = { "",
                                         "K",
                                         "1KB",
                                         "1 K",
                                         "1.5G",
                                         "-1",
                                         "1P",
                                         "MM",
                                         "K1",
                                         "16777216T",
                                         "1{",
                                         "\xeb",
                                         "18446744073709551616" };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        uint64_t value;
        check_text(vmail_value_size(texts[i], &value), "expected a size such as 500K, 100M or 2G",
                   texts[i]);
    }
}

static void a_count_is_a_number_of_32_bits(void **state)
{
    uint32_t value;
    (void)state;
    assert_null(vmail_value_count("0", &value));
    assert_int_equal(value, 0);
    assert_null(vmail_value_count("4294967295", &value));
    assert_int_equal(value, UINT32_MAX);
    assert_string_equal(vmail_value_count("4294967296", &value), "expected a number");
    assert_string_equal(vmail_value_count("", &value), "expected a number");
    assert_string_equal(vmail_value_count("ten", &value), "expected a number");
}

static void separators_leave_out_blanks_and_the_at_sign(void **state)
{
    static const struct {
        const char *text, *value;
    } cases[] = { { "", "" },        { "@", "" },    { "@%", "%" }, { "%@", "%" },
                  { "@ % !", "%!" }, { "%+", "%+" }, { "@@@", "" } };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char value[16] = "unset";
        check(vmail_value_separators(cases[i].text, value, sizeof value) == NULL, cases[i].text);
        check_text(value, cases[i].value, cases[i].text);
    }
}

static void what_names_are_made_of_is_no_separator(void **state)
{
    static const char *const texts[] = { "a",  "@.", "@-", "_",        "1",
                                         "@:", "/",  ",",  "[",        "\\",
                                         "$",  "#",  "%a", "\xc2\xa7", "%%%%%%%%%%%%%%%%" };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char value[16] = "kept";
        check_text(
            vmail_value_separators(texts[i], value, sizeof value),
            "expected punctuation such as @ or %, but not a character that names can contain",
            texts[i]);
        check_text(value, "kept", texts[i]);
    }
}

static void separators_fit_where_they_go(void **state)
{
    char value[4] = "";
    (void)state;
    assert_null(vmail_value_separators("%!+", value, sizeof value));
    assert_string_equal(value, "%!+");
    assert_non_null(vmail_value_separators("%!+=", value, sizeof value));
    assert_string_equal(value, "%!+");
}

static void a_fallback_is_nothing_or_an_account_or_a_domain(void **state)
{
    static const char *const good[] = { "", "bob", "bob@vb.example", "@vb.example" };
    static const char *const bad[] = { "@",    "bob@",       "bob@vb..example", "a b",    "-x",
                                       "../x", "bob@vb@vc",  "a:b@vb.example",  "@[::1]", ".",
                                       "a,b",  "@vb example" };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        check(vmail_value_fallback(good[i]) == NULL, good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check_text(vmail_value_fallback(bad[i]), "expected nothing, user@domain, @domain or a user",
                   bad[i]);
}

static void a_mailbox_has_a_format_and_a_path(void **state)
{
    static const char *const good[] = { "maildir:~/Maildir", "mbox:/var/spool/vmail/%d/%u",
                                        "maildir:/srv/%d/%u", "mbox:~/mbox" };
    static const char *const bad[] = {
        "",        "maildir",      "maildir:",   "maildir:Maildir", "mbox:~bob/x",
        "dbox:/x", "/var/mail/%u", "Maildir:/x", "mbox:~",          ":/x"
    };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        check(vmail_value_mailbox(good[i]) == NULL, good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check_text(vmail_value_mailbox(bad[i]),
                   "expected maildir:PATH or mbox:PATH, PATH starting with / or ~/", bad[i]);
}

static void a_path_is_absolute_and_does_not_climb(void **state)
{
    static const char *const good[] = { "/", "/etc/vmail/aliases.common", "/a/..b/c..", "/...",
                                        "//x" };
    static const char *const bad[] = {
        "", "etc/x", "./x", "/a/../b", "/a/..", "/..", "/../a", "~/x"
    };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        check(vmail_value_path(good[i]) == NULL, good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check_text(vmail_value_path(bad[i]), "expected an absolute path without ..", bad[i]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(yes_and_no_have_four_spellings_each),
        cmocka_unit_test(anything_else_is_neither_yes_nor_no),
        cmocka_unit_test(a_range_of_ids_has_a_first_and_a_last),
        cmocka_unit_test(a_range_that_reaches_system_accounts_or_no_id_is_refused),
        cmocka_unit_test(a_size_counts_in_powers_of_1024),
        cmocka_unit_test(anything_else_is_no_size),
        cmocka_unit_test(a_count_is_a_number_of_32_bits),
        cmocka_unit_test(separators_leave_out_blanks_and_the_at_sign),
        cmocka_unit_test(what_names_are_made_of_is_no_separator),
        cmocka_unit_test(separators_fit_where_they_go),
        cmocka_unit_test(a_fallback_is_nothing_or_an_account_or_a_domain),
        cmocka_unit_test(a_mailbox_has_a_format_and_a_path),
        cmocka_unit_test(a_path_is_absolute_and_does_not_climb),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
