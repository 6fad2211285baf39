/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The area "ids": uids and gids that are not the domain's, or that somebody else has as well. */
#include "areas.h"

#include <string.h>

#include "id_block.h"
#include "id_map.h"
#include "id_survey.h"
#include "managed.h"
#include "reader.h"
#include "retired_ids.h"
#include "suggest.h"

enum { SLIPS_MAX = 2 }; /* of the pen, in a header */

/** The ids in the lines of one domain that is checked. */
struct domain_ids {
    struct id_survey *survey;
    struct findings *findings;
    const struct vmail_config *config;
    uint32_t number; /* in the survey */
    const char *domain;
    struct vmail_id_ranges ranges; /* of the domain */
    bool misspelt;                 /* its section has a misspelt name, already reported */
    size_t low;                    /* lines of the file at hand with an id that is low in 16 bits */
    struct finding_place first_low;
    uint32_t first_low_id;
    struct reader reader;
};

/** WHAT is "uid" or "gid". False: the modules refuse the line. */
static bool check_range(struct domain_ids *ids, const char *what, uint32_t id)
{
    const struct vmail_id_range *range = &ids->config->rules.ids;
    if (vmail_rules_allow_id(&ids->config->rules, id))
        return true;
    if (range->first > range->last)
        finding_add(ids->findings, FINDING_ERROR, &ids->reader.place,
                    "the range `ids` is empty, so this line is ignored\nfix `ids` in [vmail] of "
                    "vmail.conf");
    else
        finding_add(ids->findings, FINDING_ERROR, &ids->reader.place,
                    "%s %lu is outside `ids` of vmail.conf, %lu-%lu: this line is ignored\nchange "
                    "the %s, or extend `ids`",
                    what, (unsigned long)id, (unsigned long)range->first,
                    (unsigned long)range->last, what);
    return false;
}

/** Whether the header of the section OWNER is to have the name of the domain at hand: nobody is in
 * the one, and the other has no section. Told once. */
static bool is_misspelt(struct domain_ids *ids, const char *owner)
{
    const struct vmail_paths *paths = ids->survey->check->context->paths;
    const struct vmail_domain_config *section = vmail_config_domain(ids->config, owner);
    struct vmail_file_state state;
    const struct finding_place place = { .domain = ids->domain,
                                         .file = ids->survey->check->config,
                                         .line = section->line };
    if (suggest_distance(owner, ids->domain) > SLIPS_MAX ||
        !managed_domain(ids->survey->check->context, owner) ||
        vmail_domain_exists(paths, owner, &state) ||
        vmail_config_domain(ids->config, ids->domain) != NULL)
        return false;
    if (!ids->misspelt)
        finding_add(ids->findings, FINDING_ERROR, &place,
                    "the domain of [domain %s] does not exist, and %s uses ids of its block\nwrite "
                    " [domain %s]",
                    owner, ids->domain, ids->domain);
    ids->misspelt = true;
    return true;
}

static void check_block(struct domain_ids *ids, const char *what, uint32_t id)
{
    const char *owner = vmail_config_block(ids->config, id);
    if (owner != NULL && strcmp(owner, ids->domain) != 0 && is_misspelt(ids, owner))
        return;
    if (owner != NULL && strcmp(owner, ids->domain) != 0)
        finding_add(ids->findings, FINDING_ERROR, &ids->reader.place,
                    "%s %lu is in the block of %s, so look-ups by %s do not find it\ngive it an id "
                    "in the block of %s, and chown its files",
                    what, (unsigned long)id,
                    managed_domain(ids->survey->check->context, owner) ? owner : "another domain",
                    what, ids->domain);
    else if (owner == NULL && vmail_config_has_block(ids->config, ids->domain))
        finding_add(ids->findings, FINDING_ERROR, &ids->reader.place,
                    "%s %lu is not in the block of %s, so look-ups by %s do not find it\nadd it to "
                    "`ids` of the domain, see vmail.conf(5)",
                    what, (unsigned long)id, ids->domain, what);
}

static void check_foreign(struct domain_ids *ids, const char *what, uint32_t id)
{
    const struct foreign_range *foreign = foreign_ids_find(&ids->survey->foreign, id, id);
    if (foreign == NULL || (foreign->subordinate && vmail_id_ranges_have(&ids->ranges, id)))
        return; /* reported once for the whole block */
    finding_add(
        ids->findings, foreign->subordinate ? FINDING_WARNING : FINDING_ERROR, &ids->reader.place,
        "%s %lu also belongs to %s: both can access its files\nchange the %s of one of them", what,
        (unsigned long)id, foreign->whose, what);
}

/** Counted, since the users of an old domain may all have such ids. */
static void count_low(struct domain_ids *ids, uint32_t id)
{
    if (!id_is_low_in_16_bits(id) || ids->low++ > 0)
        return;
    ids->first_low = ids->reader.place;
    ids->first_low.user = NULL;
    ids->first_low_id = id;
}

static void add_low(const struct domain_ids *ids)
{
    if (ids->low > 0)
        finding_add(ids->findings, FINDING_WARNING, &ids->first_low,
                    "%zu line%s with ids whose low 16 bits are below %d, first %lu: old archive "
                    "formats store that id as %lu, a system account\ngive the domain another block "
                    "(vmailctl domain set %s ids FIRST-LAST), move these users and groups to it, "
                    "and chown their files",
                    ids->low, ids->low == 1 ? "" : "s", (int)VMAIL_IDS_LOWEST,
                    (unsigned long)ids->first_low_id, (unsigned long)(ids->first_low_id & 0xffff),
                    ids->domain);
}

/** The mark of GID in MARKS: that of the domain itself where there is one. */
static const struct mark *find_gid(const struct domain_ids *ids, const struct marks *marks,
                                   uint32_t gid)
{
    const struct mark *first = marks_find(marks, gid);
    for (const struct mark *mark = first; mark != NULL; mark = marks_next(marks, mark))
        if (mark->domain == ids->number)
            return mark;
    return first;
}

static void add_group_of_another(struct domain_ids *ids, uint32_t gid, const struct mark *group,
                                 bool private)
{
    static const char format[] =
        "gid %lu is %s %s\ngive the user a group of the domain with vmailctl user set --gid";
    char name[VMAIL_CANONICAL_MAX + 1];
    const bool own = group->domain == ids->number;
    const enum finding_severity severity = own ? FINDING_WARNING : FINDING_ERROR;
    if (finding_is_shown(ids->findings, severity, &ids->reader.place, format))
        id_survey_name(ids->survey, private ? VMAIL_PASSWD : VMAIL_GROUP, group, name);
    else
        name[0] = '\0';
    finding_add(ids->findings, severity, &ids->reader.place, format, (unsigned long)gid,
                private ? "the private group of" : "the group", name);
}

/** A primary group that is not the user's private one. */
static void check_shared_group(struct domain_ids *ids, uint32_t gid)
{
    const struct mark *group = find_gid(ids, &ids->survey->gids, gid);
    const struct mark *user = find_gid(ids, &ids->survey->private_gids, gid);
    if (group != NULL && group->domain == ids->number)
        return;
    if (group != NULL)
        add_group_of_another(ids, gid, group, false);
    else if (user != NULL)
        add_group_of_another(ids, gid, user, true);
    else
        finding_add(
            ids->findings, FINDING_WARNING, &ids->reader.place,
            "no group has gid %lu\ncreate one with vmailctl group add --gid=%lu, or change the gid",
            (unsigned long)gid, (unsigned long)gid);
}

/** The private group of a user is not, where a group of another name has its gid. */
static void check_private_group(struct domain_ids *ids, uint32_t gid)
{
    static const char format[] = "the user has no private group, because gid %lu is the group "
                                 "%s\ngive one of the two another gid";
    const struct mark *group = find_gid(ids, &ids->survey->gids, gid);
    char name[VMAIL_CANONICAL_MAX + 1] = "";
    if (group == NULL || group->domain != ids->number || group->name == ids->reader.key)
        return;
    if (finding_is_shown(ids->findings, FINDING_WARNING, &ids->reader.place, format))
        id_survey_name(ids->survey, VMAIL_GROUP, group, name);
    finding_add(ids->findings, FINDING_WARNING, &ids->reader.place, format, (unsigned long)gid,
                name);
}

static void check_line(struct domain_ids *ids)
{
    const struct vmail_record *record = &ids->reader.record;
    const bool is_user = record->kind == VMAIL_PASSWD;
    const uint32_t id = vmail_record_id(record), gid = is_user ? record->passwd.gid : id;
    const char *what = is_user ? "uid" : "gid";
    if (!check_range(ids, what, id) || (is_user && !check_range(ids, "gid", gid)))
        return;
    check_block(ids, what, id);
    check_foreign(ids, what, id);
    count_low(ids, id_is_low_in_16_bits(id) ? id : gid);
    if (is_user && id == gid)
        check_private_group(ids, gid);
    else if (is_user)
        check_shared_group(ids, gid);
}

/** Checks KIND.DOMAIN and returns the number of valid lines. */
static size_t check_file(struct domain_ids *ids, enum vmail_kind kind)
{
    size_t count = 0;
    ids->low = 0;
    if (reader_open(&ids->reader, ids->survey->check, kind, ids->domain) != VMAIL_OK)
        return 0;
    while (reader_next(&ids->reader)) {
        if (ids->reader.broken != NULL)
            continue;
        check_line(ids);
        count += reader_is_good(&ids->reader);
    }
    add_low(ids);
    reader_close(&ids->reader);
    return count;
}

/** What vmail.conf says of DOMAIN, which has so many USERS. */
static void check_section(struct domain_ids *ids, const struct vmail_domain_config *section,
                          size_t users)
{
    char text[ID_BLOCK_TEXT_MAX + 1];
    const struct finding_place place = { .domain = ids->domain,
                                         .file = ids->survey->check->config,
                                         .line = section->line };
    for (size_t i = 0; i < section->ids.count; i++) {
        const struct vmail_id_range *range = &section->ids.range[i];
        const struct foreign_range *foreign =
            foreign_ids_find(&ids->survey->foreign, range->first, range->last);
        id_block_format(text, range);
        if (foreign != NULL)
            finding_add(ids->findings, FINDING_WARNING, &place,
                        "the block %s contains ids of %s\nmove one of the two", text,
                        foreign->whose);
    }
    if (section->max_users > 0 && users > section->max_users)
        finding_add(ids->findings, FINDING_WARNING, &place,
                    "%zu users, but max_users is %lu\nraise max_users, or delete users", users,
                    (unsigned long)section->max_users);
}

static void check_domain(struct id_survey *survey, const char *domain, uint32_t number)
{
    struct check *check = survey->check;
    const struct vmail_domain_config *section = vmail_config_domain(check->context->config, domain);
    struct domain_ids ids = { .survey = survey,
                              .findings = &check->findings,
                              .config = check->context->config,
                              .number = number,
                              .domain = domain };
    if (section != NULL)
        ids.ranges = section->ids;
    const size_t users = check_file(&ids, VMAIL_PASSWD);
    check_file(&ids, VMAIL_GROUP);
    if (section != NULL)
        check_section(&ids, section, users);
}

/** In a container, nobody can have an id that it does not have: chown(2) says "invalid argument".
 */
static void check_map(struct check *check)
{
    const struct vmail_config *config = check->context->config;
    char advice[ID_MAP_ADVICE_MAX + 1];
    const struct finding_place place = { .file = check->config };
    if (id_map_has(&config->rules.ids))
        return;
    finding_add(&check->findings, FINDING_ERROR, &place,
                "some of `ids` %lu-%lu do not exist in this container (see /proc/self/uid_map): "
                "they cannot own files\n%s",
                (unsigned long)config->rules.ids.first, (unsigned long)config->rules.ids.last,
                id_map_advice(advice));
}

/** While that file is wrong, no id is chosen. */
static void check_retired(struct check *check)
{
    struct retired_ids ids;
    struct vmail_error error = { 0 };
    enum vmail_result result = retired_ids_read(check->context->paths, &ids, &error);
    if (result == VMAIL_NO_MEMORY)
        check->findings.no_memory = true;
    else if (result != VMAIL_OK)
        finding_add_message(&check->findings, FINDING_ERROR, NULL, error.text);
    retired_ids_free(&ids);
}

void check_ids(struct check *check)
{
    struct id_survey survey;
    if (check->everything && !check->context->restricted) {
        check_map(check);
        check_retired(check);
    }
    if (!id_survey_read(check, &survey)) {
        check->findings.no_memory = true;
    } else {
        for (size_t i = 0; i < survey.domains->count; i++)
            if (check_covers(check, survey.domains->name[i]))
                check_domain(&survey, survey.domains->name[i], (uint32_t)i);
        check_repeated_ids(&survey);
    }
    id_survey_end(&survey);
}
