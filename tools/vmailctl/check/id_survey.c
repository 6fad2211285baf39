/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "id_survey.h"

#include <stdlib.h>
#include <string.h>

#include "domain_rows.h"
#include "number_set.h"
#include "reader.h"

static bool add_mark(struct id_survey *survey, const struct reader *reader, size_t domain)
{
    const struct vmail_record *record = &reader->record;
    const struct mark mark = { .key = vmail_record_id(record),
                               .domain = (uint32_t)domain,
                               .line = (uint32_t)reader->line.number,
                               .offset = reader->line.offset,
                               .name = reader->key };
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
    if (reader_open(&reader, survey->check, kind, survey->domains.name[domain]) != VMAIL_OK)
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

static bool copy_list(const struct vmail_domain_list *from, struct vmail_domain_list *to)
{
    to->name = calloc(from->count + 1, sizeof *to->name);
    for (to->count = 0; to->name != NULL && to->count < from->count; to->count++) {
        to->name[to->count] = strdup(from->name[to->count]);
        if (to->name[to->count] == NULL)
            return false;
    }
    return to->name != NULL;
}

static bool list_domains(struct id_survey *survey)
{
    const struct check *check = survey->check;
    if (check->everything || check->context->restricted)
        return copy_list(&check->domains, &survey->domains);
    enum vmail_result result = vmail_domains_list(check->context->paths, &survey->domains, NULL);
    return result == VMAIL_OK ||
           (result != VMAIL_NO_MEMORY && copy_list(&check->domains, &survey->domains));
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void find_looked_at(struct id_survey *survey)
{
    const struct vmail_domain_list *checked = &survey->check->domains;
    for (size_t i = 0; i < survey->domains.count && checked->count > 0; i++)
        survey->looked_at[i] = bsearch(&survey->domains.name[i], checked->name, checked->count,
                                       sizeof *checked->name, compare) != NULL;
}

bool id_survey_read(struct check *check, struct id_survey *survey)
{
    *survey = (struct id_survey){ .check = check };
    if (!foreign_ids_read(check->context, &survey->foreign) || !list_domains(survey))
        return false;
    survey->looked_at = calloc(survey->domains.count + 1, sizeof *survey->looked_at);
    if (survey->looked_at == NULL)
        return false;
    find_looked_at(survey);
    for (size_t i = 0; i < survey->domains.count; i++)
        if (!read_file(survey, VMAIL_PASSWD, i) || !read_file(survey, VMAIL_GROUP, i))
            return false;
    marks_sort(&survey->uids);
    marks_sort(&survey->gids);
    marks_sort(&survey->private_gids);
    return true;
}

void id_survey_end(struct id_survey *survey)
{
    vmail_domains_free(&survey->domains);
    free(survey->looked_at);
    marks_free(&survey->uids);
    marks_free(&survey->gids);
    marks_free(&survey->private_gids);
    foreign_ids_free(&survey->foreign);
}

void id_survey_name(struct id_survey *survey, enum vmail_kind kind, const struct mark *mark,
                    char name[VMAIL_CANONICAL_MAX + 1])
{
    const char *domain = survey->domains.name[mark->domain];
    struct reader reader;
    memcpy(name, "?", 2);
    if (reader_open(&reader, survey->check, kind, domain) != VMAIL_OK)
        return;
    if (reader_at(&reader, mark->offset) && reader.broken == NULL)
        vmail_name_join(name, vmail_record_name(&reader.record), domain);
    reader_close(&reader);
}
