/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lookup.h"

#include <errno.h>

#include "who.h"

enum nss_status lookup_shadow(const char *name, const struct request *request)
{
    int saved = errno;
    struct who who;
    struct vmail_table table;
    struct vmail_record record;
    struct answer answer = answer_start(request->buffer, request->length);

    enum vmail_result status = who_is(&who, name, WHO_USER);
    if (status != VMAIL_OK)
        return answer_status(status, NULL, saved, request->errnop);
    status = vmail_table_open(&table, &vmail_system_paths, who.config, VMAIL_SHADOW,
                              who.identity.domain, NULL);
    if (status == VMAIL_OK) {
        status = vmail_table_find_name(&table, who.identity.user, &record, NULL);
        if (status == VMAIL_OK)
            request->fill(request->entry, who.identity.domain, who.config->fold_case, &record,
                          &answer);
        vmail_table_close(&table);
    }
    who_end(&who);
    return answer_status(status, &answer, saved, request->errnop);
}

enum nss_status lookup_passwd(const char *name, const struct request *request)
{
    int saved = errno;
    struct who who;
    struct vmail_found found;
    struct answer answer = answer_start(request->buffer, request->length);

    enum vmail_result status = who_is(&who, name, WHO_USER);
    if (status != VMAIL_OK)
        return answer_status(status, NULL, saved, request->errnop);
    status = who_find(&who, &found);
    if (status == VMAIL_OK) {
        request->fill(request->entry, found.domain, who.config->fold_case, &found.record, &answer);
        vmail_found_end(&found);
    }
    who_end(&who);
    return answer_status(status, &answer, saved, request->errnop);
}

enum nss_status lookup_next(struct cursor *cursor, const struct request *request)
{
    int saved = errno;
    struct answer answer = answer_start(request->buffer, request->length);
    enum vmail_result status = cursor_next(cursor);
    if (status == VMAIL_OK)
        request->fill(request->entry, cursor->table.domain, cursor->config->fold_case,
                      &cursor->record, &answer);
    cursor_done(cursor, answer.full);
    return answer_status(status, &answer, saved, request->errnop);
}
