/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "export/forms.h"

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

enum exit_code export_each(struct export_job *job, enum vmail_kind kind, const char *domain,
                           void (*visit)(void *context, const struct vmail_record *record),
                           void *context)
{
    struct records records;
    records_begin(&records, job->context, kind, domain);
    while (records_next(&records))
        visit(context, &records.record);
    return records_end(&records);
}

bool export_is_locked(const struct vmail_shadow *shadow, const char **setting)
{
    *setting = NULL;
    if (shadow == NULL || vmail_hash_classify(shadow->hash, setting) != VMAIL_HASH_USABLE)
        return true;
    enum vmail_ageing ageing = vmail_ageing_check(shadow, vmail_ageing_today(), &(long){ 0 });
    return ageing == VMAIL_AGEING_ACCOUNT_EXPIRED || ageing == VMAIL_AGEING_INACTIVE;
}
