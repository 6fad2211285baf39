/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The area "dovecot": what doveconf(1) says of the settings that decide about our users. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mailbox.h"
#include "number.h"
#include "pam_file.h"
#include "dovecot_format.h"
#include "settings.h"

#define DOVECONF "/usr/bin/doveconf"
#define EXAMPLE  EXAMPLES "/dovecot/VERSION/vmail.conf (vmailctl setup dovecot installs it)"
#define STACK    EXAMPLES "/pam.d/dovecot"
#define PAM      "/etc/pam.d"
#define SERVICE  "dovecot"

struct dovecot {
    struct check *check;
    struct finding_place place;
    struct settings all;
    struct settings lmtp; /* that differ in "protocol lmtp" */
    bool unwraps;         /* a line of the PAM service has unwrap_address */
};

/* --- one setting, one rule */

static bool is_above_ids(const struct dovecot *dovecot, const char *value)
{
    return settings_is_above_ids(dovecot->check, value);
}

static bool is_below_ids(const struct dovecot *dovecot, const char *value)
{
    uint64_t last;
    return vmail_number_parse(value, strlen(value), UINT32_MAX, &last) && last != 0 &&
           last < dovecot->check->context->config->rules.ids.last;
}

static bool loses_domain(const struct dovecot *dovecot, const char *value)
{
    (void)dovecot;
    return !dovecot_format_keeps_domain(value);
}

static bool lacks_unwrap(const struct dovecot *dovecot, const char *value)
{
    return dovecot_format_has_address(value) && !dovecot->unwraps;
}

static bool needs_no_unwrap(const struct dovecot *dovecot, const char *value)
{
    return !dovecot_format_has_address(value) && dovecot->unwraps;
}

static bool ignores_addresses(const struct dovecot *dovecot, const char *value)
{
    return dovecot->check->context->config->address_count > 0 &&
           !dovecot_format_has_address(value) && !dovecot->unwraps;
}

static bool allows_brackets(const struct dovecot *dovecot, const char *value)
{
    return dovecot->unwraps && (value[0] == '\0' || strchr(value, '[') != NULL);
}

/** Dovecot 2.4: the home of this setting comes before that of passwd. */
static bool hides_homes(const struct dovecot *dovecot, const char *value)
{
    return value[0] != '\0' && settings_find(&dovecot->all, "mail_driver") != NULL;
}

static const struct rule {
    const char *key;
    bool (*is_wrong)(const struct dovecot *dovecot, const char *value);
    enum finding_severity severity;
    const char *so, *to_do;
} rules[] = {
    { "first_valid_uid", is_above_ids, FINDING_ERROR, "users with lower uids cannot log in",
      "lower it to the first id in vmail.conf" },
    { "last_valid_uid", is_below_ids, FINDING_ERROR, "users with higher uids cannot log in",
      "set it to 0" },
    { "first_valid_gid", is_above_ids, FINDING_ERROR, "users with lower gids cannot log in",
      "lower it to the first id in vmail.conf" },
    { "last_valid_gid", is_below_ids, FINDING_ERROR, "users with higher gids cannot log in",
      "set it to 0" },
    { "auth_username_format", loses_domain, FINDING_ERROR,
      "it removes the domain, so users of all domains with the same name are mixed up",
      "set it as in " EXAMPLE },
    { "auth_username_format", lacks_unwrap, FINDING_ERROR,
      "PAM gets user@[address], but pam_vmail has no option unwrap_address, so the system's users "
      "cannot log in",
      "run vmailctl setup dovecot" },
    { "auth_username_format", needs_no_unwrap, FINDING_WARNING,
      "it has no address, so pam_vmail needs no option unwrap_address",
      "set it as in " EXAMPLE ", or remove the option from " PAM "/" SERVICE },
    { "auth_username_format", ignores_addresses, FINDING_NOTE,
      "a plain name is a system user's at all addresses", "set it as in " EXAMPLE " and " STACK },
    { "auth_username_chars", allows_brackets, FINDING_ERROR,
      "a client can type user@[address] and choose the domain", "set it as in " EXAMPLE },
    { "mail_home", hides_homes, FINDING_ERROR, "Dovecot does not use the homes of passwd",
      "set it as in " EXAMPLE },
};

static void tell_of_setting(struct dovecot *dovecot, const struct rule *rule, const char *where,
                            const char *value)
{
    finding_add(&dovecot->check->findings, rule->severity, &dovecot->place, "%s%s = %s: %s\n%s",
                where, rule->key, value, rule->so, rule->to_do);
}

static void judge_settings(struct dovecot *dovecot)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const char *value = settings_find(&dovecot->all, rules[i].key);
        if (value != NULL && rules[i].is_wrong(dovecot, value))
            tell_of_setting(dovecot, &rules[i], "", value);
    }
}

/** A setting inside of "protocol" overrides the same one outside. */
static void judge_recipients(struct dovecot *dovecot)
{
    static const struct rule rule = {
        "auth_username_format", NULL, FINDING_ERROR,
        "it removes the domain, so mail for bob@va.example goes to the system's bob",
        "set it there as in " EXAMPLE
    };
    const char *value = settings_value(&dovecot->lmtp, rule.key);
    if (!dovecot_format_keeps_domain(value) &&
        dovecot_format_keeps_domain(settings_value(&dovecot->all, rule.key)))
        tell_of_setting(dovecot, &rule, "protocol lmtp: ", value);
}

/* --- where users come from */

/**
 * Whether one of the sections NAME, "passdb" or "userdb", has DRIVER: in 2.3 by a setting, in 2.4
 * also by its name, "userdb passwd {".
 */
static bool has_driver(const struct settings *all, const char *name, const char *driver)
{
    char header[64], word[SETTING_WORD_MAX];
    bool inside = false;
    snprintf(header, sizeof header, "%s %s {", name, driver);
    for (size_t i = 0; i < all->count; i++) {
        const struct setting *row = &all->row[i];
        const char *rest = row->key;
        if (strcmp(row->key, header) == 0 ||
            (inside && strcmp(row->key, "  driver") == 0 && strcmp(row->value, driver) == 0))
            return true;
        if (row->key[0] != ' ')
            inside = settings_next_word(&rest, " ", word) && strcmp(word, name) == 0;
    }
    return false;
}

static void judge_sources(struct dovecot *dovecot)
{
    static const struct source {
        const char *section, *driver, *so;
    } sources[] = {
        { "passdb", "pam", "pam_vmail cannot let virtual users log in" },
        { "userdb", "passwd", "Dovecot does not learn the ids and homes of virtual users" },
    };
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (!has_driver(&dovecot->all, sources[i].section, sources[i].driver))
            finding_add(&dovecot->check->findings, FINDING_ERROR, &dovecot->place,
                        "no %s has the driver %s, so %s\ninclude auth-system.conf.ext in "
                        "conf.d/10-auth.conf",
                        sources[i].section, sources[i].driver, sources[i].so);
}

/* --- where mail is */

static void judge_mailbox(struct dovecot *dovecot, const char *domain, const char *mailbox,
                          char *path)
{
    const struct dovecot_user user = { "user", domain, "/HOME" };
    char location[DOVECOT_PATH_MAX], value[DOVECOT_PATH_MAX];
    if (!dovecot_location(&dovecot->all, value) || !dovecot_format_expand(value, &user, location))
        return;
    const size_t kind = strcspn(mailbox, ":") + 1;
    if (strncmp(mailbox, location, kind) != 0 || strcmp(path, location + kind) != 0)
        finding_add(&dovecot->check->findings, FINDING_ERROR, &dovecot->place,
                    "Dovecot has the mail of users in %s, but in vmail.conf it is in %s (%s)\nset "
                    "mail_location, or mail_driver and mail_path, as in " EXAMPLE
                    ", or run vmailctl domain set %s mailbox",
                    value, mailbox, domain, domain);
}

static void judge_mailboxes(struct dovecot *dovecot)
{
    const struct check *check = dovecot->check;
    const size_t before = check->findings.count;
    for (size_t i = 0; i < check->domains.count && check->findings.count == before; i++) {
        const char *domain = check->domains.name[i];
        const char *mailbox = vmail_config_mailbox(check->context->config, domain);
        char *path = vmail_mailbox_path(mailbox, "user", domain, "/HOME");
        if (path != NULL)
            judge_mailbox(dovecot, domain, mailbox, path);
        free(path);
    }
}

/* --- PAM */

/** Whether virtual users log in here: the service names pam_vmail. */
static bool read_stack(struct dovecot *dovecot)
{
    struct pam_service service;
    if (!pam_service_read(&service, PAM, SERVICE))
        return false;
    const bool ours = pam_service_mentions(&service, PAM_TYPE_AUTH);
    for (size_t i = 0; i < service.count; i++)
        for (size_t w = 3; w < service.line[i].words.count; w++)
            if (service.line[i].type == PAM_TYPE_AUTH &&
                strcmp(service.line[i].words.word[w], "unwrap_address") == 0)
                dovecot->unwraps = true;
    pam_service_free(&service);
    return ours;
}

void check_dovecot(struct check *check)
{
    static const char *const all[] = { DOVECONF, "-a", NULL };
    static const char *const lmtp[] = { DOVECONF, "-f", "protocol=lmtp", "auth_username_format",
                                        NULL };
    struct dovecot dovecot = { .check = check };
    dovecot.place = (struct finding_place){ .file = "/etc/dovecot/dovecot.conf" };
    if (!check->everything || access(DOVECONF, X_OK) != 0 || !read_stack(&dovecot))
        return;
    if (settings_ask(check, "Dovecot", all, &dovecot.all) &&
        settings_ask(check, "Dovecot", lmtp, &dovecot.lmtp)) {
        judge_settings(&dovecot);
        judge_recipients(&dovecot);
        judge_sources(&dovecot);
        judge_mailboxes(&dovecot);
    }
    settings_free(&dovecot.all);
    settings_free(&dovecot.lmtp);
}
