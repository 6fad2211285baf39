/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Errors of vmail.conf: how they are reported, and what else they cost. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "cmocka_all.h"
#include "config_scratch.h"

static void each_error_has_its_line_and_says_what_to_do(void **state)
{
    static const struct {
        const char *text, *report;
    } cases[] = {
        { "ids = 1000-2000\n", "vmail.conf:1: ids: is not in a [section]; move it into one\n" },
        { "[vmail]\nwrong\n",
          "vmail.conf:2: neither a [section] nor `key = value`; put ; in front of a comment\n" },
        { "\n[vmail\n",
          "vmail.conf:2: a section must be [name] or [name argument], alone on its line\n" },
        { "[vmial]\nfold_case = no\n", "vmail.conf:1: vmial: unknown section; expected [vmail], "
                                       "[domain NAME] or [relay NAME]\n" },
        { "[vmial]\nids = 70000-70999\n",
          "vmail.conf:1: vmial: unknown section; expected [vmail], [domain NAME] or [relay NAME]\n"
          "vmail.conf:2: ids: may belong to [vmail]; there are no users until its section is "
          "fixed\n" },
        { "[domain a]\naliases = b.example\n  address = ::1\n",
          "vmail.conf:3: a key after white space; put it at the start of the line\n" },
        { "[vmail x]\n", "vmail.conf:1: vmail: unknown section; expected [vmail], [domain NAME] or "
                         "[relay NAME]\n" },
        { "[Vmail]\n", "vmail.conf:1: Vmail: unknown section; expected [vmail], [domain NAME] or "
                       "[relay NAME]\n" },
        { "[domain va..example]\nids = x\n",
          "vmail.conf:1: va..example: not a domain name; its section is skipped\n" },
        { "[domain ../x]\n", "vmail.conf:1: ../x: not a domain name; its section is skipped\n" },
        { "[domain a b]\n", "vmail.conf:1: a b: not a domain name; its section is skipped\n" },
        { "[domain]\n", "vmail.conf:1: not a domain name; its section is skipped\n" },
        { "[relay]\n", "vmail.conf:1: not a domain name; its section is skipped\n" },
        { "[vmail]\nalias_user = Root\n", "vmail.conf:2: alias_user: expected the name of a system "
                                          "user other than root, or nothing\n" },
        { "[domain a.example]\nalias_user = a@b\n",
          "vmail.conf:2: alias_user: expected the name of a system user other than root, or "
          "nothing\n" },
        { "[vmail]\ndelivery_agent = lda %u\n",
          "vmail.conf:2: delivery_agent: expected an absolute path and arguments; %u, %d, %h, %s, "
          "%r, %t and %% are replaced in the arguments\n" },
        { "[vmail]\ndelivery_agent = /bin/%u\n",
          "vmail.conf:2: delivery_agent: expected an absolute path and arguments; %u, %d, %h, %s, "
          "%r, %t and %% are replaced in the arguments\n" },
        { "[vmail]\ndelivery_agent = /bin/lda %%%\n",
          "vmail.conf:2: delivery_agent: expected an absolute path and arguments; %u, %d, %h, %s, "
          "%r, %t and %% are replaced in the arguments\n" },
        { "[vmail]\ndelivery_agent = /bin/lda %",
          "vmail.conf:2: delivery_agent: expected an absolute path and arguments; %u, %d, %h, %s, "
          "%r, %t and %% are replaced in the arguments\n" },
        { "[vmail]\nId = 3\n",
          "vmail.conf:2: Id: unknown key in this section; see vmail.conf(5)\n" },
        { "[vmail]\naliases = a\n",
          "vmail.conf:2: aliases: unknown key in this section; see vmail.conf(5)\n" },
        { "[domain a]\nseparators = %\n",
          "vmail.conf:2: separators: unknown key in this section; see vmail.conf(5)\n" },
        { "[relay a]\naliases = b\n",
          "vmail.conf:2: aliases: unknown key in this section; see vmail.conf(5)\n" },
        { "[vmail]\nids = 0-99999\n",
          "vmail.conf:2: ids: expected FIRST-LAST, from 1000 up to 4294967294\n" },
        { "[vmail]\nseparators = .\n", "vmail.conf:2: separators: expected punctuation such as @ "
                                       "or %, but not a character that names can contain\n" },
        { "[vmail]\nfold_case = maybe\n", "vmail.conf:2: fold_case: expected yes or no\n" },
        { "[vmail]\nenumerate =\n", "vmail.conf:2: enumerate: expected yes or no\n" },
        { "[vmail]\nenumerate = yes\n  no\n",
          "vmail.conf:3: enumerate: must have one value, on one line\n" },
        { "[domain a]\naliases = b.example c..example d.example\n",
          "vmail.conf:2: c..example: not a domain name\n" },
        { "[domain a]\naddress = 192.0.2.1\n  192.0.2.300 ::1\n",
          "vmail.conf:3: 192.0.2.300: not an IPv4 or IPv6 address\n" },
        { "[domain a]\nids = 70000\n",
          "vmail.conf:2: ids: expected FIRST-LAST, from 1000 up to 4294967294\n" },
        { "[domain a]\nfallback = @\n",
          "vmail.conf:2: fallback: expected nothing, user@domain, @domain or a user\n" },
        { "[domain a]\nalias_files = aliases /x\n",
          "vmail.conf:2: aliases: expected an absolute path without ..\n" },
        { "[domain a]\nmailbox = /x\n",
          "vmail.conf:2: mailbox: expected maildir:PATH or mbox:PATH, "
          "PATH starting with / or ~/\n" },
        { "[domain a]\nmailbox_limit = 1PB\n",
          "vmail.conf:2: mailbox_limit: expected a size such as 500K, 100M or 2G\n" },
        { "[domain a]\nmax_users = -1\n", "vmail.conf:2: max_users: expected a number\n" },
        { "[domain a]\nadmins = alice a:b\n", "vmail.conf:2: a:b: not a user name\n" },
        { "[relay a]\nsubdomains = 2\n", "vmail.conf:2: subdomains: expected yes or no\n" },
        { "[domain a]\r\n\r\nmax_users = x\r\n", "vmail.conf:3: max_users: expected a number\n" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_reports(cases[i].text, cases[i].report);
}

static void control_characters_do_not_reach_the_report(void **state)
{
    (void)state;
    check_reports("[vmail]\n\x1b[31mred = 1\n",
                  "vmail.conf:2: ?[31mred: unknown key in this section; see vmail.conf(5)\n");
}

/* The line may have been a section, so the lines after it belong to no section. */
static void the_keys_behind_a_nul_byte_belong_to_no_section(void **state)
{
    static const char text[] = "[vmail]\nfold_case = n\0o\nenumerate = no\n[vmail]\n"
                               "separators = %\n";
    struct vmail_config *config;
    struct reports reports = { .count = 0 };
    (void)state;
    check_result(vmail_config_parse(text, sizeof text - 1, &config, take_report, &reports),
                 VMAIL_OK, NULL);
    assert_string_equal(reports.text,
                        "vmail.conf:2: a NUL byte in the line; this is not a text file\n");
    assert_true(config->rules.fold_case);
    assert_true(config->enumerate);
    assert_string_equal(config->rules.separators, "%");
    vmail_config_free(config);
}

static void a_wrong_line_counts_as_if_it_were_not_there(void **state)
{
    struct vmail_config *config = NULL;
    static const char text[] = "[vmail]\nfold_case = nope\nseparators = a\n"
                               "[domain va.example]\nmailbox = x\nfallback = @\nmax_users = x\n"
                               "mailbox_limit = x\nids = x\naliases = good.example bad..example\n";
    (void)state;
    check_result(vmail_config_parse(text, strlen(text), &config, NULL, NULL), VMAIL_OK, NULL);
    assert_int_equal(config->error_count, 8);
    assert_true(config->rules.fold_case);
    assert_string_equal(config->rules.separators, "");
    const struct vmail_domain_config *domain = vmail_config_domain(config, "va.example");
    assert_non_null(domain);
    assert_string_equal(domain->mailbox, "maildir:~/Maildir");
    assert_string_equal(domain->fallback, "");
    assert_int_equal(domain->max_users, 0);
    assert_int_equal(domain->mailbox_limit, 0);
    assert_int_equal(domain->ids.count, 0);
    assert_string_equal(vmail_config_alias(config, "good.example"), "va.example");
    vmail_config_free(config);
}

static void the_keys_of_a_skipped_section_do_not_reach_another(void **state)
{
    struct vmail_config *config =
        parse("[domain va.example]\n[domain vb..example]\naddress = 192.0.2.2\nmax_users = 3\n",
              "vmail.conf:2: vb..example: not a domain name; its section is skipped\n");
    (void)state;
    assert_null(owner_of(config, "192.0.2.2"));
    assert_int_equal(config->domains[0].max_users, 0);
    vmail_config_free(config);
}

/* If the line were skipped, va would get vb's address, aliases and administrators. */
static void check_nothing_goes_to_the_section_before(const char *start, const char *expected)
{
    char text[512];
    snprintf(text, sizeof text,
             "[domain va]\naddress = 192.0.2.1\n%s\naddress = 192.0.2.2\nadmins = mallory\n"
             "aliases = vb.example\nids = 70000-70999\nfallback = @vz.example\n"
             "mailbox = mbox:/tmp/%%u\nmax_users = 3\n",
             start);
    struct vmail_config *config = parse(text, expected);
    const struct vmail_domain_config *domain = vmail_config_domain(config, "va");
    assert_non_null(domain);
    assert_string_equal(owner_of(config, "192.0.2.1"), "va");
    assert_null(owner_of(config, "192.0.2.2"));
    assert_null(vmail_config_alias(config, "vb.example"));
    assert_null(vmail_config_block(config, 70000));
    assert_int_equal(domain->ids.count, 0);
    assert_int_equal(domain->admins.count, 0);
    assert_string_equal(domain->fallback, "");
    assert_string_equal(domain->mailbox, "maildir:~/Maildir");
    assert_int_equal(domain->max_users, 0);
    assert_int_equal(config->domain_count, 1);
    vmail_config_free(config);
}

static void a_section_without_its_bracket_adds_nothing_to_the_one_before(void **state)
{
    static const char *const starts[] = { "[domain vb.example", "  [domain vb.example",
                                          "\t[domain vb.example", "[domain vb.example] x",
                                          "[domain vb.example = ]]" };
    (void)state;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        check_nothing_goes_to_the_section_before(
            starts[i],
            "vmail.conf:3: a section must be [name] or [name argument], alone on its line\n");
}

static void a_section_without_its_first_bracket_adds_nothing_to_the_one_before(void **state)
{
    static const char *const starts[] = { "domain vb.example]",  "domain vb.example",
                                          "(domain vb.example)", "\xc2\xa0[domain vb.example]",
                                          "Relay vb.example",    "\f[domain vb.example]" };
    (void)state;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        check_nothing_goes_to_the_section_before(
            starts[i],
            "vmail.conf:3: neither a [section] nor `key = value`; put ; in front of a comment\n");
}

static void ids_behind_a_section_that_cannot_be_told_leave_no_ids_at_all(void **state)
{
    static const char *const starts[] = { "[vmail", "vmail]", "vmail", "[vmai" };
    (void)state;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        char text[128];
        struct vmail_config *config;
        snprintf(text, sizeof text, "[domain va]\n%s\nids = 70000-70999\n", starts[i]);
        assert_int_equal(vmail_config_parse(text, strlen(text), &config, NULL, NULL), VMAIL_OK);
        assert_false(vmail_rules_allow_id(&config->rules, 65536));
        assert_null(vmail_config_block(config, 70000));
        vmail_config_free(config);
    }
}

static void a_stray_word_costs_only_its_own_line(void **state)
{
    struct vmail_config *config =
        parse("[domain va]\nstray word\naddress = 192.0.2.1\n",
              "vmail.conf:2: neither a [section] nor `key = value`; put ; in front of a "
              "comment\n");
    (void)state;
    assert_string_equal(owner_of(config, "192.0.2.1"), "va");
    vmail_config_free(config);
}

static void ids_of_an_unknown_section_leave_no_ids_at_all(void **state)
{
    static const char unknown[] =
        "vmail.conf:3: Vmail: unknown section; expected [vmail], [domain NAME] or [relay NAME]\n"
        "vmail.conf:4: ids: may belong to [vmail]; there are no users until its section is fixed\n";
    struct vmail_config *config =
        parse("[vmail]\nids = 65536-99999\n[Vmail]\nids = 70000-70999\n", unknown);
    (void)state;
    assert_false(vmail_rules_allow_id(&config->rules, 70000));
    assert_false(vmail_rules_allow_id(&config->rules, 65536));
    vmail_config_free(config);
}

static void ids_that_follow_lost_ones_do_not_bring_them_back(void **state)
{
    struct vmail_config *config = parse(
        "[vmial]\nids = 70000-70999\n[vmail]\nids = 65536-99999\n",
        "vmail.conf:1: vmial: unknown section; expected [vmail], [domain NAME] or [relay "
        "NAME]\n"
        "vmail.conf:2: ids: may belong to [vmail]; there are no users until its section is fixed\n"
        "vmail.conf:4: ids: a line above is invalid: there are no users\n");
    (void)state;
    assert_false(vmail_rules_allow_id(&config->rules, 70000));
    assert_false(vmail_rules_allow_id(&config->rules, 65536));
    vmail_config_free(config);
}

static void other_keys_of_an_unknown_section_do_no_harm(void **state)
{
    struct vmail_config *config =
        parse("[domains va]\naddress = 192.0.2.1\nmax_users = x\n",
              "vmail.conf:1: domains: unknown section; expected [vmail], [domain NAME] or [relay "
              "NAME]\n");
    (void)state;
    assert_true(vmail_rules_allow_id(&config->rules, 65536));
    assert_null(owner_of(config, "192.0.2.1"));
    vmail_config_free(config);
}

static void wrong_ids_leave_no_ids_at_all(void **state)
{
    struct vmail_config *config =
        parse("[vmail]\nids = 100-70000\n",
              "vmail.conf:2: ids: expected FIRST-LAST, from 1000 up to 4294967294\n");
    (void)state;
    assert_false(vmail_rules_allow_id(&config->rules, 65536));
    assert_false(vmail_rules_allow_id(&config->rules, 1));
    assert_false(vmail_rules_allow_id(&config->rules, 0));
    vmail_config_free(config);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_error_has_its_line_and_says_what_to_do),
        cmocka_unit_test(control_characters_do_not_reach_the_report),
        cmocka_unit_test(the_keys_behind_a_nul_byte_belong_to_no_section),
        cmocka_unit_test(a_wrong_line_counts_as_if_it_were_not_there),
        cmocka_unit_test(the_keys_of_a_skipped_section_do_not_reach_another),
        cmocka_unit_test(a_section_without_its_bracket_adds_nothing_to_the_one_before),
        cmocka_unit_test(a_section_without_its_first_bracket_adds_nothing_to_the_one_before),
        cmocka_unit_test(ids_behind_a_section_that_cannot_be_told_leave_no_ids_at_all),
        cmocka_unit_test(a_stray_word_costs_only_its_own_line),
        cmocka_unit_test(ids_of_an_unknown_section_leave_no_ids_at_all),
        cmocka_unit_test(ids_that_follow_lost_ones_do_not_bring_them_back),
        cmocka_unit_test(other_keys_of_an_unknown_section_do_no_harm),
        cmocka_unit_test(wrong_ids_leave_no_ids_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
