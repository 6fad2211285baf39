/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Dovecot's passwd-file with full names. Users who cannot log in here cannot log in there either:
 * Dovecot has no ageing, and an empty password would let everybody in.
 */
#include "export/forms.h"

#include <string.h>

#include "limit.h"
#include "mailbox_use.h"

static void print_user(struct export_job *job, const struct vmail_record *record)
{
    const struct vmail_passwd *user = &record->passwd;
    char home[VMAIL_HOME_MAX + 1];
    struct vmail_shadow shadow;
    fprintf(job->out, "%s@%s:{CRYPT}%s:%lu:%lu:%s:%s:%s:\n", user->name, job->domain,
            job->with_hashes ? export_password(job, user, &shadow) : "!", (unsigned long)user->uid,
            (unsigned long)user->gid, user->gecos, export_home(job, user, home), user->shell);
}

enum exit_code form_dovecot_domain(struct export_job *job)
{
    return export_each(job, VMAIL_PASSWD, print_user);
}

static void print_limit(const struct export_job *job, const char *name, uint64_t limit)
{
    char line[MAILBOX_USE_LINE_MAX + 1];
    mailbox_use_line(line, name, limit);
    fputs(line, job->out);
}

static void print_own_limit(struct export_job *job, const struct vmail_record *record)
{
    char name[VMAIL_CANONICAL_MAX + 1];
    uint64_t limit;
    if (vmail_limit_own(record->passwd.gecos, &limit) != VMAIL_LIMIT_SET)
        return;
    vmail_name_join(name, record->passwd.name, job->domain);
    vmail_fold_copy(name, name, strlen(name)); /* as auth_username_format does it */
    print_limit(job, name, limit);
}

enum exit_code form_dovecot_limits(struct export_job *job)
{
    const uint64_t limit = vmail_limit_of_domain(job->context->config, job->domain);
    char name[VMAIL_DOMAIN_MAX + 2];
    snprintf(name, sizeof name, "@%s", job->domain);
    if (limit > 0)
        print_limit(job, name, limit);
    return export_each(job, VMAIL_PASSWD, print_own_limit);
}
