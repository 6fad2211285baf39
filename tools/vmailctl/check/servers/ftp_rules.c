/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ftp_rules.h"

#include <string.h>

#include "pam_services.h"

void ftp_rules_judge_value(const struct ftp_server *server, const struct ftp_rule *rule,
                           const char *value)
{
    if (!rule->is_wrong(server, value))
        return;
    if (value[0] == '\0')
        finding_add(&server->check->findings, rule->severity, &server->place,
                    "%s is not set: %s\n%s", rule->key, rule->so, rule->to_do);
    else
        finding_add(&server->check->findings, rule->severity, &server->place, "%s%s%s: %s\n%s",
                    rule->key, server->equals, value, rule->so, rule->to_do);
}

void ftp_rules_judge(const struct ftp_server *server, const struct ftp_rule *rules, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ftp_rules_judge_value(server, &rules[i], settings_value(&server->settings, rules[i].key));
}

bool ftp_rules_apply(const struct ftp_server *server, const char *key)
{
    const char *named = settings_value(&server->settings, key);
    if (pam_services_ask_us(named[0] == '\0' ? server->service : named))
        return true;
    if (named[0] != '\0' && pam_services_ask_us(server->service))
        finding_add(
            &server->check->findings, FINDING_ERROR, &server->place,
            "%s%s%s: the PAM service %s does not use pam_vmail, so virtual users cannot log "
            "in\nset it to %s",
            key, server->equals, named, named, server->service);
    return false;
}
