/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "shared_files.h"

#include <string.h>

#include "reader.h"
#include "table.h"

/** The key of the file that is KIND.DOMAIN. False: there is none. */
static bool find_key(const struct check *check, enum vmail_kind kind, const char *domain,
                     uint64_t *key)
{
    struct vmail_file_state state;
    if (!vmail_file_look(check->context->paths, kind, domain, &state) || state.inode == 0)
        return false;
    const uint64_t numbers[] = { (uint64_t)state.device, (uint64_t)state.inode };
    *key = mark_key((const char *)numbers, sizeof numbers);
    return true;
}

bool shared_files_read(struct check *check, struct shared_files *shared)
{
    static const enum vmail_kind kinds[] = { VMAIL_SHADOW, VMAIL_GROUP };
    *shared = (struct shared_files){ 0 };
    if (vmail_domains_list(check->context->paths, &shared->domains, NULL) == VMAIL_NO_MEMORY)
        return false;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        for (size_t i = 0; i < shared->domains.count; i++) {
            struct mark mark = { .domain = (uint32_t)i };
            if (find_key(check, kinds[k], shared->domains.name[i], &mark.key) &&
                !marks_add(&shared->file[kinds[k]], &mark))
                return false;
        }
        marks_sort(&shared->file[kinds[k]]);
    }
    return true;
}

size_t shared_files_count(const struct check *check, const struct shared_files *shared,
                          enum vmail_kind kind, const char *domain)
{
    uint64_t key;
    size_t count = 0;
    if (!find_key(check, kind, domain, &key))
        return 0;
    for (const struct mark *mark = marks_find(&shared->file[kind], key); mark != NULL;
         mark = marks_next(&shared->file[kind], mark))
        count++;
    return count;
}

enum vmail_result shared_files_users(struct check *check, const struct shared_files *shared,
                                     enum vmail_kind kind, const char *domain, struct marks *names)
{
    uint64_t key;
    enum vmail_result result = reader_names(check, VMAIL_PASSWD, domain, true, names);
    if (!find_key(check, kind, domain, &key))
        return result;
    const struct marks *files = &shared->file[kind];
    for (const struct mark *mark = marks_find(files, key); mark != NULL && result == VMAIL_OK;
         mark = marks_next(files, mark)) {
        const char *other = shared->domains.name[mark->domain];
        if (strcmp(other, domain) != 0)
            result = reader_names(check, VMAIL_PASSWD, other, true, names);
    }
    return result;
}

void shared_files_free(struct shared_files *shared)
{
    vmail_domains_free(&shared->domains);
    for (size_t i = 0; i < sizeof shared->file / sizeof *shared->file; i++)
        marks_free(&shared->file[i]);
}
