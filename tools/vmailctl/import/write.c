/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "import/write.h"

#include <stdlib.h>

#include "change_log.h"
#include "import/domain_files.h"
#include "import/password.h"
#include "index_all.h"
#include "message.h"
#include "progress.h"

enum exit_code import_make_hashes(const struct context *context, struct import_plan *plan)
{
    struct progress progress;
    struct vmail_error error = { 0 };
    uint64_t total = 0;
    bool good = true;
    for (size_t i = 0; i < plan->user_count; i++)
        total += plan->users[i].decision.skipped == NULL && plan->users[i].hash == NULL;
    progress_start(&progress, context, "hashing passwords", total);
    for (size_t i = 0; good && i < plan->user_count; i++) {
        struct import_user *user = &plan->users[i];
        if (user->decision.skipped != NULL || user->hash != NULL)
            continue;
        good = import_password_make(plan, user, &error);
        progress_step(&progress, 1);
    }
    progress_end(&progress);
    if (!good)
        message_error(context, "%s; nothing was written", error.text);
    return good ? EXIT_DONE : EXIT_UNAVAILABLE;
}

/**
 * The items of each domain, in their order: those of domain d are ITEM[start[d]] to start[d + 1].
 */
struct by_domain {
    size_t *start, *item;
};

static bool taken(const struct import_decision *decision)
{
    return decision->skipped == NULL;
}

static bool sort_users(const struct import_plan *plan, struct by_domain *sorted)
{
    sorted->start = calloc(plan->domain_count + 2, sizeof *sorted->start);
    sorted->item = calloc(plan->user_count + 1, sizeof *sorted->item);
    if (sorted->start == NULL || sorted->item == NULL)
        return false;
    for (size_t i = 0; i < plan->user_count; i++)
        if (taken(&plan->users[i].decision))
            sorted->start[plan->users[i].decision.domain + 2]++;
    for (size_t i = 1; i <= plan->domain_count; i++)
        sorted->start[i + 1] += sorted->start[i];
    for (size_t i = 0; i < plan->user_count; i++)
        if (taken(&plan->users[i].decision))
            sorted->item[sorted->start[plan->users[i].decision.domain + 1]++] = i;
    return true;
}

/** An outdated index is not used, so failing to build one is not an error. */
static void renew_indexes(const struct context *context, char **names, size_t count)
{
    const struct vmail_index_effort effort = { .milliseconds = 100, .seconds = 1 };
    const struct vmail_index_work work = { .paths = context->paths,
                                           .config = context->config,
                                           .effort = &effort };
    const struct vmail_domain_list list = { names, count };
    struct vmail_index_report report = { 0 };
    if (count == 0)
        return;
    vmail_index_domains(&work, &list, &report);
}

static enum exit_code write_domain(const struct context *context, const struct import_plan *plan,
                                   const struct by_domain *sorted, size_t number)
{
    const struct import_domain *domain = &plan->domains[number];
    const struct import_part part = {
        .plan = plan,
        .domain = number,
        .user = &sorted->item[sorted->start[number]],
        .user_count = sorted->start[number + 1] - sorted->start[number],
    };
    struct vmail_error error = { 0 };
    enum vmail_result result = import_part_write(context->paths, &part, &error);
    if (result != VMAIL_OK) {
        message_error(context, "%s: nothing was imported: %s", domain->name,
                      result == VMAIL_NO_MEMORY ? "out of memory" : error.text);
        return EXIT_UNAVAILABLE;
    }
    if (error.text[0] != '\0')
        message_warning(context, "%s", error.text);
    change_log(context, "import %s: %zu users, %zu groups, %zu lines of aliases", domain->name,
               domain->users, domain->groups, domain->aliases);
    return EXIT_DONE;
}

static bool has_work(const struct import_domain *domain)
{
    return !domain->refused && (domain->users > 0 || domain->groups > 0 || domain->aliases > 0 ||
                                (domain->noted && !domain->exists));
}

enum exit_code import_write(const struct context *context, struct import_plan *plan)
{
    struct progress progress;
    struct by_domain sorted = { 0 };
    enum exit_code code = EXIT_DONE;
    char **written = calloc(plan->domain_count + 1, sizeof *written);
    size_t count = 0;
    if (written == NULL || !sort_users(plan, &sorted))
        code = message_no_memory(context);
    bool possible = code == EXIT_DONE;
    progress_start(&progress, context, "writing domains", plan->domain_count);
    for (size_t i = 0; possible && i < plan->domain_count; i++) {
        if (has_work(&plan->domains[i])) {
            enum exit_code one = write_domain(context, plan, &sorted, i);
            if (one == EXIT_DONE)
                written[count++] = plan->domains[i].name;
            else
                code = one;
        }
        progress_step(&progress, 1);
    }
    progress_end(&progress);
    renew_indexes(context, written, count);
    free(written);
    free(sorted.start);
    free(sorted.item);
    return code;
}
