/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmailctl setup, on a pretended host with Debian's files and the project's own examples. */
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "exit_code.h"
#include "setup_host.h"

static const char *const parts[] = {
    "sshd",  "nsswitch",  "sftp",        "passwd",          "dovecot",   "postfix",
    "exim",  "saslauthd", "vsftpd",      "proftpd",         "pure-ftpd", "poppassd",
    "pop3d", "popa3d",    "solid-pop3d", "postfix-virtual",
};
enum { PARTS = sizeof parts / sizeof *parts };

#define DOVECOT_PAM "etc/pam.d/dovecot"
#define SETTINGS    "etc/dovecot/conf.d/90-vmail.conf"
#define EXAMPLE     "examples/dovecot/2.3/vmail.conf"
#define RECORD      "state/setup/dovecot/%etc%pam.d%dovecot"

/* OpenSSH is installed, too. */
static int with_sshd(void **state)
{
    if (setup_host(state) != 0)
        return -1;
    put_program("usr/sbin/sshd", "#!/bin/sh\n"
                                 "! grep -rs NoSuchKeyword etc/ssh && echo 'denygroups *@*'\n");
    put_file("etc/ssh/sshd_config", "");
    return 0;
}

#define ON_SSHD(test) cmocka_unit_test_setup_teardown(test, with_sshd, host_teardown)

/* Runs the command line that begins with START and ends with PART. */
static void ctl_part(const char *start, const char *part)
{
    char line[128];
    snprintf(line, sizeof line, "%s %s", start, part);
    ctl(line);
}

/* Whether the files below /etc are as in BEFORE; else tells that they are not after WHAT. */
static bool is_unchanged(const char *before, const char *what)
{
    char *now = setup_host_snapshot();
    const bool same = strcmp(now, before) == 0;
    if (!same)
        print_error("%s: the files are\n%s\n", what, now);
    free(now);
    return same;
}

static void check_unchanged(const char *before)
{
    assert_true(is_unchanged(before, "at the end"));
}

static char *read_file(const char *path)
{
    char name[256];
    snprintf(name, sizeof name, "../%s", path);
    return scratch_read(host.scratch, name, NULL);
}

static void add_to_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "a");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void check_exists(const char *path, bool expected)
{
    if ((access(path, F_OK) == 0) != expected)
        fail_msg("%s %s", path, expected ? "is missing" : "exists");
}

/* Makes a directory read-only; skips the test if root runs it, because modes do not stop root. */
static void make_read_only(const char *path)
{
    assert_int_equal(chmod(path, 0555), 0);
    if (access(path, W_OK) == 0)
        skip();
}

/* --- every part */

static void each_part_changes_files(void **state)
{
    size_t wrong = 0;
    (void)state;
    for (size_t i = 0; i < PARTS; i++) {
        char *before = setup_host_snapshot(), *after;
        ctl_part("--yes setup", parts[i]);
        after = setup_host_snapshot();
        if (host.code != EXIT_DONE || strcmp(before, after) == 0) {
            print_error("%s: %d\n%s%s", parts[i], host.code, host.out, host.err);
            wrong++;
        }
        free(after);
        ctl("--yes setup --undo");
        free(before);
    }
    assert_int_equal(wrong, 0);
}

static void a_second_setup_changes_nothing(void **state)
{
    size_t wrong = 0;
    (void)state;
    for (size_t i = 0; i < PARTS; i++) {
        char expected[64];
        ctl_part("--yes setup", parts[i]);
        char *after = setup_host_snapshot();
        ctl_part("--yes setup", parts[i]);
        snprintf(expected, sizeof expected, "%s: nothing to change\n", parts[i]);
        if (host.code != EXIT_DONE || strstr(host.out, expected) == NULL) {
            print_error("%s: %d\n%s%s", parts[i], host.code, host.out, host.err);
            wrong++;
        }
        wrong += !is_unchanged(after, parts[i]);
        free(after);
    }
    assert_int_equal(wrong, 0);
}

static void an_undo_restores_each_byte(void **state)
{
    char *before = setup_host_snapshot();
    size_t wrong = 0;
    (void)state;
    for (size_t i = 0; i < PARTS; i++) {
        ctl_part("--yes setup", parts[i]);
        ctl("--yes setup --undo");
        if (host.code != EXIT_DONE || host.err[0] != '\0') {
            print_error("%s: %d\n%s", parts[i], host.code, host.err);
            wrong++;
        }
        wrong += !is_unchanged(before, parts[i]);
    }
    free(before);
    assert_int_equal(wrong, 0);
}

static void an_undo_of_all_parts_restores_each_byte(void **state)
{
    char *before = setup_host_snapshot();
    (void)state;
    for (size_t i = 0; i < PARTS; i++)
        ctl_part("--yes setup", parts[i]);
    check_ctl("--yes setup --undo", EXIT_DONE, NULL);
    check_unchanged(before);
    free(before);
}

static void a_dry_run_changes_nothing_and_shows_what_a_setup_does(void **state)
{
    char *before = setup_host_snapshot();
    size_t wrong = 0;
    (void)state;
    for (size_t i = 0; i < PARTS; i++) {
        ctl_part("--json --dry-run setup", parts[i]);
        char *shown = strdup(host.out);
        wrong += !is_unchanged(before, parts[i]);
        ctl_part("--json --yes setup", parts[i]);
        if (strcmp(host.out, shown) != 0 || strstr(shown, "\"diff\"") == NULL) {
            print_error("%s: a dry run shows\n%s\nand not\n%s\n", parts[i], shown, host.out);
            wrong++;
        }
        free(shown);
        ctl("--yes setup --undo");
    }
    check_unchanged(before);
    free(before);
    assert_int_equal(wrong, 0);
}

/* --- the list */

static void the_list_says_what_would_change(void **state)
{
    static const struct ctl_row before[] = {
        { "setup", EXIT_DONE, "nsswitch         C library: all programs see the virtual users" },
        { "setup", EXIT_DONE, "would change 1 file\n" },
        { "setup", EXIT_DONE, "would change 2 files\n" },
        { "--json setup", EXIT_DONE, "      \"/etc/pam.d/dovecot\",\n      \"/" SETTINGS "\"\n" },
    };
    (void)state;
    check_ctl_rows(ROWS(before));
    check_ctl("--yes setup dovecot", EXIT_DONE, NULL);
    ctl("--json setup");
    assert_non_null(strstr(host.out, "\"Dovecot: POP3 and IMAP\",\n    \"state\": \"set up\",\n"
                                     "    \"lacks\": []"));
}

static void what_is_not_installed_is_not_in_the_list(void **state)
{
    (void)state;
    check_ctl("setup", EXIT_DONE, "\nvsftpd ");
    assert_int_equal(unlink("usr/sbin/vsftpd"), 0);
    ctl("setup");
    assert_null(strstr(host.out, "\nvsftpd "));
}

static void a_part_that_cannot_be_set_up_does_not_keep_others_out_of_the_list(void **state)
{
    (void)state;
    put_file(DOVECOT_PAM, "auth [success=2 default=ignore] pam_otp.so\nauth required a.so\n"
                          "@include common-auth\n");
    check_ctl("setup", EXIT_REFUSED,
              "/etc/pam.d/dovecot: a line skips others by their number, so there is no safe place "
              "for pam_vmail; add its lines by hand");
    assert_non_null(strstr(host.out, "cannot be set up\n"));
    assert_non_null(strstr(host.out, "\nvsftpd "));
}

/* --- what is refused */

static void a_part_is_refused_if_something_is_missing(void **state)
{
    static const struct ctl_row rows[] = {
        { "--yes setup dovcot", EXIT_NO_SUCH,
          "cannot set up 'dovcot'; did you mean 'dovecot'?; run  vmailctl setup  for a list" },
        { "--yes setup x", EXIT_NO_SUCH, "cannot set up 'x'; run  vmailctl setup  for a list" },
        { "--yes setup vsftpd", EXIT_NO_SUCH,
          "vsftpd is not installed: /usr/sbin/vsftpd does not exist" },
        { "--yes setup nsswitch vsftpd", EXIT_NO_SUCH, "vsftpd is not installed" },
        { "--yes setup postfix-virtual", EXIT_NO_SUCH,
          "postfix-virtual needs saslauthd, which is not installed: /usr/sbin/saslauthd does not "
          "exist" },
        { "--yes setup exim", EXIT_NO_SUCH,
          "exim needs the package dovecot-lmtpd: /usr/lib/dovecot/lmtp does not exist" },
        { "--yes setup pure-ftpd", EXIT_NO_SUCH,
          "examples/pam.d/pure-ftpd is missing; install nss-pam-vmail again" },
        { "--yes setup dovecot", EXIT_UNAVAILABLE, "dovecot --version failed: it is broken" },
    };
    (void)state;
    assert_int_equal(unlink("usr/sbin/vsftpd"), 0);
    assert_int_equal(unlink("usr/sbin/saslauthd"), 0);
    assert_int_equal(unlink("usr/lib/dovecot/lmtp"), 0);
    assert_int_equal(unlink("examples/pam.d/pure-ftpd"), 0);
    put_program("usr/sbin/dovecot", "#!/bin/sh\necho it is broken\nexit 1\n");
    check_ctl("--yes setup nsswitch", EXIT_DONE, NULL); /* which all others need */
    char *after = setup_host_snapshot();
    check_ctl_rows(ROWS(rows));
    check_unchanged(after);
    free(after);
}

static void only_root_sets_up(void **state)
{
    (void)state;
    host.uid = 1001;
    check_ctl("--yes setup nsswitch", EXIT_REFUSED, "root");
}

static void without_a_terminal_it_needs_yes(void **state)
{
    char *before = setup_host_snapshot();
    (void)state;
    check_ctl("setup nsswitch", EXIT_USAGE, "use --yes to confirm");
    assert_non_null(strstr(host.out, "+passwd:         vmail [TRYAGAIN=return] files systemd\n"));
    check_unchanged(before);
    free(before);
}

static void a_file_that_others_can_write_is_not_changed(void **state)
{
    char *before;
    (void)state;
    check_ctl("--yes setup nsswitch", EXIT_DONE, NULL);
    assert_int_equal(chmod(DOVECOT_PAM, 0666), 0);
    before = setup_host_snapshot();
    check_ctl("--yes setup dovecot", EXIT_UNAVAILABLE, "dovecot: writable by others; run chmod");
    check_unchanged(before);
    free(before);
}

/* --- what a setup does */

static void what_a_part_needs_is_set_up_first(void **state)
{
    (void)state;
    check_ctl("--yes setup dovecot", EXIT_DONE, NULL);
    check_file_has("../etc/ssh/sshd_config.d/vmail.conf", "DenyGroups *@*");
    check_file_has("../etc/nsswitch.conf", "passwd:         vmail [TRYAGAIN=return] files");
    check_file_has("../" DOVECOT_PAM, "pam_vmail.so unwrap_address\n@include common-auth\n");
    const char *sshd = strstr(host.out, "+++ /etc/ssh"), *nss = strstr(host.out, "+++ /etc/nss");
    assert_non_null(sshd);
    assert_true(sshd < nss);
    assert_true(nss < strstr(host.out, "+++ /etc/pam.d/dovecot"));
}

static void a_need_that_is_not_installed_is_left_out(void **state)
{
    (void)state;
    check_ctl("--yes setup nsswitch", EXIT_DONE, NULL);
    check_exists("etc/ssh/sshd_config.d/vmail.conf", false);
}

static void it_checks_and_says_which_commands_to_run(void **state)
{
    (void)state;
    check_ctl("--yes setup postfix", EXIT_DONE, "\nvmailctl check --area=nsswitch,pam,dovecot");
    assert_non_null(
        strstr(host.out, "\nTo put this in force, run:\n    systemctl daemon-reload\n"));
    assert_non_null(strstr(host.out, "    systemctl restart dovecot\n"));
    check_ctl("--yes setup --undo postfix", EXIT_DONE,
              "run:\n    systemctl disable --now vmail-map.socket vmail-update-limits.path\n");
}

static void what_was_done_is_logged(void **state)
{
    (void)state;
    check_ctl("--yes setup nsswitch", EXIT_DONE, NULL);
    assert_non_null(strstr(host.log, "setup nsswitch\n"));
    check_ctl("--yes setup --undo nsswitch", EXIT_DONE, NULL);
    assert_non_null(strstr(host.log, "setup --undo nsswitch\n"));
}

static void a_unit_of_the_package_is_not_copied(void **state)
{
    (void)state;
    put_file("usr/lib/systemd/system/vmail-map.socket", "");
    check_ctl("--yes setup postfix", EXIT_DONE, NULL);
    check_exists("etc/systemd/system/vmail-map.service", true);
    check_exists("etc/systemd/system/vmail-map.socket", false);
}

static void without_inetd_its_file_stays(void **state)
{
    char *before = read_file("etc/inetd.conf");
    (void)state;
    assert_int_equal(unlink("usr/sbin/inetd"), 0);
    check_ctl("--yes setup popa3d", EXIT_DONE, NULL);
    scratch_check(host.scratch, "../etc/inetd.conf", before);
    free(before);
}

static void settings_follow_the_version_of_dovecot(void **state)
{
    (void)state;
    put_file("examples/dovecot/2.5/vmail.conf", "# for 2.5\n");
    put_program("usr/sbin/dovecot", "#!/bin/sh\necho '2.5.0'\n");
    check_ctl("--yes setup dovecot", EXIT_DONE, NULL);
    scratch_check(host.scratch, "../" SETTINGS, "# for 2.5\n");
}

static void the_records_can_be_read_by_root_only(void **state)
{
    struct stat status;
    (void)state;
    check_ctl("--yes setup dovecot", EXIT_DONE, NULL);
    assert_int_equal(stat("state/setup", &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    assert_int_equal(stat(RECORD ".after", &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

/* --- undo */

static void an_undo_leaves_a_file_that_was_changed_since(void **state)
{
    (void)state;
    check_ctl("--yes setup dovecot", EXIT_DONE, NULL);
    add_to_file(DOVECOT_PAM, "# mine\n");
    check_ctl("--yes setup --undo dovecot", EXIT_NEGATIVE, NULL);
    assert_non_null(strstr(host.err, "/etc/pam.d/dovecot was changed after the setup, so it stays "
                                     "as it is; edit it by hand"));
    check_file_has("../" DOVECOT_PAM, "pam_vmail.so unwrap_address\n");
    check_file_has("../" RECORD ".before", "@include common-auth\n");
    check_exists(SETTINGS, false);
}

static void an_undo_after_two_setups_restores_what_was_before_the_first(void **state)
{
    char *before = read_file(DOVECOT_PAM);
    (void)state;
    check_ctl("--yes setup dovecot", EXIT_DONE, NULL);
    put_file("examples/pam.d/dovecot",
             "auth required pam_vmail.so nodelay\n@include common-auth\n");
    check_ctl("--yes setup dovecot", EXIT_DONE, "pam_vmail.so nodelay unwrap_address");
    check_ctl("--yes setup --undo dovecot", EXIT_DONE, NULL);
    scratch_check(host.scratch, "../" DOVECOT_PAM, before);
    free(before);
}

static void an_undo_restores_what_somebody_wrote_between_two_setups(void **state)
{
    static const char new[] = "# of a new package\n@include common-auth\n@include common-account\n";
    (void)state;
    check_ctl("--yes setup dovecot", EXIT_DONE, NULL);
    put_file(DOVECOT_PAM, new);
    check_ctl("--yes setup dovecot", EXIT_DONE, NULL);
    assert_non_null(strstr(host.err, "/etc/pam.d/dovecot was changed after the last setup; an undo "
                                     "will restore it as it is now"));
    check_ctl("--yes setup --undo dovecot", EXIT_DONE, NULL);
    scratch_check(host.scratch, "../" DOVECOT_PAM, new);
}

static void an_undo_leaves_what_another_part_needs(void **state)
{
    (void)state;
    check_ctl("--yes setup postfix", EXIT_DONE, NULL);
    check_ctl("--yes setup postfix-virtual", EXIT_DONE, NULL);
    ctl("--yes setup --undo postfix");
    check_exists("etc/systemd/system/vmail-update-limits.path", false);
    check_exists("etc/systemd/system/vmail-map.socket", true);
    ctl("--yes setup --undo postfix-virtual");
    check_exists("etc/systemd/system/vmail-map.socket", false);
}

static void an_undo_forgets_a_file_that_somebody_has_restored(void **state)
{
    char *before = read_file(DOVECOT_PAM);
    (void)state;
    check_ctl("--yes setup dovecot", EXIT_DONE, NULL);
    put_file(DOVECOT_PAM, before);
    assert_int_equal(unlink(SETTINGS), 0);
    check_ctl("--yes setup --undo dovecot", EXIT_DONE, "");
    check_exists("state/setup/dovecot", false);
    free(before);
}

static void an_undo_without_a_setup_has_nothing_to_change(void **state)
{
    (void)state;
    check_ctl("--yes setup --undo vsftpd", EXIT_DONE, "vsftpd: nothing to change\n");
    check_ctl("--yes setup --undo", EXIT_DONE, "");
    check_ctl("--yes setup --undo x", EXIT_NO_SUCH, "cannot set up 'x'");
}

static void an_undo_needs_no_daemon(void **state)
{
    char *before = read_file("etc/vsftpd.conf");
    (void)state;
    check_ctl("--yes setup vsftpd", EXIT_DONE, NULL);
    assert_int_equal(unlink("usr/sbin/vsftpd"), 0);
    check_ctl("--yes setup --undo vsftpd", EXIT_DONE, NULL);
    scratch_check(host.scratch, "../etc/vsftpd.conf", before);
    free(before);
}

static void a_dry_undo_shows_what_it_would_do(void **state)
{
    char *after;
    (void)state;
    check_ctl("--yes setup dovecot", EXIT_DONE, NULL);
    after = setup_host_snapshot();
    check_ctl("--dry-run setup --undo dovecot", EXIT_DONE, "--- /etc/pam.d/dovecot\n");
    check_unchanged(after);
    check_ctl("--json --dry-run setup --undo dovecot", EXIT_DONE,
              "\"file\": \"/etc/pam.d/dovecot\"");
    check_exists(RECORD ".after", true);
    free(after);
}

static void records_that_cannot_be_listed_stop_an_undo(void **state)
{
    (void)state;
    put_file("state/setup/README", "");
    put_file("state/setup/dovecot", "not a directory");
    check_ctl("--yes setup --undo dovecot", EXIT_UNAVAILABLE,
              "setup/dovecot: cannot be read: Not a directory");
}

/* --- what is taken back */

/* A setup of dovecot fails with TEXT, and leaves nothing. */
static void check_taken_back(const char *text)
{
    char *before = setup_host_snapshot();
    check_ctl("--yes setup dovecot", EXIT_UNAVAILABLE, text);
    assert_true(is_unchanged(before, text));
    check_exists("state/setup/dovecot", false);
    free(before);
}

static void a_setting_that_the_daemon_refuses_is_taken_back(void **state)
{
    (void)state;
    check_ctl("--yes setup nsswitch", EXIT_DONE, NULL);
    put_file(EXAMPLE, "no_such_setting = yes\n");
    check_taken_back("/usr/bin/doveconf failed after the change, so it was taken back: "
                     "etc/dovecot/conf.d/90-vmail.conf:no_such_setting = yes");
}

static void a_daemon_that_says_nothing_has_failed_all_the_same(void **state)
{
    (void)state;
    check_ctl("--yes setup nsswitch", EXIT_DONE, NULL);
    put_program("usr/bin/doveconf", "#!/bin/sh\n! test -e " SETTINGS "\n");
    check_taken_back("/usr/bin/doveconf failed after the change, so it was taken back: it failed");
}

static void a_daemon_that_refused_its_settings_before_stops_no_setup(void **state)
{
    (void)state;
    put_program("usr/bin/doveconf", "#!/bin/sh\necho wrong\nexit 1\n");
    check_ctl("--yes setup dovecot", EXIT_DONE, NULL);
    check_exists(SETTINGS, true);
}

static void a_change_that_would_keep_root_out_is_taken_back(void **state)
{
    (void)state;
    check_ctl("--yes setup nsswitch", EXIT_DONE, NULL);
    setup_host_pam_vmail = PAM_AUTH_ERR;
    check_taken_back("/etc/pam.d/dovecot: root could no longer log in, so the change was taken "
                     "back; run  vmailctl check --area=pam  and see the system log");
}

static void a_module_that_fails_is_found_for_lines_that_change_passwords(void **state)
{
    char *before;
    (void)state;
    check_ctl("--yes setup nsswitch", EXIT_DONE, NULL);
    setup_host_pam_vmail = PAM_SYSTEM_ERR;
    before = setup_host_snapshot();
    check_ctl("--yes setup passwd", EXIT_UNAVAILABLE, "/etc/pam.d/passwd: root could no longer");
    check_unchanged(before);
    free(before);
}

static void a_service_that_refused_root_before_stops_no_setup(void **state)
{
    (void)state;
    put_file(DOVECOT_PAM, "auth requisite \\\n pam_deny.so\n@include common-auth\n");
    setup_host_pam_vmail = PAM_AUTH_ERR;
    check_ctl("--yes setup dovecot", EXIT_DONE, NULL);
    check_file_has("../" DOVECOT_PAM, "pam_vmail.so");
}

static void what_a_service_includes_is_tried_as_libpam_reads_it(void **state)
{
    (void)state;
    put_file("etc/pam.d/broken", "auth [never ends\n");
    put_file("etc/pam.d/deeper", "-auth \\\n  required \\\n  pam_x.so\n"
                                 "account include common-account\n");
    put_file(DOVECOT_PAM, "auth substack deeper\naccount include deeper\n");
    check_ctl("--yes setup dovecot", EXIT_DONE, NULL);
    check_file_has("../" DOVECOT_PAM, "pam_vmail.so unwrap_address\nauth substack deeper\n");
}

static void a_file_that_cannot_be_written_takes_back_those_before_it(void **state)
{
    (void)state;
    check_ctl("--yes setup nsswitch", EXIT_DONE, NULL);
    put_file("etc/dovecot/conf.d/10-auth.conf", "");
    make_read_only("etc/dovecot/conf.d");
    check_taken_back("90-vmail.conf: ");
    assert_int_equal(chmod("etc/dovecot/conf.d", 0755), 0);
}

static void a_setup_that_fails_leaves_the_records_of_the_last_one(void **state)
{
    (void)state;
    check_ctl("--yes setup dovecot", EXIT_DONE, NULL);
    char *record = read_file(RECORD ".before"), *after = read_file(RECORD ".after");
    put_file(DOVECOT_PAM, "# new\n@include common-auth\n@include common-account\n");
    put_file(EXAMPLE, "no_such_setting = yes\n");
    check_ctl("--yes setup dovecot", EXIT_UNAVAILABLE, "so it was taken back");
    scratch_check(host.scratch, "../" RECORD ".before", record);
    scratch_check(host.scratch, "../" RECORD ".after", after);
    free(record);
    free(after);
}

static void without_a_trial_of_roots_log_in_nothing_is_changed(void **state)
{
    (void)state;
    check_ctl("--yes setup nsswitch", EXIT_DONE, NULL); /* makes the lock file */
    make_read_only("state/setup");
    check_taken_back("/etc/pam.d/dovecot: cannot try whether root can log in, so nothing was "
                     "changed");
    assert_int_equal(chmod("state/setup", 0700), 0);
}

static void without_a_place_for_records_nothing_is_changed(void **state)
{
    char *before = setup_host_snapshot();
    (void)state;
    put_file("state/setup", "not a directory");
    check_ctl("--yes setup nsswitch", EXIT_UNAVAILABLE, "setup: cannot be used: Not a directory");
    check_unchanged(before);
    free(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SSHD(each_part_changes_files),
        ON_SSHD(a_second_setup_changes_nothing),
        ON_SSHD(an_undo_restores_each_byte),
        ON_SSHD(an_undo_of_all_parts_restores_each_byte),
        ON_SSHD(a_dry_run_changes_nothing_and_shows_what_a_setup_does),
        ON_FRESH(the_list_says_what_would_change),
        ON_FRESH(what_is_not_installed_is_not_in_the_list),
        ON_FRESH(a_part_that_cannot_be_set_up_does_not_keep_others_out_of_the_list),
        ON_FRESH(a_part_is_refused_if_something_is_missing),
        ON_FRESH(only_root_sets_up),
        ON_FRESH(without_a_terminal_it_needs_yes),
        ON_FRESH(a_file_that_others_can_write_is_not_changed),
        ON_SSHD(what_a_part_needs_is_set_up_first),
        ON_FRESH(a_need_that_is_not_installed_is_left_out),
        ON_FRESH(it_checks_and_says_which_commands_to_run),
        ON_FRESH(what_was_done_is_logged),
        ON_FRESH(a_unit_of_the_package_is_not_copied),
        ON_FRESH(without_inetd_its_file_stays),
        ON_FRESH(settings_follow_the_version_of_dovecot),
        ON_FRESH(the_records_can_be_read_by_root_only),
        ON_FRESH(an_undo_leaves_a_file_that_was_changed_since),
        ON_FRESH(an_undo_after_two_setups_restores_what_was_before_the_first),
        ON_FRESH(an_undo_restores_what_somebody_wrote_between_two_setups),
        ON_FRESH(an_undo_leaves_what_another_part_needs),
        ON_FRESH(an_undo_forgets_a_file_that_somebody_has_restored),
        ON_FRESH(an_undo_without_a_setup_has_nothing_to_change),
        ON_FRESH(an_undo_needs_no_daemon),
        ON_FRESH(a_dry_undo_shows_what_it_would_do),
        ON_FRESH(records_that_cannot_be_listed_stop_an_undo),
        ON_FRESH(a_setting_that_the_daemon_refuses_is_taken_back),
        ON_FRESH(a_daemon_that_says_nothing_has_failed_all_the_same),
        ON_FRESH(a_daemon_that_refused_its_settings_before_stops_no_setup),
        ON_FRESH(a_change_that_would_keep_root_out_is_taken_back),
        ON_FRESH(a_module_that_fails_is_found_for_lines_that_change_passwords),
        ON_FRESH(a_service_that_refused_root_before_stops_no_setup),
        ON_FRESH(what_a_service_includes_is_tried_as_libpam_reads_it),
        ON_FRESH(a_file_that_cannot_be_written_takes_back_those_before_it),
        ON_FRESH(a_setup_that_fails_leaves_the_records_of_the_last_one),
        ON_FRESH(without_a_trial_of_roots_log_in_nothing_is_changed),
        ON_FRESH(without_a_place_for_records_nothing_is_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
