/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "import/steps.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array.h"
#include "message.h"
#include "table.h"
#include "trust.h"
#include "records.h"

/** A name of the plan or of a file. */
struct entry {
    size_t domain;
    const char *name;
    struct import_decision *decision; /* NULL: of a file */
    struct import_place place;
    const char *reason; /* for a file: the reason to skip others */
};

struct entries {
    struct entry *entry;
    size_t count;
    bool no_memory;
};

static void add_known_name(struct entries *entries, const struct entry *entry)
{
    struct entry *new = vmail_array_append(&entries->entry, &entries->count, sizeof *new);
    if (new == NULL || entry->name == NULL)
        entries->no_memory = true;
    else
        *new = *entry;
}

/** Adds NAME, an item of the plan, unless it is skipped anyway. */
static void add_item(struct entries *entries, const char *name, struct import_decision *decision,
                     struct import_place place)
{
    const struct entry entry = { decision->domain, name, decision, place, NULL };
    if (decision->skipped == NULL)
        add_known_name(entries, &entry);
}

/** Entries of a file before those of the plan, which keep the order of their array. */
static int compare_entries(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;
    if (left->domain != right->domain)
        return left->domain < right->domain ? -1 : 1;
    int order = strcmp(left->name, right->name);
    if (order != 0)
        return order;
    if (left->decision == right->decision)
        return 0;
    return left->decision < right->decision ? -1 : 1;
}

/** Adds the names in KIND.DOMAIN of the plan's domain NUMBER, and records the file's state. */
static enum exit_code add_file(const struct context *context, struct import_plan *plan,
                               size_t number, enum vmail_kind kind, struct entries *entries)
{
    static const char *const reasons[] = {
        "already exists", "the shadow file already has a line for this name; remove it",
        "already exists"
    };
    struct records records;
    struct import_domain *domain = &plan->domains[number];
    records_begin(&records, context, kind, domain->name);
    if (records.open)
        domain->state[kind] = records.table.state;
    domain->exists = domain->exists || (records.open && kind == VMAIL_PASSWD);
    while (!entries->no_memory && records_next(&records)) {
        char folded[VMAIL_USER_MAX + 1];
        const char *name = vmail_record_name(&records.record);
        domain->existing += kind == VMAIL_PASSWD;
        vmail_fold_copy(folded, name, strlen(name));
        const struct entry entry = {
            .domain = number,
            .name = import_plan_string(plan, context->config->rules.fold_case ? folded : name),
            .reason = reasons[kind],
        };
        add_known_name(entries, &entry);
    }
    return records_end(&records);
}

/** The same in all domains of the plan. */
static enum exit_code add_files(const struct context *context, struct import_plan *plan,
                                enum vmail_kind kind, struct entries *entries)
{
    enum exit_code code = EXIT_DONE;
    for (size_t i = 0; code == EXIT_DONE && i < plan->domain_count; i++)
        code = add_file(context, plan, i, kind, entries);
    return code;
}

static enum exit_code skip_doubles(const struct context *context, struct import_plan *plan,
                                   struct entries *entries)
{
    if (entries->no_memory)
        return message_no_memory(context);
    if (entries->count > 0)
        qsort(entries->entry, entries->count, sizeof *entries->entry, compare_entries);
    const struct entry *first = NULL;
    for (size_t i = 0; i < entries->count; i++) {
        struct entry *entry = &entries->entry[i];
        bool same = first != NULL && first->domain == entry->domain &&
                    strcmp(first->name, entry->name) == 0;
        if (!same)
            first = entry;
        else if (entry->decision != NULL && first->decision == NULL)
            entry->decision->skipped = first->reason;
        else if (entry->decision != NULL && first->place.line > 0)
            entry->decision->skipped = import_plan_format(plan, "already defined in %s:%lu",
                                                          first->place.file, first->place.line);
        else if (entry->decision != NULL)
            entry->decision->skipped = "defined twice";
    }
    return EXIT_DONE;
}

static enum exit_code skip_users(const struct context *context, struct import_plan *plan,
                                 struct entries *entries)
{
    enum exit_code code = add_files(context, plan, VMAIL_PASSWD, entries);
    if (code != EXIT_DONE)
        return code;
    code = add_files(context, plan, VMAIL_SHADOW, entries);
    if (code != EXIT_DONE)
        return code;
    for (size_t i = 0; i < plan->user_count; i++)
        add_item(entries, plan->users[i].name, &plan->users[i].decision, plan->users[i].place);
    return skip_doubles(context, plan, entries);
}

static enum exit_code skip_groups(const struct context *context, struct import_plan *plan,
                                  struct entries *entries)
{
    const enum exit_code code = add_files(context, plan, VMAIL_GROUP, entries);
    if (code != EXIT_DONE)
        return code;
    for (size_t i = 0; i < plan->group_count; i++)
        add_item(entries, plan->groups[i].name, &plan->groups[i].decision, plan->groups[i].place);
    return skip_doubles(context, plan, entries);
}

/** An existing aliases file is not changed: two of them cannot be merged safely. */
static enum exit_code skip_aliases(const struct context *context, struct import_plan *plan)
{
    size_t last = SIZE_MAX;
    bool exists = false;
    for (size_t i = 0; i < plan->alias_count; i++) {
        char name[VMAIL_ALIASES_NAME_MAX + 1];
        struct vmail_error error = { 0 };
        struct stat status;
        struct import_decision *decision = &plan->aliases[i].decision;
        if (decision->skipped != NULL)
            continue;
        if (decision->domain != last) {
            int fd = -1;
            last = decision->domain;
            vmail_aliases_file_name(name, plan->domains[last].name);
            enum vmail_result result =
                vmail_trusted_open(context->paths, name, &fd, &status, &error);
            if (result != VMAIL_OK && result != VMAIL_NOT_FOUND)
                return message_result(context, result, &error);
            exists = result == VMAIL_OK && status.st_size > 0;
            if (result == VMAIL_OK)
                plan->domains[last].aliases_file = vmail_file_state(&status);
            if (fd >= 0)
                close(fd);
        }
        if (exists)
            decision->skipped = "the domain already has aliases";
    }
    return EXIT_DONE;
}

enum exit_code import_skip_existing(const struct context *context, struct import_plan *plan)
{
    struct entries users = { 0 }, groups = { 0 };
    enum exit_code code = skip_users(context, plan, &users);
    free(users.entry);
    if (code != EXIT_DONE)
        return code;
    code = skip_groups(context, plan, &groups);
    free(groups.entry);
    if (code != EXIT_DONE)
        return code;
    return skip_aliases(context, plan);
}
