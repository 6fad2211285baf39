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
    if (kind == VMAIL_INDEX_CONFIG) {
        memcpy(out, config_name, sizeof config_name);
    } else {
        vmail_file_name(out, (enum vmail_kind)kind, domain);
        memcpy(out + strlen(out), VMAIL_INDEX_ENDING, sizeof VMAIL_INDEX_ENDING);
    }
}

/* Returns what is wrong with the mapped file, or NULL. */
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
    *index = (struct vmail_index){ .file = vmail_file_state(&status) };
    const char *wrong = "is no index";
    bool mapped = status.st_size >= VMAIL_INDEX_HEADER_AT + (off_t)sizeof *index->header &&
                  status.st_size <= UINT_MAX && cdb_init(&index->cdb, fd) == 0;
    close(fd);
    if (mapped) {
        index->cdb.cdb_fd = -1;
        index->header = (const void *)(index->cdb.cdb_mem + VMAIL_INDEX_HEADER_AT);
        /* cdb_init read the size again */
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
    if (stat(path, &status) != 0)
        return false;
    const struct vmail_file_state now = vmail_file_state(&status);
    return vmail_file_state_equal(&now, &index->file);
}

struct vmail_index_settings vmail_index_settings(const struct vmail_rules *rules)
{
    struct vmail_index_settings settings = {
        .ids_first = rules->ids.first,
        .ids_last = rules->ids.last,
        .fold_case = rules->fold_case,
    };
    memcpy(settings.separators, rules->separators,
           strnlen(rules->separators, sizeof settings.separators));
    return settings;
}

bool vmail_index_made_with(const struct vmail_index *index, const struct vmail_rules *rules)
{
    const struct vmail_index_settings *settings = &index->header->settings;
    return settings->ids_first == rules->ids.first && settings->ids_last == rules->ids.last &&
           settings->fold_case == rules->fold_case &&
           memcmp(settings->separators, rules->separators, sizeof settings->separators) == 0;
}

bool vmail_index_is_of(const struct vmail_index *index, const struct vmail_file_state *state)
{
    return vmail_file_state_equal(&index->header->state, state);
}

bool vmail_index_fresh(const struct vmail_index *index, const struct vmail_file_state *state,
                       const struct vmail_rules *rules)
{
    return vmail_index_is_of(index, state) && vmail_index_made_with(index, rules);
}

enum vmail_index_answer vmail_index_get(const struct vmail_index *index, const void *key,
                                        size_t length, const void **value, size_t *value_length)
{
    struct cdb cdb = index->cdb; /* a search writes to it */
    int found = cdb_find(&cdb, key, (unsigned)length);
    if (found <= 0)
        return found < 0 ? VMAIL_INDEX_UNSURE : VMAIL_INDEX_MISS;
    *value_length = cdb_datalen(&cdb);
    *value = cdb_getdata(&cdb);
    return *value == NULL ? VMAIL_INDEX_UNSURE : VMAIL_INDEX_HIT;
}

/* Takes COUNT strings from the text between NEXT and END. */
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
    const char *text = (const char *)value + sizeof entry;
    const char *end = (const char *)value + length;
    hit->offset = entry.offset;
    return take_record(index->header->kind, &entry, text, end, &hit->record) &&
           *vmail_record_name(&hit->record) != '\0';
}

/* One byte longer than any name: a truncated name must not match another name. */
enum { KEY_MAX = 1 + VMAIL_USER_MAX + 1 };

static size_t make_key(char key[KEY_MAX], char type, const char *name)
{
    size_t length = strnlen(name, VMAIL_USER_MAX + 1);
    key[0] = type;
    memcpy(key + 1, name, length);
    return 1 + length;
}

bool vmail_index_whole(const struct vmail_index *index)
{
    return index->header->sum == vmail_index_file_sum(index->cdb.cdb_mem, index->cdb.cdb_fsize);
}

static bool is_name(const char *found, const char *name, bool fold)
{
    return strcmp(found, name) == 0 ||
           (fold && strlen(found) == strlen(name) && vmail_equal_folded(found, name, strlen(name)));
}

enum vmail_index_answer vmail_index_find_name(const struct vmail_index *index, const char *name,
                                              bool fold, struct vmail_index_hit *hit)
{
    char key[KEY_MAX];
    const void *value;
    size_t value_length, length = make_key(key, 'n', name);
    enum vmail_index_answer answer = vmail_index_get(index, key, length, &value, &value_length);
    if (answer != VMAIL_INDEX_HIT)
        return answer;
    return take_entry(index, value, value_length, hit) &&
                   is_name(vmail_record_name(&hit->record), name, fold)
               ? VMAIL_INDEX_HIT
               : VMAIL_INDEX_UNSURE;
}

enum vmail_index_answer vmail_index_find_id(const struct vmail_index *index, uint32_t id,
                                            struct vmail_index_hit *hit)
{
    char key[1 + sizeof id] = { 'i' };
    struct vmail_index_reference entry;
    const void *value;
    size_t length;
    memcpy(key + 1, &id, sizeof id);
    enum vmail_index_answer answer = vmail_index_get(index, key, sizeof key, &value, &length);
    if (answer != VMAIL_INDEX_HIT)
        return answer;
    if (length != sizeof entry)
        return VMAIL_INDEX_UNSURE;
    memcpy(&entry, value, sizeof entry);
    value = cdb_get(&index->cdb, entry.length, entry.position);
    return value != NULL && take_entry(index, value, entry.length, hit) &&
                   vmail_record_id(&hit->record) == id
               ? VMAIL_INDEX_HIT
               : VMAIL_INDEX_UNSURE;
}

bool vmail_index_has_broken(const struct vmail_index *index, const char *name)
{
    char key[KEY_MAX];
    const void *value;
    size_t length;
    return vmail_index_get(index, key, make_key(key, 'b', name), &value, &length) !=
           VMAIL_INDEX_MISS;
}

enum vmail_index_answer vmail_index_member_of(const struct vmail_index *index, const char *user,
                                              const unsigned char **gids, size_t *count)
{
    char key[KEY_MAX];
    const void *value;
    size_t length;
    enum vmail_index_answer answer =
        vmail_index_get(index, key, make_key(key, 'm', user), &value, &length);
    if (answer != VMAIL_INDEX_HIT)
        return answer;
    *gids = value;
    *count = length / sizeof(uint32_t);
    return length % sizeof(uint32_t) == 0 ? VMAIL_INDEX_HIT : VMAIL_INDEX_UNSURE;
}
