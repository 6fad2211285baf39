/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The area "postfix": what postconf(1) says of the settings that decide about our domains. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "domain_file.h"
#include "postfix_smtpd.h"
#include "server.h"
#include "text.h"

#define POSTCONF "/usr/sbin/postconf"
#define EXAMPLE  EXAMPLES "/postfix-dovecot-lmtp/main.cf"

static const struct vmail_config *config_of(const struct postfix *postfix)
{
    return postfix->server.check->context->config;
}

/* --- one setting, one rule */

static bool is_empty(const struct postfix *postfix, const char *value)
{
    (void)postfix;
    return value[0] == '\0';
}

/** Whether mail for a mailbox goes to a program that knows other users, or to none. */
static bool is_wrong_transport(const struct postfix *postfix, const char *value)
{
    static const char *const right[] = { "lmtp", "virtual", "pipe", "spawn", NULL };
    char key[SETTING_WORD_MAX + 32], program[SETTING_WORD_MAX];
    snprintf(key, sizeof key, "%.*s/unix/command", (int)strcspn(value, ":"), value);
    const char *command = settings_value(&postfix->services, key);
    settings_next_word(&command, SETTING_BLANKS, program);
    return !text_is_one_of(program, right);
}

static bool is_above_ids(const struct postfix *postfix, const char *value)
{
    return settings_is_above_ids(postfix->server.check, value);
}

static bool has_alias_file(const struct context *context, const char *domain)
{
    const struct vmail_domain_config *section = vmail_config_domain(context->config, domain);
    char name[VMAIL_ALIASES_NAME_MAX + 1], path[VMAIL_PATH_MAX];
    vmail_aliases_file_name(name, domain);
    snprintf(path, sizeof path, "%s/%s", context->paths->directory, name);
    return access(path, F_OK) == 0 || (section != NULL && section->alias_files.count > 0);
}

/** Why a setting matters. */
enum { ALWAYS = 1, VIRTUAL = 2, ALIASES = 4, RELAYS = 8, RECIPIENTS = 16, PRIMARY = 32 };

/** Returns those of them that apply here. */
static unsigned needs_of(const struct postfix *postfix)
{
    const struct check *check = postfix->server.check;
    const struct vmail_config *config = config_of(postfix);
    unsigned needs = ALWAYS;
    if (strcmp(settings_value(&postfix->main, "virtual_transport"), "virtual") == 0)
        needs |= VIRTUAL;
    for (size_t i = 0; i < check->domains.count && (needs & ALIASES) == 0; i++)
        if (vmail_config_has_fallback(config, check->domains.name[i]) ||
            has_alias_file(check->context, check->domains.name[i]))
            needs |= ALIASES;
    for (size_t i = 0; i < config->relay_count; i++) {
        needs |= RELAYS;
        if (config->relays[i].recipients[0] != '\0')
            needs |= RECIPIENTS;
        if (config->relays[i].primary[0] != '\0')
            needs |= PRIMARY;
    }
    return needs;
}

static const struct rule {
    const char *key;
    unsigned need;
    bool (*is_wrong)(const struct postfix *postfix, const char *value);
    enum finding_severity severity;
    const char *so, *to_do;
} rules[] = {
    { "virtual_transport", ALWAYS, is_wrong_transport, FINDING_ERROR,
      "mail does not reach the mailboxes of the users",
      "run postconf -e virtual_transport=lmtp:unix:private/dovecot-lmtp" },
    { "virtual_mailbox_maps", ALWAYS, is_empty, FINDING_ERROR,
      "Postfix takes mail for users who do not exist, and bounces it later",
      "run postconf -e virtual_mailbox_maps=socketmap:unix:private/vmail-map:mailboxes" },
    { "virtual_alias_maps", ALIASES, is_empty, FINDING_WARNING,
      "aliases and fallbacks of the domains have no effect",
      "run postconf -e virtual_alias_maps=socketmap:unix:private/vmail-map:aliases" },
    { "virtual_uid_maps", VIRTUAL, is_empty, FINDING_ERROR,
      "virtual(8) cannot tell whose mailboxes these are",
      "set it as in " EXAMPLES "/postfix-virtual/main.cf" },
    { "virtual_gid_maps", VIRTUAL, is_empty, FINDING_ERROR,
      "virtual(8) cannot tell whose mailboxes these are",
      "set it as in " EXAMPLES "/postfix-virtual/main.cf" },
    { "virtual_minimum_uid", VIRTUAL, is_above_ids, FINDING_ERROR,
      "virtual(8) does not deliver to users with lower uids",
      "run postconf -e virtual_minimum_uid=1000" },
    { "relay_domains", RELAYS, is_empty, FINDING_ERROR,
      "mail for the relays in vmail.conf is refused",
      "run postconf -e relay_domains=socketmap:unix:private/vmail-map:relays" },
    { "relay_recipient_maps", RECIPIENTS, is_empty, FINDING_ERROR,
      "Postfix takes mail for recipients of relays who do not exist",
      "run postconf -e relay_recipient_maps=socketmap:unix:private/vmail-map:relay-recipients" },
    { "transport_maps", PRIMARY, is_empty, FINDING_WARNING,
      "the primary hosts of relays in vmail.conf have no effect",
      "run postconf -e transport_maps=socketmap:unix:private/vmail-map:transports" },
};

static void judge_settings(struct postfix *postfix)
{
    const unsigned needs = needs_of(postfix);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const char *value = settings_value(&postfix->main, rules[i].key);
        if ((needs & rules[i].need) != 0 && rules[i].is_wrong(postfix, value))
            finding_add(&postfix->server.check->findings, rules[i].severity, &postfix->server.place,
                        "%s = %s: %s\n%s, as in " EXAMPLE, rules[i].key, value, rules[i].so,
                        rules[i].to_do);
    }
}

/* --- who serves a domain */

static void judge_domains(struct postfix *postfix)
{
    static const struct server_domains lists[] = {
        { "mydestination", NULL, SETTING_BLANKS,
          "so Postfix gives its mail to the machine's own users",
          "it belongs into virtual_mailbox_domains" },
        { "virtual_alias_domains", NULL, SETTING_BLANKS, "so Postfix knows no mailboxes in it",
          "it belongs into virtual_mailbox_domains" },
        { "relay_domains", NULL, SETTING_BLANKS, "so Postfix sends its mail to other hosts",
          "it belongs into virtual_mailbox_domains" },
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct server_domains list = lists[i];
        list.value = settings_value(&postfix->main, list.key);
        server_judge_domains(&postfix->server, &list);
    }
}

/* --- maps */

/** Whether a process that asks these maps is in a chroot, where /etc/vmail and /run are missing. */
static bool has_chroot(const struct postfix *postfix)
{
    static const char *const programs[] = { "smtpd", "cleanup", "trivial-rewrite" };
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        if (postfix_chroots(postfix, programs[i]))
            return true;
    return false;
}

/** Judges one word of the setting KEY: "socketmap:unix:PATH:MAP", "unix:passwd.byname". */
static void judge_map(struct postfix *postfix, const char *key, const char *word)
{
    struct findings *findings = &postfix->server.check->findings;
    const bool proxied = strncmp(word, "proxy:", 6) == 0;
    const char *map = proxied ? word + 6 : word;
    char path[SETTING_WORD_MAX];
    if (!proxied && strncmp(map, "unix:", 5) == 0 && has_chroot(postfix)) {
        finding_add(findings, FINDING_ERROR, &postfix->server.place,
                    "%s has %s: Postfix asks it in a chroot, where the virtual users do not "
                    "exist\nwrite proxy:%s",
                    key, word, word);
        return;
    }
    if (strncmp(map, "socketmap:unix:", 15) != 0)
        return;
    snprintf(path, sizeof path, "%.*s", (int)strcspn(map + 15, ":"), map + 15);
    if (!proxied && path[0] == '/' && has_chroot(postfix))
        finding_add(findings, FINDING_ERROR, &postfix->server.place,
                    "%s has %s: Postfix asks it in a chroot, where this path does not exist\nuse "
                    "the socket private/vmail-map, as in " EXAMPLE,
                    key, word);
    else
        postfix_judge_socket(
            postfix, &(const struct server_socket){ .key = key, .value = word, .path = path });
}

static void judge_maps(struct postfix *postfix)
{
    static const char *const keys[] = { "virtual_mailbox_domains", "virtual_alias_maps",
                                        "virtual_mailbox_maps",    "relay_domains",
                                        "relay_recipient_maps",    "transport_maps",
                                        "smtpd_sender_login_maps" };
    char word[SETTING_WORD_MAX];
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        for (const char *rest = settings_value(&postfix->main, keys[i]);
             settings_next_word(&rest, SETTING_BLANKS, word);)
            judge_map(postfix, keys[i], word);
}

/** Whether somebody takes the mail where virtual_transport leads. */
static void judge_delivery(struct postfix *postfix)
{
    const char *value = settings_value(&postfix->main, "virtual_transport");
    if (strncmp(value, "lmtp:unix:", 10) == 0)
        postfix_judge_socket(postfix, &(const struct server_socket){ "virtual_transport", value,
                                                                     value + 10, "lmtp" });
}

void postfix_judge_socket(struct postfix *postfix, const struct server_socket *use)
{
    char path[2 * SETTING_WORD_MAX];
    struct server_socket absolute = *use;
    snprintf(path, sizeof path, "%s/%s", settings_value(&postfix->main, "queue_directory"),
             use->path);
    if (use->path[0] != '/')
        absolute.path = path;
    server_judge_socket(&postfix->server, &absolute);
}

/** A Postfix that does not serve our domains has nothing but these to be judged. */
static void judge_virtual_domains(struct postfix *postfix)
{
    const struct finding_place place = { .not_set_up = true };
    if (settings_value(&postfix->main, "virtual_mailbox_domains")[0] != '\0') {
        server_judge_networks(&postfix->server, "mynetworks",
                              settings_value(&postfix->main, "mynetworks"), SETTING_BLANKS);
        judge_settings(postfix);
        judge_maps(postfix);
        judge_delivery(postfix);
        postfix_judge_smtpd(postfix);
        return;
    }
    if (postfix->server.check->domains.count > 0)
        finding_add(&postfix->server.check->findings, FINDING_NOTE, &place,
                    "Postfix does not take mail for the domains of /etc/vmail: "
                    "virtual_mailbox_domains is empty\nfollow " EXAMPLES
                    "/postfix-dovecot-lmtp/README if it should");
}

void check_postfix(struct check *check)
{
    static const char *const main_cf[] = { POSTCONF, "-x", NULL };
    static const char *const services[] = { POSTCONF, "-F", NULL };
    static const char *const overrides[] = { POSTCONF, "-Px", NULL };
    struct postfix postfix = { .server = { .check = check, .name = "Postfix" } };
    if (!check->everything || access(POSTCONF, X_OK) != 0)
        return;
    postfix.server.place = (struct finding_place){ .file = "/etc/postfix/main.cf" };
    if (settings_ask(check, "Postfix", main_cf, &postfix.main) &&
        settings_ask(check, "Postfix", services, &postfix.services) &&
        settings_ask(check, "Postfix", overrides, &postfix.overrides)) {
        postfix.server.user = settings_value(&postfix.main, "mail_owner");
        judge_domains(&postfix);
        judge_virtual_domains(&postfix);
    }
    seen_free(&postfix.server.seen);
    settings_free(&postfix.main);
    settings_free(&postfix.services);
    settings_free(&postfix.overrides);
}
