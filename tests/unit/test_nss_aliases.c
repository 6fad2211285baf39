/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "config_compile.h"
#include "nss_scratch.h"

static struct aliasent entry;
static char buffer[1024];
static int code;

static enum nss_status by_name(const char *name)
{
    code = 0;
    return _nss_vmail_getaliasbyname_r(name, &entry, buffer, sizeof buffer, &code);
}

static enum nss_status next(void)
{
    code = 0;
    return _nss_vmail_getaliasent_r(&entry, buffer, sizeof buffer, &code);
}

/* Ends the test unless the entry is LINE, as getent(1) prints it: "NAME: MEMBER, MEMBER". */
static void check_entry(const char *line)
{
    char text[1024] = "";
    scratch_append(text, sizeof text, "%s:", entry.alias_name);
    for (size_t i = 0; i < entry.alias_members_len; i++)
        scratch_append(text, sizeof text, "%s %s", i == 0 ? "" : ",", entry.alias_members[i]);
    check_text(text, line, "the entry");
    assert_int_equal(entry.alias_local, 1);
}

static void check_found(const char *name, const char *line)
{
    check(by_name(name) == NSS_STATUS_SUCCESS, name);
    check_entry(line);
}

static void check_not_found(const char *name)
{
    check(by_name(name) == NSS_STATUS_NOTFOUND, name);
}

static void check_unknown(const char *name)
{
    check(by_name(name) == NSS_STATUS_TRYAGAIN, name);
    assert_int_equal(code, EAGAIN);
}

/* Gives va.example the additional files `first' and `second', and the keys MORE. */
static void write_config(const struct scratch *scratch, const char *more)
{
    char text[1024] = "";
    scratch_append(text, sizeof text,
                   "[domain va.example]\naliases = va.example.org\naddress = 127.0.0.2\n"
                   "alias_files = %s %s\n%s",
                   scratch_path(scratch, "first"), scratch_path(scratch, "second"), more);
    scratch_write(scratch, "vmail.conf", text);
    module_next_tick();
}

static void an_entry_has_canonical_names_and_the_addresses_of_others(void **state)
{
    scratch_write(*state, "aliases.va.example", "Sales: Bob, ALICE,info\n   joe@Other.example\n");
    check_found("sales@va.example", "sales@va.example: bob@va.example, alice@va.example, "
                                    "info@va.example, joe@Other.example");
    check_found("SALES@VA.example.ORG", "sales@va.example: bob@va.example, alice@va.example, "
                                        "info@va.example, joe@Other.example");
    check_found("sales@[127.0.0.2]", "sales@va.example: bob@va.example, alice@va.example, "
                                     "info@va.example, joe@Other.example");
}

static void without_fold_case_users_keep_their_capitals(void **state)
{
    scratch_write(*state, "vmail.conf", "[vmail]\nfold_case = no\n");
    scratch_write(*state, "aliases.va.example", "Sales: Bob\n");
    module_next_tick();
    check_found("SALES@va.example", "sales@va.example: Bob@va.example");
}

static void the_first_file_that_has_the_name_decides(void **state)
{
    write_config(*state, "");
    scratch_write(*state, "aliases.va.example", "one: bob\none: alice\n");
    scratch_write(*state, "first", "one: alice\ntwo: bob\n");
    scratch_write(*state, "second", "one: alice\ntwo: alice\nthree: alice\n");
    check_found("one@va.example", "one@va.example: bob@va.example");
    check_found("two@va.example", "two@va.example: bob@va.example");
    check_found("three@va.example", "three@va.example: alice@va.example");
    check_not_found("three@vb.example");
}

static void programs_files_and_lists_are_left_out(void **state)
{
    write_config(*state, "");
    scratch_write(*state, "aliases.va.example",
                  "some: \"|/bin/mail x\", bob, /var/log/mail, :include:/etc/list, alice\n"
                  "none: \"|/bin/mail x\", /dev/null\n"
                  "list: :include:/etc/list\n");
    scratch_write(*state, "first", "none: bob\n");
    check_found("some@va.example", "some@va.example: bob@va.example, alice@va.example");
    check_not_found("none@va.example");
    check_not_found("list@va.example");
}

/* Sendmail removes the backslash, and then it would have a command. */
static void so_are_names_that_would_be_no_address(void **state)
{
    scratch_write(*state, "aliases.va.example",
                  "sales: \\bob, \"\\\\|id\", \"\\\"|id\\\"\", o'brien, a@b@c, bob@[127.0.0.2]\n");
    check_found("sales@va.example", "sales@va.example: o'brien@va.example");
}

static void of_a_file_that_co_administrators_edit_only_plain_targets_count(void **state)
{
    write_config(*state, "admins = alice\n");
    scratch_write(*state, "aliases.va.example", "one: o'brien, bob\ntwo: \"|id\"\n");
    scratch_write(*state, "first", "two: bob\n");
    check_found("one@va.example", "one@va.example: bob@va.example");
    check_found("two@va.example", "two@va.example: bob@va.example");
}

static void others_are_not_found(void **state)
{
    static const char *const names[] = {
        "bob@va.example",
        "sales+x@va.example",
        "sales",
        "root",
        "",
        "@",
        "sales@",
        "@va.example",
        "sales@vb.example",
        "sales@elsewhere.example",
        "sales@va.example@va.example",
    };
    check_not_found("sales@va.example"); /* there is no alias file */
    scratch_write(*state, "aliases.va.example", "sales: bob\nbroken bob\n");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_not_found(names[i]);
    assert_int_equal(by_name(NULL), NSS_STATUS_NOTFOUND);
}

static void a_plain_name_is_an_alias_of_the_domain_of_the_connection(void **state)
{
    scratch_write(*state, "aliases.va.example", "sales: bob\nroot: alice\n");
    module_connect("127.0.0.2");
    check_found("Sales", "sales@va.example: bob@va.example");
    check_not_found("root"); /* is the system's */
    module_connect("127.0.0.1");
    check_not_found("sales");
}

static void the_name_of_a_system_account_is_an_alias_of_a_domain(void **state)
{
    scratch_write(*state, "aliases.va.example", "root: alice\n");
    check_found("root@va.example", "root@va.example: alice@va.example");
}

static void the_image_of_vmail_conf_makes_no_difference(void **state)
{
    static const struct vmail_index_effort patient = { .milliseconds = 10000, .seconds = 10 };
    const struct scratch *scratch = *state;
    write_config(scratch, "admins = alice\n");
    check_result(vmail_config_compile(&scratch->paths, &patient, NULL), VMAIL_OK, NULL);
    module_next_tick();
    scratch_write(scratch, "aliases.va.example", "sales: o'brien, alice\n");
    scratch_write(scratch, "second", "info: bob\n");
    check_found("sales@va.example", "sales@va.example: alice@va.example");
    check_found("info@va.example", "info@va.example: bob@va.example");
}

static void what_a_file_says_cannot_be_told_while_it_is_not_trusted(void **state)
{
    write_config(*state, "");
    scratch_write(*state, "aliases.va.example", "one: bob\n");
    scratch_write(*state, "first", "two: bob\n");
    scratch_chmod(*state, "first", 0666);
    check_found("one@va.example", "one@va.example: bob@va.example");
    check_unknown("two@va.example");
    check_unknown("three@va.example");
    check_not_found("two@vb.example");
    check_not_found("two");
    scratch_chmod(*state, "first", 0644);
    check_found("two@va.example", "two@va.example: bob@va.example");
}

static void nor_while_vmail_conf_is_not_trusted(void **state)
{
    scratch_write(*state, "aliases.va.example", "sales: bob\n");
    scratch_chmod(*state, "vmail.conf", 0666);
    module_next_tick();
    check_unknown("sales@va.example");
    check_not_found("sales");
    assert_int_equal(next(), NSS_STATUS_UNAVAIL);
}

static void nor_while_it_may_not_be_read(void **state)
{
    scratch_skip_as_root();
    scratch_write(*state, "aliases.va.example", "sales: bob\n");
    scratch_chmod(*state, "aliases.va.example", 0);
    check_unknown("sales@va.example");
    assert_int_equal(next(), NSS_STATUS_NOTFOUND);
}

/* The buffers are in memory of their own, so that valgrind and ASan see a byte behind them. */
static void a_small_buffer_is_erange(void **state)
{
    enum nss_status status = NSS_STATUS_TRYAGAIN;
    size_t length = 0;
    scratch_write(*state, "aliases.va.example", "sales: bob, joe@other.example\n");
    for (; status != NSS_STATUS_SUCCESS && length < sizeof buffer; length++) {
        char *small = malloc(length + 1);
        assert_non_null(small);
        code = 0;
        status = _nss_vmail_getaliasbyname_r("sales@va.example", &entry, small + 1, length, &code);
        assert_int_equal(code, status == NSS_STATUS_SUCCESS ? 0 : ERANGE);
        if (status == NSS_STATUS_SUCCESS)
            check_entry("sales@va.example: bob@va.example, joe@other.example");
        else
            assert_int_equal(status, NSS_STATUS_TRYAGAIN);
        free(small);
    }
    assert_int_equal(status, NSS_STATUS_SUCCESS);
    assert_true(length > sizeof "sales@va.example" + sizeof "bob@va.example" +
                             sizeof "joe@other.example" + 2 * sizeof(char *));
}

static void check_next(const char *line)
{
    assert_int_equal(next(), NSS_STATUS_SUCCESS);
    check_entry(line);
}

static void a_listing_gives_each_entry_that_is_used_once(void **state)
{
    write_config(*state, "");
    scratch_write(*state, "aliases.va.example",
                  "two: alice\nprogram: \"|id\"\none: bob\nTwo: bob\n\"no user\": bob\n");
    scratch_write(*state, "first", "one: alice\nprogram: bob\nthree: alice\n");
    scratch_write(*state, "aliases.vb.example", "one: bob\n");
    scratch_write(*state, "aliases.vc.example", "one: bob\n"); /* is no domain */
    for (int i = 0; i < 2; i++) {
        check_next("one@va.example: bob@va.example");
        assert_int_equal(_nss_vmail_getaliasent_r(&entry, buffer, 3, &code), NSS_STATUS_TRYAGAIN);
        assert_int_equal(code, ERANGE);
        check_next("two@va.example: alice@va.example");
        check_next("three@va.example: alice@va.example");
        check_next("one@vb.example: bob@vb.example");
        assert_int_equal(next(), NSS_STATUS_NOTFOUND);
        assert_int_equal(next(), NSS_STATUS_NOTFOUND);
        assert_int_equal(i == 0 ? _nss_vmail_setaliasent() : _nss_vmail_endaliasent(),
                         NSS_STATUS_SUCCESS);
    }
    check_next("one@va.example: bob@va.example");
}

static void a_listing_skips_a_file_that_is_not_trusted_and_those_after_it(void **state)
{
    write_config(*state, "");
    scratch_write(*state, "aliases.va.example", "one: bob\n");
    scratch_write(*state, "first", "two: bob\n");
    scratch_write(*state, "second", "one: alice\nthree: bob\n");
    scratch_write(*state, "aliases.vb.example", "one: bob\n");
    scratch_chmod(*state, "first", 0666);
    check_next("one@va.example: bob@va.example");
    check_next("one@vb.example: bob@vb.example");
    assert_int_equal(next(), NSS_STATUS_NOTFOUND);
}

static void with_enumerate_off_nothing_is_listed(void **state)
{
    scratch_write(*state, "vmail.conf", "[vmail]\nenumerate = no\n");
    scratch_write(*state, "aliases.va.example", "one: bob\n");
    module_next_tick();
    assert_int_equal(next(), NSS_STATUS_NOTFOUND);
    check_found("one@va.example", "one@va.example: bob@va.example");
}

static void errno_is_kept_and_no_descriptor_is_left_open(void **state)
{
    write_config(*state, "");
    scratch_write(*state, "aliases.va.example", "one: bob\ntwo: bob\n");
    const size_t before = scratch_open_descriptors();
    errno = ENOTTY;
    by_name("one@va.example");
    by_name("three@va.example");
    by_name("three@elsewhere.example");
    next(); /* and the listing has not ended */
    _nss_vmail_getaliasbyname_r("one@va.example", &entry, buffer, 3, &code);
    assert_int_equal(errno, ENOTTY);
    assert_int_equal(scratch_open_descriptors(), before);
    while (next() == NSS_STATUS_SUCCESS)
        ;
    _nss_vmail_endaliasent();
    assert_int_equal(errno, ENOTTY);
    assert_int_equal(scratch_open_descriptors(), before);
}

static void *list(void *count)
{
    struct aliasent own;
    char room[256];
    int problem;
    while (_nss_vmail_getaliasent_r(&own, room, sizeof room, &problem) == NSS_STATUS_SUCCESS)
        ++*(size_t *)count;
    return NULL;
}

static void threads_share_a_listing(void **state)
{
    enum { THREADS = 8, ENTRIES = 500 };
    static char text[ENTRIES * 16];
    pthread_t threads[THREADS];
    size_t counts[THREADS] = { 0 }, total = 0;
    text[0] = '\0';
    for (int i = 0; i < ENTRIES; i++)
        scratch_append(text, sizeof text, "name%d: bob\n", i);
    scratch_write(*state, "aliases.va.example", text);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, list, &counts[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        total += counts[i];
    }
    assert_int_equal(total, ENTRIES);
}

static void a_child_finds_an_alias_and_goes_on_with_the_listing(void **state)
{
    int status;
    scratch_write(*state, "aliases.va.example", "one: bob\ntwo: alice\n");
    check_next("one@va.example: bob@va.example");
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(by_name("one@va.example") == NSS_STATUS_SUCCESS && next() == NSS_STATUS_SUCCESS &&
                      strcmp(entry.alias_name, "two@va.example") == 0
                  ? 0
                  : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    check_next("two@va.example: alice@va.example");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_NSS(an_entry_has_canonical_names_and_the_addresses_of_others),
        ON_NSS(without_fold_case_users_keep_their_capitals),
        ON_NSS(the_first_file_that_has_the_name_decides),
        ON_NSS(programs_files_and_lists_are_left_out),
        ON_NSS(so_are_names_that_would_be_no_address),
        ON_NSS(of_a_file_that_co_administrators_edit_only_plain_targets_count),
        ON_NSS(others_are_not_found),
        ON_NSS(a_plain_name_is_an_alias_of_the_domain_of_the_connection),
        ON_NSS(the_name_of_a_system_account_is_an_alias_of_a_domain),
        ON_NSS(the_image_of_vmail_conf_makes_no_difference),
        ON_NSS(what_a_file_says_cannot_be_told_while_it_is_not_trusted),
        ON_NSS(nor_while_vmail_conf_is_not_trusted),
        ON_NSS(nor_while_it_may_not_be_read),
        ON_NSS(a_small_buffer_is_erange),
        ON_NSS(a_listing_gives_each_entry_that_is_used_once),
        ON_NSS(a_listing_skips_a_file_that_is_not_trusted_and_those_after_it),
        ON_NSS(with_enumerate_off_nothing_is_listed),
        ON_NSS(errno_is_kept_and_no_descriptor_is_left_open),
        ON_NSS(threads_share_a_listing),
        ON_NSS(a_child_finds_an_alias_and_goes_on_with_the_listing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
