/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "postfix_smtpd.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

#define MASTER EXAMPLES "/postfix-dovecot-lmtp/master.cf"

/** A line of master.cf that runs smtpd. */
struct service {
    struct postfix *postfix;
    const char *name; /* "submission/inet" */
    struct finding_place place;
};

/**
 * Whether ROW of the services is the command of PROGRAM; then NAME, "submission/inet", is set.
 */
static bool runs(const struct setting *row, const char *program, char name[SETTING_WORD_MAX])
{
    static const char field[] = "/command";
    const size_t length = strlen(row->key), end = sizeof field - 1;
    const char *value = row->value;
    char word[SETTING_WORD_MAX];
    if (length <= end || length - end >= SETTING_WORD_MAX ||
        strcmp(row->key + length - end, field) != 0)
        return false;
    snprintf(name, SETTING_WORD_MAX, "%.*s", (int)(length - end), row->key);
    return settings_next_word(&value, SETTING_BLANKS, word) && strcmp(word, program) == 0;
}

bool postfix_chroots(const struct postfix *postfix, const char *program)
{
    char name[SETTING_WORD_MAX], key[SETTING_WORD_MAX + 8];
    for (size_t i = 0; i < postfix->services.count; i++)
        if (runs(&postfix->services.row[i], program, name)) {
            snprintf(key, sizeof key, "%s/chroot", name);
            if (strcmp(settings_value(&postfix->services, key), "y") == 0)
                return true;
        }
    return false;
}

/** The value of KEY for the service: master.cf overrides main.cf. */
static const char *value_of(const struct service *service, const char *key)
{
    char long_key[2 * SETTING_WORD_MAX];
    snprintf(long_key, sizeof long_key, "%s/%s", service->name, key);
    const char *value = settings_find(&service->postfix->overrides, long_key);
    return value == NULL ? settings_value(&service->postfix->main, key) : value;
}

/** Whether the restrictions in KEY come to one of WANTED before one of ENDS. */
static bool comes_to(const struct service *service, const char *key, const char *const *wanted,
                     const char *const *ends)
{
    const char *rest = value_of(service, key);
    char word[SETTING_WORD_MAX];
    while (settings_next_word(&rest, SETTING_BLANKS, word) && !text_is_one_of(word, ends))
        if (text_is_one_of(word, wanted))
            return true;
    return false;
}

static bool is_open_relay(const struct service *service)
{
    static const char *const wanted[] = { "reject_unauth_destination", "defer_unauth_destination",
                                          "reject", "defer", NULL };
    static const char *const ends[] = { "permit", NULL };
    return !comes_to(service, "smtpd_relay_restrictions", wanted, ends) &&
           !comes_to(service, "smtpd_recipient_restrictions", wanted, ends);
}

/** Whether a user who is logged in may use anybody's address. */
static bool allows_any_sender(const struct service *service)
{
    static const char *const keys[] = { "smtpd_client_restrictions", "smtpd_helo_restrictions",
                                        "smtpd_sender_restrictions", "smtpd_relay_restrictions",
                                        "smtpd_recipient_restrictions" };
    static const char *const wanted[] = { "reject_sender_login_mismatch",
                                          "reject_authenticated_sender_login_mismatch",
                                          "reject_known_sender_login_mismatch", NULL };
    static const char *const ends[] = { "permit", "permit_sasl_authenticated", "reject", "defer",
                                        NULL };
    if (value_of(service, "smtpd_sender_login_maps")[0] == '\0')
        return true;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (comes_to(service, keys[i], wanted, ends))
            return false;
    return true;
}

static bool sends_passwords_in_the_clear(const struct service *service)
{
    return strcmp(value_of(service, "smtpd_tls_security_level"), "encrypt") != 0 &&
           strcmp(value_of(service, "smtpd_tls_auth_only"), "yes") != 0 &&
           strcmp(value_of(service, "smtpd_tls_wrappermode"), "yes") != 0;
}

/** Whether somebody checks the passwords; SASL of Cyrus is not looked at. */
static void judge_log_in(const struct service *service)
{
    const char *path = value_of(service, "smtpd_sasl_path");
    if (strcmp(value_of(service, "smtpd_sasl_type"), "dovecot") == 0 &&
        strncmp(path, "inet:", 5) != 0)
        postfix_judge_socket(service->postfix, &(const struct server_socket){ "smtpd_sasl_path",
                                                                              path, path, "auth" });
}

static void judge_service(const struct service *service)
{
    static const struct rule {
        bool (*is_wrong)(const struct service *service);
        bool of_log_ins; /* applies only if users can log in */
        enum finding_severity severity;
        const char *so, *to_do;
    } rules[] = {
        { is_open_relay, false, FINDING_ERROR,
          "it is an open relay, which sends anybody's mail to everybody",
          "put reject_unauth_destination into smtpd_relay_restrictions, before any permit" },
        { allows_any_sender, true, FINDING_ERROR,
          "a user who is logged in may send with anybody's address",
          "set smtpd_sender_login_maps, and put reject_authenticated_sender_login_mismatch first "
          "into smtpd_sender_restrictions" },
        { sends_passwords_in_the_clear, true, FINDING_ERROR,
          "users may send their passwords without encryption", "set smtpd_tls_auth_only = yes" },
    };
    const bool log_ins = strcmp(value_of(service, "smtpd_sasl_auth_enable"), "yes") == 0;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if ((log_ins || !rules[i].of_log_ins) && rules[i].is_wrong(service))
            finding_add(&service->postfix->server.check->findings, rules[i].severity,
                        &service->place, "the service %s: %s\n%s; compare " MASTER, service->name,
                        rules[i].so, rules[i].to_do);
    if (log_ins)
        judge_log_in(service);
}

void postfix_judge_smtpd(struct postfix *postfix)
{
    char name[SETTING_WORD_MAX];
    for (size_t i = 0; i < postfix->services.count; i++)
        if (runs(&postfix->services.row[i], "smtpd", name)) {
            const struct service service = { postfix, name, { .file = "/etc/postfix/master.cf" } };
            judge_service(&service);
        }
}
