/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmailctl check: each row breaks one thing of the host: of NSS, PAM, sshd and the caches. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "exit_code.h"
#include "well_host.h"

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

/* As Dovecot would answer for its mail_plugins. */
static void put_dovecot(const char *plugins)
{
    char script[256];
    snprintf(script, sizeof script, "#!/bin/sh\n[ \"$*\" = '-h mail_plugins' ] && echo '%s'\n",
             plugins);
    put_file("usr/bin/doveconf", script);
    assert_int_equal(chmod("usr/bin/doveconf", 0755), 0);
}

static void a_limit_that_nothing_enforces_is_found(void **state)
{
    static const char check[] = "check --dns=no --area=limits";
    static const char list[] = "etc/dovecot/vmail-limits";
    (void)state;
    check_ctl(check, EXIT_DONE, "no problems found");
    check_ctl("user set bob@va.example --mailbox-limit=1K", EXIT_DONE, NULL);
    check_ctl(check, EXIT_NEGATIVE, "nothing enforces the limits of 1 users, for example bob@va");
    check_ctl(check, EXIT_NEGATIVE, "and Dovecot no plugin for them");
    put_dovecot(" quota_clone");
    check_ctl(check, EXIT_NEGATIVE, "and Dovecot no plugin for them");
    put_dovecot("acl quota");
    check_ctl(check, EXIT_NEGATIVE, "/etc/dovecot/vmail-limits lacks them");
    put_file(list, "xbob@va.example:::::::userdb_quota_rule=*:bytes=1024 "
                   "userdb_quota_storage_size=1024B\n");
    check_ctl(check, EXIT_NEGATIVE, "/etc/dovecot/vmail-limits lacks them");
    put_file(list, "bob@va.example:::::::userdb_quota_rule=*:bytes=1024 "
                   "userdb_quota_storage_size=1024B\n");
    check_ctl(check, EXIT_DONE, "no problems found");
    check_ctl("domain set va.example mailbox_limit 2K", EXIT_DONE, NULL);
    check_ctl(check, EXIT_NEGATIVE, "for example alice@va.example");
    put_file(list, "@va.example:::::::userdb_quota_rule=*:bytes=2048 "
                   "userdb_quota_storage_size=2048B\n"
                   "bob@va.example:::::::userdb_quota_rule=*:bytes=1024 "
                   "userdb_quota_storage_size=1024B\n");
    check_ctl(check, EXIT_DONE, "no problems found");
    check_ctl("domain set va.example mailbox mbox:/var/spool/vmail/%d/%u", EXIT_DONE, NULL);
    check_ctl(check, EXIT_NEGATIVE, "Dovecot does not count what is in an mbox");
}

static void a_limit_that_is_not_a_size_is_found(void **state)
{
    (void)state;
    check_ctl("user set bob@va.example --mailbox-limit=none", EXIT_DONE, NULL);
    check_ctl("check --dns=no --area=users,limits", EXIT_DONE, "no problems found");
    put_file("vmail/passwd.va.example",
             "bob:x:70000:70000:Bob,,,,mailbox_limit=lots:/vhome/va.example/bob:/bin/false\n");
    check_ctl("check --dns=no --area=users", EXIT_NEGATIVE, "mailbox_limit is not a size");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_WELL(lines_of_nsswitch_conf_are_judged),
        ON_WELL(stacks_of_pam_are_judged),
        ON_WELL(includes_of_pam_are_followed),
        ON_WELL(what_sshd_allows_is_found),
        ON_WELL(a_cache_that_mixes_users_up_is_found),
        ON_WELL(a_limit_that_nothing_enforces_is_found),
        ON_WELL(a_limit_that_is_not_a_size_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
