/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lookup.h"

#include <errno.h>
#include <string.h>

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

static void answer_passwd(const struct vmail_config *config, struct vmail_found *found,
                          const struct request *request, struct answer *answer)
{
    request->fill(request->entry, found->domain, config->fold_case, &found->record, answer);
    vmail_found_end(found);
}

static enum vmail_result find(const char *name, const struct request *request,
                              struct answer *answer)
{
    struct who who;
    struct vmail_found found;
    enum vmail_result status = who_is(&who, name, WHO_USER);
    if (status != VMAIL_OK)
        return status;
    status = who_find(&who, &found);
    if (status == VMAIL_OK)
        answer_passwd(who.config, &found, request, answer);
    who_end(&who);
    return status;
}

/* The way of nearly all look-ups in a busy process; UNSURE where it does not lead there. */
static enum vmail_index_answer find_quickly(const char *name, const struct request *request,
                                            struct answer *answer)
{
    const struct vmail_config *config;
    struct vmail_shared_config *shared;
    struct vmail_found found;
    if (strchr(name, VMAIL_SEPARATOR) == NULL ||
        vmail_config_cache_get(&config, &shared) != VMAIL_OK)
        return VMAIL_INDEX_UNSURE;
    enum vmail_index_answer result = vmail_find_quickly(&vmail_system_paths, config, name, &found);
    if (result == VMAIL_INDEX_HIT)
        answer_passwd(config, &found, request, answer);
    vmail_config_cache_release(shared);
    return result;
}

enum nss_status lookup_passwd(const char *name, const struct request *request)
{
    int saved = errno;
    struct answer answer = answer_start(request->buffer, request->length);
    enum vmail_result status = VMAIL_NOT_FOUND;
    switch (find_quickly(name, request, &answer)) {
    case VMAIL_INDEX_HIT:
        status = VMAIL_OK;
        break;
    case VMAIL_INDEX_MISS:
        break;
    case VMAIL_INDEX_UNSURE:
        status = find(name, request, &answer);
    }
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
