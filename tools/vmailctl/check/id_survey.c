/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "id_survey.h"

#include <string.h>

#include "domain_rows.h"
#include "number_set.h"
#include "reader.h"

static bool add_mark(struct id_survey *survey, const struct reader *reader, size_t domain)
{
    const struct vmail_record *record = &reader->record;
    struct mark mark = reader_mark(reader);
    mark.key = vmail_record_id(record);
    mark.domain = (uint32_t)domain;
    mark.name = reader->key;
    if (record->kind == VMAIL_GROUP)
        return marks_add(&survey->gids, &mark);
    if (!marks_add(&survey->uids, &mark))
        return false;
    return record->passwd.uid != record->passwd.gid || marks_add(&survey->private_gids, &mark);
}

static bool read_file(struct id_survey *survey, enum vmail_kind kind, size_t domain)
{
    struct reader reader;
    struct vmail_number_set names = { 0 };
    bool good = true;
    if (reader_open(&reader, survey->check, kind, survey->domains->name[domain]) != VMAIL_OK)
        return true; /* the area "files" tells why */
    while (good && reader_next_good(&reader))
        switch (vmail_number_set_add(&names, reader.key)) {
        case VMAIL_SET_NEW:
            good = add_mark(survey, &reader, domain);
            break;
        case VMAIL_SET_OLD:
            break;
        case VMAIL_SET_NO_MEMORY:
            good = false;
        }
    vmail_number_set_free(&names);
    reader_close(&reader);
    return good;
}

bool id_survey_read(struct check *check, struct id_survey *survey)
{
    *survey = (struct id_survey){ .check = check };
    survey->domains = check_all_domains(check, &survey->all);
    if (!foreign_ids_read(check->context, &survey->foreign))
        return false;
    for (size_t i = 0; i < survey->domains->count; i++)
        if (!read_file(survey, VMAIL_PASSWD, i) || !read_file(survey, VMAIL_GROUP, i))
            return false;
    marks_sort(&survey->uids);
    marks_sort(&survey->gids);
    marks_sort(&survey->private_gids);
    return true;
}

void id_survey_end(struct id_survey *survey)
{
    vmail_domains_free(&survey->all);
    marks_free(&survey->uids);
    marks_free(&survey->gids);
    marks_free(&survey->private_gids);
    foreign_ids_free(&survey->foreign);
}

void id_survey_name(struct id_survey *survey, enum vmail_kind kind, const struct mark *mark,
                    char name[VMAIL_CANONICAL_MAX + 1])
{
    const char *domain = survey->domains->name[mark->domain];
    struct reader reader;
    memcpy(name, "?", 2);
    if (reader_open(&reader, survey->check, kind, domain) != VMAIL_OK)
        return;
    if (reader_at(&reader, mark->offset) && reader.broken == NULL)
        vmail_name_join(name, vmail_record_name(&reader.record), domain);
    reader_close(&reader);
}
