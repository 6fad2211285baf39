/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The commands of vmailctl that only show. */
#include "cmocka_all.h"
#include "exit_code.h"
#include "host.h"

static void domains_are_listed_and_shown(void **state)
{
    static const struct ctl_row rows[] = {
        { "domain list", EXIT_DONE, "va.example" },
        { "domain list --json", EXIT_DONE, "\"va.example\"" },
        { "domain show va.example", EXIT_DONE, "70000-70999" },
        { "domain show va.example.org", EXIT_DONE, "127.0.0.1" },
        { "domain show va.example --json", EXIT_DONE, "\"va.example.org\"" },
        { "domain show vz.example", EXIT_NO_SUCH, "vz.example" },
        { "domain show", EXIT_USAGE, "DOMAIN" },
    };
    (void)state;
    check_ctl_rows(ROWS(rows));
}

static void users_are_listed_and_shown(void **state)
{
    static const struct ctl_row rows[] = {
        { "user list", EXIT_DONE, "bob@vb.example" },
        { "user list va.example", EXIT_DONE, "Bob of VA" },
        { "user list va.example --json", EXIT_DONE, "\"alice@va.example\"" },
        { "user list vz.example", EXIT_NO_SUCH, "no such domain: vz.example" },
        { "user show bob@va.example", EXIT_DONE, "70000" },
        { "user show BOB@va.example.org", EXIT_DONE, "bob@va.example" },
        { "user show bob@va.example --json", EXIT_DONE, "\"uid\": 70000" },
        { "user show alice@va.example", EXIT_DONE, "locked" },
        { "user show eve@va.example", EXIT_DONE, "1970-01-02" },
        { "user show nobody@va.example", EXIT_NO_SUCH, "va.example has no user nobody" },
        { "user show bob", EXIT_USAGE, "bob" },
    };
    (void)state;
    check_ctl_rows(ROWS(rows));
}

static void groups_are_listed_and_shown(void **state)
{
    static const struct ctl_row rows[] = {
        { "group list va.example", EXIT_DONE, "staff" },
        { "group list va.example --json", EXIT_DONE, "70100" },
        { "group show staff@va.example", EXIT_DONE, "alice" },
        { "group show staff@va.example --json", EXIT_DONE, "\"alice" },
        { "group show none@va.example", EXIT_NO_SUCH, "none" },
    };
    (void)state;
    check_ctl_rows(ROWS(rows));
}

static void aliases_are_listed_and_shown(void **state)
{
    static const struct ctl_row rows[] = {
        { "alias list va.example", EXIT_DONE, "postmaster" },
        { "alias list va.example --json", EXIT_DONE, "\"carol@vb.example\"" },
        { "alias show sales@va.example", EXIT_DONE, "carol@vb.example" },
        { "alias show sales@va.example --json", EXIT_DONE, "\"sales" },
        { "alias show none@va.example", EXIT_NO_SUCH, "none" },
    };
    (void)state;
    check_ctl_rows(ROWS(rows));
}

static void addresses_are_listed(void **state)
{
    static const struct ctl_row rows[] = {
        { "address list", EXIT_DONE, "127.0.0.1" },
        { "address list --json", EXIT_DONE, "\"127.0.0.1\"" },
        { "relay list", EXIT_DONE, NULL },
    };
    (void)state;
    check_ctl_rows(ROWS(rows));
}

static void mail_is_traced_step_by_step(void **state)
{
    static const struct ctl_row rows[] = {
        { "mail trace bob@va.example", EXIT_DONE, "/vhome/va.example/bob/Maildir\n" },
        { "mail trace sales@va.example", EXIT_DONE, "aliases.va.example:3" },
        { "mail trace sales@va.example", EXIT_DONE, "carol@vb.example" },
        { "mail trace Bob.of.VA@va.example", EXIT_DONE, "full name" },
        { "mail trace x@far.example", EXIT_DONE, "other host" },
        { "mail trace x@relay.example", EXIT_DONE, "relay" },
        { "mail trace x@vb.example", EXIT_DONE, "fallback" },
        { "mail trace all@va.example", EXIT_DONE, "/bin/cat" },
        { "mail trace all@va.example", EXIT_DONE, "program" },
        { "mail trace all@va.example", EXIT_DONE, "file" },
        { "mail trace all@va.example", EXIT_DONE, "list" },
        { "mail trace --json bob@va.example", EXIT_DONE, "\"means\": \"user\"" },
        { "mail trace x@va.example", EXIT_NO_SUCH, "mail to x@va.example reaches nobody" },
        { "mail trace bob", EXIT_USAGE, "'bob' is not an address; write USER@DOMAIN" },
    };
    (void)state;
    put_file("vmail/vmail.conf", "[domain va.example]\nmatch_full_name = yes\n"
                                 "[domain vb.example]\nfallback = bob@va.example\n"
                                 "[relay relay.example]\n");
    scratch_write(host.scratch, "aliases.va.example",
                  "# mail\npostmaster: bob\nsales: bob, carol@vb.example\n"
                  "all: \"|/bin/cat\", /var/box, :include:/vhome/list\n");
    put_file("vhome/list", "alice\n");
    check_ctl_rows(ROWS(rows));
}

/* The words after -- are those on the line so far; the last one is completed. */
static void words_are_completed(void **state)
{
    static const struct ctl_row rows[] = {
        { "complete -- us", EXIT_DONE, "user\n" },
        { "complete -- user ''", EXIT_DONE, "rename\n" },
        { "complete -- user show ''", EXIT_DONE, "alice@va.example\n" },
        { "complete -- user show eve@", EXIT_DONE, "eve@va.example\n" },
        { "complete -- group show ''", EXIT_DONE, "staff@va.example\n" },
        { "complete -- domain show vb", EXIT_DONE, "vb.example\n" },
        { "complete -- user add --no", EXIT_DONE, "--no-password\n" },
        { "complete -- check --dns=", EXIT_DONE, "--dns=auto\n" },
        { "complete -- check --login=b", EXIT_DONE, "--login=bob@va.example\n" },
        { "complete -- nothing ''", EXIT_DONE, "" },
        { "complete -- export ''", EXIT_DONE, NULL },
    };
    (void)state;
    check_ctl_rows(ROWS(rows));
}

static void help_is_for_everybody(void **state)
{
    static const struct ctl_row rows[] = {
        { "--help", EXIT_DONE, "Users of the domains" },
        { "help", EXIT_DONE, "user" },
        { "help user", EXIT_DONE, "rename" },
        { "help user add", EXIT_DONE, "--generate" },
        { "user add --help", EXIT_DONE, "--generate" },
        { "user --usage", EXIT_DONE, "vmailctl user" },
        { "--version", EXIT_DONE, "vmailctl" },
        { "nothing", EXIT_USAGE, "nothing" },
        { "usr list", EXIT_USAGE, "user" },
        { "user lst", EXIT_USAGE, "list" },
        { "user list --nothing", EXIT_USAGE, "--nothing" },
        { "user add --uid", EXIT_USAGE, "--uid" },
        { "user show a b c", EXIT_USAGE, "too many arguments" },
        { "user list --jso", EXIT_DONE, "[" },
        { "user list --color=never", EXIT_DONE, "USER" },
        { "user list --color=always", EXIT_DONE, "USER" },
        { "user list --color=red", EXIT_USAGE, "red" },
        { "user list --", EXIT_DONE, "USER" },
        { "help nothing", EXIT_USAGE, "nothing" },
        { "", EXIT_USAGE, NULL },
    };
    (void)state;
    check_ctl_rows(ROWS(rows));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_HOST(domains_are_listed_and_shown), ON_HOST(users_are_listed_and_shown),
        ON_HOST(groups_are_listed_and_shown),  ON_HOST(aliases_are_listed_and_shown),
        ON_HOST(addresses_are_listed),         ON_HOST(words_are_completed),
        ON_HOST(help_is_for_everybody),        ON_HOST(mail_is_traced_step_by_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
