/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmailctl check: each row breaks one thing of a host that is well. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "exit_code.h"
#include "well_host.h"

static void nothing_is_found_on_a_host_that_is_well(void **state)
{
    (void)state;
    check_ctl("check --dns=no", EXIT_DONE, "no problems found\n");
    check_ctl("check --dns=no --json", EXIT_DONE, "[]\n");
    check_ctl("check --dns=no va.example", EXIT_DONE, "no problems found\n");
}

static void lines_that_are_ignored_are_found(void **state)
{
    static const struct fault faults[] = {
        { "vmail/passwd.va.example", USERS "dave:x:1\n", "passwd.va.example:3: expected 7 fields" },
        { "vmail/passwd.va.example", USERS "\n", "empty line" },
        { "vmail/passwd.va.example", USERS BOB, "bob is already defined in line 1" },
        { "vmail/passwd.va.example", USERS "root@x:x:70002:70002:::\n", "this line is ignored" },
        { "vmail/shadow.va.example", SHADOW "carol:x\n", "expected 9 fields" },
        { "vmail/group.va.example", "staff:x:abc:\n", "gid must be a number" },
        { "vmail/aliases.va.example", "no colon\n", "this entry is ignored" },
        { "vmail/vmail.conf", CONF "color = blue\n", "color" },
        { "vmail/vmail.conf", CONF "mailbox = mbox:/var/mail/%u\n", "lacks %d or %u" },
        { "vmail/vmail.conf", CONF "[domain vc.example]\n", "but no users" },
        { "vmail/passwd.va.example.bak", "", "passwd.va.example.bak" },
        { "vmail/passwd.VC.example", "", "passwd.VC.example" },
        { "vmail/shadow.vc.example", "", "shadow.vc.example" },
        { "vmail/.passwd.va.example.new", "", "left behind by an interrupted change" },
    };
    (void)state;
    FINDS("check --dns=no --area=files", faults);
}

static void modes_that_are_wrong_are_found(void **state)
{
    static const struct {
        const char *file;
        mode_t mode, right;
        const char *finding;
    } cases[] = {
        { "passwd.va.example", 0666, 0644, "run chmod go-w" },
        { "passwd.va.example", 0600, 0644, "not readable by everybody" },
        { "shadow.va.example", 0644, 0640, "readable by everybody" },
        { "vmail.conf", 0664, 0644, "writable by its group" },
        { ".", 0700, 0755, "run chmod 755" },
        { ".", 0777, 0755, "writable by others" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        scratch_chmod(host.scratch, cases[i].file, cases[i].mode);
        ctl("check --dns=no --area=files");
        if (strstr(host.out, cases[i].finding) == NULL)
            fail_msg("no \"%s\" in %s%s", cases[i].finding, host.out, host.err);
        scratch_chmod(host.scratch, cases[i].file, cases[i].right);
    }
}

static void ids_that_two_have_are_found(void **state)
{
    static const struct fault faults[] = {
        { "vmail/passwd.va.example", USERS "eve:x:70000:70000:::\n", "also belongs to" },
        { "vmail/passwd.va.example", USERS "eve:x:71000:71000:::\n", "vb.example" },
        { "vmail/passwd.va.example", USERS "eve:x:500:500:::\n", "500" },
        { "vmail/passwd.va.example", USERS "eve:x:70002:70500:::\n", "no group has gid 70500" },
        { "vmail/passwd.va.example", USERS "eve:x:70002:70001:::\n", "private group of" },
        { "vmail/group.va.example", "staff:x:70000:\n", "70000" },
        { "vmail/group.va.example", "staff:x:70100:\nteam:x:70100:\n", "also belongs to" },
        { "vmail/passwd.vb.example", "bob:x:70000:70000:::\n", "va.example" },
        { "vmail/passwd.vb.example", "bob:x:90000:90000:::\n", "90000" },
        { "vmail/vmail.conf", "[domain va.example]\nmax_users = 1\n", "max_users is 1" },
        { "passwd", "root:x:0:0:::\ntom:x:70000:70000:::\n", "70000" },
        { "etc/subuid", "tom:70000:65536\n", "/etc/subuid" },
    };
    (void)state;
    FINDS("check --dns=no --area=ids", faults);
}

static void users_who_cannot_log_in_are_found(void **state)
{
    static const struct fault faults[] = {
        { "vmail/shadow.va.example", NULL, "nobody in this domain can log in" },
        { "vmail/shadow.va.example", "bob:" HASH ":20000::::::\n", "no line in the shadow file" },
        { "vmail/shadow.va.example", SHADOW "carol:" HASH ":20000::::::\n", "has no such user" },
        { "vmail/shadow.va.example", "bob:{SSHA}x:20000::::::\nalice:!:1::::::\n",
          "does not support this hash" },
        { "vmail/shadow.va.example", "bob:$1$saltsalt$x:20000::::::\nalice:!:1::::::\n",
          "an old method" },
        { "vmail/shadow.va.example", "bob:$6$rounds=999999999$s$x:1::::::\nalice:!:1::::::\n",
          "too long" },
        { "vmail/shadow.va.example", "bob::20000::::::\nalice:!:1::::::\n", "field is empty" },
        { "vmail/shadow.va.example", "bob:" HASH ":99999:0:99999::::\nalice:!:1::::::\n",
          "in the future" },
        { "vmail/passwd.va.example", BOB "alice:$6$x$y:70001:70001:::\n", "is in the passwd file" },
        { "vmail/group.va.example", "staff:x:70100:bob,nobody\n", "nobody" },
        { "vmail/passwd.va.example", BOB "alice:x:70001:70001::relative:/bin/false\n", "relative" },
        { "vmail/passwd.va.example", BOB "alice:x:70001:70001::/vhome/va.example/bob:\n", "bob" },
    };
    (void)state;
    FINDS("check --dns=no --area=users", faults);
}

static void homes_of_somebody_else_are_found(void **state)
{
    (void)state;
    assert_int_equal(chmod("vhome/va.example/bob", 0777), 0);
    check_ctl("check --dns=no --area=users", EXIT_NEGATIVE, "/vhome/va.example/bob");
    assert_int_equal(chmod("vhome/va.example/bob", 0700), 0);
    assert_int_equal(rename("vhome/va.example/alice", "vhome/va.example/bob/alice"), 0);
    put_file("vhome/va.example/alice", "");
    check_ctl("check --dns=no --area=users", EXIT_NEGATIVE, "/vhome/va.example/alice");
    assert_int_equal(unlink("vhome/va.example/alice"), 0);
    give_home("vhome/va.example/alice", 70009);
    check_ctl("check --dns=no --area=users", EXIT_NEGATIVE, "70009");
}

static void mail_that_goes_nowhere_is_found(void **state)
{
    static const struct fault faults[] = {
        { "vmail/aliases.va.example", "sales: nobody\n", "neither a user nor an alias" },
        { "vmail/aliases.va.example", "sales: |/bin/cat\n", "mail goes to a program" },
        { "vmail/aliases.va.example", "sales: /var/file\n", "mail goes to a file" },
        { "vmail/aliases.va.example", "sales: :include:/etc/list\n", "addresses listed in a file" },
        { "vmail/aliases.va.example", "sales: a b@\n", "is not valid" },
        { "vmail/aliases.va.example", "bob: alice\n", "is also a user" },
        { "vmail/aliases.va.example", "a: bob\na: alice\n", "is already defined" },
        { "vmail/aliases.va.example", "a: a\n", "leads to itself" },
        { "vmail/aliases.va.example", "a: b\nb: c\nc: a\n", "mail loops" },
        { "vmail/vmail.conf", CONF "fallback = nobody@va.example\n", "the fallback" },
    };
    (void)state;
    FINDS("check --dns=no --area=aliases,files", faults);
}

static void programs_in_aliases_of_co_administrators_are_found(void **state)
{
    (void)state;
    put_file("vmail/vmail.conf", "[domain va.example]\nids = 70000-70999\nadmins = ada\n");
    put_file("vmail/aliases.va.example", "sales: |/bin/cat\n");
    check_ctl("check --dns=no --area=files", EXIT_NEGATIVE, "alias_programs yes");
}

static void names_with_two_meanings_are_found(void **state)
{
    static const struct fault faults[] = {
        { "passwd", "root:x:0:0:::\nbob:x:33:33:::\n", "a system user is also called bob" },
        { "vmail/passwd.va.example", USERS "root:x:70002:70002:::\n", "root" },
        { "passwd", "root:x:0:0:::\nx@va.example:x:1002:1002:::\n", "has a name of the domain" },
        { "group", "root:x:0:\nadm:x:4:BOB@va.example\n", "is ignored: programs look up" },
        { "group", "root:x:0:\nadm:x:4:nobody@va.example\n", "who does not exist" },
    };
    (void)state;
    FINDS("check --dns=no --area=names", faults);
}

static void indexes_that_are_not_used_are_found(void **state)
{
    static const struct fault faults[] = {
        { "cache/passwd.va.example.cdb", "rubbish", "its index is not used" },
        { "cache/passwd.vz.example.cdb", "rubbish", "unused index" },
        { "cache/vmail.conf.cdb", "rubbish", "its index is not used" },
    };
    (void)state;
    FINDS("check --dns=no --area=index", faults);
}

static void an_index_that_is_out_of_date_is_found(void **state)
{
    (void)state;
    put_file("vmail/passwd.va.example", BOB);
    check_ctl("check --dns=no --area=index", EXIT_DONE, "its index is out of date");
}

static void lines_of_nsswitch_conf_are_judged(void **state)
{
    static const struct fault faults[] = {
        { "etc/nsswitch.conf", NULL, "the line for passwd is missing" },
        { "etc/nsswitch.conf", "passwd: files\n", "passwd does not ask vmail" },
        { "etc/nsswitch.conf", "passwd: vmial files\n", "missing module" },
        { "etc/nsswitch.conf", "group: files\n", "the line for passwd is missing" },
        { "etc/nsswitch.conf", "passwd: [x\n", "the line for passwd is invalid" },
        { "etc/nsswitch.conf", "passwd: files vmail\n", "vmail comes after files" },
        { "etc/nsswitch.conf", "passwd: vmail [NOTFOUND=return] files\n", "not even root" },
        { "etc/nsswitch.conf", "passwd: vmail files\n", "can mean a system user" },
        { "etc/nsswitch.conf", "passwd: vmail [UNAVAIL=return] files\n", "cannot be loaded" },
        { "etc/nsswitch.conf", "passwd: files [NOTFOUND=return] vmail\n", "never asked" },
        { "etc/nsswitch.conf", "passwd: vmail [SUCCESS=continue] files\n", "continues after" },
        { "etc/nsswitch.conf",
          "passwd: files vmail [TRYAGAIN=return]\nshadow: vmail [TRYAGAIN=return] files\n",
          "different orders" },
    };
    (void)state;
    FINDS("check --dns=no --area=nsswitch", faults);
}

static void stacks_of_pam_are_judged(void **state)
{
    static const struct fault faults[] = {
        { "etc/pam.d/dovecot", NULL, "no service uses pam_vmail" },
        { "etc/pam.d/dovecot", AUTH UNIX_AUTH UNIX_ACCOUNT, "but not in account" },
        { "etc/pam.d/dovecot", AUTH UNIX_AUTH ACCOUNT UNIX_ACCOUNT UNIX_PASSWORD,
          "does not let virtual users change" },
        { "etc/pam.d/dovecot", "auth requisite pam_deny.so\n" AUTH, "pam_vmail is not asked" },
        { "etc/pam.d/dovecot", "auth optional pam_vmail.so\n" UNIX_AUTH, "pam_vmail" },
        { "etc/pam.d/dovecot", "auth required pam_vmail.so\n" UNIX_AUTH, "are refused" },
        { "etc/pam.d/dovecot", AUTH "auth required pam_permit.so\n" ACCOUNT, "let in with any" },
        { "etc/pam.d/dovecot", AUTH ACCOUNT, "system users are refused" },
        { "etc/pam.d/dovecot",
          "auth [success=done ignore=ignore default=die] pam_vmail.so "
          "resolve_only\n" UNIX_AUTH,
          "resolve_only" },
        { "etc/pam.d/dovecot", "auth required pam_vmail.so nulok\n" UNIX_AUTH, "nulok" },
        { "etc/pam.d/dovecot", "auth required pam_vmial.so\n" ACCOUNT,
          "pam_vmial.so does not exist" },
        { "etc/pam.d/dovecot", "auth requird pam_vmail.so\n" UNIX_AUTH, "requird" },
        { "etc/pam.d/dovecot", "aut required pam_vmail.so\n" STACK, "aut" },
        { "etc/pam.d/dovecot", "@include missing\n" STACK, "which cannot be read" },
        { "etc/pam.d/dovecot", "auth required pam_shells.so\n" STACK, "pam_shells" },
        { "etc/pam.d/vsftpd", UNIX_AUTH, "does not use pam_vmail: virtual users cannot log in" },
        { "etc/pam.d/passwd", UNIX_PASSWORD, "cannot change" },
        { "modules/pam_vmail.so", NULL, "PAM refuses everybody" },
        { "etc/security/access.conf", "-:bob@va.example:ALL\n", "splits bob@va.example" },
        { "etc/security/access.d/x.conf", "# no\n+:bob@va.example:ALL\n", "splits" },
    };
    (void)state;
    FINDS("check --dns=no --area=pam", faults);
}

static void includes_of_pam_are_followed(void **state)
{
    (void)state;
    put_file("etc/pam.d/common-auth", UNIX_AUTH);
    put_file("etc/pam.d/common-account", UNIX_ACCOUNT);
    put_file("etc/pam.d/dovecot",
             AUTH "@include common-auth\n" ACCOUNT "account include common-account\n");
    check_ctl("check --dns=no --area=pam", EXIT_DONE, "no problems found");
    put_file("etc/pam.d/common-auth", "auth substack deeper\n");
    put_file("etc/pam.d/deeper", UNIX_AUTH);
    check_ctl("check --dns=no --area=pam", EXIT_DONE, "no problems found");
}

static void what_sshd_allows_is_found(void **state)
{
    static const char closed[] = "allowtcpforwarding no\nallowstreamlocalforwarding no\n"
                                 "allowagentforwarding no\nx11forwarding no\npermittunnel no\n"
                                 "permittty no\npermituserenvironment no\n"
                                 "forcecommand internal-sftp\n";
    static const char *const cases[][2] = {
        { "cat answer", "no problems found" },
        { "echo forcecommand none", "sshd lets bob@va.example in: any command" },
        { "echo denyusers '*@*'; echo denyusers '*'", "no problems found" },
        { "echo denygroups 'x'",
          "no problems found" }, /* who has no group with a name is refused */
        { "echo allowusers root ada", "no problems found" },
        { "echo wrong >&2; exit 1", "because sshd -T fails: wrong" },
    };
    size_t wrong = 0;
    (void)state;
    put_file("answer", closed);
    put_file("etc/ssh/sshd_config", "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char script[256];
        snprintf(script, sizeof script, "#!/bin/sh\n%s\n", cases[i][0]);
        put_file("usr/sbin/sshd", script);
        assert_int_equal(chmod("usr/sbin/sshd", 0755), 0);
        ctl("check --dns=no --area=sshd");
        if (strstr(host.out, cases[i][1]) == NULL) {
            print_error("%s: no \"%s\" in: %s%s\n", cases[i][0], cases[i][1], host.out, host.err);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static void a_cache_that_mixes_users_up_is_found(void **state)
{
    struct sockaddr_un name = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)state;
    put_file("run/nscd/README", "");
    snprintf(name.sun_path, sizeof name.sun_path, "run/nscd/socket");
    assert_int_equal(bind(fd, (const struct sockaddr *)&name, sizeof name), 0);
    assert_int_equal(listen(fd, 8), 0);
    check_ctl("check --dns=no --area=caches", EXIT_NEGATIVE, "caches passwd and group");
    put_file("etc/nscd.conf", "enable-cache passwd no\nenable-cache group yes\n");
    check_ctl("check --dns=no --area=caches", EXIT_NEGATIVE, "caches group: ");
    put_file("etc/nscd.conf", "enable-cache passwd no\nenable-cache group no\n");
    check_ctl("check --dns=no --area=caches", EXIT_DONE, "no problems found");
    close(fd);
}

static void an_address_that_no_interface_has_is_found(void **state)
{
    (void)state;
    check_ctl("address add va.example 192.0.2.77", EXIT_DONE, NULL);
    check_ctl("check --dns=no --area=addresses", EXIT_NEGATIVE,
              "no network interface has the address 192.0.2.77");
    check_ctl("check --dns=no --area=addresses --json", EXIT_NEGATIVE, "\"addresses\"");
}

static void what_interrupted_changes_left_is_removed(void **state)
{
    (void)state;
    put_file("vmail/.passwd.va.example.new", "half of a li");
    put_file("vmail/shadow.va.example", SHADOW "gone:" HASH ":20000::::::\n");
    scratch_chmod(host.scratch, "shadow.va.example", 0640);
    put_file("vmail/group.va.example", "staff:x:70100:bob,gone,alice\n");
    check_ctl("check --repair --dns=no --dry-run", EXIT_DONE, "# would remove");
    check_ctl("check --repair --dns=no --yes", EXIT_DONE, "repaired: removed");
    check_file_lacks("shadow.va.example", "gone");
    check_file_has("group.va.example", "staff:x:70100:bob,alice\n");
    assert_int_equal(access("vmail/.passwd.va.example.new", F_OK), -1);
}

static void what_the_name_servers_say_is_judged(void **state)
{
    static const struct {
        struct host_record records[4];
        const char *finding;
    } cases[] = {
        { { { "va.example", 15, "mail.va.example" },
            { "mail.va.example", 1, "192.0.2.1" },
            { "1.2.0.192.in-addr.arpa", 12, "mail.va.example" } },
          "no problems found" },
        { { { "1.2.0.192.in-addr.arpa", 12, "mail.va.example" } }, "va.example has no MX record" },
        { { { "va.example", 15, "mail.va.example" } }, "which has no address" },
        { { { "va.example", 15, "mail.va.example" }, { "mail.va.example", 1, "192.0.2.99" } },
          "leads to an address of this machine" },
        { { { "va.example", 1, "192.0.2.1" } }, "192.0.2.1 has no reverse name" },
        { { { "1.2.0.192.in-addr.arpa", 12, "va.example" }, { "va.example", 1, "192.0.2.1" } },
          "is the domain va.example itself" },
        { { { "1.2.0.192.in-addr.arpa", 12, "host.else.example" },
            { "host.else.example", 1, "192.0.2.1" } },
          "is not a host of the domain" },
        { { { "1.2.0.192.in-addr.arpa", 12, "mail.va.example" } }, "does not have this address" },
        { { { NULL, -1, NULL } }, "DNS checks were skipped" },
    };
    size_t wrong = 0;
    (void)state;
    put_file("vmail/vmail.conf", "[domain va.example]\nids = 70000-70999\naddress = 192.0.2.1\n");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        memcpy(host.dns, cases[i].records, sizeof cases[i].records);
        ctl("check va.example --area=dns");
        if (strstr(host.out, cases[i].finding) == NULL) {
            print_error("no \"%s\" in: %s%s\n", cases[i].finding, host.out, host.err);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static void addresses_get_domains_by_their_reverse_names(void **state)
{
    static const struct host_record records[][4] = {
        { { "1.2.0.192.in-addr.arpa", 12, "mail.vb.example" },
          { "mail.vb.example", 1, "192.0.2.1" } },
        { { "1.2.0.192.in-addr.arpa", 12, "mail.vz.example" },
          { "mail.vz.example", 1, "192.0.2.1" } },
        { { "1.2.0.192.in-addr.arpa", 12, "mail.vb.example" } },
        { { NULL, 0, NULL } },
        { { NULL, -1, NULL } },
    };
    static const char *const texts[] = { "vmailctl address add vb.example 192.0.2.1",
                                         "vmailctl domain add vz.example --address=192.0.2.1",
                                         "name leads elsewhere", "no reverse name",
                                         "name server fails" };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        memcpy(host.dns, records[i], sizeof records[i]);
        check_ctl("address suggest", EXIT_DONE, texts[i]);
    }
    memcpy(host.dns, records[0], sizeof records[0]);
    check_ctl("address suggest --apply --dry-run", EXIT_DONE, "+address = 192.0.2.1");
    check_ctl("address suggest --apply --yes", EXIT_DONE, NULL);
    check_file_has("vmail.conf", "address = 192.0.2.1\n");
    check_ctl("address suggest --server=192.0.2.53:5353", EXIT_DONE, "assigned");
    check_ctl("address suggest --server=[2001:db8::53]", EXIT_DONE, "assigned");
    check_ctl("address suggest --server=there", EXIT_USAGE, "not an IP address");
}

static void a_log_in_is_tried_step_by_step(void **state)
{
    static const struct ctl_row rows[] = {
        { "check --login=bob@va.example --password-stdin --service=good", EXIT_NEGATIVE,
          "bob@va.example is bob@va.example, uid 70000, gid 70000" },
        { "check --login=bob --address=127.0.0.1 --password-stdin --service=good", EXIT_NEGATIVE,
          "reports the connection to 127.0.0.1" },
        { "check --login=bob --address=127.0.0.1 --password-stdin --service=sshd", EXIT_NEGATIVE,
          "plain names mean system users" },
        { "check --login=bob --password-stdin --service=good", EXIT_NEGATIVE,
          "a plain name needs --address" },
        { "check --login=nobody@va.example --password-stdin --service=good", EXIT_NEGATIVE,
          "has no user nobody" },
        { "check --login=alice@va.example --password-stdin --service=good --json", EXIT_NEGATIVE,
          "\"getpwnam\"" },
        { "check --login=bob@va.example --password-stdin --service=bad", EXIT_NEGATIVE,
          "service bad: " },
        { "check --login=bob@va.example --password-stdin --service=../x", EXIT_USAGE,
          "not the name of a file" },
        { "check --login=bob@va.example --address=x", EXIT_USAGE, "not an IP address" },
        { "check --login=bob@va.example --address=192.0.2.200 --password-stdin --service=good",
          EXIT_UNAVAILABLE, "use an address of this machine" },
    };
    (void)state;
    put_file("etc/pam.d/good", "auth required pam_permit.so\naccount required pam_permit.so\n");
    put_file("etc/pam.d/sshd", "auth required pam_permit.so\naccount required pam_permit.so\n");
    put_file("etc/pam.d/bad", "auth required pam_deny.so\n");
    host.input = "s3cret-word\n";
    check_ctl_rows(ROWS(rows));
    assert_int_equal(unlink("etc/pam.d/dovecot"), 0);
    check_ctl("check --login=bob@va.example --password-stdin", EXIT_NO_SUCH, "no service in ");
}

/* A server that greets one client. */
static pid_t start_pop3(void)
{
    static const char greeting[] = "+OK hello\r\n";
    struct sockaddr_in name = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof name;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (const struct sockaddr *)&name, sizeof name), 0);
    assert_int_equal(listen(listener, 8), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&name, &length), 0);
    host.pop3 = ntohs(name.sin_port);
    pid_t child = fork();
    if (child == 0) {
        int client = accept(listener, NULL, NULL);
        _exit(write(client, greeting, sizeof greeting - 1) == (ssize_t)sizeof greeting - 1 ? 0 : 1);
    }
    close(listener);
    return child;
}

static void the_greetings_of_daemons_are_shown(void **state)
{
    int status;
    (void)state;
    check_ctl("check --connect va.example", EXIT_NEGATIVE, "closed");
    pid_t child = start_pop3();
    check_ctl("check --connect va.example", EXIT_DONE, "+OK hello");
    assert_int_equal(waitpid(child, &status, 0), child);
    host.pop3 = 0;
    check_ctl("check --connect vb.example", EXIT_NEGATIVE, "192.0.2.1");
    check_ctl("check --connect", EXIT_NEGATIVE, "127.0.0.1");
}

static void options_that_do_not_fit_are_refused(void **state)
{
    static const struct ctl_row rows[] = {
        { "check --all va.example", EXIT_USAGE, "cannot be combined" },
        { "check --service=x", EXIT_USAGE, "need --login" },
        { "check --login=bob@va.example --connect", EXIT_USAGE, "cannot be combined" },
        { "check --login=bob@va.example --repair", EXIT_USAGE, "cannot be combined" },
        { "check --connect --area=pam", EXIT_USAGE, "cannot be combined" },
        { "check --area=colour", EXIT_USAGE, "no such area: 'colour'" },
        { "check --dns=maybe", EXIT_USAGE, "auto or no" },
        { "check vz.example", EXIT_NO_SUCH, "vz.example" },
    };
    (void)state;
    check_ctl_rows(ROWS(rows));
    host.uid = 1001;
    check_ctl("check --login=bob@va.example", EXIT_REFUSED, "only root may do that");
    check_ctl("check --repair", EXIT_REFUSED, "only root may do that");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_WELL(nothing_is_found_on_a_host_that_is_well),
        ON_WELL(lines_that_are_ignored_are_found),
        ON_WELL(modes_that_are_wrong_are_found),
        ON_WELL(ids_that_two_have_are_found),
        ON_WELL(users_who_cannot_log_in_are_found),
        ON_WELL(homes_of_somebody_else_are_found),
        ON_WELL(mail_that_goes_nowhere_is_found),
        ON_WELL(programs_in_aliases_of_co_administrators_are_found),
        ON_WELL(names_with_two_meanings_are_found),
        ON_WELL(indexes_that_are_not_used_are_found),
        ON_WELL(an_index_that_is_out_of_date_is_found),
        ON_WELL(lines_of_nsswitch_conf_are_judged),
        ON_WELL(stacks_of_pam_are_judged),
        ON_WELL(includes_of_pam_are_followed),
        ON_WELL(what_sshd_allows_is_found),
        ON_WELL(a_cache_that_mixes_users_up_is_found),
        ON_WELL(an_address_that_no_interface_has_is_found),
        ON_WELL(what_interrupted_changes_left_is_removed),
        ON_WELL(what_the_name_servers_say_is_judged),
        ON_WELL(addresses_get_domains_by_their_reverse_names),
        ON_WELL(a_log_in_is_tried_step_by_step),
        ON_WELL(the_greetings_of_daemons_are_shown),
        ON_WELL(options_that_do_not_fit_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
