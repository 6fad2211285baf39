/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The area "relays": whether this machine can be the backup MX that the sections [relay] make it,
 * and mail does not come back to it. */
#include "areas.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
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

enum { TEXT_MAX = 900 };

__attribute__((format(printf, 4, 5))) static void tell(struct look *look,
                                                       enum finding_severity severity,
                                                       const char *to_do, const char *format, ...)
{
    char what[TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    dns_look_tell(&look->dns, severity, what, to_do);
}

/** The domain wins: mail for it stays here. */
static void judge_name(struct look *look)
{
    const struct context *context = look->dns.check->context;
    const char *name = look->relay->name;
    char domain[VMAIL_DOMAIN_MAX + 1], to_do[TEXT_MAX];
    if (vmail_resolve_domain(context->paths, context->config, name, domain, NULL) != VMAIL_OK)
        return;
    snprintf(to_do, sizeof to_do,
             "run vmailctl relay del %s if its users are here; otherwise remove %s with vmailctl "
             "domain%s del",
             name, name, strcmp(domain, name) == 0 ? "" : " alias");
    tell(look, FINDING_ERROR, to_do,
         "%s is a relay and also %s%s on this machine: mail for it stays here", name,
         strcmp(domain, name) == 0 ? "a domain" : "an alias of ",
         strcmp(domain, name) == 0 ? "" : domain);
}

static void judge_mode(struct look *look, const struct stat *status)
{
    const char *path = look->relay->recipients;
    char word[VMAIL_SHELL_PATH_MAX], to_do[TEXT_MAX + VMAIL_SHELL_PATH_MAX];
    if ((status->st_mode & S_IROTH) != 0)
        return;
    snprintf(to_do, sizeof to_do, "run chmod a+r %s", vmail_shell_word(path, word, sizeof word));
    tell(look, FINDING_ERROR, to_do,
         "recipients = %s is not readable by everybody, so vmail-map cannot read it: no mail for "
         "%s is taken",
         path, look->relay->name);
}

/** While the file is not usable, mail servers say "try again later". */
static void judge_recipients(struct look *look)
{
    const struct vmail_relay_config *relay = look->relay;
    struct vmail_error error = { 0 };
    struct stat status;
    int fd;
    if (relay->recipients[0] == '\0')
        return;
    enum vmail_result result = vmail_trusted_open_path(look->dns.check->context->paths,
                                                       relay->recipients, &fd, &status, &error);
    if (result == VMAIL_NO_MEMORY)
        look->dns.check->findings.no_memory = true;
    else if (result == VMAIL_NOT_FOUND)
        tell(look, FINDING_ERROR,
             "create it, with an address or a local part on each line, or remove the line",
             "recipients = %s does not exist: no mail for %s is taken", relay->recipients,
             relay->name);
    else if (result != VMAIL_OK && error.code == EACCES && geteuid() != 0)
        tell(look, FINDING_NOTE, "run vmailctl check as root",
             "recipients = %s was not checked, because you may not read it", relay->recipients);
    else if (result != VMAIL_OK)
        finding_add_message(
            &look->dns.check->findings, FINDING_ERROR,
            &(const struct finding_place){ .area = look->dns.place.area, .domain = relay->name },
            error.text);
    else
        judge_mode(look, &status);
    if (result == VMAIL_OK)
        close(fd);
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
        tell(look, FINDING_ERROR, "set primary to the host that has the mailboxes",
             "primary = %s is this machine: mail for %s comes back to it until it bounces", primary,
             look->relay->name);
    else if (leads == DNS_LEADS_NOWHERE)
        tell(look, FINDING_ERROR, "set primary to a name that has an address, or to the address",
             "primary = %s has no address: mail for %s waits here until it bounces", primary,
             look->relay->name);
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
    char to_do[TEXT_MAX];
    for (size_t i = 0; i < hosts->names.count; i++) {
        const char *host = hosts->names.name[i];
        enum dns_leads leads;
        if (!dns_look_host(&look->dns, host, &leads))
            return false;
        if (leads == DNS_LEADS_NOWHERE) {
            snprintf(to_do, sizeof to_do,
                     "ask the owner of %s to give it an address, or to remove the record", name);
            tell(look, FINDING_WARNING, to_do, "the MX record of %s names %s, which has no address",
                 name, host);
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
    char to_do[TEXT_MAX];
    if (!hosts->here) {
        snprintf(to_do, sizeof to_do,
                 "ask the owner of the zone to add  %s. MX 20 HOST.  with a HOST that has an "
                 "address of this machine, or run vmailctl relay del %s",
                 relay->name, relay->name);
        tell(look, FINDING_WARNING, to_do,
             "no MX record of %s leads to this machine: it is not a backup MX", relay->name);
    } else if (!hosts->elsewhere || hosts->best >= hosts->own) {
        snprintf(to_do, sizeof to_do,
                 "ask the owner of the zone to give the primary host a lower number than %u%s",
                 hosts->own, has_primary ? "" : ", or set primary to this host in vmail.conf");
        tell(look, has_primary ? FINDING_WARNING : FINDING_ERROR, to_do,
             "no MX record of %s is better than the one of this machine (%u): %s", relay->name,
             hosts->own,
             has_primary ? "its mail comes here first"
                         : "mail for it has nowhere to go and bounces");
    }
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
        tell(look, FINDING_WARNING, "if that is right, run vmailctl relay del",
             "the MX record of %s says that it accepts no mail", name);
    else
        judge_order(look, &hosts);
}

static bool is_looked_at(const struct check *check, const char *name)
{
    for (size_t i = 0; i < check->domains.count; i++)
        if (strcmp(check->domains.name[i], name) == 0)
            return true;
    return check->everything;
}

void check_relays(struct check *check)
{
    const struct vmail_config *config = check->context->config;
    struct look look;
    char *path;
    if (config->relay_count == 0)
        return;
    if (asprintf(&path, "%s/" VMAIL_CONFIG_NAME, check->context->paths->directory) < 0) {
        check->findings.no_memory = true;
        return;
    }
    dns_look_start(&look.dns, check,
                   &(const struct finding_place){ .area = "relays", .file = path });
    for (size_t i = 0; i < config->relay_count; i++) {
        look.relay = &config->relays[i];
        if (!is_looked_at(check, look.relay->name))
            continue;
        look.dns.place.domain = look.relay->name;
        look.dns.place.line = look.relay->line;
        judge_name(&look);
        judge_recipients(&look);
        judge_primary(&look);
        judge_mail_hosts(&look);
    }
    dns_look_end(&look.dns);
    free(path);
}
