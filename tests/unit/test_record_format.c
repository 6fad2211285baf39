/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record_format.h"

#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "lines.h"
#include "scratch.h"

static struct vmail_record passwd_of_bob(void)
{
    return (struct vmail_record){ .kind = VMAIL_PASSWD,
                                  .passwd = { .name = "bob",
                                              .hash = "x",
                                              .uid = 70001,
                                              .gid = 70002,
                                              .gecos = "Bob \xc3\x84",
                                              .home = "/vhome/va.example/bob",
                                              .shell = "/bin/sh" } };
}

static struct vmail_record shadow_of_bob(void)
{
    return (struct vmail_record){ .kind = VMAIL_SHADOW,
                                  .shadow = { .name = "bob",
                                              .hash = "$6$s$h",
                                              .last_change = 20000,
                                              .minimum = 0,
                                              .maximum = 99999,
                                              .warning = -1,
                                              .inactive = -1,
                                              .expire = 0,
                                              .flag = ~0ul } };
}

static struct vmail_record group_of(const char *members)
{
    return (struct vmail_record){ .kind = VMAIL_GROUP,
                                  .group = { .name = "staff", .gid = 70003, .members = members } };
}

static void check_formats(const struct scratch *scratch, const struct vmail_record *record,
                          const char *expected)
{
    struct vmail_error error;
    char *line;
    check_result(vmail_record_format(record, &scratch->config->rules, &line, &error), VMAIL_OK,
                 &error);
    check_text(line, expected, expected);
    free(line);
}

static void check_refuses(const struct scratch *scratch, const struct vmail_record *record,
                          const char *reason)
{
    struct vmail_error error;
    char *line;
    check_result(vmail_record_format(record, &scratch->config->rules, &line, &error), VMAIL_INVALID,
                 &error);
    assert_null(line);
    if (strstr(error.text, reason) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error.text, reason);
    assert_null(strstr(error.text, "SECRET"));
}

static void a_record_becomes_its_line(void **state)
{
    scratch_config(*state, "");
    struct vmail_record passwd = passwd_of_bob(), shadow = shadow_of_bob();
    struct vmail_record group = group_of("bob,alice"), empty = group_of("");
    check_formats(*state, &passwd, "bob:x:70001:70002:Bob \xc3\x84:/vhome/va.example/bob:/bin/sh");
    check_formats(*state, &shadow, "bob:$6$s$h:20000:0:99999:::0:");
    check_formats(*state, &group, "staff:x:70003:bob,alice");
    check_formats(*state, &empty, "staff:x:70003:");
    shadow.shadow.flag = 5;
    check_formats(*state, &shadow, "bob:$6$s$h:20000:0:99999:::0:5");
}

static void what_is_no_field_is_refused_in_every_field(void **state)
{
    static const char *const values[] = {
        "a:b", "a\nroot:x:0", "a\rb", "a\x1b[31m", "\x7f", "a\tb"
    };
    scratch_config(*state, "");
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct vmail_record passwd = passwd_of_bob(), shadow = shadow_of_bob();
        passwd.passwd.gecos = values[i];
        check_refuses(*state, &passwd, "full name: ");
        passwd = passwd_of_bob();
        passwd.passwd.home = values[i];
        check_refuses(*state, &passwd, "home: ");
        passwd = passwd_of_bob();
        passwd.passwd.shell = values[i];
        check_refuses(*state, &passwd, "shell: ");
        passwd = passwd_of_bob();
        passwd.passwd.name = values[i];
        check_refuses(*state, &passwd, "name: ");
        passwd = passwd_of_bob();
        passwd.passwd.hash = values[i];
        check_refuses(*state, &passwd, "password: ");
        shadow.shadow.hash = values[i];
        check_refuses(*state, &shadow, "password: ");
    }
}

static void names_that_no_look_up_finds_are_refused(void **state)
{
    static const char *const names[] = { "", "-bob", ".bob", "a/b", "a,b", "a b", "a@b", "#bob" };
    struct vmail_record passwd = passwd_of_bob();
    char *longest = scratch_repeat('a', 64), *longer = scratch_repeat('a', 65);
    scratch_config(*state, "[vmail]\nseparators = %\n");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        passwd.passwd.name = names[i];
        check_refuses(*state, &passwd, "name: ");
    }
    passwd.passwd.name = "bob%x";
    check_refuses(*state, &passwd, "separators");
    passwd.passwd.name = longer;
    check_refuses(*state, &passwd, "name: ");
    passwd.passwd.name = longest;
    char *line;
    check_result(
        vmail_record_format(&passwd, &((struct scratch *)*state)->config->rules, &line, NULL),
        VMAIL_OK, NULL);
    free(line);
    free(longest);
    free(longer);
}

static void ids_outside_the_range_are_refused(void **state)
{
    static const uint32_t ids[] = { 0, 999, 65535, 69999, 71000, UINT32_MAX };
    scratch_config(*state, "[vmail]\nids = 70000-70999\n");
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        struct vmail_record passwd = passwd_of_bob(), group = group_of("");
        passwd.passwd.uid = ids[i];
        check_refuses(*state, &passwd, "outside `ids`");
        passwd = passwd_of_bob();
        passwd.passwd.gid = ids[i];
        check_refuses(*state, &passwd, "outside `ids`");
        group.group.gid = ids[i];
        check_refuses(*state, &group, "outside `ids`");
    }
}

static void an_empty_hash_and_negative_days_are_refused(void **state)
{
    struct vmail_record shadow = shadow_of_bob(), passwd = passwd_of_bob();
    scratch_config(*state, "");
    shadow.shadow.hash = passwd.passwd.hash = "";
    check_refuses(*state, &shadow, "empty hash");
    check_refuses(*state, &passwd, "empty hash");
    shadow = shadow_of_bob();
    shadow.shadow.hash = "SECRET";
    shadow.shadow.expire = -2;
    check_refuses(*state, &shadow, "negative");
    shadow.shadow.expire = 1;
    shadow.shadow.hash = "SECRET:SECRET";
    check_refuses(*state, &shadow, "password: a field cannot");
}

static void members_are_names_with_commas_between(void **state)
{
    static const char *const members[] = { ",",          "bob,", ",bob",  "bob,,alice",
                                           "bob, alice", "a@b",  "bob:x", "bob\n" };
    scratch_config(*state, "");
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        struct vmail_record group = group_of(members[i]);
        check_refuses(*state, &group, "members: ");
    }
}

static void a_line_that_readers_would_skip_is_refused(void **state)
{
    struct vmail_record passwd = passwd_of_bob();
    char *gecos = scratch_repeat('g', VMAIL_LINE_MAX);
    scratch_config(*state, "");
    passwd.passwd.gecos = gecos;
    check_refuses(*state, &passwd, "too long");
    free(gecos);
}

/* Returns the new line, or NULL. */
static char *set_field(const struct scratch *scratch, enum vmail_kind kind, const char *line,
                       struct vmail_field field, enum vmail_result expected)
{
    struct vmail_error error = { 0 };
    char *made;
    check_result(vmail_record_set_field(scratch_file(scratch, kind, "va.example"),
                                        (struct vmail_piece){ line, strlen(line) }, field, &made,
                                        &error),
                 expected, &error);
    check((error.text[0] == '\0') == (expected == VMAIL_OK), field.value);
    return made;
}

static void check_sets(const struct scratch *scratch, enum vmail_kind kind, const char *line,
                       int number, const char *value, const char *expected)
{
    char *made = set_field(scratch, kind, line, (struct vmail_field){ number, value }, VMAIL_OK);
    check_text(made, expected, line);
    free(made);
}

static void one_field_changes_and_the_others_stay(void **state)
{
    const struct scratch *scratch = *state;
    scratch_config(*state, "");
    check_sets(scratch, VMAIL_PASSWD, "bob:x:070001:70002:\tB:/h:/s", VMAIL_FIELD_SHELL, "/bin/sh",
               "bob:x:070001:70002:\tB:/h:/bin/sh");
    check_sets(scratch, VMAIL_PASSWD, "bob:x:070001:70002:\tB:/h:/s", VMAIL_FIELD_GECOS, "",
               "bob:x:070001:70002::/h:/s");
    check_sets(scratch, VMAIL_PASSWD, "Bob:x:70001:70002:B:/h:/s", VMAIL_FIELD_NAME, "rob",
               "rob:x:70001:70002:B:/h:/s");
    check_sets(scratch, VMAIL_SHADOW, "bob:H:-1::-1::::", VMAIL_FIELD_EXPIRE, "1",
               "bob:H:-1::-1:::1:");
    check_sets(scratch, VMAIL_GROUP, "staff:*:70003:a, ,b\r", VMAIL_FIELD_MEMBERS, "a,b",
               "staff:*:70003:a,b\r");
    check_sets(scratch, VMAIL_SHADOW, "bob:H:::::::\r", VMAIL_FIELD_FLAG, "1", "bob:H:::::::1\r");
}

static void check_does_not_set(const struct scratch *scratch, enum vmail_kind kind,
                               const char *line, int number, const char *value)
{
    assert_null(
        set_field(scratch, kind, line, (struct vmail_field){ number, value }, VMAIL_INVALID));
}

static void a_field_that_would_break_the_line_is_refused(void **state)
{
    static const char line[] = "bob:x:70001:70002:B:/h:/s";
    scratch_config(*state, "");
    check_does_not_set(*state, VMAIL_PASSWD, line, VMAIL_FIELD_GECOS, "a:b");
    check_does_not_set(*state, VMAIL_PASSWD, line, VMAIL_FIELD_SHELL, "/s\n");
    check_does_not_set(*state, VMAIL_PASSWD, line, VMAIL_FIELD_UID, "0");
    check_does_not_set(*state, VMAIL_PASSWD, line, VMAIL_FIELD_UID, "abc");
    check_does_not_set(*state, VMAIL_PASSWD, line, VMAIL_FIELD_NAME, "a b");
    check_does_not_set(*state, VMAIL_PASSWD, line, VMAIL_FIELD_HASH, "");
    check_does_not_set(*state, VMAIL_PASSWD, line, 8, "x");
    check_does_not_set(*state, VMAIL_PASSWD, line, 0, "x");
    check_does_not_set(*state, VMAIL_PASSWD, "bob:x:1", VMAIL_FIELD_HASH, "x");
    check_does_not_set(*state, VMAIL_SHADOW, "bob:H:::::::", VMAIL_FIELD_EXPIRE, "-2");
    check_does_not_set(*state, VMAIL_GROUP, "staff:x:70003:", VMAIL_FIELD_MEMBERS, "a,,b");
}

static void a_field_is_found_by_its_number(void **state)
{
    static const struct vmail_piece line = { "bob::H\r", 7 };
    (void)state;
    struct vmail_piece field = vmail_record_field(line, 1);
    assert_int_equal(field.length, 3);
    field = vmail_record_field(line, 2);
    assert_ptr_equal(field.text, line.text + 4);
    assert_int_equal(field.length, 0);
    field = vmail_record_field(line, 3);
    assert_int_equal(field.length, 1); /* without the carriage return */
    assert_null(vmail_record_field(line, 4).text);
    field = vmail_record_field((struct vmail_piece){ "", 0 }, 1);
    assert_int_equal(field.length, 0);
    assert_non_null(field.text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_SCRATCH(a_record_becomes_its_line),
        ON_SCRATCH(what_is_no_field_is_refused_in_every_field),
        ON_SCRATCH(names_that_no_look_up_finds_are_refused),
        ON_SCRATCH(ids_outside_the_range_are_refused),
        ON_SCRATCH(an_empty_hash_and_negative_days_are_refused),
        ON_SCRATCH(members_are_names_with_commas_between),
        ON_SCRATCH(a_line_that_readers_would_skip_is_refused),
        ON_SCRATCH(one_field_changes_and_the_others_stay),
        ON_SCRATCH(a_field_that_would_break_the_line_is_refused),
        cmocka_unit_test(a_field_is_found_by_its_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
