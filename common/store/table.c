/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "table.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "number.h"

static void start_table(struct vmail_table *table, struct vmail_file file)
{
    *table = (struct vmail_table){
        .kind = file.kind, .paths = file.paths, .rules = file.rules, .lines.fd = -1
    };
    memcpy(table->domain, file.domain, strnlen(file.domain, VMAIL_DOMAIN_MAX));
}

static enum vmail_result open_named(struct vmail_table *table, struct vmail_file file,
                                    const char *name, struct vmail_error *error)
{
    struct stat status;
    int fd;

    start_table(table, file);
    enum vmail_result result = vmail_trusted_open(file.paths, name, &fd, &status, error);
    if (result != VMAIL_OK)
        return result;
    table->state = vmail_file_state(&status);
    if (!vmail_lines_start(&table->lines, fd, 0)) {
        close(fd);
        return VMAIL_NO_MEMORY;
    }
    return VMAIL_OK;
}

enum vmail_result vmail_table_open(struct vmail_table *table, struct vmail_file file,
                                   struct vmail_error *error)
{
    char name[VMAIL_FILE_NAME_MAX + 1];
    vmail_file_name(name, file.kind, file.domain);
    return open_named(table, file, name, error);
}

enum vmail_result vmail_table_open_aside(struct vmail_table *table, struct vmail_file file,
                                         struct vmail_error *error)
{
    char name[VMAIL_ASIDE_NAME_MAX + 1];
    vmail_aside_name(name, file.kind, file.domain);
    return open_named(table, file, name, error);
}

enum vmail_result vmail_table_open_text(struct vmail_table *table, struct vmail_file file,
                                        const char *text, size_t length)
{
    start_table(table, file);
    return vmail_lines_start_text(&table->lines, text, length) ? VMAIL_OK : VMAIL_NO_MEMORY;
}

/* Returns why a well-formed record must not be returned, or NULL. */
static const char *reason_to_refuse(const struct vmail_table *table,
                                    const struct vmail_record *record)
{
    const struct vmail_rules *rules = table->rules;
    bool no_ids = rules->ids.first > rules->ids.last;
    if (strpbrk(vmail_record_name(record), rules->separators) != NULL)
        return "the name contains one of the `separators` of vmail.conf";
    if (record->kind == VMAIL_PASSWD && (!vmail_rules_allow_id(rules, record->passwd.uid) ||
                                         !vmail_rules_allow_id(rules, record->passwd.gid)))
        return no_ids ? "there are no ids; see the errors of vmail.conf"
                      : "uid or gid outside `ids` of vmail.conf";
    if (record->kind == VMAIL_GROUP && !vmail_rules_allow_id(rules, record->group.gid))
        return no_ids ? "there are no ids; see the errors of vmail.conf"
                      : "gid outside `ids` of vmail.conf";
    return NULL;
}

static const char *read_record(const struct vmail_table *table, struct vmail_line *line,
                               struct vmail_record *record)
{
    const char *reason = vmail_record_parse(table->kind, line->text, line->length, record);
    return reason != NULL ? reason : reason_to_refuse(table, record);
}

static enum vmail_result end_of_lines(const struct vmail_table *table)
{
    if (table->lines.error == 0)
        return VMAIL_NOT_FOUND;
    return table->lines.error == ENOMEM ? VMAIL_NO_MEMORY : VMAIL_UNAVAILABLE;
}

void vmail_table_suspend(struct vmail_table *table)
{
    if (table->lines.fd >= 0)
        close(table->lines.fd);
    table->lines.fd = -1;
}

/* Moves after the line of the name that was read last, in a file that has changed. */
static void find_place(struct vmail_table *table)
{
    struct vmail_line line;
    const size_t length = strlen(table->last);
    vmail_lines_rewind(&table->lines, 0);
    while (length > 0 && vmail_lines_next(&table->lines, &line))
        if (line.length > length && line.text[length] == ':' &&
            memcmp(line.text, table->last, length) == 0)
            return;
    vmail_lines_rewind(&table->lines, 0);
}

static enum vmail_result resume(struct vmail_table *table)
{
    char name[VMAIL_FILE_NAME_MAX + 1];
    struct stat status;
    int fd;
    vmail_file_name(name, table->kind, table->domain);
    enum vmail_result result = vmail_trusted_open(table->paths, name, &fd, &status, NULL);
    if (result != VMAIL_OK)
        return result;
    const struct vmail_file_state state = vmail_file_state(&status);
    table->lines.fd = fd;
    if (!vmail_file_state_equal(&state, &table->state)) {
        table->state = state;
        find_place(table);
    }
    return VMAIL_OK;
}

/* Returns the next line; opens the file again if the buffered data is not enough. */
static enum vmail_result next_line(struct vmail_table *table, struct vmail_line *line)
{
    if (vmail_lines_next(&table->lines, line))
        return VMAIL_OK;
    if (table->lines.error == 0 || table->lines.fd >= 0 || table->paths == NULL)
        return end_of_lines(table);
    enum vmail_result result = resume(table);
    if (result != VMAIL_OK)
        return result;
    return vmail_lines_next(&table->lines, line) ? VMAIL_OK : end_of_lines(table);
}

enum vmail_result vmail_table_next_line(struct vmail_table *table, struct vmail_line *line,
                                        struct vmail_record *record, const char **reason)
{
    enum vmail_result result = next_line(table, line);
    if (result == VMAIL_OK)
        *reason = read_record(table, line, record);
    return result;
}

enum vmail_result vmail_table_next(struct vmail_table *table, struct vmail_record *record)
{
    struct vmail_line line;
    const char *reason = NULL;
    enum vmail_result result;
    do
        result = vmail_table_next_line(table, &line, record, &reason);
    while (result == VMAIL_OK && reason != NULL);
    if (result == VMAIL_OK) {
        const char *name = vmail_record_name(record);
        const size_t length = strnlen(name, VMAIL_USER_MAX);
        memcpy(table->last, name, length);
        table->last[length] = '\0';
    }
    return result;
}

static bool line_has_name(const struct vmail_line *line, const char *name, size_t length, bool fold)
{
    if (line->length <= length || line->text[length] != ':')
        return false;
    for (size_t i = 0; i < length; i++) {
        char c = fold ? vmail_fold(line->text[i]) : line->text[i];
        if (c != name[i])
            return false;
    }
    return true;
}

/* Below this, reading all of the file is as fast as mapping an index. */
enum { INDEX_WORTH_BYTES = 16 * 1024 };

static bool has_index(struct vmail_table *table)
{
    if (table->way != VMAIL_UNTRIED)
        return table->way == VMAIL_INDEXED;
    table->way = VMAIL_SCANNED;
    if (table->paths != NULL && table->state.size >= INDEX_WORTH_BYTES)
        table->index = vmail_index_cache_fresh(
            (struct vmail_file){ table->paths, table->rules, table->kind, table->domain },
            &table->state);
    if (table->index != NULL)
        table->way = VMAIL_INDEXED;
    return table->way == VMAIL_INDEXED;
}

static enum vmail_index_answer unsure(struct vmail_table *table)
{
    vmail_index_cache_release(table->index);
    table->index = NULL;
    table->way = VMAIL_SCANNED;
    return VMAIL_INDEX_UNSURE;
}

/* Reads the line that the index has found. If the line does not match the index, the index is not
 * used again. */
static enum vmail_index_answer read_hit(struct vmail_table *table,
                                        const struct vmail_index_hit *hit,
                                        struct vmail_record *record)
{
    struct vmail_line line;
    const char *name = vmail_record_name(&hit->record);
    if (hit->offset < 0)
        return unsure(table);
    vmail_lines_rewind(&table->lines, hit->offset);
    if (!vmail_lines_next(&table->lines, &line) ||
        !line_has_name(&line, name, strlen(name), false) ||
        read_record(table, &line, record) != NULL ||
        vmail_record_id(record) != vmail_record_id(&hit->record))
        return unsure(table);
    table->found = line.offset;
    return VMAIL_INDEX_HIT;
}

static enum vmail_index_answer ask_index(struct vmail_table *table, const char *name,
                                         struct vmail_record *record)
{
    struct vmail_index_hit hit;
    const struct vmail_index *index = vmail_shared_index(table->index);
    enum vmail_index_answer answer =
        vmail_index_find_name(index, name, table->rules->fold_case, &hit);
    if (answer == VMAIL_INDEX_MISS && !vmail_index_has_broken(index, name))
        return VMAIL_INDEX_MISS;
    return answer == VMAIL_INDEX_HIT ? read_hit(table, &hit, record) : VMAIL_INDEX_UNSURE;
}

enum vmail_result vmail_table_find_name(struct vmail_table *table, const char *name,
                                        struct vmail_record *record, struct vmail_error *error)
{
    struct vmail_line line;
    size_t length = strlen(name);
    bool broken = false;
    if (has_index(table)) {
        enum vmail_index_answer answer = ask_index(table, name, record);
        if (answer != VMAIL_INDEX_UNSURE)
            return answer == VMAIL_INDEX_HIT ? VMAIL_OK : VMAIL_NOT_FOUND;
    }
    vmail_lines_rewind(&table->lines, 0);
    while (vmail_lines_next(&table->lines, &line)) {
        if (!line_has_name(&line, name, length, table->rules->fold_case))
            continue;
        const char *reason = read_record(table, &line, record);
        if (reason == NULL) {
            table->found = line.offset;
            return VMAIL_OK;
        }
        broken = true;
        vmail_error_set(error, 0, "%s.%s:%lu: %s: %s", vmail_kind_name(table->kind), table->domain,
                        line.number, name, reason);
    }
    enum vmail_result result = end_of_lines(table);
    if (result == VMAIL_UNAVAILABLE)
        vmail_error_set(error, table->lines.error, "%s.%s: cannot read: %s",
                        vmail_kind_name(table->kind), table->domain,
                        strerrordesc_np(table->lines.error));
    return result == VMAIL_NOT_FOUND && broken ? VMAIL_BROKEN : result;
}

/* Checks the third field of a line without splitting the line. */
static bool line_has_id(const struct vmail_line *line, uint32_t id)
{
    const char *field = line->text;
    const char *end = line->text + line->length;
    uint64_t value;
    for (int i = 0; i < 2; i++) {
        field = memchr(field, ':', (size_t)(end - field));
        if (field == NULL)
            return false;
        field++;
    }
    const char *colon = memchr(field, ':', (size_t)(end - field));
    return colon != NULL &&
           vmail_number_parse(field, (size_t)(colon - field), UINT32_MAX, &value) && value == id;
}

static void copy_name(const struct vmail_table *table, const struct vmail_record *record,
                      char out[VMAIL_USER_MAX + 1])
{
    const char *name = vmail_record_name(record);
    size_t length = strnlen(name, VMAIL_USER_MAX);
    if (table->rules->fold_case) {
        vmail_fold_copy(out, name, length);
    } else {
        memcpy(out, name, length);
        out[length] = '\0';
    }
}

/* How many ignored lines of an id end the search: each costs a look-up. */
enum { MISSES_MAX = 8 };

/* A line whose name also appears further up is not found by name, so it must not be found by id:
 * each hit is looked up again by its name. */
enum vmail_result vmail_table_find_id(struct vmail_table *table, uint32_t id,
                                      struct vmail_record *record)
{
    struct vmail_line line;
    char name[VMAIL_USER_MAX + 1];
    if (table->kind == VMAIL_SHADOW)
        return VMAIL_NOT_FOUND;
    if (has_index(table)) {
        struct vmail_index_hit hit;
        enum vmail_index_answer answer =
            vmail_index_find_id(vmail_shared_index(table->index), id, &hit);
        if (answer == VMAIL_INDEX_HIT)
            answer = read_hit(table, &hit, record);
        if (answer != VMAIL_INDEX_UNSURE)
            return answer == VMAIL_INDEX_HIT ? VMAIL_OK : VMAIL_NOT_FOUND;
    }
    vmail_lines_rewind(&table->lines, 0);
    for (int misses = 0; misses < MISSES_MAX && vmail_lines_next(&table->lines, &line);) {
        if (!line_has_id(&line, id))
            continue;
        off_t next = vmail_lines_tell(&table->lines);
        if (read_record(table, &line, record) != NULL)
            continue;
        copy_name(table, record, name);
        enum vmail_result result = vmail_table_find_name(table, name, record, NULL);
        if (result == VMAIL_OK && vmail_record_id(record) == id)
            return VMAIL_OK;
        if (table->lines.error != 0)
            break;
        misses++;
        vmail_lines_rewind(&table->lines, next);
    }
    return end_of_lines(table);
}

void vmail_table_close(struct vmail_table *table)
{
    vmail_index_cache_release(table->index);
    table->index = NULL;
    table->way = VMAIL_SCANNED;
    vmail_table_suspend(table);
    vmail_lines_end(&table->lines);
}
