/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What vmail.conf gives twice: keys, sections, aliases, addresses, and ids. */
#include "config.h"

#include "cmocka_all.h"
#include "config_scratch.h"

static void of_a_repeated_key_with_one_value_the_first_counts(void **state)
{
    struct vmail_config *config =
        parse("[vmail]\nenumerate = no\nids = 70000-79999\n[domain va]\nmax_users = 1\n"
              "mailbox = mbox:/a\nmax_users = 2\nmailbox = mbox:/b\n[vmail]\nids = 65536-99999\n"
              "enumerate = yes\n[domain vb]\nmax_users = 3\n",
              "vmail.conf:7: max_users: already given above; the first one is used\n"
              "vmail.conf:8: mailbox: already given above; the first one is used\n"
              "vmail.conf:10: ids: already given above; the first one is used\n"
              "vmail.conf:11: enumerate: already given above; the first one is used\n");
    (void)state;
    assert_false(config->enumerate);
    assert_int_equal(config->rules.ids.first, 70000);
    assert_int_equal(config->rules.ids.last, 79999);
    assert_int_equal(vmail_config_domain(config, "va")->max_users, 1);
    assert_string_equal(vmail_config_domain(config, "va")->mailbox, "mbox:/a");
    assert_int_equal(vmail_config_domain(config, "vb")->max_users, 3);
    vmail_config_free(config);
}

static void of_two_sections_for_one_domain_the_first_counts(void **state)
{
    struct vmail_config *config =
        parse("[domain va.example]\nmax_users = 1\n[domain VA.EXAMPLE]\nmax_users = 2\n"
              "aliases = vc.example\n",
              "vmail.conf:3: va.example: a second section for this domain; move its keys into the "
              "first\n");
    (void)state;
    assert_int_equal(vmail_config_domain(config, "va.example")->max_users, 1);
    assert_string_equal(vmail_config_alias(config, "vc.example"), "va.example");
    vmail_config_free(config);
}

static void of_two_equal_aliases_the_first_counts(void **state)
{
    struct vmail_config *config = parse(
        "[domain vb.example]\naliases = x.example\n[domain va.example]\naliases = X.EXAMPLE\n",
        "vmail.conf:4: x.example: alias already given above; the first one is used\n");
    (void)state;
    assert_string_equal(vmail_config_alias(config, "x.example"), "vb.example");
    vmail_config_free(config);
}

static void of_two_equal_addresses_the_first_counts(void **state)
{
    struct vmail_config *config =
        parse("[domain vb.example]\naddress = ::ffff:192.0.2.1\n"
              "[domain va.example]\naddress = 192.0.2.2 192.0.2.1\n",
              "vmail.conf:4: 192.0.2.1: address already given above; the first one is used\n");
    (void)state;
    assert_string_equal(owner_of(config, "192.0.2.1"), "vb.example");
    assert_string_equal(owner_of(config, "192.0.2.2"), "va.example");
    vmail_config_free(config);
}

static void an_alias_with_a_section_of_its_own_is_reported(void **state)
{
    (void)state;
    check_reports(
        "[domain va.example]\naliases = vb.example\n[domain vb.example]\n",
        "vmail.conf:2: vb.example: this alias also has a [domain] section; remove one of them\n");
}

static void blocks_that_overlap_are_reported_and_do_not_overlap_then(void **state)
{
    struct vmail_config *config =
        parse("[domain va.example]\nids = 70000-70999\n"
              "[domain vb.example]\nids = 70999-71999\n"
              "[domain vc.example]\nids = 72000-72999\n"
              "[domain vd.example]\nids = 72100-72200\n"
              "[domain ve.example]\nids = 72500-73500\n",
              "vmail.conf:4: ids: overlaps the block given in another line\n"
              "vmail.conf:8: ids: overlaps the block given in another line\n"
              "vmail.conf:10: ids: overlaps the block given in another line\n");
    (void)state;
    assert_string_equal(vmail_config_block(config, 70999), "va.example");
    assert_null(vmail_config_block(config, 71000));
    assert_string_equal(vmail_config_block(config, 72100), "vc.example");
    assert_null(vmail_config_block(config, 73000));
    vmail_config_free(config);
}

static void of_two_blocks_that_overlap_the_first_in_the_file_counts(void **state)
{
    struct vmail_config *config =
        parse("[domain vb.example]\nids = 70500-70599\n"
              "[domain va.example]\nids = 70000-70999\n"
              "[domain vc.example]\nids = 70900-71999\n",
              "vmail.conf:4: ids: overlaps the block given in another line\n");
    (void)state;
    assert_string_equal(vmail_config_block(config, 70500), "vb.example");
    assert_null(vmail_config_block(config, 70000));
    assert_null(vmail_config_block(config, 70600));
    assert_string_equal(vmail_config_block(config, 70900), "vc.example");
    assert_string_equal(vmail_config_block(config, 70999), "vc.example");
    vmail_config_free(config);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_a_repeated_key_with_one_value_the_first_counts),
        cmocka_unit_test(of_two_sections_for_one_domain_the_first_counts),
        cmocka_unit_test(of_two_equal_aliases_the_first_counts),
        cmocka_unit_test(of_two_equal_addresses_the_first_counts),
        cmocka_unit_test(an_alias_with_a_section_of_its_own_is_reported),
        cmocka_unit_test(blocks_that_overlap_are_reported_and_do_not_overlap_then),
        cmocka_unit_test(of_two_blocks_that_overlap_the_first_in_the_file_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
