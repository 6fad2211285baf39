/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "index_build.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "index_writer.h"
#include "members.h"
#include "number_set.h"
#include "table.h"
#include "text_buffer.h"
#include "trust.h"

enum {
    TRIES = 3,
    PROGRESS_LINES = 4096,
    RENEW_MILLISECONDS = 20, /* a user's log-in waits this long */
    LIMIT_SPARE = 1024 * 1024,
};

struct build {
    struct vmail_table table;
    struct vmail_index_writer writer;
    const struct vmail_index_effort *effort;
    struct vmail_number_set names; /* their hashes */
    struct vmail_number_set ids;
    struct vmail_members members;
    struct vmail_text_buffer entry; /* the last one, with its strings */
    mode_t mode;
    gid_t group;
    struct vmail_error *error;
};

/* With its NUL. */
static bool put_string(struct vmail_text_buffer *entry, const char *text)
{
    return vmail_text_splice(entry, entry->length, 0, text, strlen(text) + 1);
}

static bool make_entry(struct vmail_text_buffer *entry, const struct vmail_record *record,
                       off_t offset)
{
    const struct vmail_index_entry head = {
        .offset = offset,
        .id = vmail_record_id(record),
        .gid = record->kind == VMAIL_PASSWD ? record->passwd.gid : 0,
    };
    if (!vmail_text_splice(entry, 0, entry->length, (const char *)&head, sizeof head) ||
        !put_string(entry, vmail_record_name(record)))
        return false;
    if (record->kind == VMAIL_GROUP)
        return put_string(entry, record->group.members);
    if (record->kind == VMAIL_SHADOW)
        return true;
    return put_string(entry, record->passwd.gecos) && put_string(entry, record->passwd.home) &&
           put_string(entry, record->passwd.shell);
}

static enum vmail_result no_memory(struct vmail_error *error)
{
    vmail_error_set(error, ENOMEM, "out of memory while making an index");
    return VMAIL_NO_MEMORY;
}

static size_t make_key(const struct build *build, char type, const char *name, size_t length,
                       char key[1 + VMAIL_USER_MAX + 1])
{
    key[0] = type;
    if (build->table.rules->fold_case)
        vmail_fold_copy(key + 1, name, length);
    else
        memcpy(key + 1, name, length);
    return 1 + length;
}

/* Whether KEY is in the index. The set is enough for nearly all keys; else the file decides. */
static enum vmail_result is_new(struct build *build, const char *key, size_t length, bool *new)
{
    int there = 0;
    switch (vmail_number_set_add(&build->names, vmail_index_sum(0, key, length))) {
    case VMAIL_SET_NEW:
        break;
    case VMAIL_SET_OLD:
        there = cdb_make_exists(&build->writer.make, key, (unsigned)length);
        break;
    case VMAIL_SET_NO_MEMORY:
        return no_memory(build->error);
    }
    *new = there == 0;
    if (there >= 0)
        return VMAIL_OK;
    vmail_error_set(build->error, errno, "cannot read the new index: %s", strerrordesc_np(errno));
    return VMAIL_UNAVAILABLE;
}

static enum vmail_result add_broken(struct build *build, const struct vmail_line *line)
{
    char key[1 + VMAIL_USER_MAX + 1];
    size_t length = strcspn(line->text, ":");
    bool new;
    if (!vmail_user_valid(line->text, length))
        return VMAIL_OK;
    length = make_key(build, 'b', line->text, length, key);
    enum vmail_result result = is_new(build, key, length, &new);
    if (result == VMAIL_OK && new)
        result = vmail_index_writer_add(&build->writer, key, length, "", 0);
    return result;
}

/* The entry of ID was just added. */
static enum vmail_result add_id(struct build *build, uint32_t id)
{
    const struct vmail_index_reference reference = {
        .position = (uint32_t)(build->writer.position - build->entry.length),
        .length = (uint32_t)build->entry.length,
    };
    char key[1 + sizeof id] = { 'i' };
    memcpy(key + 1, &id, sizeof id);
    switch (vmail_number_set_add(&build->ids, id)) {
    case VMAIL_SET_NEW:
        break;
    case VMAIL_SET_OLD:
        return VMAIL_OK;
    case VMAIL_SET_NO_MEMORY:
        return no_memory(build->error);
    }
    return vmail_index_writer_add(&build->writer, key, sizeof key, &reference, sizeof reference);
}

/* Only the first line of a name is used, and only the first such line of an id. */
static enum vmail_result add_record(struct build *build, const struct vmail_line *line,
                                    const struct vmail_record *record)
{
    char key[1 + VMAIL_USER_MAX + 1];
    const char *name = vmail_record_name(record);
    bool new;

    size_t length = make_key(build, 'n', name, strlen(name), key);
    enum vmail_result result = is_new(build, key, length, &new);
    if (result == VMAIL_OK && record->kind == VMAIL_GROUP &&
        !vmail_members_add(&build->members, &record->group, build->table.rules->fold_case))
        result = no_memory(build->error);
    if (result != VMAIL_OK || !new)
        return result;
    if (!make_entry(&build->entry, record, line->offset))
        return no_memory(build->error);
    result = vmail_index_writer_add(&build->writer, key, length, build->entry.bytes,
                                    build->entry.length);
    if (result != VMAIL_OK)
        return result;
    build->writer.header.entries++;
    return record->kind == VMAIL_SHADOW ? VMAIL_OK : add_id(build, vmail_record_id(record));
}

static void report_progress(const struct build *build, uint64_t lines)
{
    if (build->effort->progress != NULL && lines % PROGRESS_LINES == 0)
        build->effort->progress(build->effort->context,
                                (uint64_t)vmail_lines_tell(&build->table.lines),
                                (uint64_t)build->table.state.size);
}

static enum vmail_result add_lines(struct build *build)
{
    struct vmail_line line;
    struct vmail_record record;
    const char *reason = NULL;
    enum vmail_result result;
    uint64_t lines = 0;
    while ((result = vmail_table_next_line(&build->table, &line, &record, &reason)) == VMAIL_OK) {
        result = reason == NULL ? add_record(build, &line, &record) : add_broken(build, &line);
        if (result != VMAIL_OK)
            return result;
        report_progress(build, ++lines);
    }
    if (result == VMAIL_UNAVAILABLE)
        vmail_error_set(build->error, build->table.lines.error, "%s.%s: cannot read: %s",
                        vmail_kind_name(build->table.kind), build->table.domain,
                        strerrordesc_np(build->table.lines.error));
    return result == VMAIL_NOT_FOUND ? VMAIL_OK : result;
}

static enum vmail_result add_members(struct build *build)
{
    const char *user;
    const char *value;
    size_t length;
    enum vmail_result result = VMAIL_OK;
    while (result == VMAIL_OK && vmail_members_next(&build->members, &user, &value, &length)) {
        char key[1 + VMAIL_USER_MAX + 1] = { 'm' };
        size_t key_length = strlen(user);
        memcpy(key + 1, user, key_length);
        result = vmail_index_writer_add(&build->writer, key, 1 + key_length, value, length);
    }
    return result == VMAIL_OK && build->members.no_memory ? no_memory(build->error) : result;
}

static bool is_still_read(const struct build *build)
{
    struct stat status;
    if (fstat(build->table.lines.fd, &status) != 0)
        return false;
    const struct vmail_file_state now = vmail_file_state(&status);
    return vmail_file_state_equal(&now, &build->table.state);
}

/* VMAIL_NOT_FOUND: the text has changed since it was opened, or may have. */
static enum vmail_result write_index(struct build *build)
{
    enum vmail_result result = add_lines(build);
    if (result == VMAIL_OK)
        result = add_members(build);
    if (result == VMAIL_OK && !is_still_read(build))
        result = VMAIL_NOT_FOUND;
    if (result == VMAIL_OK)
        return vmail_index_writer_finish(&build->writer, &build->table.state, build->mode,
                                         build->group);
    vmail_index_writer_abort(&build->writer);
    return result;
}

static enum vmail_result build_once(struct build *build, struct vmail_file file, bool *again)
{
    struct stat status;
    struct vmail_table *table = &build->table;

    if (fstat(table->lines.fd, &status) == 0) {
        build->mode = status.st_mode;
        build->group = status.st_gid;
    }
    if (!vmail_file_state_settle(&table->state, build->effort->milliseconds)) {
        vmail_error_set(build->error, 0,
                        "%s.%s: changed just now, or its time stamp is in the future; run touch "
                        "and then vmailctl index",
                        vmail_kind_name(table->kind), table->domain);
        return VMAIL_UNAVAILABLE;
    }
    enum vmail_result result =
        vmail_index_writer_start(&build->writer, file, build->effort->seconds, build->error);
    if (result != VMAIL_OK)
        return result;
    result = write_index(build);
    *again = result == VMAIL_NOT_FOUND;
    return result;
}

static void free_memory(struct build *build)
{
    vmail_text_end(&build->entry);
    vmail_number_set_free(&build->names);
    vmail_number_set_free(&build->ids);
    vmail_members_free(&build->members);
}

enum vmail_result vmail_index_build(struct vmail_file file, const struct vmail_index_effort *effort,
                                    struct vmail_error *error)
{
    enum vmail_result result = VMAIL_UNAVAILABLE;
    bool again = true;
    for (int tries = 0; tries < TRIES && again; tries++) {
        struct build build = { .effort = effort, .error = error };
        again = false;
        result = vmail_table_open(&build.table, file, error);
        if (result == VMAIL_NOT_FOUND)
            vmail_index_remove(file.paths, file.kind, file.domain);
        if (result != VMAIL_OK)
            return result;
        result = build_once(&build, file, &again);
        free_memory(&build);
        vmail_table_close(&build.table);
    }
    if (!again)
        return result;
    vmail_error_set(error, 0, "%s.%s: keeps changing; run vmailctl index later",
                    vmail_kind_name(file.kind), file.domain);
    return VMAIL_UNAVAILABLE;
}

/* Whether a write cannot kill the process by SIGXFSZ. Otherwise a user with a small limit could
 * kill passwd between the password change and the steps after it. An index is at most four times as
 * large as its text. */
static bool may_write(off_t text)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
           (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur / 4 > (rlim_t)text + LIMIT_SPARE);
}

void vmail_index_renew(struct vmail_file file, off_t size_max)
{
    const struct vmail_index_effort effort = { .milliseconds = RENEW_MILLISECONDS };
    struct vmail_file_state state;
    struct vmail_index index;
    if (file.paths->cache == NULL || !vmail_file_look(file.paths, file.kind, file.domain, &state) ||
        state.size > size_max || !may_write(state.size))
        return;
    bool fresh = false;
    if (vmail_index_open(file.paths, file.kind, file.domain, &index, NULL) == VMAIL_OK) {
        fresh = vmail_index_fresh(&index, &state, file.rules);
        vmail_index_close(&index);
    }
    if (!fresh)
        vmail_index_build(file, &effort, NULL);
}

void vmail_index_remove(const struct vmail_paths *paths, unsigned kind, const char *domain)
{
    const struct vmail_paths cache = { .directory = paths->cache, .owner = paths->owner };
    char name[VMAIL_INDEX_NAME_MAX + 1];
    int directory;
    if (paths->cache == NULL || vmail_trusted_open_directory(&cache, &directory, NULL) != VMAIL_OK)
        return;
    vmail_index_name(name, kind, domain);
    unlinkat(directory, name, 0);
    close(directory);
}

bool vmail_index_is_current(struct vmail_file file)
{
    struct vmail_table table;
    struct vmail_index index;
    if (vmail_table_open(&table, file, NULL) != VMAIL_OK)
        return false;
    bool current = vmail_index_open(file.paths, file.kind, file.domain, &index, NULL) == VMAIL_OK;
    if (current) {
        current = vmail_index_fresh(&index, &table.state, file.rules) && vmail_index_whole(&index);
        vmail_index_close(&index);
    }
    vmail_table_close(&table);
    return current;
}
