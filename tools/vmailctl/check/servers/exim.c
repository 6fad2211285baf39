/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The area "exim": what `exim4 -bP` says of the settings that decide about our domains. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server.h"

#define EXIM    "/usr/sbin/exim4"
#define EXAMPLE EXAMPLES "/exim"

struct exim {
    struct server server;
    struct settings config; /* the whole configuration, in its order */
    struct settings built;  /* what may be the program's own default */
};

/** The key of ROW without the blanks before it. */
static const char *key_of(const struct setting *row)
{
    return row->key + strspn(row->key, " ");
}

/** Where the section after "begin NAME" starts; the end, if there is none. */
static size_t section(const struct exim *exim, const char *name)
{
    size_t i = 0;
    while (i < exim->config.count && (strncmp(exim->config.row[i].key, "begin ", 6) != 0 ||
                                      strcmp(exim->config.row[i].key + 6, name) != 0))
        i++;
    return i;
}

/** Whether a value has TEXT. */
static bool has_text(const struct exim *exim, const char *text)
{
    for (size_t i = 0; i < exim->config.count; i++)
        if (strstr(exim->config.row[i].value, text) != NULL)
            return true;
    return false;
}

static void judge_domains(struct exim *exim)
{
    struct server_domains list = { "local_domains",
                                   settings_value(&exim->config, "domainlist local_domains"), ": ",
                                   "so Exim also gives its mail to the machine's own users",
                                   "see dc_other_hostnames and /etc/mailname" };
    server_judge_domains(&exim->server, &list);
    list.key = "primary_hostname";
    list.value = settings_value(&exim->built, "primary_hostname");
    list.to_do = "give the machine a name that is not a domain of /etc/vmail";
    server_judge_domains(&exim->server, &list);
}

/** Judges who may send to other hosts. */
static void judge_relay(struct exim *exim)
{
    server_judge_networks(&exim->server, "relay_from_hosts",
                          settings_value(&exim->config, "hostlist relay_from_hosts"), ": ");
    server_judge_networks(&exim->server, "relay_to_domains",
                          settings_value(&exim->config, "domainlist relay_to_domains"), ": ");
}

static void judge_socket(struct exim *exim, const char *key, const char *path, const char *dovecot)
{
    const struct server_socket use = { key, path, path, dovecot };
    server_judge_socket(&exim->server, &use);
}

/** The sockets where Exim asks vmail-map. */
static void judge_maps(struct exim *exim)
{
    static const char ask[] = "${readsocket{/";
    char path[SETTING_WORD_MAX];
    for (size_t i = 0; i < exim->config.count; i++)
        for (const char *at = exim->config.row[i].value; (at = strstr(at, ask)) != NULL;) {
            at += sizeof ask - 2;
            snprintf(path, sizeof path, "%.*s", (int)strcspn(at, "},"), at);
            judge_socket(exim, "readsocket", path, NULL);
        }
}

/** The sockets of Dovecot: where mail is delivered, and where log-ins are checked. */
static void judge_dovecot(struct exim *exim)
{
    for (size_t i = section(exim, "transports"); i < exim->config.count; i++) {
        const struct setting *row = &exim->config.row[i];
        if (strcmp(key_of(row), "socket") == 0 && row->value[0] == '/')
            judge_socket(exim, "socket", row->value, "lmtp");
        else if (strcmp(key_of(row), "server_socket") == 0)
            judge_socket(exim, "server_socket", row->value, "auth");
    }
}

/** Whether the transport NAME sends mail to other hosts. */
static bool leaves(const struct exim *exim, const char *name)
{
    bool found = false;
    for (size_t i = section(exim, "transports"); i < exim->config.count; i++) {
        const char *key = key_of(&exim->config.row[i]);
        const size_t length = strlen(key);
        if (length > 0 && key[length - 1] == ':')
            found = length - 1 == strlen(name) && strncmp(key, name, length - 1) == 0;
        else if (found && strcmp(key, "driver") == 0)
            return strcmp(exim->config.row[i].value, "smtp") == 0;
    }
    return false;
}

/** Where the routers for our domains send the mail of mailboxes. */
static void judge_transport(struct exim *exim)
{
    const size_t end = section(exim, "transports");
    bool ours = false;
    for (size_t i = section(exim, "routers"); i < end; i++) {
        const struct setting *row = &exim->config.row[i];
        const char *key = key_of(row);
        if (strchr(key, ':') != NULL)
            ours = false;
        else if (strcmp(key, "domains") == 0)
            ours = strcmp(row->value, "+vmail_domains") == 0;
        else if (ours && strcmp(key, "transport") == 0 && leaves(exim, row->value))
            finding_add(&exim->server.check->findings, FINDING_ERROR, &exim->server.place,
                        "transport = %s: mail for the domains of /etc/vmail goes to other "
                        "hosts\nuse the transport vmail_lmtp, as in " EXAMPLE,
                        row->value);
    }
}

/** Log-ins need somebody who tells which addresses are theirs. */
static void judge_senders(struct exim *exim)
{
    bool log_ins = false;
    for (size_t i = section(exim, "authenticators"); i < exim->config.count; i++)
        log_ins = log_ins || strncmp(key_of(&exim->config.row[i]), "server_", 7) == 0;
    if (log_ins && !has_text(exim, "senders $sender_address"))
        finding_add(&exim->server.check->findings, FINDING_ERROR, &exim->server.place,
                    "a user who is logged in may send with anybody's address\nask the map senders "
                    "in acl_smtp_mail, as in " EXAMPLE "/conf.d/acl/40_vmail");
}

static void judge_exim(struct exim *exim)
{
    const struct finding_place place = { .not_set_up = true };
    judge_domains(exim);
    if (has_text(exim, "+vmail_domains")) {
        judge_relay(exim);
        judge_transport(exim);
        judge_maps(exim);
        judge_dovecot(exim);
        judge_senders(exim);
    } else if (exim->server.check->domains.count > 0) {
        finding_add(&exim->server.check->findings, FINDING_NOTE, &place,
                    "Exim does not take mail for the domains of /etc/vmail\nfollow " EXAMPLE
                    "/README if it should");
    }
}

void check_exim(struct check *check)
{
    static const char *const config[] = { EXIM, "-bP", "config", NULL };
    static const char *const built[] = { EXIM, "-bP", "exim_user", "primary_hostname", NULL };
    struct exim exim = { .server = { .check = check, .name = "Exim" } };
    if (!check->everything || access(EXIM, X_OK) != 0)
        return;
    exim.server.place = (struct finding_place){ .file = "/etc/exim4" };
    if (settings_ask(check, "Exim", config, &exim.config) &&
        settings_ask(check, "Exim", built, &exim.built)) {
        exim.server.user = settings_value(&exim.built, "exim_user");
        judge_exim(&exim);
    }
    seen_free(&exim.server.seen);
    settings_free(&exim.config);
    settings_free(&exim.built);
}
