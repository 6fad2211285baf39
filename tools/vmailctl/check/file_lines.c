/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lines of a domain's files: invalid ones, and names defined twice. */
#include "areas.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "alias_set.h"
#include "deleted_user.h"
#include "reader.h"

static bool is_comment(const struct reader *reader)
{
    return reader->line.text[0] == '#';
}

static bool is_blank(const struct reader *reader)
{
    return reader->line.text[strspn(reader->line.text, " \t\r")] == '\0';
}

/** A comment may be the rest of an interrupted `user del --purge'. */
static void check_comment(const struct reader *reader, const char *domain)
{
    const char *line = reader->line.text;
    size_t length = reader->line.length;
    if (reader->table.kind != VMAIL_PASSWD || !deleted_user_read(&line, &length))
        return;
    const int name = (int)strcspn(line, ":");
    finding_add(&reader->check->findings, FINDING_WARNING, &reader->place,
                "the deletion of %.*s was interrupted: the home and mailbox may still exist\nrun "
                "vmailctl user del %.*s@%s --purge; without --purge, only this line is removed",
                name, line, name, line, domain);
}

static void add_broken(struct reader *reader, const char *domain)
{
    struct findings *findings = &reader->check->findings;
    if (is_comment(reader)) {
        check_comment(reader, domain);
        return;
    }
    if (is_blank(reader) && reader->line.length < 2)
        finding_add(findings, FINDING_NOTE, &reader->place, "empty line\nremove it");
    else
        finding_add(findings, FINDING_ERROR, &reader->place,
                    "%s: this line is ignored\nfix or remove it; see vmail(5) for the format",
                    reader->broken);
}

/** Whether the records at A and B have one name, and not just one key; READER is then at B. */
static bool same_name(struct reader *reader, const struct mark *a, const struct mark *b)
{
    char name[VMAIL_USER_MAX + 1];
    if (!reader_at(reader, a->offset) || reader->broken != NULL)
        return false;
    memcpy(name, reader->name, sizeof name);
    return reader_at(reader, b->offset) && reader->broken == NULL &&
           strcmp(name, reader->name) == 0;
}

static void add_repeated(struct reader *reader, const struct marks *names)
{
    const struct mark *first = names->mark;
    for (size_t i = 1; i < names->count; i++) {
        const struct mark *mark = &names->mark[i];
        if (mark->key != first->key) {
            first = mark;
            continue;
        }
        if (!same_name(reader, first, mark))
            continue;
        reader->place.line = mark->line;
        finding_add(&reader->check->findings, FINDING_ERROR, &reader->place,
                    "%s is already defined in line %lu; that one is used\nremove one of the two",
                    vmail_record_name(&reader->record), (unsigned long)first->line);
    }
}

/** Lines that are passed over show by the number of the next one. */
static void check_length(const struct reader *reader, unsigned long last)
{
    struct finding_place place = reader->place;
    place.user = NULL;
    for (place.line = last + 1; place.line < reader->line.number; place.line++)
        finding_add(&reader->check->findings, FINDING_ERROR, &place,
                    "longer than %d bytes: this line is ignored\nsplit it", (int)VMAIL_LINE_MAX);
}

void check_lines(struct check *check, enum vmail_kind kind, const char *domain)
{
    struct reader reader;
    struct marks names = { 0 };
    if (reader_open(&reader, check, kind, domain) != VMAIL_OK)
        return;
    for (unsigned long last = 0; reader_next(&reader); last = reader.line.number) {
        check_length(&reader, last);
        const struct mark mark = reader_mark(&reader);
        if (reader.broken != NULL)
            add_broken(&reader, domain);
        else if (!marks_add(&names, &mark))
            check->findings.no_memory = true;
    }
    marks_sort(&names);
    add_repeated(&reader, &names);
    marks_free(&names);
    reader_close(&reader);
}

static void add_alias_file(struct check *check, const char *domain,
                           const struct vmail_alias_file *file)
{
    struct finding_place place = { .domain = domain, .file = file->path };
    for (size_t i = 0; i < file->aliases.count; i++) {
        const struct vmail_alias *alias = &file->aliases.alias[i];
        place.line = alias->line;
        if (alias->ignored_count > 0 && alias->reason != NULL)
            finding_add(&check->findings, FINDING_WARNING, &place,
                        "%s: %s\nremove it, or allow it with vmailctl domain set %s alias_programs "
                        "yes",
                        alias->name, alias->reason, domain);
        else if (alias->reason != NULL)
            finding_add(&check->findings, FINDING_ERROR, &place,
                        "%s: this entry is ignored\nfix or remove it; the format is NAME: TARGET, "
                        "TARGET ...",
                        alias->reason);
    }
}

void check_alias_lines(struct check *check, const char *domain)
{
    const struct finding_place place = { .domain = domain };
    struct vmail_alias_set set;
    struct vmail_error error = { 0 };
    enum vmail_result result =
        vmail_alias_set_read(check->context->paths, check->context->config, domain, &set, &error);
    if (result == VMAIL_NO_MEMORY)
        check->findings.no_memory = true;
    else if (result != VMAIL_OK && error.code == EACCES && geteuid() != 0)
        finding_add(&check->findings, FINDING_NOTE, &place, "%s\nrun vmailctl check as root",
                    error.text);
    else if (result != VMAIL_OK)
        finding_add_message(&check->findings, FINDING_ERROR, &place, error.text);
    for (size_t i = 0; i < set.count; i++)
        add_alias_file(check, domain, &set.file[i]);
    vmail_alias_set_end(&set);
}
