/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "config_file.h"
#include "config_scratch.h"
#include "name.h"

static void an_empty_file_means_the_defaults(void **state)
{
    struct vmail_config *config = parse("", "");
    (void)state;
    assert_int_equal(config->rules.ids.first, 65536);
    assert_int_equal(config->rules.ids.last, 99999);
    assert_string_equal(config->rules.separators, "");
    assert_true(config->rules.fold_case);
    assert_true(config->enumerate);
    assert_int_equal(config->domain_count, 0);
    assert_int_equal(config->relay_count, 0);
    assert_null(vmail_config_domain(config, "va.example"));
    assert_null(vmail_config_alias(config, "va.example"));
    assert_null(owner_of(config, "127.0.0.1"));
    assert_null(vmail_config_block(config, 65536));
    vmail_config_free(config);
}

static void a_domain_section_has_defaults(void **state)
{
    struct vmail_config *config = parse("\n[domain VA.Example]\n", "");
    const struct vmail_domain_config *domain = vmail_config_domain(config, "va.example");
    (void)state;
    assert_non_null(domain);
    assert_string_equal(domain->name, "va.example");
    assert_int_equal(domain->line, 2);
    assert_int_equal(domain->ids.count, 0);
    assert_string_equal(domain->fallback, "");
    assert_string_equal(domain->mailbox, "maildir:~/Maildir");
    assert_int_equal(domain->alias_files.count, 0);
    assert_int_equal(domain->mailbox_limit, 0);
    assert_int_equal(domain->max_users, 0);
    assert_int_equal(domain->admins.count, 0);
    vmail_config_free(config);
}

/* The example of the design, with all keys. */
static const char full[] = "[vmail]\n"
                           "ids = 65536-99999            ; the only uids and gids\n"
                           "separators = @%\n"
                           "fold_case = no\n"
                           "enumerate = off\n"
                           "\n"
                           "[domain va.example]\n"
                           "aliases = va.example.org VA.example.net\n"
                           "address = 192.0.2.1 2001:db8::1\n"
                           "ids = 65536-66535\n"
                           "  70000-70999\n"
                           "fallback = @vb.example\n"
                           "alias_files = /etc/vmail/aliases.common /etc/vmail/aliases.more\n"
                           "mailbox = mbox:/var/spool/vmail/%d/%u\n"
                           "mailbox_limit = 100M\n"
                           "max_users = 50\n"
                           "admins = alice carol\n"
                           "\n"
                           "[relay partner.example]\n"
                           "subdomains = yes\n"
                           "[relay other.example]\n";

static void every_key_is_read(void **state)
{
    struct vmail_config *config = parse(full, "");
    const struct vmail_domain_config *domain = vmail_config_domain(config, "va.example");
    (void)state;
    assert_string_equal(config->rules.separators, "%");
    assert_false(config->rules.fold_case);
    assert_false(config->enumerate);
    assert_non_null(domain);
    assert_int_equal(domain->ids.count, 2);
    assert_int_equal(domain->ids.range[0].first, 65536);
    assert_int_equal(domain->ids.range[0].last, 66535);
    assert_int_equal(domain->ids.range[1].first, 70000);
    assert_string_equal(vmail_config_block(config, 65536), "va.example");
    assert_string_equal(vmail_config_block(config, 70999), "va.example");
    assert_null(vmail_config_block(config, 66536));
    assert_string_equal(domain->fallback, "@vb.example");
    assert_int_equal(domain->alias_files.count, 2);
    assert_string_equal(domain->alias_files.item[1], "/etc/vmail/aliases.more");
    assert_string_equal(domain->mailbox, "mbox:/var/spool/vmail/%d/%u");
    assert_int_equal(domain->mailbox_limit, 104857600);
    assert_int_equal(domain->max_users, 50);
    assert_int_equal(domain->admins.count, 2);
    assert_string_equal(domain->admins.item[0], "alice");
    assert_string_equal(domain->admins.item[1], "carol");
    assert_int_equal(config->relay_count, 2);
    assert_string_equal(config->relays[0].name, "partner.example");
    assert_int_equal(config->relays[0].line, 19);
    assert_true(config->relays[0].subdomains);
    assert_false(config->relays[1].subdomains);
    vmail_config_free(config);
}

static void aliases_addresses_and_blocks_lead_to_their_domain(void **state)
{
    struct vmail_config *config = parse(full, "");
    (void)state;
    assert_string_equal(vmail_config_alias(config, "va.example.org"), "va.example");
    assert_string_equal(vmail_config_alias(config, "va.example.net"), "va.example");
    assert_null(vmail_config_alias(config, "va.example"));
    assert_string_equal(owner_of(config, "192.0.2.1"), "va.example");
    assert_string_equal(owner_of(config, "::ffff:192.0.2.1"), "va.example");
    assert_string_equal(owner_of(config, "2001:db8::1"), "va.example");
    assert_null(owner_of(config, "192.0.2.2"));
    assert_string_equal(vmail_config_block(config, 65536), "va.example");
    assert_string_equal(vmail_config_block(config, 66535), "va.example");
    assert_null(vmail_config_block(config, 65535));
    assert_null(vmail_config_block(config, 66536));
    vmail_config_free(config);
}

static void many_domains_are_told_apart(void **state)
{
    enum { COUNT = 300, ROOM = 128 };
    char *text = malloc(COUNT * ROOM);
    char *end = text;
    (void)state;
    assert_non_null(text);
    for (int i = COUNT - 1; i >= 0; i--)
        end += scratch_print(end, text + COUNT * ROOM,
                             "[domain d%d.example]\naliases = a%d.example\naddress = 10.0.%d.%d\n"
                             "ids = %d-%d\n",
                             i, i, i / 256, i % 256, 65536 + 10 * i, 65545 + 10 * i);
    struct vmail_config *config = parse(text, "");
    for (int i = 0; i < COUNT; i++) {
        char name[32], key[32];
        snprintf(name, sizeof name, "d%d.example", i);
        check(vmail_config_domain(config, name) != NULL, name);
        snprintf(key, sizeof key, "a%d.example", i);
        check_text(vmail_config_alias(config, key), name, key);
        snprintf(key, sizeof key, "10.0.%d.%d", i / 256, i % 256);
        check_text(owner_of(config, key), name, key);
        check_text(vmail_config_block(config, (uint32_t)(65545 + 10 * i)), name, name);
    }
    vmail_config_free(config);
    free(text);
}

static void lists_go_on_over_several_lines_and_keys(void **state)
{
    struct vmail_config *config = parse("[domain va.example]\n"
                                        "admins = alice\n"
                                        "   bob ; the second\n"
                                        "\tcarol dave\n"
                                        "admins = erin\n",
                                        "");
    (void)state;
    assert_int_equal(config->domains[0].admins.count, 5);
    assert_string_equal(config->domains[0].admins.item[4], "erin");
    vmail_config_free(config);
}

static void an_indented_section_is_a_section(void **state)
{
    struct vmail_config *config =
        parse("[domain va]\naliases = va.example\n  [domain vb]\naddress = 192.0.2.2\n", "");
    (void)state;
    assert_string_equal(owner_of(config, "192.0.2.2"), "vb");
    assert_null(vmail_config_alias(config, "[domain"));
    vmail_config_free(config);
}

/* Returns a domain of LENGTH characters, in labels of 63; the caller frees it. */
static char *long_domain(size_t length)
{
    char *text = scratch_repeat('a', length);
    for (size_t i = 63; i < length; i += 64)
        text[i] = '.';
    return text;
}

static void a_domain_must_fit_into_a_file_name(void **state)
{
    char text[512], report[512];
    char *longest = long_domain(VMAIL_DOMAIN_FILE_MAX);
    char *longer = long_domain(VMAIL_DOMAIN_FILE_MAX + 1);
    (void)state;
    snprintf(text, sizeof text, "[domain %s]\nmax_users = 1\n", longest);
    struct vmail_config *config = parse(text, "");
    assert_non_null(vmail_config_domain(config, longest));
    vmail_config_free(config);
    snprintf(text, sizeof text, "[domain va]\n[domain %s]\naddress = ::1\n", longer);
    snprintf(report, sizeof report,
             "vmail.conf:2: %s: too long for a file name; its section is skipped\n", longer);
    config = parse(text, report);
    assert_null(vmail_config_domain(config, longer));
    assert_null(owner_of(config, "::1"));
    vmail_config_free(config);
    snprintf(text, sizeof text, "[relay %s]\n", longer); /* a relay domain has no files */
    check_reports(text, "");
    free(longest);
    free(longer);
}

static void ids_outside_the_range_are_not_allowed(void **state)
{
    static const struct {
        uint32_t id;
        bool allowed;
    } cases[] = {
        { 0, false },      { 999, false },        { 1000, false },       { 65533, false },
        { 65534, false },  { 65535, false },      { 65536, true },       { 99999, true },
        { 100000, false }, { 4294967294, false }, { 4294967295, false },
    };
    struct vmail_config *config = parse("", "");
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (vmail_rules_allow_id(&config->rules, cases[i].id) != cases[i].allowed)
            fail_msg("%lu", (unsigned long)cases[i].id);
    vmail_config_free(config);
}

static void ids_that_mean_nobody_are_never_allowed(void **state)
{
    struct vmail_config *config = parse("[vmail]\nids = 1000-4294967294\n", "");
    (void)state;
    assert_true(vmail_rules_allow_id(&config->rules, 1000));
    assert_true(vmail_rules_allow_id(&config->rules, 65533));
    assert_false(vmail_rules_allow_id(&config->rules, 65534));
    assert_false(vmail_rules_allow_id(&config->rules, 65535));
    assert_true(vmail_rules_allow_id(&config->rules, 65536));
    assert_true(vmail_rules_allow_id(&config->rules, 4294967294));
    assert_false(vmail_rules_allow_id(&config->rules, 4294967295));
    assert_false(vmail_rules_allow_id(&config->rules, 999));
    vmail_config_free(config);
}

static void a_block_outside_the_ids_is_reported(void **state)
{
    (void)state;
    check_reports("[domain va.example]\nids = 65000-65999\n",
                  "vmail.conf:2: ids: is not within `ids` of [vmail]; users with ids outside it do "
                  "not exist\n");
    check_reports("[domain va.example]\nids = 99999-100000\n[vmail]\nids = 65536-100000\n", "");
}

static void the_sections_may_come_in_any_order(void **state)
{
    struct vmail_config *config =
        parse("[relay r.example]\n[domain va.example]\nmax_users = 1\n[vmail]\nenumerate = no\n"
              "[domain vb.example]\nmax_users = 2\n",
              "");
    (void)state;
    assert_int_equal(vmail_config_domain(config, "va.example")->max_users, 1);
    assert_int_equal(vmail_config_domain(config, "vb.example")->max_users, 2);
    assert_false(config->enumerate);
    vmail_config_free(config);
}

static void a_domain_has_the_alias_user_of_all_or_its_own_or_none(void **state)
{
    struct vmail_config *config =
        parse("[domain va.example]\n[domain vb.example]\nalias_user = games\n"
              "[domain vc.example]\nalias_user =\n[vmail]\nalias_user = mailprog\n",
              "");
    (void)state;
    assert_string_equal(vmail_config_alias_user(config, "va.example"), "mailprog");
    assert_string_equal(vmail_config_alias_user(config, "vb.example"), "games");
    assert_string_equal(vmail_config_alias_user(config, "vc.example"), "");
    assert_string_equal(vmail_config_alias_user(config, "without.section"), "mailprog");
    assert_string_equal(config->delivery_agent, VMAIL_AGENT_DEFAULT);
    vmail_config_free(config);
    config = parse("[vmail]\ndelivery_agent = /bin/lda -f %s\t%%\n", "");
    assert_string_equal(config->delivery_agent, "/bin/lda -f %s\t%%");
    assert_string_equal(vmail_config_alias_user(config, "va.example"), "");
    vmail_config_free(config);
}

/* --- from the file */

static void a_missing_file_is_an_empty_one(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_config *config;
    struct vmail_error error;
    check_result(vmail_config_load(&scratch->paths, &config, NULL, NULL, &error), VMAIL_OK, &error);
    assert_int_equal(config->rules.ids.first, 65536);
    vmail_config_free(config);
}

static void a_file_is_read_with_its_errors(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_config *config;
    struct vmail_error error;
    struct reports reports = { .count = 0 };
    scratch_write(scratch, "vmail.conf", "[vmail]\nenumerate = no\nfold_case = x");
    check_result(vmail_config_load(&scratch->paths, &config, take_report, &reports, &error),
                 VMAIL_OK, &error);
    assert_false(config->enumerate);
    assert_string_equal(reports.text, "vmail.conf:3: fold_case: expected yes or no\n");
    vmail_config_free(config);
}

static void a_file_that_others_may_write_is_not_trusted(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_config *config;
    struct vmail_error error;
    scratch_write(scratch, "vmail.conf", "[vmail]\n");
    scratch_chmod(scratch, "vmail.conf", 0666);
    check_result(vmail_config_load(&scratch->paths, &config, NULL, NULL, &error), VMAIL_UNAVAILABLE,
                 &error);
    assert_non_null(strstr(error.text, "vmail.conf: writable by others; run chmod go-w "));
}

static void a_link_to_nothing_does_not_mean_the_defaults(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_config *config;
    struct vmail_error error;
    scratch_link(scratch, "vmail.conf", "../elsewhere/vmail.conf");
    check_result(vmail_config_load(&scratch->paths, &config, NULL, NULL, &error), VMAIL_UNAVAILABLE,
                 &error);
}

static void no_descriptor_stays_open(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_config *config;
    size_t before = scratch_open_descriptors();
    scratch_write(scratch, "vmail.conf", "[vmail]\n");
    check_result(vmail_config_load(&scratch->paths, &config, NULL, NULL, NULL), VMAIL_OK, NULL);
    vmail_config_free(config);
    assert_int_equal(scratch_open_descriptors(), before);
}

static void freeing_nothing_is_allowed(void **state)
{
    (void)state;
    vmail_config_free(NULL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_file_means_the_defaults),
        cmocka_unit_test(a_domain_section_has_defaults),
        cmocka_unit_test(every_key_is_read),
        cmocka_unit_test(aliases_addresses_and_blocks_lead_to_their_domain),
        cmocka_unit_test(many_domains_are_told_apart),
        cmocka_unit_test(lists_go_on_over_several_lines_and_keys),
        cmocka_unit_test(an_indented_section_is_a_section),
        cmocka_unit_test(a_domain_must_fit_into_a_file_name),
        cmocka_unit_test(ids_outside_the_range_are_not_allowed),
        cmocka_unit_test(ids_that_mean_nobody_are_never_allowed),
        cmocka_unit_test(a_block_outside_the_ids_is_reported),
        cmocka_unit_test(the_sections_may_come_in_any_order),
        cmocka_unit_test(a_domain_has_the_alias_user_of_all_or_its_own_or_none),
        ON_SCRATCH(a_missing_file_is_an_empty_one),
        ON_SCRATCH(a_file_is_read_with_its_errors),
        ON_SCRATCH(a_file_that_others_may_write_is_not_trusted),
        ON_SCRATCH(a_link_to_nothing_does_not_mean_the_defaults),
        ON_SCRATCH(no_descriptor_stays_open),
        cmocka_unit_test(freeing_nothing_is_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
