/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmailctl check: each row breaks one thing in the files of the domains. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
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
        { "vmail/aliases.va.example", "sales: /var/file\n", "set `alias_user' in vmail.conf" },
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

static void a_summary_is_one_line_about_the_worst(void **state)
{
    (void)state;
    check_ctl("check --summary --dns=no --area=files,users", EXIT_DONE,
              "0 errors, 0 warnings, 0 notes\n");
    put_file("vmail/passwd.va.example", USERS "eve:x:1:1::/:/bin/false\nbroken\n");
    check_ctl("check --summary --dns=no --area=files,users,ids", EXIT_NEGATIVE,
              "; /vmail/passwd.va.example: expected 7 fields");
    assert_ptr_equal(strchr(host.out, '\n'), host.out + strlen(host.out) - 1);
    assert_true(host.out[0] != '0');
    check_ctl("check --summary --connect", EXIT_USAGE, "cannot be combined");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_WELL(a_summary_is_one_line_about_the_worst),
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
        ON_WELL(what_interrupted_changes_left_is_removed),
        ON_WELL(options_that_do_not_fit_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
