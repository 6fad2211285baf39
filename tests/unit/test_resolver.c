/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resolver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "scratch.h"

static const char conf[] = "[domain va.example]\n"
                           "aliases = va.example.org\n"
                           "address = 192.0.2.1 2001:db8::1 fe80::1\n"
                           "[domain configured.example]\n"
                           "address = 192.0.2.3\n";

static int setup(void **state)
{
    int result = scratch_setup(state);
    struct scratch *scratch = *state;
    if (result != 0)
        return result;
    scratch_config(scratch, conf);
    scratch_write(scratch, "passwd.va.example", "");
    scratch_write(scratch, "passwd.vb.example", "");
    return 0;
}

#define ON_DOMAINS(test) cmocka_unit_test_setup_teardown(test, setup, scratch_teardown)

static struct vmail_context at_address(const char *text)
{
    struct vmail_context context = { .has_address = true };
    assert_true(vmail_address_parse(text, &context.address));
    return context;
}

static const struct vmail_context nothing_known = { .domain = NULL };

static void check_is(const struct scratch *scratch, const char *name,
                     const struct vmail_context *context, const char *user, const char *domain)
{
    struct vmail_identity identity;
    enum vmail_result result =
        vmail_resolve(&scratch->paths, scratch->config, name, context, &identity);
    if (result != VMAIL_OK)
        fail_msg("%s is nobody", name);
    check_text(identity.user, user, name);
    check_text(identity.domain, domain, name);
    check(identity.user_valid == (*user != '\0'), name);
}

static void check_answer(const struct scratch *scratch, const char *name,
                         const struct vmail_context *context, enum vmail_result expected)
{
    struct vmail_identity identity;
    check(vmail_resolve(&scratch->paths, scratch->config, name, context, &identity) == expected,
          name);
}

static void check_nobody(const struct scratch *scratch, const char *name,
                         const struct vmail_context *context)
{
    struct vmail_identity identity;
    enum vmail_result result =
        vmail_resolve(&scratch->paths, scratch->config, name, context, &identity);
    if (result != VMAIL_NOT_FOUND)
        fail_msg("%s is %s of %s", name, identity.user, identity.domain);
    check_text(identity.domain, "", name);
}

static void a_name_with_a_known_domain_is_of_that_domain(void **state)
{
    check_is(*state, "bob@va.example", &nothing_known, "bob", "va.example");
    check_is(*state, "Bob@VB.Example", &nothing_known, "bob", "vb.example");
    check_is(*state, "bob@configured.example", &nothing_known, "bob", "configured.example");
}

static void an_alias_means_its_domain(void **state)
{
    check_is(*state, "bob@va.example.org", &nothing_known, "bob", "va.example");
    check_is(*state, "bob@VA.EXAMPLE.ORG", &nothing_known, "bob", "va.example");
}

static void a_domain_of_its_own_is_no_alias(void **state)
{
    scratch_write(*state, "passwd.va.example.org", "");
    check_is(*state, "bob@va.example.org", &nothing_known, "bob", "va.example.org");
}

static void an_unknown_domain_is_not_ours(void **state)
{
    static const char *const names[] = {
        "bob@vz.example",
        "bob@example",
        "bob@x.va.example",
        "bob@va.example.com",
        "bob@va",
        "bob@va.example.",
        "@",
        "a@",
        "a@b@c",
        "a@.",
        "bob@../vmail/passwd.va.example",
        "bob@va.example/../vb.example",
        "bob@va.example\n",
        "bob@",
        "bob@va.example@vb.example",
    };
    struct vmail_context context = at_address("192.0.2.1");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        check_nobody(*state, names[i], &nothing_known);
        check_nobody(*state, names[i], &context);
    }
}

static void a_user_that_cannot_be_is_still_of_the_domain(void **state)
{
    static const char *const names[] = { "@va.example", "../x@va.example", "a:b@va.example",
                                         "a b@va.example", "-x@va.example" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_is(*state, names[i], &nothing_known, "", "va.example");
}

static void a_user_of_300_bytes_is_still_of_the_domain(void **state)
{
    char *name = scratch_repeat('a', 300);
    memcpy(name + 289, "@va.example", sizeof "@va.example");
    check_is(*state, name, &nothing_known, "", "va.example");
    free(name);
}

static void a_literal_means_the_domain_that_owns_the_address(void **state)
{
    static const char *const names[] = { "bob@[192.0.2.1]", "bob@[::ffff:192.0.2.1]",
                                         "bob@[2001:DB8::1]", "bob@[IPv6:2001:db8::1]",
                                         "bob@[fe80::1%eth0]" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_is(*state, names[i], &nothing_known, "bob", "va.example");
    check_is(*state, "bob@[192.0.2.3]", &nothing_known, "bob", "configured.example");
}

static void a_literal_that_no_domain_owns_is_not_ours(void **state)
{
    static const char *const names[] = { "bob@[192.0.2.2]",  "bob@[va.example]", "bob@[x]",
                                         "bob@[192.0.2.1",   "bob@192.0.2.1",    "bob@[]",
                                         "bob@[192.0.2.1]]", "bob@[[192.0.2.1]]" };
    struct vmail_context context = at_address("192.0.2.1");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_nobody(*state, names[i], &context);
}

static void a_literal_that_is_not_ours_still_tells_the_user(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_identity identity;
    check_result(vmail_resolve(&scratch->paths, scratch->config, "Bob@[192.0.2.2]", &nothing_known,
                               &identity),
                 VMAIL_NOT_FOUND, NULL);
    assert_int_equal(identity.form, VMAIL_NAME_LITERAL);
    assert_true(identity.user_valid);
    assert_string_equal(identity.user, "bob");
}

static void a_plain_name_alone_is_not_ours(void **state)
{
    check_nobody(*state, "bob", &nothing_known);
    check_nobody(*state, "", &nothing_known);
}

static void a_plain_name_over_a_domains_address_is_of_that_domain(void **state)
{
    struct vmail_context context = at_address("::ffff:192.0.2.1");
    check_is(*state, "bob", &context, "bob", "va.example");
    check_is(*state, "BOB", &context, "bob", "va.example");
    check_is(*state, "a b", &context, "", "va.example");
    context = at_address("192.0.2.2");
    check_nobody(*state, "bob", &context);
}

static void a_name_with_a_domain_does_not_look_at_the_address(void **state)
{
    struct vmail_context context = at_address("192.0.2.1");
    check_is(*state, "bob@vb.example", &context, "bob", "vb.example");
    check_is(*state, "bob@[192.0.2.3]", &context, "bob", "configured.example");
}

/* --- names of system accounts */

static void a_system_account_comes_before_a_domain_that_the_name_does_not_have(void **state)
{
    struct vmail_context context = at_address("192.0.2.1");
    check_answer(*state, "root", &context, VMAIL_NOT_FOUND);
    check_answer(*state, "ROOT@[192.0.2.1]", &context, VMAIL_NOT_FOUND);
    check_is(*state, "root@va.example", &context, "root", "va.example");
}

static void a_system_group_is_looked_for_among_the_groups(void **state)
{
    struct vmail_context context = at_address("192.0.2.1");
    scratch_write(*state, "../group", "adm:x:4:\n");
    check_is(*state, "adm", &context, "adm", "va.example");
    context.group = true;
    check_answer(*state, "adm", &context, VMAIL_NOT_FOUND);
}

static void a_system_account_has_no_mail_address_here(void **state)
{
    struct vmail_context context = at_address("192.0.2.1");
    context.mail = true;
    check_is(*state, "root@[192.0.2.1]", &context, "root", "va.example");
}

static void while_the_systems_file_cannot_be_read_a_plain_name_cannot_be_told(void **state)
{
    struct vmail_context context = at_address("192.0.2.1");
    assert_int_equal(unlink(scratch_path(*state, "../passwd")), 0);
    check_answer(*state, "bob", &context, VMAIL_UNAVAILABLE);
    check_answer(*state, "bob@[192.0.2.1]", &context, VMAIL_UNAVAILABLE);
    check_is(*state, "bob@va.example", &context, "bob", "va.example");
}

static void without_vmail_conf_only_a_name_that_cannot_be_ours_is_not(void **state)
{
    const struct scratch *scratch = *state;
    static const struct {
        const char *name;
        bool at_address;
        enum vmail_result result;
    } cases[] = {
        { "bob", false, VMAIL_NOT_FOUND },
        { "bob", true, VMAIL_UNAVAILABLE },
        { "root", true, VMAIL_NOT_FOUND },
        { "root@[192.0.2.1]", false, VMAIL_NOT_FOUND },
        { "bob@[192.0.2.1]", false, VMAIL_UNAVAILABLE },
        { "bob@nowhere.example", false, VMAIL_UNAVAILABLE },
        { "root@va.example", false, VMAIL_UNAVAILABLE },
        { "bob%va.example", false, VMAIL_UNAVAILABLE }, /* separators may say % */
        { "bob%x@-", false, VMAIL_UNAVAILABLE },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct vmail_identity identity;
        const struct vmail_context context =
            cases[i].at_address ? at_address("192.0.2.1") : nothing_known;
        check(vmail_resolve_without_config(&scratch->paths, cases[i].name, &context, &identity) ==
                  cases[i].result,
              cases[i].name);
    }
}

static void a_given_domain_comes_before_the_address(void **state)
{
    struct vmail_context context = at_address("192.0.2.1");
    context.domain = "VB.example";
    check_is(*state, "bob", &context, "bob", "vb.example");
    context.domain = "va.example.org";
    check_is(*state, "bob", &context, "bob", "va.example");
    context.domain = "vz.example";
    check_nobody(*state, "bob", &context);
    context.domain = "../x";
    check_nobody(*state, "bob", &context);
}

static void further_separators_split_as_well(void **state)
{
    check_nobody(*state, "bob%va.example", &nothing_known);
    scratch_config(*state, "[vmail]\nseparators = @%\n");
    check_is(*state, "bob%va.example", &nothing_known, "bob", "va.example");
    check_is(*state, "bob@va.example", &nothing_known, "bob", "va.example");
}

static void without_folding_the_user_stays_as_typed(void **state)
{
    scratch_config(*state, "[vmail]\nfold_case = no\n");
    check_is(*state, "Bob@VA.example", &nothing_known, "Bob", "va.example");
}

static void the_form_of_the_name_is_told(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_context context = at_address("192.0.2.1");
    struct vmail_identity identity;
    vmail_resolve(&scratch->paths, scratch->config, "bob", &context, &identity);
    assert_int_equal(identity.form, VMAIL_NAME_PLAIN);
    vmail_resolve(&scratch->paths, scratch->config, "bob@va.example", &context, &identity);
    assert_int_equal(identity.form, VMAIL_NAME_DOMAIN);
    vmail_resolve(&scratch->paths, scratch->config, "bob@[192.0.2.1]", &context, &identity);
    assert_int_equal(identity.form, VMAIL_NAME_LITERAL);
}

static void a_domain_whose_file_cannot_be_looked_for_cannot_be_told(void **state)
{
    const struct scratch *scratch = *state;
    struct vmail_identity identity;
    struct vmail_error error;
    scratch_skip_as_root();
    scratch_chmod(scratch, ".", 0);
    check_result(
        vmail_resolve_domain(&scratch->paths, scratch->config, "nosuch.example", &identity, &error),
        VMAIL_UNAVAILABLE, &error);
    assert_non_null(strstr(error.text, "passwd.nosuch.example: cannot look for it"));
    check_result(
        vmail_resolve_domain(&scratch->paths, scratch->config, "va.example.org", &identity, &error),
        VMAIL_UNAVAILABLE, NULL);
    check_result(vmail_resolve_domain(&scratch->paths, scratch->config, "configured.example",
                                      &identity, &error),
                 VMAIL_OK, NULL);
    scratch_chmod(scratch, ".", 0755);
}

/* This is not an error: a domain that is too long is not one of ours. */
static void a_domain_too_long_for_a_file_is_nobodys(void **state)
{
    const struct scratch *scratch = *state;
    enum { TOO_LONG = 250 };
    char name[300], path[300];
    char *domain = scratch_repeat('a', TOO_LONG);
    for (size_t i = 63; i < TOO_LONG; i += 64)
        domain[i] = '.';
    const struct vmail_context context = { .domain = domain };
    snprintf(name, sizeof name, "bob@%s", domain);
    check_nobody(scratch, name, &nothing_known);
    check_nobody(scratch, "bob", &context);
    domain[VMAIL_DOMAIN_FILE_MAX + 1] = '\0';
    snprintf(path, sizeof path, "passwd.%s", domain);
    scratch_write(scratch, path, "bob:x:70001:70001:::\n");
    snprintf(name, sizeof name, "bob@%s", domain);
    check_nobody(scratch, name, &nothing_known);
    domain[VMAIL_DOMAIN_FILE_MAX] = '\0';
    snprintf(path, sizeof path, "passwd.%s", domain);
    scratch_write(scratch, path, "bob:x:70001:70001:::\n");
    snprintf(name, sizeof name, "bob@%s", domain);
    check_is(scratch, name, &nothing_known, "bob", domain);
    check_is(scratch, "bob", &context, "bob", domain);
    free(domain);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_DOMAINS(a_name_with_a_known_domain_is_of_that_domain),
        ON_DOMAINS(an_alias_means_its_domain),
        ON_DOMAINS(a_domain_of_its_own_is_no_alias),
        ON_DOMAINS(an_unknown_domain_is_not_ours),
        ON_DOMAINS(a_user_that_cannot_be_is_still_of_the_domain),
        ON_DOMAINS(a_user_of_300_bytes_is_still_of_the_domain),
        ON_DOMAINS(a_literal_means_the_domain_that_owns_the_address),
        ON_DOMAINS(a_literal_that_no_domain_owns_is_not_ours),
        ON_DOMAINS(a_literal_that_is_not_ours_still_tells_the_user),
        ON_DOMAINS(a_plain_name_alone_is_not_ours),
        ON_DOMAINS(a_plain_name_over_a_domains_address_is_of_that_domain),
        ON_DOMAINS(a_name_with_a_domain_does_not_look_at_the_address),
        ON_DOMAINS(a_system_account_comes_before_a_domain_that_the_name_does_not_have),
        ON_DOMAINS(a_system_group_is_looked_for_among_the_groups),
        ON_DOMAINS(a_system_account_has_no_mail_address_here),
        ON_DOMAINS(while_the_systems_file_cannot_be_read_a_plain_name_cannot_be_told),
        ON_DOMAINS(without_vmail_conf_only_a_name_that_cannot_be_ours_is_not),
        ON_DOMAINS(a_given_domain_comes_before_the_address),
        ON_DOMAINS(further_separators_split_as_well),
        ON_DOMAINS(without_folding_the_user_stays_as_typed),
        ON_DOMAINS(the_form_of_the_name_is_told),
        ON_DOMAINS(a_domain_whose_file_cannot_be_looked_for_cannot_be_told),
        ON_DOMAINS(a_domain_too_long_for_a_file_is_nobodys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
