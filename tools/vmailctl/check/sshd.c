/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The area "sshd": whether sshd lets virtual users do more than transfer files. A log-in with a key
 * uses neither pam_vmail nor a password, so only sshd's own settings refuse it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "areas.h"
#include "reader.h"
#include "sshd_settings.h"

enum {
    DOMAINS_MAX = 100, /* are asked about where no domain is named: sshd takes its time */
    GIDS_MAX = 4,      /* of one domain's users, besides the first user's */
    NAME_MAX_TYPED = VMAIL_USER_MAX + 1 + VMAIL_DOMAIN_MAX,
};

/** What one run has found out. */
struct sshd_check {
    struct check *check;
    bool done; /* one finding is enough, because one change fixes all */
};

static void tell_of_escape(struct sshd_check *run, const struct finding_place *place,
                           const struct sshd_account *account, const char *typed, const char *open)
{
    finding_add(
        &run->check->findings, FINDING_ERROR, place,
        "sshd lets %s in (%s) despite  DenyGroups *@* : the user's only group with a name is %s, a "
        "system group\nadd a group with the user's gid to group.%s, with vmailctl group add",
        typed, open, account->group[0], place->domain);
}

static void tell_of_opening(struct sshd_check *run, const struct finding_place *place,
                            const char *typed, const char *open)
{
    finding_add(&run->check->findings, FINDING_ERROR, place,
                "sshd lets %s in: %s; a key in ~/.ssh/authorized_keys is enough, without a "
                "password\nrun  vmailctl setup sshd && systemctl reload ssh",
                typed, open);
}

/** Asks sshd about one way to write the name. */
static void ask_sshd(struct sshd_check *run, const struct finding_place *place,
                     const struct sshd_account *account, const char *typed)
{
    char wrong[256] = "", open[SSHD_OPEN_MAX];
    if (run->done)
        return;
    char *settings = sshd_settings_read(typed, wrong, sizeof wrong);
    if (settings == NULL) {
        const struct finding_place host = { .file = SSHD_CONFIG };
        if (geteuid() != 0)
            finding_add(
                &run->check->findings, FINDING_NOTE, &host,
                "only root can ask what sshd allows virtual users\nrun vmailctl check as root");
        else
            finding_add(&run->check->findings, FINDING_WARNING, &host,
                        "cannot find out what sshd allows virtual users, because sshd -T fails: "
                        "%s\nfix this until  sshd -T  succeeds, and run vmailctl check again",
                        wrong);
        run->done = true;
        return;
    }
    sshd_settings_open(settings, open);
    if (*open != '\0' && !sshd_settings_refuse(settings, account)) {
        if (account->group_count > 0 && sshd_settings_have(settings, "denygroups", "*@*"))
            tell_of_escape(run, place, account, typed, open);
        else
            tell_of_opening(run, place, typed, open);
        run->done = true;
    }
    free(settings);
}

static const char *alias_of(const struct vmail_config *config, const char *domain)
{
    for (size_t i = 0; i < config->alias_count; i++)
        if (strcmp(config->domains[config->aliases[i].domain].name, domain) == 0)
            return vmail_config_string(config, config->aliases[i].name);
    return NULL;
}

/** Asks about the ways to write the name of a user: rules for typed names may miss some. */
static void ask_about_user(struct sshd_check *run, const struct reader *reader)
{
    const struct vmail_config *config = run->check->context->config;
    const char *user = reader->name, *domain = reader->place.domain;
    const char *alias = alias_of(config, domain);
    const struct finding_place place = { .file = SSHD_CONFIG, .domain = domain };
    char typed[NAME_MAX_TYPED + 1], canonical[NAME_MAX_TYPED + 1];
    struct sshd_account account;
    snprintf(canonical, sizeof canonical, "%s@%s", user, domain);
    if (sshd_account_read(&account, canonical)) {
        ask_sshd(run, &place, &account, canonical);
        for (const char *separator = config->rules.separators; *separator != '\0'; separator++) {
            snprintf(typed, sizeof typed, "%s%c%s", user, *separator, domain);
            ask_sshd(run, &place, &account, typed);
        }
        if (alias != NULL) {
            snprintf(typed, sizeof typed, "%s@%s", user, alias);
            ask_sshd(run, &place, &account, typed);
        }
    }
    sshd_account_free(&account);
}

/** Asks about the first user of a domain, and about some whose groups may be other ones. */
static void check_domain(struct sshd_check *run, const char *domain)
{
    struct reader reader;
    gid_t seen[GIDS_MAX];
    size_t count = 0;
    bool first = true;
    if (reader_open(&reader, run->check, VMAIL_PASSWD, domain) != VMAIL_OK)
        return;
    while (!run->done && count < GIDS_MAX && reader_next_good(&reader)) {
        const struct vmail_passwd *user = &reader.record.passwd;
        bool known = user->uid == user->gid;
        for (size_t i = 0; i < count && !known; i++)
            known = seen[i] == user->gid;
        if (!known)
            seen[count++] = user->gid;
        if (!known || first)
            ask_about_user(run, &reader);
        first = false;
    }
    reader_close(&reader);
}

void check_sshd(struct check *check)
{
    struct sshd_check run = { .check = check };
    const size_t all = check->domains.count;
    const size_t some = check->everything && all > DOMAINS_MAX ? DOMAINS_MAX : all;
    if (access(SSHD_PROGRAM, X_OK) != 0 || access(SSHD_CONFIG, F_OK) != 0)
        return;
    for (size_t i = 0; i < some && !run.done; i++)
        check_domain(&run, check->domains.name[i]);
    if (some < all && !run.done) {
        const struct finding_place host = { .file = SSHD_CONFIG };
        finding_add(&check->findings, FINDING_NOTE, &host,
                    "sshd was asked only about users of %zu of %zu domains\nto check another "
                    "domain, name it",
                    some, all);
    }
}
