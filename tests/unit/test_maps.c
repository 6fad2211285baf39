/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "maps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "scratch.h"

#define CONFIG                                                                                     \
    "[domain va.example]\naliases = va.example.org\nmatch_full_name = yes\n"                       \
    "[domain vb.example]\nfallback = @va.example\nmailbox = mbox:/var/spool/vmail/%%d/%%u\n"       \
    "[domain vc.example]\nfallback = x@vd.example\n[domain vd.example]\nfallback = x@vc.example\n" \
    "[domain ours.partner.example]\n"                                                              \
    "[relay partner.example]\nsubdomains = yes\nrecipients = %s\n"                                 \
    "[relay other.example]\nprimary = 192.0.2.7\n[relay six.example]\nprimary = 2001:db8::1\n"

static int setup(void **state)
{
    char config[1024];
    int result = scratch_setup(state);
    struct scratch *scratch = *state;
    if (result != 0)
        return result;
    snprintf(config, sizeof config, CONFIG, scratch_path(scratch, "there"));
    scratch_write(scratch, "vmail.conf", config);
    scratch_write(scratch, "there",
                  "# those of partner.example\n#off\ninfo\n  Boss@partner.example \n");
    scratch_write(scratch, "passwd.va.example",
                  "bob:x:70001:70009:Bob B:/h/bob:\nsue:x:70002:70002:::\n"
                  "s(x)ue:x:70003:70003:::\ns%1ue:x:70004:70004:::\n");
    scratch_write(scratch, "passwd.vb.example", "tom:x:71001:71001:::\n");
    scratch_write(
        scratch, "aliases.va.example",
        "sales: bob, Sue, tom@vb.example, x@far.example, nosuch\nbob: bob, y@far.example\n"
        "nested: sales\nnothing: none\nloop: loop2\nloop2: loop\nprog: |/bin/x\n"
        "both: |/bin/x, sue\ntovb: nosuch@vb.example\nowner-sales: sue\n"
        "odd: s(x)ue, bob, s%1ue\n");
    return 0;
}

#define ON_MAIL(test) cmocka_unit_test_setup_teardown(test, setup, scratch_teardown)

/* EXPECTED: "=VALUE", "-" for not found, or "?" and a part of the reason why it is not known. */
static void check_map(void **state, const char *map, const char *key, const char *expected)
{
    const struct scratch *scratch = *state;
    struct vmail_mail mail;
    struct reply reply;
    char seen[1024];
    vmail_mail_begin(&mail, &scratch->paths, NULL);
    maps_answer(&mail, map, key, &reply);
    const char *text = reply.text.bytes == NULL ? "" : reply.text.bytes;
    const char *part = expected[0] == '?' ? strstr(text, expected + 1) : NULL;
    snprintf(seen, sizeof seen, "%c%s", "=-??"[reply.kind], part != NULL ? expected + 1 : text);
    check_text(seen, expected, key);
    reply_end(&reply);
    vmail_mail_end(&mail);
}

static void domains_are_ours_under_each_name(void **state)
{
    check_map(state, "domains", "va.example", "=va.example");
    check_map(state, "domains", "VA.example.ORG", "=va.example");
    check_map(state, "domains", "far.example", "-");
    check_map(state, "domains", "partner.example", "-");
    check_map(state, "domains", "[192.0.2.1]", "-");
    check_map(state, "domains", "../va.example", "-");
    check_map(state, "domains", "", "-");
}

static void an_alias_leads_one_step_on(void **state)
{
    check_map(state, "aliases", "Sales@va.example.org",
              "=bob@va.example, sue@va.example, tom@vb.example, x@far.example, nosuch@va.example");
    check_map(state, "aliases", "nested@va.example", "=sales@va.example");
    check_map(state, "aliases", "bob@va.example", "=bob@va.example, y@far.example");
    check_map(state, "aliases", "both@va.example", "=sue@va.example");
    check_map(state, "aliases", "sales+x@va.example",
              "=bob+x@va.example, sue+x@va.example, tom+x@vb.example, x@far.example, "
              "nosuch+x@va.example");
}

static void what_is_no_alias_stays(void **state)
{
    check_map(state, "aliases", "sue@va.example", "-");
    check_map(state, "aliases", "SUE@VA.example", "-");
    check_map(state, "aliases", "sue+x@va.example", "-");
    check_map(state, "aliases", "x@far.example", "-");
    check_map(state, "aliases", "x@partner.example", "-");
    check_map(state, "aliases", "sue", "-");
    check_map(state, "aliases", "@va.example", "-");
    check_map(state, "aliases", "va.example", "-");
}

static void other_names_of_a_user_become_their_own(void **state)
{
    check_map(state, "aliases", "Sue+x@va.example.org", "=sue+x@va.example");
    check_map(state, "aliases", "Bob.B@va.example", "=bob@va.example, y@far.example");
    check_map(state, "aliases", "Tom@vb.example", "-");
    check_map(state, "aliases", "Sue@vb.example", "=sue@va.example");
}

static void what_leads_to_nobody_is_not_found(void **state)
{
    check_map(state, "aliases", "nosuch@va.example", "-");
    check_map(state, "aliases", "nothing@va.example", "-");
    check_map(state, "aliases", "nosuch@vb.example", "-");
    check_map(state, "aliases", "tovb@va.example", "-");
    check_map(state, "mailboxes", "nosuch@vb.example", "-");
}

static void what_cannot_be_known_is_asked_again_later(void **state)
{
    check_map(state, "aliases", "loop@va.example",
              "?mail loops: loop@va.example -> loop2@va.example");
    check_map(state, "aliases", "x@vc.example", "?mail loops");
    check_map(state, "aliases", "prog@va.example", "?leads only to programs or files");
    check_map(state, "nosuch", "x", "?no such map: 'nosuch'; expected domains, ");
    scratch_chmod(*state, "aliases.va.example", 0666);
    check_map(state, "aliases", "sue@va.example", "?writable by others");
    check_map(state, "mailboxes", "sue@va.example", "=vhome/va.example/sue/Maildir/");
    scratch_chmod(*state, "passwd.va.example", 0666);
    check_map(state, "mailboxes", "sue@va.example", "?writable by others");
    scratch_chmod(*state, "vmail.conf", 0666);
    check_map(state, "domains", "far.example", "?writable by others");
}

static void a_mailbox_has_a_path_and_an_owner(void **state)
{
    check_map(state, "mailboxes", "Bob+x@va.example.org", "=h/bob/Maildir/");
    check_map(state, "mailboxes", "tom@vb.example", "=var/spool/vmail/vb.example/tom");
    check_map(state, "mailboxes", "sales@va.example", "-");
    check_map(state, "uids", "bob@va.example", "=70001");
    check_map(state, "gids", "bob@va.example", "=70009");
    check_map(state, "uids", "sales@va.example", "-");
}

static void an_address_belongs_to_those_whom_it_reaches(void **state)
{
    check_map(state, "senders", "sue@va.example", "=sue@va.example");
    check_map(state, "senders", "Sue+x@va.example.org", "=sue@va.example");
    check_map(state, "senders", "sales@va.example",
              "=bob@va.example, sue@va.example, tom@vb.example");
    check_map(state, "senders", "bob@va.example", "=bob@va.example");
    check_map(state, "senders", "x@far.example", "-");
    check_map(state, "senders", "nosuch@va.example", "-");
    check_map(state, "senders", "sue@vb.example", "-"); /* only by the fallback */
}

static void relays_have_recipients_and_a_way(void **state)
{
    check_map(state, "relays", "partner.example", "=partner.example");
    check_map(state, "relays", "mx.Partner.example", "=partner.example");
    check_map(state, "relays", "va.example", "-");
    check_map(state, "relays", "x@partner.example", "-");
    check_map(state, "relays", "ours.partner.example", "-");
    check_map(state, "transports", "ours.partner.example", "-");
    check_map(state, "relay-recipients", "info@ours.partner.example", "-");
    check_map(state, "relay-recipients", "#off@partner.example", "-");
    check_map(state, "relay-recipients", "INFO@mx.partner.example", "=yes");
    check_map(state, "relay-recipients", "boss@partner.example", "=yes");
    check_map(state, "relay-recipients", "boss@mx.partner.example", "-");
    check_map(state, "relay-recipients", "nosuch@partner.example", "-");
    check_map(state, "relay-recipients", "anybody@other.example", "=yes");
    check_map(state, "relay-recipients", "info@va.example", "-");
    check_map(state, "transports", "mx.partner.example", "=relay:mx.partner.example");
    check_map(state, "transports", "other.example", "=relay:[192.0.2.7]");
    check_map(state, "transports", "x@six.example", "=relay:[ipv6:2001:db8::1]");
    check_map(state, "transports", "va.example", "-");
    scratch_chmod(*state, "there", 0666);
    check_map(state, "relay-recipients", "info@partner.example", "?writable by others");
}

static void an_alias_that_leads_to_too_many_addresses_is_asked_again_later(void **state)
{
    enum { MOST = 10000, WORD_MAX = 32 };
    const struct scratch *scratch = *state;
    char entry[256];
    snprintf(entry, sizeof entry, "many: :include:%s, tom\n", scratch_path(scratch, "long"));
    scratch_write(scratch, "aliases.vb.example", entry);
    for (size_t extra = 0; extra < 2; extra++) {
        const size_t count = MOST - 2 + extra; /* beside the alias and tom */
        char *list = calloc(count, WORD_MAX), *end = list;
        assert_non_null(list);
        for (size_t i = 0; i < count; i++)
            end += snprintf(end, WORD_MAX, "%zu@far.example\n", i);
        scratch_write(scratch, "long", list);
        free(list);
        check_map(state, "senders", "many@vb.example",
                  extra == 0 ? "=tom@vb.example"
                             : "?an alias leads too far: many@vb.example -> tom@vb.example");
    }
}

static void sendmail_asks_for_aliases_and_recipients(void **state)
{
    check_map(state, "sendmail-aliases", "nested@va.example", "=sales@va.example");
    check_map(state, "sendmail-aliases", "Sue@vb.example", "=sue@va.example");
    check_map(state, "sendmail-aliases", "sue@va.example", "-");
    check_map(state, "sendmail-recipients", "nested@va.example", "=yes");
    check_map(state, "sendmail-recipients", "sue+x@va.example", "=yes");
    check_map(state, "sendmail-recipients", "Sue@vb.example", "=yes");
    check_map(state, "sendmail-recipients", "nosuch@va.example", "-");
    check_map(state, "sendmail-recipients", "nothing@va.example", "-");
    check_map(state, "sendmail-recipients", "info@partner.example", "-");
    check_map(state, "sendmail-recipients", "loop@va.example", "?mail loops");
    check_map(state, "sendmail-recipients", "prog@va.example", "?leads only to programs or files");
}

static void a_name_that_sendmail_would_change_is_nobody_elses(void **state)
{
    check_map(state, "senders", "odd@va.example",
              "=s(x)ue@va.example, bob@va.example, s%1ue@va.example");
    check_map(state, "sendmail-senders", "odd@va.example", "=bob@va.example");
    check_map(state, "sendmail-senders", "s(x)ue@va.example", "-");
    check_map(state, "sendmail-senders", "s%1ue@va.example", "-");
    check_map(state, "sendmail-senders", "sue@va.example", "=sue@va.example");
    check_map(state, "sendmail-aliases", "odd@va.example", "?which Sendmail would change");
    check_map(state, "sendmail-recipients", "odd@va.example", "?which Sendmail would change");
    check_map(state, "sendmail-recipients", "s(x)ue@va.example", "-");
}

static void the_owner_of_a_list_is_an_alias_and_no_fallback(void **state)
{
    check_map(state, "sendmail-aliases", "owner-sales@va.example", "=sue@va.example");
    check_map(state, "aliases", "owner-sales@vb.example", "=owner-sales@va.example");
    check_map(state, "sendmail-aliases", "owner-sales@vb.example", "-");
    check_map(state, "sendmail-recipients", "owner-sales@va.example", "=yes");
    check_map(state, "sendmail-recipients", "owner-sales@vb.example", "-");
}

static void a_name_without_a_domain_is_nothing_to_sendmail_whatever_the_files_say(void **state)
{
    scratch_chmod(*state, "vmail.conf", 0666);
    check_map(state, "sendmail-aliases", "sue", "-");
    check_map(state, "sendmail-recipients", "owner-sue", "-");
    check_map(state, "sendmail-aliases", "sue@va.example", "?writable by others");
    check_map(state, "sendmail-recipients", "x@far.example", "?writable by others");
}

static void a_map_has_another_name_without_hyphens(void **state)
{
    check_map(state, "vmail_domains", "va.example.org", "=va.example");
    check_map(state, "vmail_relay_recipients", "anybody@other.example", "=yes");
    check_map(state, "relay_recipients", "x", "?no such map: 'relay_recipients'");
    check_map(state, "vmail_", "x", "?no such map: 'vmail_'");
    check_map(state, "vmail_domain", "x", "?no such map: 'vmail_domain'");
    check_map(state, "vmail_domains_", "x", "?no such map: 'vmail_domains_'");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_MAIL(domains_are_ours_under_each_name),
        ON_MAIL(an_alias_leads_one_step_on),
        ON_MAIL(what_is_no_alias_stays),
        ON_MAIL(other_names_of_a_user_become_their_own),
        ON_MAIL(what_leads_to_nobody_is_not_found),
        ON_MAIL(what_cannot_be_known_is_asked_again_later),
        ON_MAIL(a_mailbox_has_a_path_and_an_owner),
        ON_MAIL(an_address_belongs_to_those_whom_it_reaches),
        ON_MAIL(relays_have_recipients_and_a_way),
        ON_MAIL(an_alias_that_leads_to_too_many_addresses_is_asked_again_later),
        ON_MAIL(sendmail_asks_for_aliases_and_recipients),
        ON_MAIL(a_name_that_sendmail_would_change_is_nobody_elses),
        ON_MAIL(the_owner_of_a_list_is_an_alias_and_no_fallback),
        ON_MAIL(a_name_without_a_domain_is_nothing_to_sendmail_whatever_the_files_say),
        ON_MAIL(a_map_has_another_name_without_hyphens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
