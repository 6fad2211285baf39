/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Dovecot's passwd-file with full names. Users who cannot log in here cannot log in there either:
 * Dovecot has no ageing, and an empty password would let everybody in.
 */
#include "export/forms.h"

#include <string.h>

#include "home.h"
#include "limit.h"
#include "mailbox_use.h"

struct dovecot {
    struct export_job *job;
    const char *domain;
    const struct shadow_rows *shadow;
};

static void print_user(void *data, const struct vmail_record *record)
{
    struct dovecot *dovecot = data;
    const struct vmail_passwd *user = &record->passwd;
    char home[VMAIL_HOME_MAX + 1];
    const char *setting;
    struct vmail_shadow own = { .name = user->name,
                                .hash = user->hash,
                                .last_change = -1,
                                .minimum = -1,
                                .maximum = -1,
                                .warning = -1,
                                .inactive = -1,
                                .expire = -1 };
    const struct vmail_shadow *shadow = shadow_rows_find(dovecot->shadow, user->name);
    if (shadow != NULL)
        own = *shadow;
    if (user->hash[0] != 'x' || user->hash[1] != '\0')
        own.hash = user->hash;
    bool locked = !dovecot->job->with_hashes || export_is_locked(&own, &setting);
    vmail_default_home(home, user->name, dovecot->domain, dovecot->job->context->config->fold_case);
    fprintf(dovecot->job->out, "%s@%s:{CRYPT}%s:%lu:%lu:%s:%s:%s:\n", user->name, dovecot->domain,
            locked ? "!" : setting, (unsigned long)user->uid, (unsigned long)user->gid, user->gecos,
            user->home[0] != '\0' ? user->home : home, user->shell);
}

enum exit_code form_dovecot_domain(struct export_job *job, const char *domain,
                                   const struct shadow_rows *shadow)
{
    struct dovecot dovecot = { job, domain, shadow };
    return export_each(job, VMAIL_PASSWD, domain, print_user, &dovecot);
}

static void print_limit(const struct export_job *job, const char *name, uint64_t limit)
{
    char line[MAILBOX_USE_LINE_MAX + 1];
    mailbox_use_line(line, name, limit);
    fputs(line, job->out);
}

static void print_own_limit(void *data, const struct vmail_record *record)
{
    const struct dovecot *dovecot = data;
    char name[VMAIL_CANONICAL_MAX + 1];
    uint64_t limit;
    if (vmail_limit_own(record->passwd.gecos, &limit) != VMAIL_LIMIT_SET)
        return;
    vmail_name_join(name, record->passwd.name, dovecot->domain);
    vmail_fold_copy(name, name, strlen(name)); /* as auth_username_format does it */
    print_limit(dovecot->job, name, limit);
}

enum exit_code form_dovecot_limits(struct export_job *job, const char *domain,
                                   const struct shadow_rows *shadow)
{
    struct dovecot dovecot = { job, domain, shadow };
    const uint64_t limit = vmail_limit_of_domain(job->context->config, domain);
    char name[VMAIL_DOMAIN_MAX + 2];
    snprintf(name, sizeof name, "@%s", domain);
    if (limit > 0)
        print_limit(job, name, limit);
    return export_each(job, VMAIL_PASSWD, domain, print_own_limit, &dovecot);
}
