/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The area "relays": whether this machine can be the backup MX that the sections [relay] make it,
 * and mail does not come back to it. */
#include "areas.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dns_look.h"
#include "resolver.h"
#include "shell_word.h"
#include "trust.h"

struct look {
    struct dns_look dns;
    const struct vmail_relay_config *relay; /* that is looked at */
};

/** The domain wins: mail for it stays here. */
static void judge_name(struct look *look)
{
    const struct context *context = look->dns.check->context;
    const char *name = look->relay->name;
    struct vmail_identity identity;
    if (vmail_resolve_domain(context->paths, context->config, name, &identity, NULL) != VMAIL_OK)
        return;
    const bool is_alias = strcmp(identity.domain, name) != 0;
    finding_add(
        look->dns.findings, FINDING_ERROR, &look->dns.place,
        "%s is a relay and also %s%s on this machine: mail for it stays here\nrun vmailctl "
        "relay del %s if its users are here; otherwise remove %s with vmailctl domain%s del",
        name, is_alias ? "an alias of " : "a domain", is_alias ? identity.domain : "", name, name,
        is_alias ? " alias" : "");
}

/** While the file is not usable, mail servers say "try again later". */
static void judge_recipients(struct look *look)
{
    const struct vmail_relay_config *relay = look->relay;
    const struct finding_place *place = &look->dns.place;
    struct findings *findings = look->dns.findings;
    char word[VMAIL_SHELL_PATH_MAX];
    struct vmail_error error = { 0 };
    struct stat status;
    int fd;
    if (relay->recipients[0] == '\0')
        return;
    enum vmail_result result = vmail_trusted_open_path(look->dns.check->context->paths,
                                                       relay->recipients, &fd, &status, &error);
    if (result == VMAIL_OK)
        close(fd);
    if (result == VMAIL_NO_MEMORY)
        findings->no_memory = true;
    else if (result == VMAIL_NOT_FOUND)
        finding_add(findings, FINDING_ERROR, place,
                    "recipients = %s does not exist: no mail for %s is taken\ncreate it, with an "
                    "address or a local part on each line, or remove the line",
                    relay->recipients, relay->name);
    else if (result != VMAIL_OK && error.code == EACCES && geteuid() != 0)
        finding_add(findings, FINDING_NOTE, place,
                    "recipients = %s was not checked, because you may not read it\nrun vmailctl "
                    "check as root",
                    relay->recipients);
    else if (result != VMAIL_OK)
        finding_add_message(findings, FINDING_ERROR,
                            &(const struct finding_place){ .domain = relay->name }, error.text);
    else if ((status.st_mode & S_IROTH) == 0)
        finding_add(findings, FINDING_ERROR, place,
                    "recipients = %s is not readable by everybody, so vmail-map cannot read it: no "
                    "mail for %s is taken\nrun chmod a+r %s",
                    relay->recipients, relay->name,
                    vmail_shell_word(relay->recipients, word, sizeof word));
}

/** Whether mail for the relay goes to its primary host, and not back to this machine. */
static void judge_primary(struct look *look)
{
    const char *primary = look->relay->primary;
    struct vmail_address address;
    enum dns_leads leads = DNS_LEADS_ELSEWHERE;
    if (primary[0] == '\0')
        return;
    if (vmail_address_parse(primary, &address))
        leads = dns_look_is_here(&look->dns, &address) ? DNS_LEADS_HERE : DNS_LEADS_ELSEWHERE;
    else if (look->dns.stop || !dns_look_host(&look->dns, primary, &leads))
        return;
    if (leads == DNS_LEADS_HERE)
        finding_add(look->dns.findings, FINDING_ERROR, &look->dns.place,
                    "primary = %s is this machine: mail for %s comes back to it until it "
                    "bounces\nset primary to the host that has the mailboxes",
                    primary, look->relay->name);
    else if (leads == DNS_LEADS_NOWHERE)
        finding_add(look->dns.findings, FINDING_ERROR, &look->dns.place,
                    "primary = %s has no address: mail for %s waits here until it bounces\nset "
                    "primary to a name that has an address, or to the address",
                    primary, look->relay->name);
}

/** What the MX records of a relay say about this machine. */
struct mail_hosts {
    struct dns_names names;
    bool here;      /* one leads here */
    unsigned own;   /* the best preference that does */
    bool elsewhere; /* one leads elsewhere */
    unsigned best;  /* the best preference that does */
};

/** False: a name server does not answer. */
static bool ask_hosts(struct look *look, struct mail_hosts *hosts)
{
    const char *name = look->relay->name;
    for (size_t i = 0; i < hosts->names.count; i++) {
        const char *host = hosts->names.name[i];
        enum dns_leads leads;
        if (!dns_look_host(&look->dns, host, &leads))
            return false;
        if (leads == DNS_LEADS_NOWHERE) {
            finding_add(
                look->dns.findings, FINDING_WARNING, &look->dns.place,
                "the MX record of %s names %s, which has no address\nask the owner of %s to "
                "give it an address, or to remove the record",
                name, host, name);
        } else if (leads == DNS_LEADS_HERE && !hosts->here) {
            hosts->here = true;
            hosts->own = hosts->names.preference[i];
        } else if (leads == DNS_LEADS_ELSEWHERE && !hosts->elsewhere) {
            hosts->elsewhere = true;
            hosts->best = hosts->names.preference[i];
        }
    }
    return true;
}

/** Without a primary, mail goes to the hosts that are better than this machine. */
static void judge_order(struct look *look, const struct mail_hosts *hosts)
{
    const struct vmail_relay_config *relay = look->relay;
    const bool has_primary = relay->primary[0] != '\0';
    if (!hosts->here)
        finding_add(
            look->dns.findings, FINDING_WARNING, &look->dns.place,
            "no MX record of %s leads to this machine: it is not a backup MX\nask the owner "
            "of the zone to add  %s. MX 20 HOST.  with a HOST that has an address of this "
            "machine, or run vmailctl relay del %s",
            relay->name, relay->name, relay->name);
    else if (!hosts->elsewhere || hosts->best >= hosts->own)
        finding_add(
            look->dns.findings, has_primary ? FINDING_WARNING : FINDING_ERROR, &look->dns.place,
            "no MX record of %s is better than the one of this machine (%u): %s\nask the "
            "owner of the zone to give the primary host a lower number than %u%s",
            relay->name, hosts->own,
            has_primary ? "its mail comes here first" : "mail for it has nowhere to go and bounces",
            hosts->own, has_primary ? "" : ", or set primary to this host in vmail.conf");
}

static void judge_mail_hosts(struct look *look)
{
    struct mail_hosts hosts = { 0 };
    const char *name = look->relay->name;
    if (look->dns.stop)
        return;
    enum dns_result result = dns_mail_hosts(look->dns.dns, name, &hosts.names, &look->dns.failed);
    if (!dns_look_answered(&look->dns, result) || !ask_hosts(look, &hosts))
        return;
    if (result == DNS_FOUND && hosts.names.count == 0)
        finding_add(look->dns.findings, FINDING_WARNING, &look->dns.place,
                    "the MX record of %s says that it accepts no mail\nif that is right, run "
                    "vmailctl relay del",
                    name);
    else
        judge_order(look, &hosts);
}

void check_relays(struct check *check)
{
    const struct vmail_config *config = check->context->config;
    struct look look;
    if (config->relay_count == 0)
        return;
    dns_look_start(&look.dns, check);
    look.dns.place.file = check->config;
    for (size_t i = 0; i < config->relay_count; i++) {
        look.relay = &config->relays[i];
        if (!check->everything && !check_covers(check, look.relay->name))
            continue;
        look.dns.place.domain = look.relay->name;
        look.dns.place.line = look.relay->line;
        judge_name(&look);
        judge_recipients(&look);
        judge_primary(&look);
        judge_mail_hosts(&look);
    }
    dns_look_end(&look.dns);
}
