/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "import/steps.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ageing.h"
#include "change_log.h"
#include "config_rows.h"
#include "index_all.h"
#include "lock.h"
#include "message.h"
#include "progress.h"
#include "transaction.h"

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

/** What PLAN has for one domain. */
struct import_part {
    const struct import_plan *plan;
    size_t domain;      /* index in plan->domains */
    const size_t *user; /* indexes in plan->users */
    size_t user_count;
};

/* The order of writing: no user is visible without a password. */
enum { SHADOW, GROUP, ALIASES, PASSWD, FILES };

static enum vmail_result add_formatted_line(struct vmail_edit *edit, struct vmail_error *error,
                                            const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static enum vmail_result add_formatted_line(struct vmail_edit *edit, struct vmail_error *error,
                                            const char *format, ...)
{
    char *line;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&line, format, arguments);
    va_end(arguments);
    if (length < 0)
        return VMAIL_NO_MEMORY;
    enum vmail_result result = vmail_edit_append_line(edit, line, error);
    explicit_bzero(line, (size_t)length);
    free(line);
    return result;
}

static enum vmail_result add_user(struct vmail_edit *edit, const struct import_user *user,
                                  struct vmail_error *error)
{
    enum vmail_result result = add_formatted_line(
        &edit[PASSWD], error, "%s:x:%lu:%lu:%s:%s:%s", user->name, (unsigned long)user->new_uid,
        (unsigned long)user->new_gid, user->gecos, user->home, user->shell);
    if (result != VMAIL_OK)
        return result;
    if (user->ageing != NULL)
        return add_formatted_line(&edit[SHADOW], error, "%s:%s:%s", user->name, user->hash,
                                  user->ageing);
    return add_formatted_line(&edit[SHADOW], error, "%s:%s:%ld:0:99999:7:::", user->name,
                              user->hash, vmail_ageing_today());
}

static bool is_taken(const struct import_decision *decision, size_t domain)
{
    return decision->skipped == NULL && decision->domain == domain;
}

static enum vmail_result add_groups(struct vmail_edit *edit, const struct import_part *part,
                                    struct vmail_error *error)
{
    enum vmail_result result = VMAIL_OK;
    for (size_t i = 0; result == VMAIL_OK && i < part->plan->group_count; i++) {
        const struct import_group *group = &part->plan->groups[i];
        if (is_taken(&group->decision, part->domain))
            result = add_formatted_line(edit, error, "%s:x:%lu:%s", group->name,
                                        (unsigned long)group->new_gid, group->members);
    }
    return result;
}

static enum vmail_result add_aliases(struct vmail_edit *edit, const struct import_part *part,
                                     struct vmail_error *error)
{
    enum vmail_result result = VMAIL_OK;
    for (size_t i = 0; result == VMAIL_OK && i < part->plan->alias_count; i++) {
        const struct import_alias *alias = &part->plan->aliases[i];
        if (is_taken(&alias->decision, part->domain))
            result = vmail_edit_append_line(edit, alias->text, error);
    }
    return result;
}

/** Whether the file of EDIT is the one that the plan was made for. */
static bool is_as_planned(const struct vmail_edit *edit, const struct vmail_file_state *expected,
                          struct vmail_error *error)
{
    static const struct vmail_file_state none = { 0 };
    const struct vmail_file_state now =
        edit->place.fd < 0 ? none : vmail_file_state(&edit->place.status);
    if (vmail_file_state_equal(&now, expected))
        return true;
    vmail_error_set(error, EAGAIN, "%s: changed during the import; run the command again",
                    edit->name);
    return false;
}

static enum vmail_result add_all(struct vmail_edit *edit, void *context, struct vmail_error *error)
{
    const struct import_part *part = context;
    const struct import_domain *domain = &part->plan->domains[part->domain];
    if (!is_as_planned(&edit[SHADOW], &domain->state[VMAIL_SHADOW], error) ||
        !is_as_planned(&edit[GROUP], &domain->state[VMAIL_GROUP], error) ||
        !is_as_planned(&edit[PASSWD], &domain->state[VMAIL_PASSWD], error) ||
        (domain->aliases > 0 && !is_as_planned(&edit[ALIASES], &domain->aliases_file, error)))
        return VMAIL_UNAVAILABLE;
    enum vmail_result result = vmail_edit_splice(&edit[PASSWD], 0, 0, NULL, 0);
    for (size_t i = 0; result == VMAIL_OK && i < part->user_count; i++)
        result = add_user(edit, &part->plan->users[part->user[i]], error);
    if (result != VMAIL_OK)
        return result;
    if (domain->groups > 0)
        result = add_groups(&edit[GROUP], part, error);
    if (result != VMAIL_OK || domain->aliases == 0)
        return result;
    return add_aliases(&edit[ALIASES], part, error);
}

/**
 * Takes the domain's lock and adds lines at the ends of its files, in the order shadow, group,
 * aliases, passwd; creates missing files, the passwd file even without users, because it makes the
 * domain exist. If one cannot be written, the earlier ones are restored. Returns as
 * vmail_transaction_run; VMAIL_CHANGED also if a file is no longer the one recorded in the plan.
 */
static enum vmail_result write_part(const struct vmail_paths *paths, struct import_part *part,
                                    struct vmail_error *error)
{
    static const char *const kinds[FILES] = {
        [SHADOW] = "shadow", [GROUP] = "group", [ALIASES] = "aliases", [PASSWD] = "passwd"
    };
    /* Before the lock: NSS may be slow. */
    const struct vmail_new_file secret = vmail_new_file_shadow(), public = vmail_new_file_public();
    const char *domain = part->plan->domains[part->domain].name;
    char name[FILES][NAME_MAX + 1];
    struct vmail_transaction transaction = { .function = add_all,
                                             .context = part,
                                             .seconds = VMAIL_LOCK_SECONDS_ADMIN };
    struct vmail_lock lock;
    for (size_t i = 0; i < FILES; i++) {
        snprintf(name[i], sizeof name[i], "%s.%s", kinds[i], domain);
        transaction.file[i] =
            (struct vmail_transaction_file){ .name = name[i],
                                             .make = i == SHADOW ? &secret : &public };
    }
    enum vmail_result result =
        vmail_lock_domain(paths, domain, VMAIL_LOCK_SECONDS_ADMIN, &lock, error);
    if (result != VMAIL_OK)
        return result;
    result = vmail_transaction_run(paths, &transaction, error);
    vmail_lock_release(&lock);
    return result;
}

static size_t domain_of_user(const void *plan, size_t i)
{
    const struct import_decision *decision = &((const struct import_plan *)plan)->users[i].decision;
    return decision->skipped == NULL ? decision->domain : SIZE_MAX;
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
                                   const struct config_column *sorted, size_t number)
{
    const struct import_domain *domain = &plan->domains[number];
    struct import_part part = {
        .plan = plan,
        .domain = number,
        .user = &sorted->row[sorted->start[number]],
        .user_count = sorted->start[number + 1] - sorted->start[number],
    };
    struct vmail_error error = { 0 };
    enum vmail_result result = write_part(context->paths, &part, &error);
    if (!vmail_is_done(result)) {
        message_error(context, "%s: nothing was imported: %s", domain->name,
                      message_reason(result, &error));
        return EXIT_UNAVAILABLE;
    }
    if (result == VMAIL_UNFINISHED)
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
    struct config_column sorted = { 0 };
    enum exit_code code = EXIT_DONE;
    char **written = calloc(plan->domain_count + 1, sizeof *written);
    size_t count = 0;
    if (written == NULL ||
        !config_column_make(&sorted, plan->domain_count, plan->user_count, domain_of_user, plan))
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
    config_column_free(&sorted);
    return code;
}
