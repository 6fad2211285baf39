/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "index.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "table.h"
#include "trust.h"

void vmail_index_name(char out[VMAIL_INDEX_NAME_MAX + 1], unsigned kind, const char *domain)
{
    static const char config_name[] = VMAIL_CONFIG_NAME VMAIL_INDEX_ENDING;
    static const char ids_name[] = "ids" VMAIL_INDEX_ENDING;
    if (kind == VMAIL_INDEX_CONFIG) {
        memcpy(out, config_name, sizeof config_name);
    } else if (kind == VMAIL_INDEX_IDS) {
        memcpy(out, ids_name, sizeof ids_name);
    } else {
        vmail_file_name(out, (enum vmail_kind)kind, domain);
        memcpy(out + strlen(out), VMAIL_INDEX_ENDING, sizeof VMAIL_INDEX_ENDING);
    }
}

/* What is wrong with the mapped file, or NULL. */
static const char *examine(const struct vmail_index *index, unsigned kind, const char *domain)
{
    const unsigned char *memory = index->cdb.cdb_mem;
    const struct vmail_index_header *header = index->header;
    const unsigned char *first = memory + VMAIL_INDEX_CONTENTS;
    if (cdb_unpack(first) != VMAIL_INDEX_MAGIC_SIZE ||
        memcmp(first + 8, VMAIL_INDEX_MAGIC, VMAIL_INDEX_MAGIC_SIZE) != 0)
        return "is no index";
    if (header->version != VMAIL_INDEX_VERSION || header->size != sizeof *header ||
        cdb_unpack(first + 4) != sizeof *header)
        return "was made by another version";
    if (header->file_size != index->cdb.cdb_fsize)
        return "is cut short";
    if (header->sum != vmail_index_header_sum(header) ||
        header->contents_sum != vmail_index_sum(0, memory, VMAIL_INDEX_CONTENTS))
        return "is damaged";
    if (header->kind != kind || strncmp(header->domain, domain, sizeof header->domain) != 0)
        return "belongs to another file";
    return NULL;
}

static struct vmail_paths cache_paths(const struct vmail_paths *paths)
{
    return (struct vmail_paths){ .directory = paths->cache, .owner = paths->owner };
}

enum vmail_result vmail_index_open(const struct vmail_paths *paths, unsigned kind,
                                   const char *domain, struct vmail_index *index,
                                   struct vmail_error *error)
{
    const struct vmail_paths cache = cache_paths(paths);
    char name[VMAIL_INDEX_NAME_MAX + 1];
    struct stat status;
    int fd;

    if (paths->cache == NULL)
        return VMAIL_NOT_FOUND;
    vmail_index_name(name, kind, domain);
    enum vmail_result result = vmail_trusted_open(&cache, name, &fd, &status, error);
    if (result != VMAIL_OK)
        return result;
    *index = (struct vmail_index){ .device = status.st_dev, .inode = status.st_ino };
    const char *wrong = "is no index";
    bool mapped = status.st_size >= VMAIL_INDEX_HEADER_AT + (off_t)sizeof *index->header &&
                  status.st_size <= UINT_MAX && cdb_init(&index->cdb, fd) == 0;
    close(fd);
    if (mapped) {
        index->cdb.cdb_fd = -1;
        index->header = (const void *)(index->cdb.cdb_mem + VMAIL_INDEX_HEADER_AT);
        /* cdb_init asked for the size anew */
        if (index->cdb.cdb_fsize >= VMAIL_INDEX_HEADER_AT + sizeof *index->header)
            wrong = examine(index, kind, domain);
        if (wrong == NULL)
            return VMAIL_OK;
        cdb_free(&index->cdb);
    }
    vmail_error_set(error, 0, "%s/%s: %s; run vmailctl index", paths->cache, name, wrong);
    return VMAIL_UNAVAILABLE;
}

void vmail_index_close(struct vmail_index *index)
{
    cdb_free(&index->cdb);
}

bool vmail_index_intact(const struct vmail_index *index, const struct vmail_paths *paths,
                        unsigned kind, const char *domain)
{
    char path[VMAIL_PATH_MAX];
    struct stat status;
    size_t length = strlen(paths->cache);
    if (length + 1 + VMAIL_INDEX_NAME_MAX >= sizeof path)
        return false;
    memcpy(path, paths->cache, length);
    path[length] = '/';
    vmail_index_name(path + length + 1, kind, domain);
    return stat(path, &status) == 0 && status.st_dev == index->device &&
           status.st_ino == index->inode && status.st_size == index->cdb.cdb_fsize;
}

struct vmail_index_settings vmail_index_settings(const struct vmail_config *config)
{
    struct vmail_index_settings settings = {
        .ids_first = config->ids.first,
        .ids_last = config->ids.last,
        .fold_case = config->fold_case,
        .enumerate = config->enumerate,
        .nss_hashes = config->nss_hashes,
        .blocks_sum = config->blocks_sum,
    };
    memcpy(settings.separators, config->separators,
           strnlen(config->separators, sizeof settings.separators));
    return settings;
}

/* `enumerate` and `nss_hashes` make no other records; blocks decide which ids the index of ids
 * leaves out. */
bool vmail_index_made_with(const struct vmail_index *index, const struct vmail_config *config)
{
    const struct vmail_index_settings *settings = &index->header->settings;
    return settings->ids_first == config->ids.first && settings->ids_last == config->ids.last &&
           settings->fold_case == config->fold_case &&
           strncmp(settings->separators, config->separators, sizeof settings->separators) == 0 &&
           (index->header->kind != VMAIL_INDEX_IDS || settings->blocks_sum == config->blocks_sum);
}

static const struct vmail_index_stamp *stamp_of(const struct vmail_index *index,
                                                const struct vmail_file_state *state)
{
    const struct vmail_index_stamp *stamp = index->header->stamp;
    return vmail_file_state_equal(&stamp[0].state, state)   ? &stamp[0]
           : vmail_file_state_equal(&stamp[1].state, state) ? &stamp[1]
                                                            : NULL;
}

bool vmail_index_is_of(const struct vmail_index *index, const struct vmail_file_state *state)
{
    return stamp_of(index, state) != NULL;
}

bool vmail_index_fresh(const struct vmail_index *index, const struct vmail_file_state *state,
                       const struct vmail_config *config)
{
    return stamp_of(index, state) != NULL && vmail_index_made_with(index, config);
}

static bool number_is_sound(const struct vmail_index *index, unsigned table)
{
    const unsigned char *contents = index->cdb.cdb_mem + (size_t)table * 8;
    const uint64_t position = cdb_unpack(contents);
    const uint64_t size = (uint64_t)cdb_unpack(contents + 4) * 8;
    return position + size <= index->cdb.cdb_fsize &&
           vmail_index_sum(0, index->cdb.cdb_mem + position, size) ==
               index->header->table_sum[table];
}

/* Whether the hash table that KEY belongs into is undamaged. Looked at once a process. */
static bool table_is_sound(struct vmail_index *index, const void *key, size_t length)
{
    const unsigned table = cdb_hash(key, (unsigned)length) % VMAIL_INDEX_TABLES;
    const uint32_t bit = (uint32_t)1 << table % 32;
    if ((atomic_load_explicit(&index->verified[table / 32], memory_order_relaxed) & bit) != 0)
        return true;
    if (!number_is_sound(index, table))
        return false;
    atomic_fetch_or_explicit(&index->verified[table / 32], bit, memory_order_relaxed);
    return true;
}

/* Whether a KEY that was not found is not one that was damaged: then its slot would still have the
 * hash of KEY, and lead to a key with another hash. Its table is known to be sound. */
static bool nothing_was_lost(const struct vmail_index *index, const void *key, size_t length)
{
    const unsigned hash = cdb_hash(key, (unsigned)length);
    const unsigned char *contents = index->cdb.cdb_mem + (size_t)(hash % VMAIL_INDEX_TABLES) * 8;
    const unsigned char *table = index->cdb.cdb_mem + cdb_unpack(contents);
    const unsigned slots = cdb_unpack(contents + 4);
    for (unsigned i = 0; i < slots; i++) {
        const unsigned char *slot =
            table + (size_t)((hash / VMAIL_INDEX_TABLES + (uint64_t)i) % slots) * 8;
        const unsigned position = cdb_unpack(slot + 4);
        if (position == 0)
            return true;
        if (cdb_unpack(slot) != hash)
            continue;
        const unsigned char *lengths = cdb_get(&index->cdb, 8, position);
        const unsigned key_length = lengths == NULL ? 0 : cdb_unpack(lengths);
        const void *other = cdb_get(&index->cdb, key_length, position + 8);
        if (lengths == NULL || other == NULL || cdb_hash(other, key_length) != hash)
            return false;
    }
    return true;
}

enum vmail_index_answer vmail_index_get(struct vmail_index *index, const void *key, size_t length,
                                        const void **value, size_t *value_length)
{
    struct cdb cdb = index->cdb; /* a search writes to it */
    int found = cdb_find(&cdb, key, (unsigned)length);
    if (found < 0 || (found == 0 && (!table_is_sound(index, key, length) ||
                                     !nothing_was_lost(index, key, length))))
        return VMAIL_INDEX_UNSURE;
    if (found == 0)
        return VMAIL_INDEX_MISS;
    *value_length = cdb_datalen(&cdb);
    *value = cdb_getdata(&cdb);
    return *value == NULL ? VMAIL_INDEX_UNSURE : VMAIL_INDEX_HIT;
}

/* Takes COUNT strings from the text from *NEXT to END. */
static bool take_strings(const char *next, const char *end, const char **strings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *nul = next < end ? memchr(next, '\0', (size_t)(end - next)) : NULL;
        if (nul == NULL)
            return false;
        strings[i] = next;
        next = nul + 1;
    }
    return true;
}

static bool take_record(unsigned kind, const struct vmail_index_entry *entry, const char *text,
                        const char *end, struct vmail_record *record)
{
    const char *strings[4] = { NULL };
    static const size_t counts[] = { [VMAIL_PASSWD] = 4, [VMAIL_SHADOW] = 1, [VMAIL_GROUP] = 2 };
    if (kind > VMAIL_GROUP || !take_strings(text, end, strings, counts[kind]))
        return false;
    record->kind = (enum vmail_kind)kind;
    switch (record->kind) {
    case VMAIL_PASSWD:
        record->passwd = (struct vmail_passwd){ strings[0], "x",        entry->id, entry->gid,
                                                strings[1], strings[2], strings[3] };
        break;
    case VMAIL_SHADOW:
        record->shadow = (struct vmail_shadow){ .name = strings[0], .hash = "*" };
        break;
    case VMAIL_GROUP:
        record->group = (struct vmail_group){ strings[0], entry->id, strings[1] };
        break;
    }
    return true;
}

static bool take_entry(const struct vmail_index *index, const void *value, size_t length,
                       struct vmail_index_hit *hit)
{
    struct vmail_index_entry entry;
    if (length < sizeof entry)
        return false;
    memcpy(&entry, value, sizeof entry);
    const char *start = (const char *)value + sizeof entry.sum;
    const char *end = (const char *)value + length;
    if (entry.sum != vmail_index_sum(0, start, (size_t)(end - start)))
        return false;
    hit->offset = entry.offset;
    return take_record(index->header->kind, &entry, (const char *)value + sizeof entry, end,
                       &hit->record);
}

/* One byte longer than any name: what is cut off must not make another name of it. */
enum { KEY_MAX = 1 + VMAIL_USER_MAX + 1 };

static size_t make_key(char key[KEY_MAX], char type, const char *name)
{
    size_t length = strnlen(name, VMAIL_USER_MAX + 1);
    key[0] = type;
    memcpy(key + 1, name, length);
    return 1 + length;
}

/* The value of a record begins with the checksum of the rest, but for the header and those that say
 * what they say by being there. */
static bool value_is_sound(char type, const void *value, size_t length)
{
    uint64_t sum;
    if (type == 'b' || type == 'v')
        return true;
    if (length < sizeof sum)
        return false;
    memcpy(&sum, value, sizeof sum);
    return sum == vmail_index_sum(0, (const char *)value + sizeof sum, length - sizeof sum);
}

static bool stamps_are_sound(const struct vmail_index *index)
{
    const struct vmail_index_stamp *stamps = index->header->stamp;
    return stamps[0].sum == vmail_index_stamp_sum(&stamps[0]) &&
           stamps[1].sum == vmail_index_stamp_sum(&stamps[1]);
}

bool vmail_index_whole(struct vmail_index *index)
{
    struct cdb cdb = index->cdb;
    unsigned next;
    int more;
    if (!stamps_are_sound(index))
        return false;
    cdb_seqinit(&next, &cdb);
    while ((more = cdb_seqnext(&next, &cdb)) > 0) {
        const char *key = cdb_getkey(&cdb);
        const void *value = cdb_getdata(&cdb);
        struct cdb search = index->cdb;
        if (key == NULL || value == NULL || cdb_keylen(&cdb) == 0 ||
            !value_is_sound(*key, value, cdb_datalen(&cdb)) ||
            cdb_find(&search, key, cdb_keylen(&cdb)) <= 0)
            return false;
    }
    for (unsigned table = 0; table < VMAIL_INDEX_TABLES; table++)
        if (!number_is_sound(index, table))
            return false;
    return more == 0;
}

static bool is_name(const char *found, const char *name, size_t length, bool fold)
{
    return memcmp(found, name, length) == 0 || (fold && vmail_equal_folded(found, name, length));
}

enum vmail_index_answer vmail_index_find_key(struct vmail_index *index, const char *key,
                                             size_t length, bool fold, struct vmail_index_hit *hit)
{
    const void *value;
    size_t value_length;
    enum vmail_index_answer answer = vmail_index_get(index, key, length, &value, &value_length);
    if (answer != VMAIL_INDEX_HIT)
        return answer;
    return take_entry(index, value, value_length, hit) &&
                   strlen(vmail_record_name(&hit->record)) == length - 1 &&
                   is_name(vmail_record_name(&hit->record), key + 1, length - 1, fold)
               ? VMAIL_INDEX_HIT
               : VMAIL_INDEX_UNSURE;
}

enum vmail_index_answer vmail_index_find_name(struct vmail_index *index, const char *name,
                                              bool fold, struct vmail_index_hit *hit)
{
    char key[KEY_MAX];
    return vmail_index_find_key(index, key, make_key(key, 'n', name), fold, hit);
}

enum vmail_index_answer vmail_index_find_id(struct vmail_index *index, uint32_t id,
                                            struct vmail_index_hit *hit)
{
    char key[1 + sizeof id] = { 'i' };
    struct vmail_index_id found;
    const void *value;
    size_t length;
    memcpy(key + 1, &id, sizeof id);
    enum vmail_index_answer answer = vmail_index_get(index, key, sizeof key, &value, &length);
    if (answer != VMAIL_INDEX_HIT)
        return answer;
    if (length != sizeof found)
        return VMAIL_INDEX_UNSURE;
    memcpy(&found, value, sizeof found);
    const struct vmail_index_reference *entry = &found.entry;
    if (found.sum != vmail_index_sum(0, entry, sizeof *entry))
        return VMAIL_INDEX_UNSURE;
    value = cdb_get(&index->cdb, entry->length, entry->position);
    return value != NULL && take_entry(index, value, entry->length, hit) &&
                   vmail_record_id(&hit->record) == id
               ? VMAIL_INDEX_HIT
               : VMAIL_INDEX_UNSURE;
}

bool vmail_index_has_broken(struct vmail_index *index, const char *name)
{
    char key[KEY_MAX];
    const void *value;
    size_t length;
    return vmail_index_get(index, key, make_key(key, 'b', name), &value, &length) !=
           VMAIL_INDEX_MISS;
}

enum vmail_index_answer vmail_index_member_of(struct vmail_index *index, const char *user,
                                              const unsigned char **gids, size_t *count)
{
    char key[KEY_MAX];
    uint64_t sum;
    const void *value;
    size_t length;
    enum vmail_index_answer answer =
        vmail_index_get(index, key, make_key(key, 'm', user), &value, &length);
    if (answer != VMAIL_INDEX_HIT)
        return answer;
    if (length < sizeof sum || length % sizeof(uint32_t) != 0)
        return VMAIL_INDEX_UNSURE;
    memcpy(&sum, value, sizeof sum);
    *gids = (const unsigned char *)value + sizeof sum;
    *count = (length - sizeof sum) / sizeof(uint32_t);
    return sum == vmail_index_sum(0, *gids, length - sizeof sum) ? VMAIL_INDEX_HIT
                                                                 : VMAIL_INDEX_UNSURE;
}

int64_t vmail_index_line_now(const struct vmail_index *index, const struct vmail_file_state *state,
                             int64_t offset)
{
    const struct vmail_index_stamp *mapped = stamp_of(index, state);
    if (mapped == NULL)
        return -1;
    struct vmail_index_stamp stamp = *mapped; /* it may be changing */
    if (!vmail_file_state_equal(&stamp.state, state) || stamp.count > VMAIL_INDEX_MOVES_MAX ||
        stamp.sum != vmail_index_stamp_sum(&stamp))
        return -1;
    for (size_t i = 0; i < stamp.count; i++) {
        const struct vmail_index_move *move = &stamp.move[i];
        if (offset > move->offset && __builtin_add_overflow(offset, move->by, &offset))
            return -1;
    }
    return offset;
}
