/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "export/forms.h"

#include "ageing.h"
#include "hash.h"
#include "message.h"

const struct export_form export_forms[] = {
    { "dovecot", true, NULL, form_dovecot_domain, NULL },
    { "json", true, form_json_begin, form_json_domain, form_json_end },
    { "ldif", true, form_ldif_begin, form_ldif_domain, NULL },
    { "postfix-domains", false, NULL, form_postfix_domains, NULL },
    { "postfix-mailboxes", false, NULL, form_postfix_mailboxes, NULL },
    { "postfix-aliases", false, NULL, form_postfix_aliases, NULL },
    { 0 },
};

enum exit_code export_each(struct export_job *job, enum vmail_kind kind, const char *domain,
                           void (*visit)(void *context, const struct vmail_record *record),
                           void *context)
{
    struct vmail_table table;
    struct vmail_record record;
    struct vmail_error error = { 0 };
    const struct context *ctl = job->context;
    enum vmail_result result = vmail_table_open(&table, context_file(ctl, kind, domain), &error);
    if (result == VMAIL_NOT_FOUND)
        return EXIT_DONE;
    if (result != VMAIL_OK)
        return message_result(ctl, result, &error);
    while ((result = vmail_table_next(&table, &record)) == VMAIL_OK)
        visit(context, &record);
    vmail_table_close(&table);
    return result == VMAIL_NOT_FOUND ? EXIT_DONE : message_read_failed(ctl, kind, domain);
}

bool export_is_locked(const struct vmail_shadow *shadow, const char **setting)
{
    *setting = NULL;
    if (shadow == NULL || vmail_hash_classify(shadow->hash, setting) != VMAIL_HASH_USABLE)
        return true;
    enum vmail_ageing ageing = vmail_ageing_check(shadow, vmail_ageing_today(), &(long){ 0 });
    return ageing == VMAIL_AGEING_ACCOUNT_EXPIRED || ageing == VMAIL_AGEING_INACTIVE;
}
