/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Uids and gids used twice. Part of the area "ids". */
#include "id_survey.h"

#include <string.h>

#include "table.h"

/** Tells of MARK, a line of KIND, that OTHER has its id, a line of OTHER_KIND. */
static void add_repeated_id(struct id_survey *survey, enum vmail_kind kind, const struct mark *mark,
                            enum vmail_kind other_kind, const struct mark *other)
{
    static const char user[] =
        "uid %lu of %s also belongs to %s: to the system they are one user, and can read each "
        "other's mail\ngive one of them another uid, and chown the files";
    static const char group[] =
        "gid %lu of the group %s also belongs to %s%s: to the system they are one group\ngive one "
        "of them another gid with vmailctl group set";
    struct findings *findings = &survey->check->findings;
    const char *domain = survey->domains->name[mark->domain];
    char name[VMAIL_CANONICAL_MAX + 1] = "", rival[VMAIL_CANONICAL_MAX + 1] = "";
    char path[VMAIL_PATH_MAX];
    struct finding_place place = { .domain = domain, .file = path, .line = mark->line };
    if (!vmail_file_path(path, survey->check->context->paths, kind, domain))
        return;
    if (finding_is_shown(findings, FINDING_ERROR, &place, kind == VMAIL_PASSWD ? user : group)) {
        id_survey_name(survey, kind, mark, name);
        id_survey_name(survey, other_kind, other, rival);
        *strchrnul(name, '@') = '\0';
    }
    if (kind == VMAIL_PASSWD) {
        place.user = name;
        finding_add(findings, FINDING_ERROR, &place, user, (unsigned long)mark->key, name, rival);
    } else {
        finding_add(findings, FINDING_ERROR, &place, group, (unsigned long)mark->key, name,
                    other_kind == VMAIL_PASSWD ? "the user " : "", rival);
    }
}

static bool is_looked_at(const struct id_survey *survey, const struct mark *mark)
{
    return check_covers(survey->check, survey->domains->name[mark->domain]);
}

/**
 * Reports the later one of two lines with the same id, or the earlier one if only that is checked.
 */
static void compare_within(struct id_survey *survey, enum vmail_kind kind,
                           const struct marks *marks)
{
    const struct mark *first = marks->mark;
    for (size_t i = 1; i < marks->count; i++) {
        const struct mark *mark = &marks->mark[i];
        if (mark->key != first->key)
            first = mark;
        else if (is_looked_at(survey, mark))
            add_repeated_id(survey, kind, mark, kind, first);
        else if (is_looked_at(survey, first))
            add_repeated_id(survey, kind, first, kind, mark);
    }
}

/** Groups that have the gid of a private group in another domain. */
static void compare_groups(struct id_survey *survey)
{
    for (size_t i = 0; i < survey->gids.count; i++) {
        const struct mark *mark = &survey->gids.mark[i];
        const struct mark *user = marks_find(&survey->private_gids, mark->key);
        while (user != NULL && user->domain == mark->domain)
            user = marks_next(&survey->private_gids, user);
        if (user != NULL && (is_looked_at(survey, mark) || is_looked_at(survey, user)))
            add_repeated_id(survey, VMAIL_GROUP, mark, VMAIL_PASSWD, user);
    }
}

void check_repeated_ids(struct id_survey *survey)
{
    compare_within(survey, VMAIL_PASSWD, &survey->uids);
    compare_within(survey, VMAIL_GROUP, &survey->gids);
    compare_groups(survey);
}
