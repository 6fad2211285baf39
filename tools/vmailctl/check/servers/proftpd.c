/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The area "proftpd": what the files of ProFTPD say that decides about our users. */
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "ftp_rules.h"

#define CONF    "/etc/proftpd/proftpd.conf"
#define OURS    "/etc/proftpd/conf.d/vmail.conf" /* conf.d is included at the end */
#define EXAMPLE "run vmailctl setup proftpd"

static bool is_off(const char *value)
{
    return strcasecmp(value, "off") == 0 || strcasecmp(value, "no") == 0 ||
           strcasecmp(value, "false") == 0;
}

/** The default is on. */
static bool is_not_off(const struct ftp_server *server, const char *value)
{
    (void)server;
    return !is_off(value);
}

static bool is_turned_off(const struct ftp_server *server, const char *value)
{
    (void)server;
    return is_off(value);
}

static bool is_turned_on(const struct ftp_server *server, const char *value)
{
    (void)server;
    return value[0] != '\0' && !is_off(value);
}

static bool is_missing(const struct ftp_server *server, const char *value)
{
    (void)server;
    return value[0] == '\0';
}

static bool lacks_pam(const struct ftp_server *server, const char *value)
{
    (void)server;
    return value[0] != '\0' && strstr(value, "mod_auth_pam.c") == NULL;
}

/** Another module checks the hash after PAM has refused. */
static bool asks_others(const struct ftp_server *server, const char *value)
{
    return server->check->context->config->nss_hashes && !lacks_pam(server, value) &&
           strstr(value, "mod_auth_pam.c*") == NULL;
}

static const struct ftp_rule rules[] = {
    { "AuthPAM", is_turned_off, FINDING_ERROR, "virtual users cannot log in", "remove this line" },
    { "AuthOrder", lacks_pam, FINDING_ERROR,
      "ProFTPD does not ask PAM, so virtual users cannot log in", EXAMPLE },
    { "AuthOrder", asks_others, FINDING_WARNING,
      "after pam_vmail has refused a user, ProFTPD checks the hash itself, which nss_hashes shows "
      "it",
      EXAMPLE },
    { "PersistentPasswd", is_turned_on, FINDING_ERROR,
      "ProFTPD reads /etc/passwd itself and does not see virtual users", "remove this line" },
    { "RequireValidShell", is_not_off, FINDING_ERROR,
      "users whose shell is not in /etc/shells, such as /bin/false, cannot log in", EXAMPLE },
    { "DefaultRoot", is_missing, FINDING_WARNING, "users see the files of the whole machine",
      EXAMPLE },
};

/** Directives ignore case: gives those of the rules their usual form. */
static void fold_keys(struct settings *settings)
{
    for (size_t i = 0; i < settings->count; i++)
        for (size_t k = 0; k < sizeof rules / sizeof *rules; k++)
            if (strcasecmp(settings->row[i].key, rules[k].key) == 0)
                settings->row[i].key = rules[k].key;
}

/** Forgets the rows inside of sections that are about some users or files only, <Anonymous> for
 * example. */
static void leave_out_sections(struct settings *settings)
{
    size_t depth = 0;
    for (size_t i = 0; i < settings->count; i++) {
        struct setting *row = &settings->row[i];
        const bool ends = strncmp(row->key, "</", 2) == 0;
        const bool is_for_all = strncasecmp(row->key + 1 + ends, "Global", 6) == 0 ||
                                strncasecmp(row->key + 1 + ends, "If", 2) == 0;
        const bool is_section = row->key[0] == '<' && !is_for_all;
        if (is_section && !ends)
            depth++;
        if (depth > 0) {
            if (is_section && ends)
                depth--;
            row->key = "";
        }
    }
}

void check_proftpd(struct check *check)
{
    static const char *const files[] = { CONF, OURS, NULL };
    struct ftp_server server = {
        .check = check, .place = { .file = CONF }, .equals = " ", .service = "proftpd"
    };
    if (!check->everything || access("/usr/sbin/proftpd", X_OK) != 0)
        return;
    if (settings_read(check, files, ' ', &server.settings)) {
        leave_out_sections(&server.settings);
        fold_keys(&server.settings);
        if (ftp_rules_apply(&server, "AuthPAMConfig"))
            ftp_rules_judge(&server, rules, sizeof rules / sizeof *rules);
    }
    settings_free(&server.settings);
}
