/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The commands of vmailctl that change something. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "exit_code.h"
#include "host.h"
#include "lock.h"

/* --- domains */

static void a_domain_is_added(void **state)
{
    static const struct ctl_row rows[] = {
        { "domain add vc.example --address=192.0.2.3 --alias=vc.example.org --admin=ada "
          "--fallback=@va.example --mailbox=mbox:~/mail --mailbox-limit=10M --max-users=5",
          EXIT_DONE, "72000-72999" },
        { "domain add VC.example", EXIT_EXISTS, "vc.example" },
        { "domain add vd.example --no-ids", EXIT_DONE, "vd.example" },
        { "domain add ve.example --ids=75000-75009", EXIT_DONE, "75000-75009" },
        { "domain add vf.example --ids-size=10 --json", EXIT_DONE, "\"vf.example\"" },
        { "domain add bücher.example", EXIT_DONE, "xn--bcher-kva.example" },
        { "domain add vg.example --dry-run", EXIT_DONE, "+[domain vg.example]" },
        { "domain list", EXIT_DONE, "xn--bcher-kva.example" },
    };
    (void)state;
    check_ctl_rows(ROWS(rows));
    check_file_has("vmail.conf", "# ours\n[domain va.example]\n");
    check_file_has("vmail.conf", "[domain vc.example]\n");
    check_file_has("vmail.conf", "mailbox_limit = 10M\n");
    check_file_lacks("vmail.conf", "vg.example");
    scratch_check(host.scratch, "passwd.vc.example", "");
    check_text(strstr(host.log, "vc.example") != NULL ? "logged" : "", "logged", host.log);
}

static void a_domain_that_cannot_be_is_not_added(void **state)
{
    static const struct ctl_row rows[] = {
        { "domain add ..", EXIT_USAGE, ".." },
        { "domain add va.example.org", EXIT_EXISTS, "va.example" },
        { "domain add vc.example --address=here", EXIT_USAGE, "here" },
        { "domain add vc.example --address=127.0.0.1", EXIT_EXISTS, "va.example" },
        { "domain add vc.example --alias=va.example.org", EXIT_EXISTS, "va.example" },
        { "domain add vc.example --ids=70500-72000", EXIT_EXISTS, "va.example" },
        { "domain add vc.example --ids=5-9", EXIT_BAD_DATA, "5-9" },
        { "domain add vc.example --ids=x", EXIT_BAD_DATA, "'x'" },
        { "domain add vc.example --ids-size=99999", EXIT_UNAVAILABLE,
          "no block of 99999 free ids" },
        { "domain add vc.example --ids=72000-72009 --no-ids", EXIT_USAGE, NULL },
        { "domain add vc.example --mailbox=imap:x", EXIT_BAD_DATA, "imap:x" },
        { "domain add vc.example --max-users=many", EXIT_BAD_DATA, "many" },
        { "domain add vc.example --admin=nobody", EXIT_DONE, NULL },
    };
    (void)state;
    check_ctl_rows(ROWS(rows));
}

static void settings_of_a_domain_are_changed(void **state)
{
    static const struct ctl_row rows[] = {
        { "domain set va.example max_users 9", EXIT_DONE, NULL },
        { "domain set va.example admins ada bea", EXIT_DONE, NULL },
        { "domain set va.example mailbox maildir:~/m", EXIT_DONE, NULL },
        { "domain set va.example fallback account", EXIT_DONE, NULL },
        { "domain set va.example --unset=fallback", EXIT_DONE, NULL },
        { "domain set va.example color blue", EXIT_USAGE, "color" },
        { "domain set va.example ids 71000-71999", EXIT_EXISTS, "vb.example" },
        { "domain set va.example ids 70000-70001 --dry-run", EXIT_DONE, "+ids = 70000-70001" },
        { "domain set va.example", EXIT_USAGE, NULL },
        { "domain set va.example max_users", EXIT_USAGE, NULL },
        { "domain set vz.example max_users 3", EXIT_NO_SUCH, "vz.example" },
        { "domain set va.example max_users 8 --dry-run", EXIT_DONE, "+max_users = 8" },
        { "domain alias add va.example www.va.example mail.va.example", EXIT_DONE, NULL },
        { "domain alias add va.example vb.example", EXIT_EXISTS, "vb.example" },
        { "domain alias del va.example www.va.example", EXIT_DONE, NULL },
        { "domain alias del va.example www.va.example", EXIT_NO_SUCH, "www.va.example" },
        { "address add va.example 192.0.2.9 2001:db8::9", EXIT_DONE, NULL },
        { "address add vb.example 192.0.2.9", EXIT_EXISTS, "va.example" },
        { "address add va.example nowhere", EXIT_USAGE, "nowhere" },
        { "address del va.example 192.0.2.9", EXIT_DONE, NULL },
        { "address del va.example 192.0.2.9", EXIT_NO_SUCH, "192.0.2.9" },
        { "relay add partner.example --subdomains", EXIT_DONE, NULL },
        { "relay add partner.example", EXIT_EXISTS, "partner.example" },
        { "relay add va.example", EXIT_EXISTS, "va.example" },
        { "relay list", EXIT_DONE, "partner.example" },
        { "relay list --json", EXIT_DONE, "\"partner.example\"" },
        { "relay add third.example --primary=2001:DB8:0::7 --recipients=/vhome/recipients",
          EXIT_DONE, NULL },
        { "relay add fourth.example --primary=b\303\274cher.example", EXIT_DONE, NULL },
        { "relay list", EXIT_DONE, "/vhome/recipients  2001:db8::7" },
        { "relay list --json", EXIT_DONE, "\"xn--bcher-kva.example\"" },
        { "relay add x.example --primary=mail..example", EXIT_USAGE, "--primary=mail..example: " },
        { "relay add x.example --primary=", EXIT_USAGE, "expected the name or the IP address" },
        { "relay add x.example --recipients=list", EXIT_USAGE, "expected an absolute path" },
        { "relay add x.example --recipients=/vhome/nosuch", EXIT_NO_SUCH,
          "/vhome/nosuch: no such" },
        { "relay add x.example --recipients=/vhome/loose", EXIT_UNAVAILABLE, "writable by others" },
        { "relay add x.example --primary=192.0.2.7 --dry-run", EXIT_DONE, "+primary = 192.0.2.7" },
        { "relay add other.example", EXIT_DONE, NULL },
        { "relay del other.example", EXIT_DONE, NULL },
        { "relay del other.example", EXIT_NO_SUCH, "other.example" },
    };
    (void)state;
    put_file("vhome/recipients", "info\n");
    put_file("vhome/loose", "info\n");
    assert_int_equal(chmod("vhome/loose", 0666), 0);
    check_ctl_rows(ROWS(rows));
    check_file_has("vmail.conf", "max_users = 9\n");
    check_file_has("vmail.conf", "admins = ada bea\n");
    check_file_has("vmail.conf", "[relay partner.example]\nsubdomains = yes\n");
    check_file_has("vmail.conf", "[relay third.example]\nrecipients = /vhome/recipients\n"
                                 "primary = 2001:db8::7\n");
    check_file_lacks("vmail.conf", "x.example");
    check_file_has("vmail.conf", "2001:db8::9");
    check_file_lacks("vmail.conf", "192.0.2.9");
    check_file_lacks("vmail.conf", "fallback");
}

static void a_domain_is_deleted(void **state)
{
    static const struct ctl_row rows[] = {
        { "domain del va.example --yes", EXIT_REFUSED, "--force" },
        { "domain del va.example --force", EXIT_USAGE, NULL }, /* nobody can be asked */
        { "domain del va.example --force --yes --dry-run", EXIT_DONE, NULL },
        { "domain del va.example --force --yes", EXIT_DONE, NULL },
        { "domain del va.example --yes", EXIT_NO_SUCH, "va.example" },
        { "domain list", EXIT_DONE, "vb.example" },
    };
    (void)state;
    check_ctl_rows(ROWS(rows));
    check_file_lacks("vmail.conf", "va.example");
    check_file_has("retired_ids", "70000");
    assert_int_equal(access(scratch_path(host.scratch, "passwd.va.example"), F_OK), -1);
}

/* --- users */

static void a_user_is_added(void **state)
{
    static const struct ctl_row rows[] = {
        { "user add dave@va.example --no-password '--comment=Dave D'", EXIT_DONE, "70101" },
        { "user add fay@va.example --generate --shell=/bin/sh", EXIT_DONE, "Password: " },
        { "user add gus@va.example --no-password --uid=70500 --gid=staff", EXIT_DONE, "70500" },
        { "user add hal@va.example --no-password --home=/vhome/elsewhere/hal", EXIT_DONE,
          "/vhome/elsewhere/hal" },
        { "user add ian@va.example.org --no-password --json", EXIT_DONE, "\"ian@va.example\"" },
        { "user add jo@va.example --no-password --dry-run", EXIT_DONE, "+jo:x:" },
        { "user add dave@va.example --no-password", EXIT_EXISTS, "dave@va.example" },
        { "user add kim@va.example --no-password --uid=70500", EXIT_EXISTS,
          "the id 70500 is already in use" },
        { "user add kim@va.example --no-password --uid=12", EXIT_REFUSED, "12" },
        { "user add kim@va.example --no-password --uid=71500", EXIT_REFUSED,
          "in the block of vb.example" },
        { "user add kim@va.example --no-password --gid=none", EXIT_NO_SUCH, "none" },
        { "user add kim@va.example --no-password --shell=sh", EXIT_USAGE, "sh" },
        { "user add kim@va.example --no-password --home=there", EXIT_USAGE, "an absolute path" },
        { "user add kim@va.example --no-password --comment=a:b", EXIT_USAGE, NULL },
        { "user add kim@va.example --no-password --generate", EXIT_USAGE, "combined" },
        { "user add -x@va.example --no-password", EXIT_USAGE, NULL },
        { "user add kim@vz.example --no-password", EXIT_NO_SUCH, "vz.example" },
        { "user add staff@va.example --no-password", EXIT_EXISTS, NULL },
        { "user add sales@va.example --no-password", EXIT_DONE, NULL },
    };
    struct stat status;
    (void)state;
    check_ctl_rows(ROWS(rows));
    check_file_has("passwd.va.example",
                   "dave:x:70101:70101:Dave D:/vhome/va.example/dave:/bin/false\n");
    check_file_has("passwd.va.example", "gus:x:70500:70100:");
    check_file_has("shadow.va.example", "dave:!:");
    check_file_lacks("passwd.va.example", "kim:");
    assert_int_equal(stat("vhome/va.example/dave/Maildir/new", &status), 0);
    assert_int_equal(status.st_uid, 70101);
    assert_int_equal(status.st_mode & 07777, 0700);
}

/* Its ids are outside all blocks: another domain could choose the same ones meanwhile. */
static void a_domain_that_lost_its_block_to_another_one_takes_the_lock_for_ids(void **state)
{
    const char *lock = scratch_path(host.scratch, ".locks/@ids.lock");
    (void)state;
    check_ctl("user add kim@vb.example --no-password --uid=71500", EXIT_DONE, NULL);
    assert_int_equal(access(lock, F_OK), -1);
    scratch_write(host.scratch, "vmail.conf",
                  "[domain va.example]\nids = 70000-71999\n"
                  "[domain vb.example]\nids = 71000-71999\n");
    check_ctl("user add lee@vb.example --no-password --uid=72500", EXIT_DONE, NULL);
    assert_int_equal(access(lock, F_OK), 0);
}

static void a_password_comes_from_the_standard_input(void **state)
{
    static const struct ctl_row rows[] = {
        { "user add dave@va.example --password-stdin", EXIT_DONE, NULL },
        { "user passwd dave@va.example --password-stdin", EXIT_DONE, NULL },
        { "user passwd dave@va.example --generate", EXIT_DONE, "Password" },
        { "user passwd dave@va.example --no-password", EXIT_DONE, NULL },
        { "user passwd dave@va.example --password-hash", EXIT_BAD_DATA, "not a hash" },
        { "user passwd nobody@va.example --password-stdin", EXIT_NO_SUCH, "nobody" },
        { "user passwd dave@va.example --password-stdin --dry-run", EXIT_DONE, NULL },
    };
    (void)state;
    host.input = "s3cret-word\n";
    check_ctl_rows(ROWS(rows));
    host.input = "";
    check_ctl("user passwd dave@va.example --password-stdin", EXIT_BAD_DATA, NULL);
    host.input = "$6$saltsalt$abc\n";
    check_ctl("user passwd dave@va.example --password-hash", EXIT_DONE, NULL);
    check_file_has("shadow.va.example", "dave:$6$saltsalt$abc:");
}

static void a_user_is_changed(void **state)
{
    static const struct ctl_row rows[] = {
        { "user set bob@va.example --comment=Robert --shell=/bin/sh", EXIT_DONE, NULL },
        { "user set bob@va.example --gid=staff --home=/vhome/va.example/robert", EXIT_DONE, NULL },
        { "user set bob@va.example", EXIT_USAGE, NULL },
        { "user set nobody@va.example --comment=x", EXIT_NO_SUCH, "nobody" },
        { "user set bob@va.example --comment=y --dry-run", EXIT_DONE, "+bob:x:70000:70100:y:" },
        { "user lock bob@va.example", EXIT_DONE, NULL },
        { "user lock bob@va.example", EXIT_DONE, NULL },
        { "user show bob@va.example", EXIT_DONE, "locked" },
        { "user unlock bob@va.example", EXIT_DONE, NULL },
        { "user unlock eve@va.example", EXIT_REFUSED, NULL },
        { "user lock nobody@va.example", EXIT_NO_SUCH, "nobody" },
        { "user expire bob@va.example 2040-01-02", EXIT_DONE, NULL },
        { "user expire bob@va.example --maximum=90 --minimum=1 --warning=7 --inactive=5", EXIT_DONE,
          NULL },
        { "user expire alice@va.example --password", EXIT_DONE, NULL },
        { "user expire eve@va.example never", EXIT_DONE, NULL },
        { "user expire bob@va.example yesterday", EXIT_USAGE, "yesterday" },
        { "user expire bob@va.example 2040-02-31", EXIT_USAGE, "2040-02-31" },
        { "user expire bob@va.example --maximum=x", EXIT_USAGE, "x" },
        { "user expire bob@va.example", EXIT_USAGE, NULL },
        { "user show bob@va.example", EXIT_DONE, "2040-01-02" },
    };
    (void)state;
    check_ctl_rows(ROWS(rows));
    check_file_has("passwd.va.example",
                   "bob:x:70000:70100:Robert:/vhome/va.example/robert:/bin/sh\n");
    check_file_has("shadow.va.example", "bob:$6$saltsalt$x:20000:1:90:7:5:25568:\n");
    check_file_has("shadow.va.example", "alice:!$6$saltsalt$y:0::::::\n");
    check_file_has("shadow.va.example", "eve:!:20000::::::\n");
}

static void a_missing_group_is_told_in_one_message(void **state)
{
    (void)state;
    check_ctl("user set bob@va.example --gid=nostaff", EXIT_NO_SUCH, "has no group nostaff");
    assert_null(strstr(host.err, "no longer"));
}

/* As check_ctl_rows, for the co-administrator of va.example. */
static void check_as_ada(const struct ctl_row *rows, size_t count)
{
    host.restricted = true;
    setenv("SUDO_UID", "1001", 1);
    check_ctl_rows(rows, count);
    unsetenv("SUDO_UID");
}

static void a_user_gets_an_own_limit(void **state)
{
    static const struct ctl_row rows[] = {
        { "user set bob@va.example --mailbox-limit=200M", EXIT_DONE, NULL },
        { "user show bob@va.example --json", EXIT_DONE, "\"mailbox_limit\": 209715200" },
        { "user show bob@va.example --json", EXIT_DONE, "\"comment\": \"Bob of VA\"" },
        { "user set bob@va.example --comment=Robert", EXIT_DONE, NULL },
        { "user list va.example", EXIT_DONE, "209715200" },
        { "user set bob@va.example --mailbox-limit=lots", EXIT_USAGE, "none, or default" },
        { "user set bob@va.example --comment=x,mailbox_limit=1T", EXIT_USAGE, "--mailbox-limit" },
        { "user add tom@va.example --no-password --mailbox-limit=lots", EXIT_USAGE, "lots" },
        { "user add tom@va.example --no-password --mailbox-limit=3K --comment=Tom", EXIT_DONE,
          NULL },
        { "user show tom@va.example --json", EXIT_DONE, "\"mailbox_limit\": 3072" },
        { "domain set va.example mailbox_limit 2K", EXIT_DONE, NULL },
        { "user show alice@va.example --json", EXIT_DONE, "\"mailbox_limit\": 2048" },
        { "mail limits", EXIT_DONE, "" },
        { "mail limits va.example vz.example", EXIT_NO_SUCH, "vz.example" },
        { "export dovecot-limits", EXIT_DONE,
          "@va.example:::::::userdb_quota_rule=*:bytes=2048 "
          "userdb_quota_storage_size=2048B\n" },
        { "export dovecot-limits", EXIT_DONE,
          "bob@va.example:::::::userdb_quota_rule=*:bytes=2097"
          "15200 userdb_quota_storage_size=209715200B\n" },
        { "user set bob@va.example --mailbox-limit=none --comment=Bobby", EXIT_DONE, NULL },
        { "user show bob@va.example --json", EXIT_DONE, "\"mailbox_limit\": null" },
        { "export dovecot-limits", EXIT_DONE,
          "bob@va.example:::::::userdb_quota_rule=*:bytes=0 "
          "userdb_quota_storage_size=0B\n" },
    };
    (void)state;
    check_ctl_rows(ROWS(rows));
    check_file_has("passwd.va.example", ":Bobby,,,,mailbox_limit=0:");
    check_file_has("passwd.va.example", ":Tom,,,,mailbox_limit=3K:");
    check_ctl("user set bob@va.example --mailbox-limit=default", EXIT_DONE, NULL);
    check_file_has("passwd.va.example", ":Bobby:");
}

static void a_co_administrator_stays_below_the_limit_of_the_domain(void **state)
{
    static const struct ctl_row rows[] = {
        { "user set bob@va.example --mailbox-limit=1M", EXIT_DONE, NULL },
        { "user set bob@va.example --mailbox-limit=2K", EXIT_DONE, NULL },
        { "user set bob@va.example --mailbox-limit=1025K", EXIT_REFUSED, "at most 1048576" },
        { "user set bob@va.example --mailbox-limit=none", EXIT_REFUSED, "at most 1048576" },
        { "user set bob@va.example --mailbox-limit=0", EXIT_REFUSED, "at most 1048576" },
        { "user set bob@va.example --comment=Bob,mailbox_limit=9M", EXIT_USAGE, NULL },
        { "user add tom@va.example --no-password --mailbox-limit=2M", EXIT_REFUSED, NULL },
        { "user set bob@va.example --mailbox-limit=default", EXIT_DONE, NULL },
        { "mail limits", EXIT_REFUSED, NULL },
    };
    (void)state;
    check_ctl("domain set va.example mailbox_limit 1M", EXIT_DONE, NULL);
    check_as_ada(ROWS(rows));
}

static void a_user_is_renamed(void **state)
{
    static const struct ctl_row rows[] = {
        { "user add dave@va.example --no-password", EXIT_DONE, NULL },
        { "group member add staff@va.example dave", EXIT_DONE, NULL },
        { "user rename dave@va.example david --dry-run", EXIT_DONE, "+david:x:70101" },
        { "user rename dave@va.example bob", EXIT_EXISTS, "bob" },
        { "user rename dave@va.example a:b", EXIT_USAGE, NULL },
        { "user rename nobody@va.example x", EXIT_NO_SUCH, "nobody" },
        { "user rename dave@va.example david", EXIT_DONE, NULL },
        { "user rename david@va.example david", EXIT_EXISTS, "already called david" },
        { "user show david@va.example", EXIT_DONE, "/vhome/va.example/david" },
    };
    (void)state;
    check_ctl_rows(ROWS(rows));
    check_file_has("passwd.va.example", "david:x:70101:70101::/vhome/va.example/david:");
    check_file_has("shadow.va.example", "david:!:");
    check_file_has("group.va.example", "staff:x:70100:bob,alice,david\n");
    assert_int_equal(access("vhome/va.example/david/Maildir", F_OK), 0);
}

static void a_user_is_deleted(void **state)
{
    static const struct ctl_row rows[] = {
        { "user del bob@va.example", EXIT_USAGE, NULL }, /* nobody can be asked */
        { "user del bob@va.example --yes --dry-run", EXIT_DONE, "-bob:x:70000" },
        { "user del bob@va.example --yes", EXIT_DONE, NULL },
        { "user del bob@va.example --yes", EXIT_NO_SUCH, "bob" },
        { "user add bob@va.example --no-password", EXIT_DONE, "70101" },
    };
    (void)state;
    check_ctl_rows(ROWS(rows));
    check_file_has("retired_ids", "70000");
    check_file_lacks("passwd.va.example", ":70000:");
    check_file_has("group.va.example", "staff:x:70100:alice\n");
}

static void what_a_deleted_user_owns_is_removed_where_that_is_wanted(void **state)
{
    static const struct ctl_row rows[] = {
        { "user add dave@va.example --no-password", EXIT_DONE, NULL },
        { "user del dave@va.example --yes --purge --dry-run", EXIT_DONE, NULL },
        { "user del dave@va.example --yes --purge", EXIT_DONE, NULL },
        { "user add fay@va.example --no-password", EXIT_DONE, NULL },
        { "domain del va.example --force --yes --purge", EXIT_DONE, NULL },
    };
    (void)state;
    check_ctl_rows(ROWS(rows));
    assert_int_equal(access("vhome/va.example/dave", F_OK), -1);
    assert_int_equal(access("vhome/va.example/fay", F_OK), -1);
}

static void a_mailbox_can_be_in_a_spool(void **state)
{
    static const struct ctl_row rows[] = {
        { "domain set va.example mailbox mbox:/var/spool/vmail/%d/%u", EXIT_DONE, NULL },
        { "user add dave@va.example --no-password", EXIT_DONE, "/var/spool/vmail/va.example/dave" },
        { "user rename dave@va.example david", EXIT_DONE, NULL },
        { "user add fay@va.example --no-password", EXIT_DONE, NULL },
        { "user del fay@va.example --yes --purge", EXIT_DONE, NULL },
    };
    struct stat status;
    (void)state;
    check_ctl_rows(ROWS(rows));
    assert_int_equal(stat("var/spool/vmail/va.example/david", &status), 0);
    assert_int_equal(status.st_uid, 70101);
    assert_int_equal(access("var/spool/vmail/va.example/dave", F_OK), -1);
    assert_int_equal(access("var/spool/vmail/va.example/fay", F_OK), -1);
    check_ctl("domain del va.example --force --yes --purge", EXIT_DONE, NULL);
    assert_int_equal(access("var/spool/vmail/va.example/david", F_OK), -1);
}

static void a_mailbox_can_be_deep_in_the_home(void **state)
{
    struct stat status;
    (void)state;
    check_ctl("domain set va.example mailbox maildir:~/mail/box", EXIT_DONE, NULL);
    check_ctl("user add dave@va.example --no-password", EXIT_DONE, NULL);
    assert_int_equal(stat("vhome/va.example/dave/mail/box/cur", &status), 0);
    assert_int_equal(status.st_uid, 70101);
    check_ctl("domain set va.example mailbox mbox:~/mbox", EXIT_DONE, NULL);
    check_ctl("user add fay@va.example --no-password", EXIT_DONE, NULL);
    assert_int_equal(stat("vhome/va.example/fay/mbox", &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
}

static void give(const char *path, uid_t uid)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(fchown(fd, uid, uid), 0);
    close(fd);
}

static void a_home_that_exists_can_be_adopted(void **state)
{
    static const struct ctl_row rows[] = {
        { "user add dave@va.example --no-password", EXIT_EXISTS, NULL },
        { "user add dave@va.example --no-password --adopt-home", EXIT_DONE, "70300" },
        { "user add fay@va.example --no-password --adopt-home", EXIT_DONE, "70301" },
    };
    (void)state;
    put_file("vhome/va.example/dave/file", "");
    give("vhome/va.example/dave", 70300);
    check_ctl_rows(ROWS(rows));
}

static void what_others_own_is_not_purged(void **state)
{
    (void)state;
    check_ctl("user add dave@va.example --no-password", EXIT_DONE, NULL);
    put_file("vhome/va.example/dave/theirs", "");
    put_file("vhome/va.example/dave/own/file", "");
    give("vhome/va.example/dave/theirs", 70001);
    give("vhome/va.example/dave/own", 70101);
    give("vhome/va.example/dave/own/file", 70101);
    ctl("user del dave@va.example --yes --purge");
    assert_int_equal(access("vhome/va.example/dave/theirs", F_OK), 0);
    assert_int_equal(access("vhome/va.example/dave/own", F_OK), -1);
}

/* The home cannot be made, so nothing is left of the user. */
static void a_user_who_cannot_have_a_home_is_not_added(void **state)
{
    char *before = scratch_read(host.scratch, "passwd.va.example", NULL);
    (void)state;
    put_file("vhome/va.example", "");
    check_ctl("user add dave@va.example --no-password", EXIT_UNAVAILABLE, "/vhome/va.example");
    scratch_check(host.scratch, "passwd.va.example", before);
    check_file_lacks("shadow.va.example", "dave");
    free(before);
}

/* --- groups and aliases */

static void groups_are_changed(void **state)
{
    static const struct ctl_row rows[] = {
        { "group add team@va.example", EXIT_DONE, "Gid" },
        { "group add crew@va.example --gid=70200", EXIT_DONE, "70200" },
        { "group add crew@va.example", EXIT_EXISTS, "crew" },
        { "group add other@va.example --gid=70200", EXIT_EXISTS, "70200 is already in use" },
        { "group add bob@va.example", EXIT_EXISTS, "bob" },
        { "group add x:y@va.example", EXIT_USAGE, NULL },
        { "group add more@va.example --dry-run", EXIT_DONE, "+more:x:" },
        { "group member add crew@va.example bob eve@va.example", EXIT_DONE, NULL },
        { "group member add crew@va.example nobody", EXIT_NO_SUCH, "nobody" },
        { "group member del crew@va.example bob", EXIT_DONE, NULL },
        { "group member del crew@va.example bob", EXIT_NO_SUCH, "bob" },
        { "group set crew@va.example --gid=70201 --name=band", EXIT_DONE, NULL },
        { "group set band@va.example", EXIT_USAGE, NULL },
        { "group set band@va.example --gid=70100", EXIT_EXISTS, "70100 is already in use" },
        { "group set band@va.example --name=staff", EXIT_EXISTS, "staff" },
        { "user set alice@va.example --gid=staff", EXIT_DONE, NULL },
        { "group del staff@va.example --yes", EXIT_REFUSED, "alice" },
        { "group del team@va.example --yes", EXIT_DONE, NULL },
        { "group del team@va.example --yes", EXIT_NO_SUCH, "team" },
    };
    (void)state;
    check_ctl_rows(ROWS(rows));
    check_file_has("group.va.example", "band:x:70201:eve\n");
    check_file_lacks("group.va.example", "team");
}

static void aliases_are_changed(void **state)
{
    static const struct ctl_row rows[] = {
        { "alias set info@va.example bob", EXIT_DONE, NULL },
        { "alias add info@va.example alice carol@else.example", EXIT_DONE, NULL },
        { "alias add fresh@va.example bob", EXIT_DONE, NULL },
        { "alias set fresh@va.example alice --dry-run", EXIT_DONE, "+fresh: alice" },
        { "alias del info@va.example alice", EXIT_DONE, NULL },
        { "alias del info@va.example alice", EXIT_NO_SUCH, "with this target" },
        { "alias set odd@va.example nobody", EXIT_DONE, NULL },
        { "alias set odd@va.example odd", EXIT_DONE, NULL },
        { "alias set odd@va.example |/bin/cat", EXIT_DONE, NULL },
        { "alias set info@va.example 'a b'", EXIT_USAGE, "not a valid target" },
        { "alias del sales@va.example --yes", EXIT_DONE, NULL },
        { "alias del sales@va.example --yes", EXIT_NO_SUCH, "sales" },
        { "alias show info@va.example", EXIT_DONE, "carol@else.example" },
    };
    (void)state;
    check_ctl_rows(ROWS(rows));
    check_file_has("aliases.va.example", "# mail\npostmaster: bob\n");
    check_file_has("aliases.va.example", "info: bob, carol@else.example\n");
    check_file_lacks("aliases.va.example", "sales");
}

/* --- indexes */

static void indexes_are_made_and_verified(void **state)
{
    static const struct ctl_row rows[] = {
        { "index --verify", EXIT_DONE, "passwd.va.example  not used" },
        { "index --dry-run", EXIT_DONE, NULL },
        { "index", EXIT_DONE, NULL },
        { "index --verify", EXIT_DONE, NULL },
        { "index --verify --json", EXIT_DONE, "\"current\"" },
        { "index va.example --anew", EXIT_DONE, NULL },
        { "index vz.example", EXIT_NO_SUCH, "vz.example" },
    };
    (void)state;
    check_ctl_rows(ROWS(rows));
    assert_int_equal(access(scratch_path(host.scratch, "../cache/passwd.va.example.cdb"), F_OK), 0);
}

/* --- who may do it, and when */

static void an_ordinary_user_may_only_look(void **state)
{
    static const struct ctl_row rows[] = {
        { "user list va.example", EXIT_DONE, "bob" },
        { "user add dave@va.example --no-password", EXIT_REFUSED, "sudo vmail-admin user add" },
        { "domain add vc.example", EXIT_REFUSED, "only root may do that" },
        { "help", EXIT_DONE, NULL },
    };
    (void)state;
    host.uid = 1001;
    check_ctl_rows(ROWS(rows));
}

static void a_co_administrator_manages_their_domains(void **state)
{
    static const struct ctl_row rows[] = {
        { "user add dave@va.example --no-password", EXIT_DONE, "70101" },
        { "alias set info@va.example bob", EXIT_DONE, NULL },
        { "alias set info@va.example /var/file", EXIT_REFUSED, NULL },
        { "domain show va.example", EXIT_DONE, "va.example" },
        { "user list", EXIT_REFUSED, "must name one of their own domains" },
        { "user add dave@vb.example --no-password", EXIT_REFUSED, "does not contain ada" },
        { "domain add vc.example", EXIT_REFUSED, "only root may do that" },
        { "user set bob@va.example --shell=/bin/sh", EXIT_REFUSED, NULL },
    };
    (void)state;
    check_as_ada(ROWS(rows));
}

static void vmail_admin_needs_sudo(void **state)
{
    (void)state;
    host.restricted = true;
    setenv("SUDO_UID", "x", 1);
    check_ctl("user list va.example", EXIT_REFUSED, "SUDO_UID");
    setenv("SUDO_UID", "1002", 1);
    check_ctl("user list va.example", EXIT_REFUSED, "has no user name");
    unsetenv("SUDO_UID");
    host.uid = 1001;
    check_ctl("user list va.example", EXIT_REFUSED, "vmail-admin needs sudo");
}

static void files_that_are_not_trusted_are_left(void **state)
{
    static const struct ctl_row rows[] = {
        { "user add dave@va.example --no-password", EXIT_UNAVAILABLE, "writable by others" },
        { "user show bob@va.example", EXIT_UNAVAILABLE, "writable by others" },
        { "user list", EXIT_UNAVAILABLE, "writable by others" },
        { "user list vb.example", EXIT_DONE, "bob" },
    };
    (void)state;
    scratch_chmod(host.scratch, "passwd.va.example", 0666);
    check_ctl_rows(ROWS(rows));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_HOST(a_domain_is_added),
        ON_HOST(a_domain_that_cannot_be_is_not_added),
        ON_HOST(settings_of_a_domain_are_changed),
        ON_HOST(a_domain_is_deleted),
        ON_HOST(a_user_is_added),
        ON_HOST(a_domain_that_lost_its_block_to_another_one_takes_the_lock_for_ids),
        ON_HOST(a_password_comes_from_the_standard_input),
        ON_HOST(a_user_is_changed),
        ON_HOST(a_missing_group_is_told_in_one_message),
        ON_HOST(a_user_gets_an_own_limit),
        ON_HOST(a_co_administrator_stays_below_the_limit_of_the_domain),
        ON_HOST(a_user_is_renamed),
        ON_HOST(a_user_is_deleted),
        ON_HOST(what_a_deleted_user_owns_is_removed_where_that_is_wanted),
        ON_HOST(a_mailbox_can_be_in_a_spool),
        ON_HOST(a_mailbox_can_be_deep_in_the_home),
        ON_HOST(a_home_that_exists_can_be_adopted),
        ON_HOST(what_others_own_is_not_purged),
        ON_HOST(a_user_who_cannot_have_a_home_is_not_added),
        ON_HOST(groups_are_changed),
        ON_HOST(aliases_are_changed),
        ON_HOST(indexes_are_made_and_verified),
        ON_HOST(an_ordinary_user_may_only_look),
        ON_HOST(a_co_administrator_manages_their_domains),
        ON_HOST(vmail_admin_needs_sudo),
        ON_HOST(files_that_are_not_trusted_are_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
