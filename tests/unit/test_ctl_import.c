/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmailctl import: what others wrote; and vmailctl export: what others read. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "exit_code.h"
#include "host.h"

#define HASH "$6$saltsalt$abcdefghijklmnop"

static int setup(void **state)
{
    static const char text[] = "[domain va.example]\nids = 70000-70999\naddress = 127.0.0.1\n"
                               "[domain vb.example]\nids = 71000-71999\n"
                               "[domain new.example]\nids = 72000-72999\n";
    if (host_setup(state) != 0)
        return -1;
    scratch_write(host.scratch, "vmail.conf", text);
    return 0;
}

/* Trees are read with openat2(2), which valgrind does not know. */
static void skip_without_openat2(void)
{
    const struct open_how how = { .flags = O_PATH };
    const long fd = syscall(SYS_openat2, AT_FDCWD, ".", &how, sizeof how);
    if (fd < 0 && errno == ENOSYS)
        skip();
    close((int)fd);
}

#define ON_NEW(test) cmocka_unit_test_setup_teardown(test, setup, host_teardown)

static void users_of_dovecot_are_imported(void **state)
{
    (void)state;
    put_file("users", "bob@new.example:{SHA512-CRYPT}" HASH ":5000:5000::/srv/bob::userdb_mail=x\n"
                      "amy@NEW.example:" HASH "\n");
    check_ctl("import dovecot users", EXIT_DONE, "taken: 2 (1 renumbered), skipped: 0");
    check_file_has("passwd.new.example", "bob:x:72000:72000::/srv/bob:");
    check_file_has("passwd.new.example", "amy:x:72001:72001::");
    check_file_has("shadow.new.example", "bob:" HASH ":");
}

static void a_dry_run_only_tells(void **state)
{
    (void)state;
    put_file("users", "bob@new.example:" HASH "\n");
    check_ctl("import dovecot users --dry-run", EXIT_DONE, "would be taken: 1");
    assert_int_equal(access(scratch_path(host.scratch, "passwd.new.example"), F_OK), -1);
}

/* Each line is the only one of its file. */
static void what_becomes_of_a_line_of_dovecot_is_told(void **state)
{
    static const struct {
        const char *line, *options;
        int code;
        const char *text;
    } cases[] = {
        { "bob:" HASH, "", EXIT_NEGATIVE, "no domain; use --domain" },
        { "bob:" HASH, "--domain=new.example", EXIT_DONE, "\"taken\"" },
        { "a@new.example:{PLAIN}secret", "", EXIT_DONE, "\"taken\"" },
        { "b@new.example:secret", "--scheme=plain", EXIT_DONE, "\"taken\"" },
        { "c@new.example:secret", "", EXIT_NEGATIVE, "not a hash supported by crypt(3)" },
        { "d@new.example:{SSHA}c2VjcmV0", "", EXIT_NEGATIVE, "scheme SSHA" },
        { "e@new.example:$6$rounds=999999999$s$x", "", EXIT_NEGATIVE, "too long to check" },
        { "f@new.example:", "", EXIT_DONE, "locked" },
        { "g@new.example:" HASH "::::::nologin", "", EXIT_DONE, "locked" },
        { "h@new.example:" HASH ":::Bob:/home/../x:", "", EXIT_NEGATIVE, "contains .." },
        { "-x@new.example:" HASH, "", EXIT_NEGATIVE, "\"skipped\"" },
        { "i@..:" HASH, "", EXIT_NEGATIVE, "\"skipped\"" },
        { "j@va.example:" HASH, "", EXIT_DONE, "j@va.example" },
        { "bob@va.example:" HASH, "", EXIT_NEGATIVE, "\"skipped\"" },
        { "k@other.example:" HASH, "", EXIT_DONE, "k@other.example" },
        { "l@other.example:" HASH, "--no-create-domains", EXIT_USAGE, NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char line[256], command[256];
        snprintf(line, sizeof line, "%s\n", cases[i].line);
        snprintf(command, sizeof command, "import dovecot users --json %s", cases[i].options);
        put_file("users", line);
        check_ctl(command, cases[i].code, cases[i].text);
    }
}

static void a_tree_of_vpopmail_is_imported(void **state)
{
    (void)state;
    skip_without_openat2();
    put_file("domains/0/new.example/vpasswd", "bob:" HASH ":1:0:Bob:/home/vpopmail/bob:NOQUOTA\n"
                                              "amy::1:0:Amy:/home/vpopmail/amy:10M:clear-secret\n"
                                              "tom:" HASH ":1:2:Tom:/home/vpopmail/tom:NOQUOTA\n");
    check_ctl("import vpopmail domains", EXIT_DONE, "taken: 3");
    check_file_has("shadow.new.example", "bob:" HASH ":");
    check_file_has("shadow.new.example", "tom:!:");
    put_file("one.example/vpasswd", "bob:" HASH ":1:0:Bob:/x/bob:NOQUOTA\n");
    check_ctl("import vpopmail one.example/vpasswd", EXIT_DONE, "taken: 1");
}

static void a_directory_of_mailutils_is_imported(void **state)
{
    (void)state;
    skip_without_openat2();
    put_file("passwds/new.example",
             "smith:Wbld/G2Q2Le2w:1000:1000:Email:/var/mail/smith:/dev/null\n");
    put_file("passwds/README", "no domain\n");
    put_file("passwds/new.example.bak", "old:*:1:1::/:\n");
    check_ctl("import mailutils passwds --json", EXIT_NEGATIVE, "\"renumbered\"");
    check_file_has("shadow.new.example", "smith:Wbld/G2Q2Le2w:");
}

static void lines_of_htpasswd_are_imported(void **state)
{
    (void)state;
    put_file("ht", "# users\nbob:" HASH "\namy:" HASH ":more:of:it\n");
    check_ctl("import htpasswd ht -d new.example", EXIT_DONE, "taken: 2");
    check_file_has("shadow.new.example", "amy:" HASH ":");
}

static void a_tree_of_virtuald_is_imported(void **state)
{
    (void)state;
    skip_without_openat2();
    put_file("tree/new.example/etc/passwd", "root:x:0:0::/root:/bin/sh\n"
                                            "bob:x:501:100:Bob:/home/bob:/bin/false\n");
    put_file("tree/new.example/etc/shadow",
             "root:" HASH ":1::::::\nbob:" HASH ":10000:0:99999:7:::\n");
    put_file("tree/new.example/etc/group", "users:x:100:bob\n");
    put_file("tree/new.example/etc/aliases", "postmaster: bob\n");
    check_ctl("import virtuald tree", EXIT_NEGATIVE, "a system account");
    check_file_has("passwd.new.example", "/tree/new.example/home/bob:/bin/false\n");
    check_file_has("shadow.new.example", "bob:" HASH ":10000:0:99999:7:::\n");
    scratch_check(host.scratch, "aliases.new.example", "postmaster: bob\n");
}

static void a_configuration_of_virtuald_names_trees_and_addresses(void **state)
{
    char text[256];
    (void)state;
    skip_without_openat2();
    put_file("tree/new.example/etc/passwd", "bob:*:501:100::/home/bob:/bin/false\n");
    snprintf(text, sizeof text, "# IP directory\n192.0.2.9 %s/tree/new.example\ndefault /\n",
             host.scratch->root);
    put_file("virtual.conf", text);
    check_ctl("import virtuald virtual.conf", EXIT_NEGATIVE, "192.0.2.9");
    check_file_has("passwd.new.example", "bob:x:72000:");
}

static void users_of_another_host_are_imported(void **state)
{
    (void)state;
    skip_without_openat2();
    put_file("host/passwd", "root:x:0:0::/root:/bin/sh\nbob:x:1000:1000:Bob:/home/bob:/bin/bash\n"
                            "amy:x:1001:1500::/home/amy:/bin/bash\nbroken\n");
    put_file("host/shadow", "bob:" HASH ":19000:1:90:14:::\namy:!:1::::::\n");
    put_file("host/group", "root:x:0:\nteam:x:1500:bob,amy,none\n");
    check_ctl("import host host/passwd --domain new.example", EXIT_NEGATIVE, "team@new.example");
    check_file_has("shadow.new.example", "bob:" HASH ":19000:1:90:14:::\n");
    check_file_has("group.new.example", "team:x:72");
    check_ctl("import host host/passwd", EXIT_USAGE, "needs --domain");
}

static void an_old_directory_is_imported_with_its_free_ids(void **state)
{
    (void)state;
    skip_without_openat2();
    put_file("old/passwd.new.example", "bob:x:60000:60000:Bob:/vhome/new.example/bob:/bin/false\n"
                                       "amy:x:72500:72500::/vhome/new.example/amy:/bin/false\n"
                                       "tom:x:70000:70000::/vhome/new.example/tom:/bin/false\n");
    put_file("old/shadow.new.example", "bob:" HASH ":10000::::::\namy:!:1::::::\n");
    put_file("old/group.new.example", "staff:x:72600:bob,amy\nstaff:x:72601:\n");
    put_file("old/aliases.new.example", "# ours\nsales: bob,\n  amy\n");
    put_file("old/vmail.conf", "[domain new.example]\n");
    check_ctl("import legacy old", EXIT_NEGATIVE, "settings are not imported");
    check_file_has("passwd.new.example", "amy:x:72500:72500:");
    check_file_has("group.new.example", "staff:x:72600:bob,amy\n");
    check_file_has("aliases.new.example", "sales: bob,\n  amy\n");
}

static void what_is_no_source_is_refused(void **state)
{
    static const struct ctl_row rows[] = {
        { "import dovecot nowhere", EXIT_NO_SUCH, "nowhere" },
        { "import mbox users", EXIT_USAGE, "mbox" },
        { "import dovecot", EXIT_USAGE, NULL },
        { "import json users", EXIT_BAD_DATA, NULL },
        { "import virtuald empty", EXIT_DONE, "taken: 0" },
        { "import mailutils users", EXIT_UNAVAILABLE, "Not a directory" },
        { "import legacy links", EXIT_REFUSED, "is a symbolic link out of the imported tree" },
    };
    (void)state;
    skip_without_openat2();
    put_file("users", "{\n");
    put_file("empty/file", "");
    put_file("outside", "bob:x:1000:1000:::\n");
    put_file("links/README", "");
    assert_int_equal(symlink("../outside", "links/passwd.new.example"), 0);
    check_ctl_rows(ROWS(rows));
}

/* --- export */

static void each_form_is_exported(void **state)
{
    static const struct ctl_row rows[] = {
        { "export dovecot", EXIT_DONE, "bob@va.example:" },
        { "export dovecot va.example --with-hashes", EXIT_DONE, "bob@va.example:{CRYPT}$6$" },
        { "export ldif va.example", EXIT_DONE, "dn: uid=bob" },
        { "export ldif --base=dc=example --with-hashes", EXIT_DONE, "dc=example\n" },
        { "export json", EXIT_DONE, "\"domain\": \"vb.example\"" },
        { "export json va.example --with-hashes", EXIT_DONE, "$6$saltsalt$x" },
        { "export postfix-domains", EXIT_DONE, "va.example" },
        { "export postfix-mailboxes", EXIT_DONE, "bob@va.example" },
        { "export postfix-uids", EXIT_DONE, "bob@va.example\t70000\n" },
        { "export postfix-gids", EXIT_DONE, "bob@va.example\t70000\n" },
        { "export postfix-aliases", EXIT_DONE, "sales@va.example" },
        { "export postfix-aliases --with-hashes", EXIT_USAGE, "has no hashes" },
        { "export xml", EXIT_USAGE, "xml" },
        { "export json vz.example", EXIT_NO_SUCH, "vz.example" },
        { "export json -o new.json", EXIT_DONE, "" },
        { "export json -o new.json", EXIT_EXISTS, "it was not overwritten" },
        { "export json -o new2.json --dry-run", EXIT_DONE, NULL },
    };
    struct stat status;
    (void)state;
    check_ctl_rows(ROWS(rows));
    assert_int_equal(stat("new.json", &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
}

static void only_root_exports_hashes(void **state)
{
    (void)state;
    host.uid = 1001;
    check_ctl("export json --with-hashes", EXIT_REFUSED, NULL);
}

static void what_was_exported_can_be_imported(void **state)
{
    static const char *const files[] = { "passwd.va.example", "shadow.va.example",
                                         "group.va.example" };
    char *before[3];
    (void)state;
    check_ctl("export json va.example --with-hashes -o va.json", EXIT_DONE, "");
    for (size_t i = 0; i < 3; i++) {
        before[i] = scratch_read(host.scratch, files[i], NULL);
        assert_int_equal(unlink(scratch_path(host.scratch, files[i])), 0);
    }
    assert_int_equal(unlink(scratch_path(host.scratch, "aliases.va.example")), 0);
    check_ctl("import json va.json", EXIT_DONE, "taken: 7");
    for (size_t i = 0; i < 3; i++) {
        scratch_check(host.scratch, files[i], before[i]);
        free(before[i]);
    }
    check_file_has("aliases.va.example", "sales: bob, alice, carol@vb.example\n");
}

static void json_of_another_kind_is_refused(void **state)
{
    static const char *const texts[] = {
        "[]",
        "{}",
        "{\"format\": \"other\", \"version\": 1, \"domains\": []}",
        "{\"format\": \"vmailctl\", \"version\": 99, \"domains\": []}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        put_file("x.json", texts[i]);
        check_ctl("import json x.json", EXIT_BAD_DATA, "x.json");
    }
}

/* Each is the value of "domains". */
static void what_json_says_wrong_is_skipped(void **state)
{
    static const char *const cases[][2] = {
        { "[{}]", "a domain has no valid name" },
        { "[{\"domain\": 3}]", "a domain has no valid name" },
        { "[{\"domain\": \"new.example\", \"users\": [{}]}]", "new.example" },
        { "[{\"domain\": \"new.example\", \"groups\": [{\"name\": 5}]}]", "new.example" },
        { "[{\"domain\": \"new.example\", \"users\": [], \"aliases\": [{\"name\": 5}]}]",
          "new.example" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[512];
        snprintf(text, sizeof text, "{\"format\": \"vmailctl\", \"version\": 1, \"domains\": %s}",
                 cases[i][0]);
        put_file("x.json", text);
        check_ctl("import json x.json", EXIT_NEGATIVE, cases[i][1]);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_NEW(users_of_dovecot_are_imported),
        ON_NEW(a_dry_run_only_tells),
        ON_NEW(what_becomes_of_a_line_of_dovecot_is_told),
        ON_NEW(a_tree_of_vpopmail_is_imported),
        ON_NEW(a_directory_of_mailutils_is_imported),
        ON_NEW(lines_of_htpasswd_are_imported),
        ON_NEW(a_tree_of_virtuald_is_imported),
        ON_NEW(a_configuration_of_virtuald_names_trees_and_addresses),
        ON_NEW(users_of_another_host_are_imported),
        ON_NEW(an_old_directory_is_imported_with_its_free_ids),
        ON_NEW(what_is_no_source_is_refused),
        ON_NEW(each_form_is_exported),
        ON_NEW(only_root_exports_hashes),
        ON_NEW(what_was_exported_can_be_imported),
        ON_NEW(json_of_another_kind_is_refused),
        ON_NEW(what_json_says_wrong_is_skipped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
