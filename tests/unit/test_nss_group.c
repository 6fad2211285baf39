/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "nss_scratch.h"

static struct group group;
static char buffer[1024];
static int code;

static enum nss_status by_name(const char *name)
{
    code = 0;
    return _nss_vmail_getgrnam_r(name, &group, buffer, sizeof buffer, &code);
}

static enum nss_status by_gid(gid_t gid)
{
    code = 0;
    return _nss_vmail_getgrgid_r(gid, &group, buffer, sizeof buffer, &code);
}

static enum nss_status next(void)
{
    code = 0;
    return _nss_vmail_getgrent_r(&group, buffer, sizeof buffer, &code);
}

static void check_staff(void)
{
    assert_string_equal(group.gr_name, "staff@va.example");
    assert_string_equal(group.gr_passwd, "x");
    assert_int_equal(group.gr_gid, 70000);
    assert_string_equal(group.gr_mem[0], "bob@va.example");
    assert_string_equal(group.gr_mem[1], "alice@va.example");
    assert_null(group.gr_mem[2]);
}

static void a_group_has_canonical_members(void **state)
{
    (void)state;
    assert_int_equal(by_name("STAFF@va.example.org"), NSS_STATUS_SUCCESS);
    check_staff();
    assert_int_equal(by_gid(70000), NSS_STATUS_SUCCESS);
    check_staff();
}

static void a_user_has_a_private_group(void **state)
{
    (void)state;
    assert_int_equal(by_name("bob@va.example"), NSS_STATUS_SUCCESS);
    assert_string_equal(group.gr_name, "bob@va.example");
    assert_int_equal(group.gr_gid, 70001);
    assert_null(group.gr_mem[0]);
    assert_int_equal(by_gid(80001), NSS_STATUS_SUCCESS);
    assert_string_equal(group.gr_name, "bob@vb.example");
}

static void others_are_not_found(void **state)
{
    static const gid_t gids[] = { 0, 100, 999, 1000, 65534, 65535, 70002, (gid_t)-1 };
    (void)state;
    for (size_t i = 0; i < sizeof gids / sizeof *gids; i++)
        assert_int_equal(by_gid(gids[i]), NSS_STATUS_NOTFOUND);
    assert_int_equal(by_name("alice@va.example"), NSS_STATUS_NOTFOUND); /* her gid is staff's */
    assert_int_equal(by_name("staff@vb.example"), NSS_STATUS_NOTFOUND);
    assert_int_equal(by_name("staff"), NSS_STATUS_NOTFOUND);
}

static void a_plain_name_of_a_system_group_is_never_found(void **state)
{
    module_connect("127.0.0.2");
    scratch_write(*state, "../group", "root:x:0:\nstaff:x:50:\n");
    assert_int_equal(by_name("staff"), NSS_STATUS_NOTFOUND);
    assert_int_equal(by_name("bob"), NSS_STATUS_SUCCESS);
    scratch_write(*state, "../group", "root:x:0:\n");
    assert_int_equal(by_name("staff"), NSS_STATUS_SUCCESS);
    check_staff();
}

static void a_small_buffer_is_erange_until_it_fits(void **state)
{
    enum nss_status status = NSS_STATUS_TRYAGAIN;
    (void)state;
    for (size_t length = 0; status != NSS_STATUS_SUCCESS; length++) {
        assert_true(length < sizeof buffer);
        code = 0;
        memset(buffer, 'x', sizeof buffer);
        status = _nss_vmail_getgrnam_r("staff@va.example", &group, buffer + 1, length, &code);
        if (status == NSS_STATUS_SUCCESS)
            break;
        assert_int_equal(status, NSS_STATUS_TRYAGAIN);
        assert_int_equal(code, ERANGE);
        assert_int_equal(buffer[1 + length], 'x');
    }
    check_staff();
}

static void a_listing_gives_the_lines_and_then_the_private_groups(void **state)
{
    (void)state;
    assert_int_equal(next(), NSS_STATUS_SUCCESS);
    check_staff();
    assert_int_equal(next(), NSS_STATUS_SUCCESS);
    assert_string_equal(group.gr_name, "bob@va.example");
    assert_int_equal(next(), NSS_STATUS_SUCCESS);
    assert_string_equal(group.gr_name, "bob@vb.example");
    assert_int_equal(next(), NSS_STATUS_NOTFOUND);
    assert_int_equal(next(), NSS_STATUS_NOTFOUND);
    _nss_vmail_setgrent(0);
    assert_int_equal(next(), NSS_STATUS_SUCCESS);
    check_staff();
}

static void a_listing_repeats_what_did_not_fit(void **state)
{
    static const char *const names[] = { "staff@va.example", "bob@va.example", "bob@vb.example" };
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        for (int again = 0; again < 2; again++) {
            assert_int_equal(_nss_vmail_getgrent_r(&group, buffer, 10, &code), NSS_STATUS_TRYAGAIN);
            assert_int_equal(code, ERANGE);
        }
        assert_int_equal(next(), NSS_STATUS_SUCCESS);
        assert_string_equal(group.gr_name, names[i]);
    }
    assert_int_equal(next(), NSS_STATUS_NOTFOUND);
}

static void a_listing_has_no_private_groups_of_a_domain_whose_groups_are_not_trusted(void **state)
{
    scratch_chmod(*state, "group.va.example", 0664);
    assert_int_equal(next(), NSS_STATUS_SUCCESS);
    assert_string_equal(group.gr_name, "bob@vb.example");
    assert_int_equal(next(), NSS_STATUS_NOTFOUND);
}

/* --- supplementary groups */

struct gids {
    long start, size;
    gid_t *list;
};

static struct gids start_with(gid_t gid, long size)
{
    struct gids gids = { 1, size, malloc((size_t)size * sizeof(gid_t)) };
    assert_non_null(gids.list);
    gids.list[0] = gid;
    return gids;
}

static enum nss_status groups_of(const char *name, gid_t primary, struct gids *gids, long limit)
{
    code = 0;
    return _nss_vmail_initgroups_dyn(name, primary, &gids->start, &gids->size, &gids->list, limit,
                                     &code);
}

static void a_member_has_the_group(void **state)
{
    struct gids gids = start_with(70001, 4);
    (void)state;
    assert_int_equal(groups_of("BOB@va.example", 70001, &gids, -1), NSS_STATUS_NOTFOUND);
    assert_int_equal(gids.start, 2);
    assert_int_equal(gids.list[1], 70000);
    free(gids.list);
}

static void a_primary_group_is_not_added(void **state)
{
    struct gids gids = start_with(70000, 4);
    (void)state;
    assert_int_equal(groups_of("alice@va.example", 70000, &gids, -1), NSS_STATUS_NOTFOUND);
    assert_int_equal(gids.start, 1);
    free(gids.list);
}

/* The next module would give a virtual bob the groups of the system's bob. */
static void for_a_plain_name_on_a_domains_address_no_other_module_is_asked(void **state)
{
    struct gids gids = start_with(70001, 4);
    (void)state;
    module_connect("127.0.0.2");
    assert_int_equal(groups_of("bob", 70001, &gids, -1), NSS_STATUS_SUCCESS);
    assert_int_equal(gids.start, 2);
    assert_int_equal(gids.list[1], 70000);
    free(gids.list);
}

static void for_a_full_name_the_next_module_is_asked_too(void **state)
{
    struct gids gids = start_with(80001, 4);
    (void)state;
    assert_int_equal(groups_of("bob@vb.example", 80001, &gids, -1), NSS_STATUS_NOTFOUND);
    assert_int_equal(gids.start, 1);
    free(gids.list);
}

static void somebody_else_is_not_found(void **state)
{
    struct gids gids = start_with(1, 4);
    (void)state;
    scratch_write(*state, "group.va.example", "staff:x:70000:dave\n");
    assert_int_equal(groups_of("dave@va.example", 1, &gids, -1), NSS_STATUS_NOTFOUND);
    assert_int_equal(groups_of("bob", 1, &gids, -1), NSS_STATUS_NOTFOUND);
    assert_int_equal(groups_of("bob@vz.example", 1, &gids, -1), NSS_STATUS_NOTFOUND);
    assert_int_equal(gids.start, 1);
    free(gids.list);
}

/* 40 groups; bob is in every second one, and twice in one of them. */
static void write_many_groups(const struct scratch *scratch)
{
    char text[4096] = "";
    for (int i = 0; i < 40; i++)
        scratch_append(text, sizeof text, "g%d:x:%d:alice,%s\n", i, 71000 + i,
                       i % 2 == 0 ? "bob" : "bobby,bo");
    scratch_append(text, sizeof text, "again:x:71000:bob\nlow:x:0:bob\n");
    scratch_write(scratch, "group.va.example", text);
}

static void the_list_grows(void **state)
{
    struct gids gids = start_with(70001, 1);
    write_many_groups(*state);
    assert_int_equal(groups_of("bob@va.example", 70001, &gids, -1), NSS_STATUS_NOTFOUND);
    assert_int_equal(gids.start, 21);
    assert_true(gids.size >= 21);
    for (int i = 0; i < 20; i++)
        assert_int_equal(gids.list[1 + i], 71000 + 2 * i);
    free(gids.list);
}

static void the_list_keeps_to_its_limit(void **state)
{
    struct gids gids = start_with(70001, 1);
    write_many_groups(*state);
    assert_int_equal(groups_of("bob@va.example", 70001, &gids, 5), NSS_STATUS_NOTFOUND);
    assert_int_equal(gids.start, 5);
    assert_int_equal(gids.list[4], 71006);
    free(gids.list);
}

/* For a plain name, the next module would give a virtual bob the groups of the system's bob. */
static void while_files_are_not_trusted_no_other_module_is_asked(void **state)
{
    struct gids gids = start_with(70001, 4);
    module_connect("127.0.0.2");
    scratch_chmod(*state, "group.va.example", 0664);
    assert_int_equal(groups_of("bob@va.example", 70001, &gids, -1), NSS_STATUS_TRYAGAIN);
    assert_int_equal(code, EAGAIN);
    assert_int_equal(groups_of("bob", 70001, &gids, -1), NSS_STATUS_SUCCESS);
    scratch_chmod(*state, "passwd.va.example", 0664);
    assert_int_equal(groups_of("bob@va.example", 70001, &gids, -1), NSS_STATUS_TRYAGAIN);
    assert_int_equal(groups_of("bob", 70001, &gids, -1), NSS_STATUS_SUCCESS);
    assert_int_equal(gids.start, 1);
    free(gids.list);
}

static void while_vmail_conf_is_not_trusted_only_system_accounts_are_not_found(void **state)
{
    struct gids gids = start_with(70001, 4);
    module_connect("127.0.0.2");
    scratch_chmod(*state, "vmail.conf", 0664);
    module_next_tick();
    assert_int_equal(groups_of("bob", 70001, &gids, -1), NSS_STATUS_TRYAGAIN);
    assert_int_equal(groups_of("root", 0, &gids, -1), NSS_STATUS_NOTFOUND);
    assert_int_equal(groups_of("bob@va.example", 70001, &gids, -1), NSS_STATUS_TRYAGAIN);
    assert_int_equal(code, EAGAIN);
    assert_int_equal(gids.start, 1);
    free(gids.list);
}

static void a_group_that_is_not_trusted_cannot_be_told(void **state)
{
    scratch_chmod(*state, "group.va.example", 0664);
    assert_int_equal(by_name("staff@va.example"), NSS_STATUS_TRYAGAIN);
    assert_int_equal(code, EAGAIN);
    assert_int_equal(by_gid(70000), NSS_STATUS_TRYAGAIN);
    assert_int_equal(code, EAGAIN);
}

/* --- listing private groups, whose gids a group file may give to another group */

static void check_listing(const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        check_text(next() == NSS_STATUS_SUCCESS ? group.gr_name : "(end)", names[i], names[i]);
        assert_int_equal(_nss_vmail_getgrent_r(&group, buffer, 1, &code),
                         i + 1 < count ? NSS_STATUS_TRYAGAIN : NSS_STATUS_NOTFOUND);
    }
}

/* Four domains: each has another taken gid, and the third has no group file. */
static void write_domains(const struct scratch *scratch)
{
    scratch_write(scratch, "passwd.va.example", "a:x:70001:70001:::\nb:x:70002:70002:::\n");
    scratch_write(scratch, "group.va.example", "ga:x:70001:\n");
    scratch_write(scratch, "passwd.vb.example",
                  "a:x:70001:70001:::\nb:x:70002:70002:::\nc:x:70003:70000:::\n");
    scratch_write(scratch, "group.vb.example", "gb:x:70002:\n");
    scratch_write(scratch, "passwd.vc.example", "a:x:70001:70001:::\nb:x:70002:70002:::\n");
    scratch_write(scratch, "passwd.vd.example", "a:x:70001:70001:::\nb:x:70002:70002:::\n");
    scratch_write(scratch, "group.vd.example", "z:x:70009:\ngd:x:70002:\ny:x:70001:\n");
}

static const char *const listed[] = { "ga@va.example", "gb@vb.example", "z@vd.example",
                                      "gd@vd.example", "y@vd.example",  "b@va.example",
                                      "a@vb.example",  "a@vc.example",  "b@vc.example" };
enum { LISTED = sizeof listed / sizeof *listed };

static void each_domain_has_its_own_private_groups(void **state)
{
    write_domains(*state);
    for (int pass = 0; pass < 2; pass++) {
        _nss_vmail_setgrent(0);
        check_listing(listed, LISTED);
        _nss_vmail_endgrent();
    }
}

static void a_listing_sees_what_changed_since_the_last(void **state)
{
    static const char *const changed[] = { "gb@vb.example", "z@vd.example", "gd@vd.example",
                                           "y@vd.example",  "a@va.example", "b@va.example",
                                           "a@vb.example",  "a@vc.example", "b@vc.example" };
    const struct scratch *scratch = *state;
    write_domains(scratch);
    check_listing(listed, LISTED);
    _nss_vmail_endgrent();
    assert_int_equal(unlink(scratch_path(scratch, "group.va.example")), 0);
    check_listing(changed, sizeof changed / sizeof *changed);
    _nss_vmail_endgrent();
    write_domains(scratch);
    check_listing(listed, LISTED);
}

static void a_listing_that_was_broken_off_starts_anew(void **state)
{
    const struct scratch *scratch = *state;
    write_domains(scratch);
    for (int stop = 1; stop < LISTED; stop++) {
        for (int i = 0; i < stop; i++)
            assert_int_equal(next(), NSS_STATUS_SUCCESS);
        _nss_vmail_setgrent(0);
        check_listing(listed, LISTED);
        _nss_vmail_setgrent(0);
    }
}

static void a_listing_leaves_no_descriptor_open(void **state)
{
    size_t before = scratch_open_descriptors();
    write_domains(*state);
    while (next() == NSS_STATUS_SUCCESS)
        assert_int_equal(scratch_open_descriptors(), before);
    assert_int_equal(scratch_open_descriptors(), before);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_NSS(a_group_has_canonical_members),
        ON_NSS(a_user_has_a_private_group),
        ON_NSS(others_are_not_found),
        ON_NSS(a_plain_name_of_a_system_group_is_never_found),
        ON_NSS(a_small_buffer_is_erange_until_it_fits),
        ON_NSS(a_listing_gives_the_lines_and_then_the_private_groups),
        ON_NSS(a_listing_repeats_what_did_not_fit),
        ON_NSS(a_listing_has_no_private_groups_of_a_domain_whose_groups_are_not_trusted),
        ON_NSS(a_member_has_the_group),
        ON_NSS(a_primary_group_is_not_added),
        ON_NSS(for_a_full_name_the_next_module_is_asked_too),
        ON_NSS(for_a_plain_name_on_a_domains_address_no_other_module_is_asked),
        ON_NSS(somebody_else_is_not_found),
        ON_NSS(the_list_grows),
        ON_NSS(the_list_keeps_to_its_limit),
        ON_NSS(while_files_are_not_trusted_no_other_module_is_asked),
        ON_NSS(while_vmail_conf_is_not_trusted_only_system_accounts_are_not_found),
        ON_NSS(a_group_that_is_not_trusted_cannot_be_told),
        ON_NSS(each_domain_has_its_own_private_groups),
        ON_NSS(a_listing_sees_what_changed_since_the_last),
        ON_NSS(a_listing_that_was_broken_off_starts_anew),
        ON_NSS(a_listing_leaves_no_descriptor_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
