/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "index_compare.h"

#include <string.h>

#include "ids_index.h"

struct value {
    const void *bytes; /* NULL for none */
    size_t length;
};

static struct value value_of(struct vmail_index *index, const void *key, size_t length)
{
    struct value value = { 0 };
    if (vmail_index_get(index, key, length, &value.bytes, &value.length) != VMAIL_INDEX_HIT)
        value.bytes = NULL;
    return value;
}

static bool same_bytes(const struct value *a, const struct value *b)
{
    return a->bytes != NULL && b->bytes != NULL && a->length == b->length &&
           memcmp(a->bytes, b->bytes, a->length) == 0;
}

static bool same_entry(const struct vmail_index *old, const struct value *a,
                       const struct vmail_index *new, const struct value *b)
{
    static const size_t behind = offsetof(struct vmail_index_entry, id);
    const struct vmail_file_state *state = &new->header->stamp[0].state;
    struct vmail_index_entry of_a, of_b;
    if (a->bytes == NULL || b->bytes == NULL || a->length != b->length || a->length < sizeof of_a)
        return false;
    memcpy(&of_a, a->bytes, sizeof of_a);
    memcpy(&of_b, b->bytes, sizeof of_b);
    return vmail_index_line_now(old, state, of_a.offset) == of_b.offset &&
           memcmp((const char *)a->bytes + behind, (const char *)b->bytes + behind,
                  a->length - behind) == 0;
}

/* What the value of an id leads to. */
static struct value follow(const struct vmail_index *index, const struct value *id)
{
    struct vmail_index_id found;
    if (id->bytes == NULL || id->length != sizeof found)
        return (struct value){ 0 };
    memcpy(&found, id->bytes, sizeof found);
    return (struct value){ cdb_get(&index->cdb, found.entry.length, found.entry.position),
                           found.entry.length };
}

/* Whether the domain in the value of an index of ids is as it was when the old one was made. */
static bool domain_counts(struct vmail_index *old, struct vmail_index *new,
                          const struct value *value)
{
    char key[1 + VMAIL_DOMAIN_MAX + 1] = { 's' };
    const size_t sum = sizeof(uint64_t);
    if (value->bytes == NULL)
        return true; /* there is none */
    if (value->length <= sum || value->length - sum >= sizeof key)
        return true; /* it is no domain, and so it is wrong */
    memcpy(key + 1, (const char *)value->bytes + sum, value->length - sum);
    const struct value a = value_of(old, key, value->length - sum);
    const struct value b = value_of(new, key, value->length - sum);
    return same_bytes(&a, &b);
}

static bool agrees_on(struct vmail_index *old, struct vmail_index *new, const char *key,
                      size_t length)
{
    const struct value a = value_of(old, key, length), b = value_of(new, key, length);
    const unsigned kind = new->header->kind;
    if (kind == VMAIL_INDEX_IDS)
        return *key == 's' || same_bytes(&a, &b) || !domain_counts(old, new, &a) ||
               !domain_counts(old, new, &b);
    if (kind <= VMAIL_GROUP && *key == 'n')
        return same_entry(old, &a, new, &b);
    if (kind <= VMAIL_GROUP && *key == 'i') {
        const struct value entry_a = follow(old, &a), entry_b = follow(new, &b);
        return same_entry(old, &entry_a, new, &entry_b);
    }
    return same_bytes(&a, &b);
}

/* On all keys of one of them. */
static bool agrees_on_keys(const struct vmail_index *keys, struct vmail_index *old,
                           struct vmail_index *new)
{
    struct cdb cdb = keys->cdb;
    unsigned next;
    int more;
    cdb_seqinit(&next, &cdb);
    while ((more = cdb_seqnext(&next, &cdb)) > 0) {
        const char *key = cdb_getkey(&cdb);
        const size_t length = cdb_keylen(&cdb);
        if (key == NULL || length == 0)
            return false;
        if (length == VMAIL_INDEX_MAGIC_SIZE &&
            memcmp(key, VMAIL_INDEX_MAGIC, VMAIL_INDEX_MAGIC_SIZE) == 0)
            continue;
        if (!agrees_on(old, new, key, length))
            return false;
    }
    return more == 0;
}

bool vmail_index_agrees(struct vmail_index *old, struct vmail_index *new)
{
    if (old->header->kind != new->header->kind ||
        !vmail_index_is_of(old, &new->header->stamp[0].state))
        return false;
    return agrees_on_keys(new, old, new) && agrees_on_keys(old, old, new);
}
