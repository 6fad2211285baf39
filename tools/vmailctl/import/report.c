/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "import/steps.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "message.h"
#include "output_rows.h"
#include "text.h"

static const struct output_column columns[] = {
    { "kind", "KIND" },  { "name", "NAME" },       { "result", "RESULT" }, { "old_uid", "OLD UID" },
    { "uid", "UID" },    { "old_gid", "OLD GID" }, { "gid", "GID" },       { "home", "HOME" },
    { "reason", "WHY" }, { "source", "SOURCE" },   { NULL, NULL },
};

struct report {
    const struct context *context;
    struct output_rows rows;
    bool all;
    size_t taken, renumbered, skipped;
};

static json_t *id_or_null(int64_t id)
{
    return id < 0 ? json_null() : json_integer(id);
}

static json_t *source_of(const struct import_place *place)
{
    return place->line == 0 ? text_json(place->file)
                            : text_json_format("%s:%lu", place->file, place->line);
}

/** NAME@DOMAIN, either of which may be invalid. */
static json_t *joined(const char *name, const char *domain)
{
    return domain == NULL ? text_json(name)
                          : text_json_format("%s@%s", name == NULL ? "" : name, domain);
}

/** Ids of an item: old ones are requested, new ones are -1 if it is skipped. */
struct ids {
    int64_t old_uid, uid, old_gid, gid;
};

static const struct ids no_ids = { IMPORT_NO_ID, IMPORT_NO_ID, IMPORT_NO_ID, IMPORT_NO_ID };

static void add_row(struct report *report, const char *kind, json_t *name, const struct ids *ids,
                    const char *home, const struct import_decision *decision,
                    const struct import_place *place)
{
    bool renumbered = decision->skipped == NULL &&
                      ((ids->old_uid >= 0 && ids->old_uid != ids->uid) ||
                       (ids->uid < 0 && ids->old_gid >= 0 && ids->old_gid != ids->gid));
    const char *result = decision->skipped != NULL ? "skipped"
                         : renumbered              ? "renumbered"
                                                   : "taken";
    report->skipped += decision->skipped != NULL;
    report->taken += decision->skipped == NULL;
    report->renumbered += renumbered;
    if (!report->context->json && !report->all && decision->skipped == NULL && !renumbered &&
        decision->note == NULL) {
        json_decref(name);
        return;
    }
    output_row(&report->rows,
               json_pack("{s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "kind", kind, "name",
                         name, "result", result, "old_uid", id_or_null(ids->old_uid), "uid",
                         id_or_null(ids->uid), "old_gid", id_or_null(ids->old_gid), "gid",
                         id_or_null(ids->gid), "home", text_json(home), "reason",
                         text_json(decision->skipped != NULL ? decision->skipped : decision->note),
                         "source", source_of(place)));
}

static const char *domain_of(const struct import_plan *plan, const struct import_decision *decision,
                             const char *as_written)
{
    return decision->skipped == NULL ? plan->domains[decision->domain].name : as_written;
}

static void add_user(struct report *report, const struct import_plan *plan,
                     const struct import_user *user)
{
    bool taken = user->decision.skipped == NULL;
    struct ids ids = { user->uid, taken ? (int64_t)user->new_uid : IMPORT_NO_ID, user->gid,
                       taken ? (int64_t)user->new_gid : IMPORT_NO_ID };
    add_row(report, "user", joined(user->name, domain_of(plan, &user->decision, user->domain)),
            &ids, user->home, &user->decision, &user->place);
}

static void add_group(struct report *report, const struct import_plan *plan,
                      const struct import_group *group)
{
    struct ids ids = no_ids;
    ids.old_gid = group->gid;
    ids.gid = group->decision.skipped == NULL ? (int64_t)group->new_gid : IMPORT_NO_ID;
    add_row(report, "group", joined(group->name, domain_of(plan, &group->decision, group->domain)),
            &ids, NULL, &group->decision, &group->place);
}

static void add_all(struct report *report, const struct import_plan *plan)
{
    for (size_t i = 0; i < plan->user_count; i++)
        add_user(report, plan, &plan->users[i]);
    for (size_t i = 0; i < plan->group_count; i++)
        add_group(report, plan, &plan->groups[i]);
    for (size_t i = 0; i < plan->alias_count; i++)
        add_row(report, "alias line", text_json(plan->aliases[i].domain), &no_ids, NULL,
                &plan->aliases[i].decision, &plan->aliases[i].place);
    for (size_t i = 0; i < plan->address_count; i++) {
        const struct import_decision by_hand = { .note = "add it to `address' in vmail.conf" };
        add_row(report, "address", joined(plan->addresses[i].address, plan->addresses[i].domain),
                &no_ids, NULL, &by_hand, &plan->addresses[i].place);
    }
    for (size_t i = 0; i < plan->reject_count; i++) {
        const struct import_decision reject = { .skipped = plan->rejects[i].reason };
        add_row(report, "line", json_null(), &no_ids, NULL, &reject, &plan->rejects[i].place);
    }
}

enum exit_code import_report(const struct context *context, const struct import_plan *plan,
                             bool all)
{
    struct report report = { .context = context, .all = all };
    output_rows_start(&report.rows, context, columns);
    add_all(&report, plan);
    enum exit_code code = output_rows_end(&report.rows);
    if (!context->json)
        printf("%s: %zu (%zu renumbered), skipped: %zu\n",
               context->dry_run ? "would be taken" : "taken", report.taken, report.renumbered,
               report.skipped);
    if (code != EXIT_DONE)
        return code;
    return report.skipped > 0 ? EXIT_NEGATIVE : EXIT_DONE;
}
