/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "export/forms.h"

#include <string.h>

#include "ageing.h"
#include "hash.h"
#include "message.h"
#include "records.h"

const struct export_form export_forms[] = {
    { "dovecot", true, NULL, form_dovecot_domain, NULL },
    { "dovecot-limits", false, NULL, form_dovecot_limits, NULL },
    { "json", true, form_json_begin, form_json_domain, form_json_end },
    { "ldif", true, form_ldif_begin, form_ldif_domain, NULL },
    { "postfix-domains", false, NULL, form_postfix_domains, NULL },
    { "postfix-mailboxes", false, NULL, form_postfix_mailboxes, NULL },
    { "postfix-uids", false, NULL, form_postfix_uids, NULL },
    { "postfix-gids", false, NULL, form_postfix_gids, NULL },
    { "postfix-aliases", false, NULL, form_postfix_aliases, NULL },
    { 0 },
};

enum exit_code export_each(struct export_job *job, enum vmail_kind kind,
                           void (*visit)(struct export_job *job, const struct vmail_record *record))
{
    struct records records;
    records_begin(&records, job->context, kind, job->domain);
    while (records_next(&records))
        visit(job, &records.record);
    return records_end(&records);
}

const char *export_home(const struct export_job *job, const struct vmail_passwd *user,
                        char home[VMAIL_HOME_MAX + 1])
{
    return user->home[0] != '\0' ? user->home
                                 : vmail_default_home(home, user->name, job->domain,
                                                      job->context->config->rules.fold_case);
}

const char *export_password(const struct export_job *job, const struct vmail_passwd *user,
                            struct vmail_shadow *shadow)
{
    const struct vmail_shadow *found = shadow_rows_find(&job->shadow, user->name);
    const char *setting = NULL;
    *shadow = found != NULL ? *found : vmail_shadow_locked(user->name);
    if (strcmp(user->hash, "x") != 0)
        shadow->hash = user->hash;
    if (vmail_hash_classify(shadow->hash, &setting) != VMAIL_HASH_USABLE)
        return "!";
    enum vmail_ageing ageing = vmail_ageing_check(shadow, vmail_ageing_today(), &(long){ 0 });
    return ageing == VMAIL_AGEING_ACCOUNT_EXPIRED || ageing == VMAIL_AGEING_INACTIVE ? "!"
                                                                                     : setting;
}
