/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lookup.h"

#include <string.h>

#include "filled.h"
#include "store.h"
#include "system_account.h"
#include "who.h"

/* Every entry is locked, unless vmail.conf has `nss_hashes = yes`. */
static void hide_hash(const struct vmail_config *config, struct vmail_record *record)
{
    if (record->kind == VMAIL_PASSWD)
        record->passwd.hash = "x";
    else if (!config->nss_hashes)
        record->shadow.hash = "*";
}

/* What passwd(5) has in place of a hash: "x", look into the shadow database. A plain name means
 * another account in a program without the connection: pam_unix of Linux-PAM 1.7 lets such a
 * program check the password, which would be that of the system's account. So a plain name is
 * locked here. */
static const char *placeholder(const struct who *who)
{
    return who->identity.form == VMAIL_NAME_PLAIN && !who->config->nss_hashes ? "*" : "x";
}

/* A user without a shadow line gets a locked entry: no other service must be asked about a user
 * of a domain. */
static enum vmail_result find_shadow(const struct who *who, const struct request *request,
                                     struct answer *answer)
{
    struct vmail_table table;
    struct vmail_found found;
    struct vmail_record record = { .kind = VMAIL_SHADOW };
    enum vmail_result result = who_find(who, &found);
    if (result != VMAIL_OK)
        return result;
    vmail_found_end(&found);
    result = vmail_table_open(&table, who_file(who, VMAIL_SHADOW), NULL);
    const bool open = result == VMAIL_OK;
    if (open)
        result = vmail_table_find_name(&table, who->identity.user, &record, NULL);
    if (result == VMAIL_NOT_FOUND || result == VMAIL_BROKEN) {
        record.shadow = vmail_shadow_locked(who->identity.user);
        result = VMAIL_OK;
    }
    if (result == VMAIL_OK) {
        hide_hash(who->config, &record);
        request->fill(request->entry, who->identity.domain, who->config->rules.fold_case, &record,
                      answer);
    }
    if (open)
        vmail_table_close(&table);
    return result;
}

enum nss_status lookup_shadow(const char *name, const struct request *request)
{
    struct who who;
    struct answer answer = answer_start(request->buffer, request->length);
    enum vmail_result status = who_is(&who, name, VMAIL_PASSWD);
    if (status != VMAIL_OK)
        return answer_status(status, &answer, request->errnop);
    status = find_shadow(&who, request, &answer);
    who_end(&who);
    return answer_status(status, &answer, request->errnop);
}

static void answer_passwd(struct vmail_found *found, const struct request *request,
                          struct answer *answer)
{
    request->fill(request->entry, found->domain, found->fold, &found->record, answer);
    vmail_found_end(found);
}

static enum vmail_result find_name(const char *name, struct vmail_found *found)
{
    VMAIL_FILLED struct who who;
    enum vmail_result status = who_is(&who, name, VMAIL_PASSWD);
    if (status != VMAIL_OK)
        return status;
    status = who_find(&who, found);
    if (status == VMAIL_OK)
        found->record.passwd.hash = placeholder(&who);
    who_end(&who);
    return status;
}

static enum vmail_result find_uid(uint32_t uid, struct vmail_found *found)
{
    VMAIL_FILLED struct who who;
    enum vmail_result status = who_config(&who, VMAIL_PASSWD, uid);
    if (status != VMAIL_OK)
        return status;
    status = vmail_store_find_uid(&vmail_system_paths, who.config, uid, found);
    if (status == VMAIL_OK)
        found->record.passwd.hash = "x";
    who_end(&who);
    return status;
}

enum nss_status lookup_passwd(const char *name, const struct request *request)
{
    VMAIL_FILLED struct vmail_found found;
    struct answer answer = answer_start(request->buffer, request->length);
    enum vmail_result status = find_name(name, &found);
    if (status == VMAIL_OK)
        answer_passwd(&found, request, &answer);
    return answer_status(status, &answer, request->errnop);
}

enum nss_status lookup_uid(uint32_t uid, const struct request *request)
{
    VMAIL_FILLED struct vmail_found found;
    struct answer answer = answer_start(request->buffer, request->length);
    if (vmail_id_is_system(uid))
        return answer_status(VMAIL_NOT_FOUND, &answer, NULL);
    enum vmail_result status = find_uid(uid, &found);
    if (status == VMAIL_OK)
        answer_passwd(&found, request, &answer);
    return answer_status(status, &answer, request->errnop);
}

enum nss_status lookup_next(struct cursor *cursor, const struct request *request)
{
    struct answer answer = answer_start(request->buffer, request->length);
    enum vmail_result status = cursor_next(cursor);
    if (status == VMAIL_OK) {
        hide_hash(cursor->config, &cursor->record);
        request->fill(request->entry, cursor->table.domain, cursor->config->rules.fold_case,
                      &cursor->record, &answer);
    }
    cursor_done(cursor, answer.full);
    return answer_status_of_list(status, &answer, request->errnop);
}

enum nss_status lookup_restart(struct cursor *cursor)
{
    const struct answer answer = answer_start(NULL, 0);
    cursor_reset(cursor);
    return answer_status(VMAIL_OK, &answer, NULL);
}
