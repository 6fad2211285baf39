/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reader.h"

#include <errno.h>
#include <string.h>

enum { STEP = 1024 * 1024 }; /* how often the clock is asked */

enum vmail_result reader_open(struct reader *reader, struct check *check, enum vmail_kind kind,
                              const char *domain)
{
    const struct context *context = check->context;
    *reader = (struct reader){ .check = check };
    if (!vmail_file_path(reader->path, context->paths, kind, domain))
        reader->path[0] = '\0';
    enum vmail_result result =
        vmail_table_open(&reader->table, context_file(context, kind, domain), NULL);
    if (result == VMAIL_NO_MEMORY)
        check->findings.no_memory = true;
    reader->place = (struct finding_place){ .domain = domain, .file = reader->path };
    return result;
}

uint64_t reader_name_key(const struct check *check, const char *text, size_t length,
                         char name[VMAIL_USER_MAX + 1])
{
    if (length > VMAIL_USER_MAX)
        length = VMAIL_USER_MAX;
    memcpy(name, text, length);
    name[length] = '\0';
    if (check->context->config->rules.fold_case)
        vmail_fold_copy(name, name, length);
    return mark_key(name, length);
}

static void take_reader_line(struct reader *reader)
{
    reader->place.line = reader->line.number;
    reader->place.user = NULL;
    reader->broken = vmail_record_parse(reader->table.kind, reader->line.text, reader->line.length,
                                        &reader->record);
    if (reader->broken != NULL)
        return;
    const char *name = vmail_record_name(&reader->record);
    reader->key = reader_name_key(reader->check, name, strlen(name), reader->name);
    if (reader->table.kind != VMAIL_GROUP)
        reader->place.user = reader->name;
}

static void tell_progress(struct reader *reader)
{
    const off_t now = vmail_lines_tell(&reader->table.lines);
    if (now - reader->told < STEP)
        return;
    progress_step(&reader->check->progress, (uint64_t)(now - reader->told));
    reader->told = now;
}

bool reader_next(struct reader *reader)
{
    struct vmail_lines *lines = &reader->table.lines;
    if (vmail_lines_next(lines, &reader->line)) {
        take_reader_line(reader);
        tell_progress(reader);
        return true;
    }
    if (lines->error == ENOMEM) {
        reader->check->findings.no_memory = true;
    } else if (lines->error != 0) {
        struct finding_place place = reader->place;
        place.line = 0;
        place.user = NULL;
        finding_add(&reader->check->findings, FINDING_ERROR, &place,
                    "cannot be read completely: %s\ncheck the system log for disk errors",
                    strerrordesc_np(lines->error));
    }
    return false;
}

bool reader_is_good(const struct reader *reader)
{
    const struct vmail_config *config = reader->check->context->config;
    const struct vmail_record *record = &reader->record;
    if (reader->broken != NULL ||
        strpbrk(vmail_record_name(record), config->rules.separators) != NULL)
        return false;
    switch (record->kind) {
    case VMAIL_PASSWD:
        return vmail_rules_allow_id(&config->rules, record->passwd.uid) &&
               vmail_rules_allow_id(&config->rules, record->passwd.gid);
    case VMAIL_GROUP:
        return vmail_rules_allow_id(&config->rules, record->group.gid);
    case VMAIL_SHADOW:
        break;
    }
    return true;
}

bool reader_next_good(struct reader *reader)
{
    while (reader_next(reader))
        if (reader_is_good(reader))
            return true;
    return false;
}

bool reader_at(struct reader *reader, off_t offset)
{
    vmail_lines_rewind(&reader->table.lines, offset);
    if (!vmail_lines_next(&reader->table.lines, &reader->line))
        return false;
    take_reader_line(reader);
    return true;
}

void reader_close(struct reader *reader)
{
    vmail_table_close(&reader->table);
}

struct mark reader_mark(const struct reader *reader)
{
    return (struct mark){ .key = reader->key,
                          .line = (uint32_t)reader->line.number,
                          .offset = reader->line.offset };
}

/** The key of the text before the first colon of a line that is not a record. */
static uint64_t key_of_broken(const struct reader *reader)
{
    const char *text = reader->line.text + strspn(reader->line.text, "# \t\r");
    char name[VMAIL_USER_MAX + 1];
    return reader_name_key(reader->check, text, strcspn(text, ": \t\r"), name);
}

static enum vmail_result add_names(struct reader *reader, bool all, struct marks *names)
{
    while (reader_next(reader)) {
        struct mark mark = reader_mark(reader);
        if (reader->broken != NULL && all)
            mark.key = key_of_broken(reader);
        if ((reader->broken == NULL || all) && !marks_add(names, &mark))
            return VMAIL_NO_MEMORY;
    }
    return reader->table.lines.error != 0 ? VMAIL_UNAVAILABLE : VMAIL_OK;
}

enum vmail_result reader_names(struct check *check, enum vmail_kind kind, const char *domain,
                               bool all, struct marks *names)
{
    struct reader reader;
    enum vmail_result result = reader_open(&reader, check, kind, domain);
    if (result != VMAIL_OK)
        return result;
    result = add_names(&reader, all, names);
    reader_close(&reader);
    if (result == VMAIL_NO_MEMORY)
        check->findings.no_memory = true;
    marks_sort(names);
    return result;
}
