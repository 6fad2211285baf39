/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ids_index.h"

#include <string.h>

#include "table.h"

uint64_t vmail_ids_seen_sum(const struct vmail_ids_seen *seen)
{
    return vmail_index_sum(0, (const char *)seen + sizeof seen->sum,
                           sizeof *seen - sizeof seen->sum);
}

/* It has no text of its own to be right for: each domain is looked at by itself. */
struct vmail_shared_index *vmail_ids_index_get(const struct vmail_paths *paths,
                                               const struct vmail_config *config)
{
    static const struct vmail_file_state none;
    struct vmail_shared_index *shared = vmail_index_cache_get(paths, VMAIL_INDEX_IDS, "");
    if (shared == NULL || vmail_index_fresh(vmail_shared_index(shared), &none, config))
        return shared;
    vmail_index_cache_release(shared);
    return NULL;
}

enum vmail_index_answer vmail_ids_index_find(struct vmail_index *index, enum vmail_kind kind,
                                             uint32_t id, char domain[VMAIL_DOMAIN_MAX + 1])
{
    char key[1 + sizeof id] = { kind == VMAIL_GROUP ? 'g' : 'i' };
    uint64_t sum;
    const void *value;
    size_t length;
    memcpy(key + 1, &id, sizeof id);
    enum vmail_index_answer answer = vmail_index_get(index, key, sizeof key, &value, &length);
    if (answer != VMAIL_INDEX_HIT)
        return answer;
    if (length <= sizeof sum || length - sizeof sum > VMAIL_DOMAIN_MAX + 1)
        return VMAIL_INDEX_UNSURE;
    memcpy(&sum, value, sizeof sum);
    const char *text = (const char *)value + sizeof sum;
    length -= sizeof sum;
    memcpy(domain, text, length);
    return sum == vmail_index_sum(0, domain, length) && domain[length - 1] == '\0' &&
                   vmail_domain_valid(domain, strlen(domain))
               ? VMAIL_INDEX_HIT
               : VMAIL_INDEX_UNSURE;
}

static bool is_still(const struct vmail_paths *paths, enum vmail_kind kind, const char *domain,
                     const struct vmail_file_state *seen)
{
    struct vmail_file_state now;
    return vmail_file_look(paths, kind, domain, &now) && vmail_file_state_equal(&now, seen);
}

bool vmail_ids_index_covers(struct vmail_index *index, const struct vmail_paths *paths,
                            enum vmail_kind kind, const char *domain)
{
    char key[1 + VMAIL_DOMAIN_MAX] = { 's' };
    struct vmail_ids_seen seen;
    const void *value;
    size_t length = strnlen(domain, VMAIL_DOMAIN_MAX);
    memcpy(key + 1, domain, length);
    if (vmail_index_get(index, key, 1 + length, &value, &length) != VMAIL_INDEX_HIT ||
        length != sizeof seen)
        return false;
    memcpy(&seen, value, sizeof seen);
    return seen.sum == vmail_ids_seen_sum(&seen) &&
           is_still(paths, VMAIL_PASSWD, domain, &seen.passwd) &&
           (kind != VMAIL_GROUP || is_still(paths, VMAIL_GROUP, domain, &seen.group));
}
