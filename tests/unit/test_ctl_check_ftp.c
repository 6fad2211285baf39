/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmailctl check: what the files of FTP servers say. Each row breaks one file that is right. */
#include <stdio.h>

#include "cmocka_all.h"
#include "exit_code.h"
#include "well_host.h"

#define VSFTPD                                                                                     \
    "pam_service_name=vsftpd\nlocal_enable=YES\nchroot_local_user=YES\n"                           \
    "allow_writeable_chroot=YES\n"
#define PROFTPD    "Include /etc/proftpd/modules.conf\nAuthOrder mod_auth_pam.c* mod_auth_unix.c\n"
#define OURS       "RequireValidShell off\nDefaultRoot ~\n"
#define NSS_HASHES "[vmail]\nnss_hashes = yes\n" CONF

static int ftp_setup(void **state)
{
    static const char *const services[] = { "vsftpd", "proftpd", "pure-ftpd" };
    if (well_host_setup(state) != 0)
        return -1;
    for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
        char path[64];
        snprintf(path, sizeof path, "etc/pam.d/%s", services[i]);
        put_file(path, STACK);
        snprintf(path, sizeof path, "usr/sbin/%s", services[i]);
        put_program(path, "#!/bin/sh\n");
    }
    put_file("etc/pam.d/login", UNIX_AUTH UNIX_ACCOUNT);
    put_file("etc/vsftpd.conf", VSFTPD);
    put_file("etc/proftpd/proftpd.conf", PROFTPD);
    put_file("etc/proftpd/conf.d/vmail.conf", OURS);
    put_file("etc/pure-ftpd/conf/PAMAuthentication", "yes\n");
    put_file("etc/pure-ftpd/conf/UnixAuthentication", "yes\n");
    put_file("etc/pure-ftpd/conf/ChrootEveryone", "yes\n");
    put_file("etc/pure-ftpd/conf/MinUID", "1000\n");
    return 0;
}

#define ON_FTP(test) cmocka_unit_test_setup_teardown(test, ftp_setup, host_teardown)

static void ftp_servers_without_mistakes_have_no_finding(void **state)
{
    (void)state;
    check_ctl("check --dns=no --area=vsftpd,proftpd,pure-ftpd", EXIT_DONE, "no problems found");
}

static void settings_of_vsftpd_are_judged(void **state)
{
    static const char file[] = "etc/vsftpd.conf";
    static const struct fault faults[] = {
        { file, "chroot_local_user=YES\nallow_writeable_chroot=YES\n",
          "local_enable is not set: nobody but \"anonymous\" can log in" },
        { file, VSFTPD "guest_enable=YES\n", "all users become the same user" },
        { file, "local_enable=YES\n",
          "chroot_local_user is not set: users see the files of the whole machine" },
        { file, "local_enable=YES\nchroot_local_user=YES\n", "vsftpd refuses users who can write" },
        { file, VSFTPD "userlist_enable=YES\n", "virtual users evade it by another spelling" },
        { file, VSFTPD "userlist_enable=YES\nuserlist_deny=NO\n", "no problems found" },
        { file, VSFTPD "local_root=/srv\n", "users see this directory instead of their homes" },
        { file, "pam_service_name=login\n",
          "pam_service_name=login: the PAM service login does not use pam_vmail" },
    };
    (void)state;
    FINDS("check --dns=no --area=vsftpd", faults);
}

static void settings_of_proftpd_are_judged(void **state)
{
    static const char file[] = "etc/proftpd/proftpd.conf", ours[] = "etc/proftpd/conf.d/vmail.conf";
    static const struct fault faults[] = {
        { file, PROFTPD "authpam OFF\n", "AuthPAM OFF: virtual users cannot log in" },
        { file, "AuthOrder mod_auth_unix.c\n", "ProFTPD does not ask PAM" },
        { file, PROFTPD "PersistentPasswd on\n", "ProFTPD reads /etc/passwd itself" },
        { ours, "DefaultRoot ~\n", "RequireValidShell is not set: users whose shell" },
        { ours, "RequireValidShell off\n", "users see the files of the whole machine" },
        { ours, NULL, "users see the files of the whole machine" },
        { file, PROFTPD "AuthPAMConfig login\n", "the PAM service login does not use pam_vmail" },
        { file, PROFTPD "<Anonymous ~ftp>\nAuthPAM off\n</Anonymous>\n", "no problems found" },
        { file, PROFTPD "<Global>\nAuthPAM off\n</Global>\n", "virtual users cannot log in" },
    };
    (void)state;
    FINDS("check --dns=no --area=proftpd", faults);
}

static void settings_of_pure_ftpd_are_judged(void **state)
{
    static const struct fault faults[] = {
        { "etc/pure-ftpd/conf/PAMAuthentication", "no\n", "virtual users cannot log in" },
        { "etc/pure-ftpd/conf/PAMAuthentication", NULL, "PAMAuthentication is not set" },
        { "etc/pure-ftpd/conf/ChrootEveryone", "off\n", "users see the files of the whole" },
        { "etc/pure-ftpd/conf/MinUID", "80000\n",
          "MinUID 80000: users with lower uids cannot log in" },
    };
    (void)state;
    FINDS("check --dns=no --area=pure-ftpd", faults);
}

static void a_server_that_checks_hashes_itself_is_found_where_it_can_see_them(void **state)
{
    (void)state;
    put_file("etc/proftpd/proftpd.conf", "AuthOrder mod_auth_pam.c mod_auth_unix.c\n");
    check_ctl("check --dns=no --area=proftpd,pure-ftpd", EXIT_DONE, "no problems found");
    put_file("vmail/vmail.conf", NSS_HASHES);
    check_ctl("check --dns=no --area=proftpd", EXIT_NEGATIVE, "ProFTPD checks the hash itself");
    check_ctl("check --dns=no --area=pure-ftpd", EXIT_NEGATIVE, "Pure-FTPd checks the hash itself");
}

static void a_server_whose_service_does_not_ask_us_is_left_alone(void **state)
{
    (void)state;
    put_file("etc/pam.d/vsftpd", UNIX_AUTH);
    put_file("etc/vsftpd.conf", "local_enable=NO\n");
    check_ctl("check --dns=no --area=vsftpd", EXIT_DONE, "no problems found");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_FTP(ftp_servers_without_mistakes_have_no_finding),
        ON_FTP(settings_of_vsftpd_are_judged),
        ON_FTP(settings_of_proftpd_are_judged),
        ON_FTP(settings_of_pure_ftpd_are_judged),
        ON_FTP(a_server_that_checks_hashes_itself_is_found_where_it_can_see_them),
        ON_FTP(a_server_whose_service_does_not_ask_us_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
