/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ini.h"

#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "scratch.h"

struct expected {
    enum vmail_ini_kind kind;
    unsigned long line;
    const char *name, *value;
};

static void check_items(const char *text, size_t length, const struct expected *expected,
                        size_t count)
{
    struct vmail_ini ini;
    struct vmail_ini_item item;
    char *copy = malloc(length + 1);
    assert_non_null(copy);
    memcpy(copy, text, length);
    copy[length] = '\0';
    vmail_ini_start(&ini, copy, length);
    for (size_t i = 0; i < count; i++) {
        check(vmail_ini_next(&ini, &item), text);
        assert_int_equal(item.kind, expected[i].kind);
        assert_int_equal(item.line, expected[i].line);
        if (expected[i].kind == VMAIL_INI_ERROR || expected[i].kind == VMAIL_INI_LOST) {
            if (strstr(item.name, expected[i].name) == NULL)
                fail_msg("\"%s\" does not say \"%s\"", item.name, expected[i].name);
            check(item.value >= copy && item.value <= copy + length, text); /* the line itself */
        } else {
            check_text(item.name, expected[i].name, text);
            check_text(item.value, expected[i].value, text);
        }
    }
    check(!vmail_ini_next(&ini, &item), text);
    check(!vmail_ini_next(&ini, &item), text);
    free(copy);
}

static void check_one(const char *text, enum vmail_ini_kind kind, const char *name,
                      const char *value)
{
    const struct expected expected = { kind, 1, name, value };
    check_items(text, strlen(text), &expected, 1);
}

static void an_empty_text_has_no_items(void **state)
{
    static const char *const texts[] = { "",      "\n",  "\n\n\n",   "  \t\n",  "\r\n",
                                         "; x\n", "# x", "   ; x\n", "\t# x\n", "\xef\xbb\xbf" };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_items(texts[i], strlen(texts[i]), NULL, 0);
}

static void a_section_has_a_name_and_an_argument(void **state)
{
    (void)state;
    check_one("[vmail]", VMAIL_INI_SECTION, "vmail", "");
    check_one("[domain va.example]\n", VMAIL_INI_SECTION, "domain", "va.example");
    check_one("[ domain \t va.example ]", VMAIL_INI_SECTION, "domain", "va.example");
    check_one("[domain va vb]", VMAIL_INI_SECTION, "domain", "va vb");
    check_one("[domain va] ; comment", VMAIL_INI_SECTION, "domain", "va");
    check_one("[]", VMAIL_INI_SECTION, "", "");
}

static void a_section_stands_alone_in_brackets(void **state)
{
    static const char *const texts[] = { "[vmail",     "[vmail] x", "[vmail]]", "[vmail]#", "[",
                                         "[vmail ; ]", " [vmail",   "\t[",      "[a = b" };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_one(texts[i], VMAIL_INI_LOST, "[name]", "");
}

static void an_indented_section_is_one(void **state)
{
    static const char text[] = "aliases = a\n  [domain vb]\n\t[domain vc\naddress = ::1\n";
    static const struct expected expected[] = {
        { VMAIL_INI_KEY, 1, "aliases", "a" },
        { VMAIL_INI_SECTION, 2, "domain", "vb" },
        { VMAIL_INI_LOST, 3, "[name]", "" },
        { VMAIL_INI_KEY, 4, "address", "::1" },
    };
    (void)state;
    check_one(" [vmail]", VMAIL_INI_SECTION, "vmail", "");
    check_one("\t [domain va.example] ; comment", VMAIL_INI_SECTION, "domain", "va.example");
    check_items(text, strlen(text), expected, 4);
}

static void a_key_has_a_trimmed_value(void **state)
{
    (void)state;
    check_one("ids=1-2", VMAIL_INI_KEY, "ids", "1-2");
    check_one("ids = 1-2\n", VMAIL_INI_KEY, "ids", "1-2");
    check_one("ids \t=\t 1 - 2 \t", VMAIL_INI_KEY, "ids", "1 - 2");
    check_one("fallback =", VMAIL_INI_KEY, "fallback", "");
    check_one("fallback = \n", VMAIL_INI_KEY, "fallback", "");
    check_one("a = b = c", VMAIL_INI_KEY, "a", "b = c");
    check_one("  indented = yes", VMAIL_INI_KEY, "indented", "yes");
    check_one("a = [x]", VMAIL_INI_KEY, "a", "[x]");
}

static void a_semicolon_behind_white_space_starts_a_comment(void **state)
{
    (void)state;
    check_one("a = b ; c", VMAIL_INI_KEY, "a", "b");
    check_one("a = b\t; c = d", VMAIL_INI_KEY, "a", "b");
    check_one("a = ; c", VMAIL_INI_KEY, "a", "");
    check_one("a = b;c", VMAIL_INI_KEY, "a", "b;c");
    check_one("a = b # c", VMAIL_INI_KEY, "a", "b # c");
}

static void a_line_ends_with_a_newline_with_or_without_carriage_return(void **state)
{
    static const struct expected expected[] = {
        { VMAIL_INI_SECTION, 1, "vmail", "" },
        { VMAIL_INI_KEY, 2, "ids", "1-2" },
        { VMAIL_INI_KEY, 4, "enumerate", "no" },
    };
    static const char unix_text[] = "[vmail]\nids = 1-2\n\nenumerate = no\n";
    static const char dos_text[] = "[vmail]\r\nids = 1-2\r\n\r\nenumerate = no\r\n";
    static const char unfinished_text[] = "[vmail]\nids = 1-2\n\nenumerate = no";
    (void)state;
    check_items(unix_text, strlen(unix_text), expected, 3);
    check_items(dos_text, strlen(dos_text), expected, 3);
    check_items(unfinished_text, strlen(unfinished_text), expected, 3);
}

static void a_byte_order_mark_is_passed_over(void **state)
{
    (void)state;
    check_one("\xef\xbb\xbf[vmail]\n", VMAIL_INI_SECTION, "vmail", "");
}

static void an_indented_line_continues_the_value_above(void **state)
{
    static const char text[] = "aliases = a.example\n"
                               "\tb.example ; the second\n"
                               "; in between\n"
                               "\n"
                               "  c.example\n"
                               "address = ::1\n";
    static const struct expected expected[] = {
        { VMAIL_INI_KEY, 1, "aliases", "a.example" },
        { VMAIL_INI_CONTINUE, 2, "aliases", "b.example" },
        { VMAIL_INI_CONTINUE, 5, "aliases", "c.example" },
        { VMAIL_INI_KEY, 6, "address", "::1" },
    };
    (void)state;
    check_items(text, strlen(text), expected, 4);
}

/* Otherwise `aliases` would silently get three more values, and the domain no address. */
static void an_indented_key_continues_nothing(void **state)
{
    static const char text[] = "aliases = a.example\n  address = ::1\n\tx=y\n";
    static const struct expected expected[] = {
        { VMAIL_INI_KEY, 1, "aliases", "a.example" },
        { VMAIL_INI_ERROR, 2, "a key after white space", "" },
        { VMAIL_INI_ERROR, 3, "a key after white space", "" },
    };
    (void)state;
    check_items(text, strlen(text), expected, 3);
}

/* Otherwise the rest of an address list would go to `admins`. */
static void what_continues_an_indented_key_is_nobodys(void **state)
{
    static const char text[] = "admins = alice\n  aliases = a.example\n    b.example\n\tc.example\n"
                               "address = ::1\n  ::2\n";
    static const struct expected expected[] = {
        { VMAIL_INI_KEY, 1, "admins", "alice" },
        { VMAIL_INI_ERROR, 2, "a key after white space", "" },
        { VMAIL_INI_ERROR, 3, "continues the invalid line", "" },
        { VMAIL_INI_ERROR, 4, "continues the invalid line", "" },
        { VMAIL_INI_KEY, 5, "address", "::1" },
        { VMAIL_INI_CONTINUE, 6, "address", "::2" },
    };
    (void)state;
    check_items(text, strlen(text), expected, 6);
}

static void nothing_is_continued_behind_a_section_or_an_error(void **state)
{
    static const char text[] = "a = b\n[vmail]\n  c = d\nwrong\n  e\n";
    static const struct expected expected[] = {
        { VMAIL_INI_KEY, 1, "a", "b" },        { VMAIL_INI_SECTION, 2, "vmail", "" },
        { VMAIL_INI_KEY, 3, "c", "d" },        { VMAIL_INI_ERROR, 4, "neither", "" },
        { VMAIL_INI_ERROR, 5, "neither", "" },
    };
    (void)state;
    check_items(text, strlen(text), expected, 5);
}

static void a_line_without_a_key_is_an_error(void **state)
{
    static const char *const texts[] = { "x", "= x", "  = x", "x ; = y", "yes" };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_one(texts[i], VMAIL_INI_ERROR, "key = value", "");
}

static void a_line_that_may_be_what_is_left_of_a_section_is_lost(void **state)
{
    static const char *const texts[] = { "vmail]", "(vmail)", "\x01", "\xc2\xa0[vmail]", "<x>" };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_one(texts[i], VMAIL_INI_LOST, "key = value", "");
}

/* The original text of the line is unknown; it may have been a section. */
static void a_line_with_a_nul_byte_is_lost(void **state)
{
    static const char text[] = "a = b\nc = \0d\n  e\n[vm\0ail]\ne = f\n\0";
    static const struct expected expected[] = {
        { VMAIL_INI_KEY, 1, "a", "b" },        { VMAIL_INI_LOST, 2, "NUL", "" },
        { VMAIL_INI_ERROR, 3, "neither", "" }, { VMAIL_INI_LOST, 4, "NUL", "" },
        { VMAIL_INI_KEY, 5, "e", "f" },        { VMAIL_INI_LOST, 6, "NUL", "" },
    };
    (void)state;
    check_items(text, sizeof text - 1, expected, 6);
}

static void a_line_may_be_very_long(void **state)
{
    char *text = scratch_repeat('x', 300000);
    (void)state;
    memcpy(text, "a = ", 4);
    check_one(text, VMAIL_INI_KEY, "a", text + 4);
    free(text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_text_has_no_items),
        cmocka_unit_test(a_section_has_a_name_and_an_argument),
        cmocka_unit_test(a_section_stands_alone_in_brackets),
        cmocka_unit_test(an_indented_section_is_one),
        cmocka_unit_test(a_key_has_a_trimmed_value),
        cmocka_unit_test(a_semicolon_behind_white_space_starts_a_comment),
        cmocka_unit_test(a_line_ends_with_a_newline_with_or_without_carriage_return),
        cmocka_unit_test(a_byte_order_mark_is_passed_over),
        cmocka_unit_test(an_indented_line_continues_the_value_above),
        cmocka_unit_test(an_indented_key_continues_nothing),
        cmocka_unit_test(what_continues_an_indented_key_is_nobodys),
        cmocka_unit_test(nothing_is_continued_behind_a_section_or_an_error),
        cmocka_unit_test(a_line_without_a_key_is_an_error),
        cmocka_unit_test(a_line_that_may_be_what_is_left_of_a_section_is_lost),
        cmocka_unit_test(a_line_with_a_nul_byte_is_lost),
        cmocka_unit_test(a_line_may_be_very_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
