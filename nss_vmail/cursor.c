/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cursor.h"

static void clear(struct cursor *cursor)
{
    if (cursor->table_open)
        vmail_table_close(&cursor->table);
    vmail_domains_free(&cursor->domains);
    vmail_config_cache_release(cursor->shared);
    cursor->shared = NULL;
    cursor->config = NULL;
    cursor->table_open = cursor->started = cursor->kept = false;
    cursor->next_domain = 0;
}

void cursor_reset(struct cursor *cursor)
{
    pthread_mutex_lock(&cursor->lock);
    clear(cursor);
    pthread_mutex_unlock(&cursor->lock);
}

static enum vmail_result start_cursor(struct cursor *cursor)
{
    enum vmail_result result = vmail_config_cache_get(&cursor->config, &cursor->shared);
    if (result != VMAIL_OK)
        return result;
    if (cursor->config->enumerate)
        result = vmail_domains_list(&vmail_system_paths, &cursor->domains, NULL);
    if (result != VMAIL_OK) {
        clear(cursor);
        return result;
    }
    cursor->started = true;
    return VMAIL_OK;
}

/* Skips a domain whose file is unreadable or not trusted; the other domains are still listed. */
static enum vmail_result open_next_table(struct cursor *cursor)
{
    while (cursor->next_domain < cursor->domains.count) {
        const char *domain = cursor->domains.name[cursor->next_domain++];
        enum vmail_result result =
            vmail_table_open(&cursor->table,
                             (struct vmail_file){ &vmail_system_paths, &cursor->config->rules,
                                                  cursor->kind, domain },
                             NULL);
        cursor->table_open = result == VMAIL_OK;
        if (result == VMAIL_OK || result == VMAIL_NO_MEMORY)
            return result;
    }
    return VMAIL_NOT_FOUND;
}

enum vmail_result cursor_next(struct cursor *cursor)
{
    pthread_mutex_lock(&cursor->lock);
    if (!cursor->started) {
        enum vmail_result result = start_cursor(cursor);
        if (result != VMAIL_OK)
            return result;
    }
    if (cursor->kept)
        return VMAIL_OK;
    for (;;) {
        if (!cursor->table_open) {
            enum vmail_result result = open_next_table(cursor);
            if (result != VMAIL_OK)
                return result;
        }
        enum vmail_result result = vmail_table_next(&cursor->table, &cursor->record);
        if (result == VMAIL_OK || result == VMAIL_NO_MEMORY)
            return result;
        vmail_table_close(&cursor->table);
        cursor->table_open = false;
    }
}

void cursor_done(struct cursor *cursor, bool keep)
{
    if (cursor->table_open)
        vmail_table_suspend(&cursor->table);
    cursor->kept = keep;
    pthread_mutex_unlock(&cursor->lock);
}
