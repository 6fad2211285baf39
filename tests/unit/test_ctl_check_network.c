/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmailctl check: addresses, name servers, log-ins and connections. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "exit_code.h"
#include "well_host.h"

static void an_address_that_no_interface_has_is_found(void **state)
{
    (void)state;
    check_ctl("address add va.example 192.0.2.77", EXIT_DONE, NULL);
    check_ctl("check --dns=no --area=addresses", EXIT_NEGATIVE,
              "no network interface has the address 192.0.2.77");
    check_ctl("check --dns=no --area=addresses --json", EXIT_NEGATIVE, "\"addresses\"");
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

struct relay_case {
    const char *settings; /* in the section of the relay */
    struct host_record records[6];
    const char *finding;
};

static void check_relay_cases(const struct relay_case *cases, size_t count)
{
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        char conf[512];
        snprintf(conf, sizeof conf, CONF "[relay partner.example]\n%s", cases[i].settings);
        put_file("vmail/vmail.conf", conf);
        memcpy(host.dns, cases[i].records, sizeof cases[i].records);
        ctl("check --area=relays");
        if (strstr(host.out, cases[i].finding) == NULL) {
            print_error("%zu: no \"%s\" in: %s%s\n", i, cases[i].finding, host.out, host.err);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

#define HOSTS                                                                                      \
    { "mail.partner.example", 1, "198.51.100.7" },                                                 \
    {                                                                                              \
        "backup.example", 1, "192.0.2.1"                                                           \
    }

static void the_mx_records_of_a_relay_are_judged(void **state)
{
    static const struct relay_case cases[] = {
        { "",
          { HOSTS,
            { "partner.example", 15, "10 mail.partner.example" },
            { "partner.example", 15, "20 backup.example" } },
          "no problems found" },
        { "",
          { HOSTS, { "partner.example", 15, "10 mail.partner.example" } },
          "no MX record of partner.example leads to this machine" },
        { "", { HOSTS }, "no MX record of partner.example leads to this machine" },
        { "",
          { HOSTS,
            { "partner.example", 15, "20 mail.partner.example" },
            { "partner.example", 15, "10 backup.example" } },
          "error: /vmail/vmail.conf:7: no MX record of partner.example is better than the one of "
          "this "
          "machine (10): mail for it has nowhere to go" },
        { "",
          { HOSTS,
            { "partner.example", 15, "10 mail.partner.example" },
            { "partner.example", 15, "10 backup.example" } },
          "has nowhere to go" },
        { "primary = 198.51.100.7\n",
          { HOSTS, { "partner.example", 15, "10 backup.example" } },
          "its mail comes here first" },
        { "",
          { HOSTS,
            { "partner.example", 15, "10 mail.partner.example" },
            { "partner.example", 15, "15 nowhere.example" },
            { "partner.example", 15, "20 backup.example" } },
          "names nowhere.example, which has no address" },
        { "", { { NULL, -1, NULL } }, "DNS checks were skipped" },
    };
    (void)state;
    check_relay_cases(ROWS(cases));
}

static void the_primary_of_a_relay_is_another_machine(void **state)
{
    static const struct relay_case cases[] = {
        { "primary = mail.partner.example\n",
          { HOSTS,
            { "partner.example", 15, "10 mail.partner.example" },
            { "partner.example", 15, "20 backup.example" } },
          "no problems found" },
        { "primary = 192.0.2.1\n", { { NULL, -1, NULL } }, "192.0.2.1 is this machine" },
        { "primary = 127.0.0.9\n", { { NULL, -1, NULL } }, "127.0.0.9 is this machine" },
        { "primary = backup.example\n", { HOSTS }, "backup.example is this machine" },
        { "primary = nowhere.example\n", { HOSTS }, "nowhere.example has no address" },
    };
    (void)state;
    check_relay_cases(ROWS(cases));
    put_file("vmail/vmail.conf", CONF "[relay partner.example]\nprimary = 192.0.2.1\n");
    check_ctl("check --dns=no", EXIT_NEGATIVE, "192.0.2.1 is this machine");
    check_ctl("check --dns=no va.example", EXIT_DONE, "no problems found");
}

static void the_name_and_the_recipients_of_a_relay_are_judged(void **state)
{
    static const struct fault faults[] = {
        { "vmail/vmail.conf", CONF "[relay va.example]\n", "also a domain on this machine" },
        { "vmail/vmail.conf", CONF "[relay va.example.org]\n", "also an alias of va.example" },
        { "vmail/vmail.conf", CONF "[relay x.example]\nrecipients = /vhome/nosuch\n",
          "/vhome/nosuch does not exist: no mail for x.example is taken" },
        { "vmail/vmail.conf", CONF "[relay x.example]\nrecipients = /vhome/loose\n",
          "writable by others" },
        { "vmail/vmail.conf", CONF "[relay x.example]\nrecipients = /vhome/secret\n",
          "run chmod a+r /vhome/secret" },
        { "vmail/vmail.conf", CONF "[relay x.example]\nrecipients = /vhome/right\n",
          "no problems found" },
    };
    (void)state;
    put_file("vhome/loose", "info\n");
    put_file("vhome/secret", "info\n");
    put_file("vhome/right", "info\n");
    assert_int_equal(chmod("vhome/loose", 0666), 0);
    assert_int_equal(chmod("vhome/secret", 0640), 0);
    FINDS("check --dns=no --area=relays", faults);
}

static void primaries_are_tried_with_connect(void **state)
{
    static const struct host_record records[] = {
        HOSTS,
        { "partner.example", 15, "10 mail.partner.example" },
        { "partner.example", 15, "5 backup.example" },
        { NULL, 0, NULL },
        { NULL, 0, NULL },
    };
    (void)state;
    put_file("vmail/vmail.conf", CONF "[relay partner.example]\n[relay six.example]\n"
                                      "primary = 198.51.100.66\n[relay lost.example]\n");
    memcpy(host.dns, records, sizeof records);
    check_ctl("check --connect", EXIT_NEGATIVE,
              "partner.example  198.51.100.7     25  smtp        closed");
    assert_non_null(strstr(host.out, "six.example      198.51.100.66    25  smtp        closed"));
    assert_null(strstr(host.out, "198.51.100.66   110"));
    assert_non_null(strstr(host.err, "no address is known to which mail for lost.example goes"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_WELL(an_address_that_no_interface_has_is_found),
        ON_WELL(what_the_name_servers_say_is_judged),
        ON_WELL(addresses_get_domains_by_their_reverse_names),
        ON_WELL(a_log_in_is_tried_step_by_step),
        ON_WELL(the_greetings_of_daemons_are_shown),
        ON_WELL(the_mx_records_of_a_relay_are_judged),
        ON_WELL(the_primary_of_a_relay_is_another_machine),
        ON_WELL(the_name_and_the_recipients_of_a_relay_are_judged),
        ON_WELL(primaries_are_tried_with_connect),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
