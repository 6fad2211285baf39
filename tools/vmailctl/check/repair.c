/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "repair.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "authority.h"
#include "change.h"
#include "change_log.h"
#include "index_all.h"
#include "index_scratch.h"
#include "leftovers.h"
#include "message.h"
#include "prompt.h"
#include "replace.h"
#include "text.h"

enum { PATIENCE_MILLISECONDS = 3500, PATIENCE_SECONDS = 60 };

/** What goes on over all of it. */
struct repair {
    struct check *check;
    json_t *shown; /* of a dry run */
    enum exit_code code;
};

/** Takes the answer CODE of a question: whether it was yes. */
static bool is_yes(struct repair *repair, enum exit_code code)
{
    if (code != EXIT_DONE && code != EXIT_NEGATIVE)
        repair->code = code;
    return code == EXIT_DONE;
}

void repair_done(const struct context *context, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    change_log(context, "check --repair: %s", text);
    char *clean = context->json ? NULL : text_clean(text);
    if (clean != NULL)
        printf("repaired: %s\n", clean);
    free(clean);
    free(text);
}

/** In a dry run: shows the ACTION that would be done. */
static void show_action(struct repair *repair, const char *action)
{
    json_array_append_new(repair->shown, json_pack("{s:o}", "action", text_json(action)));
}

static void remove_leftover(void *data, int directory, const char *name, const char *domain)
{
    struct repair *repair = data;
    const struct context *context = repair->check->context;
    struct vmail_error error = { 0 };
    char action[VMAIL_PATH_MAX + sizeof "remove "], path[VMAIL_PATH_MAX];
    if (domain != NULL || repair->code != EXIT_DONE)
        return;
    snprintf(path, sizeof path, "%s/%s", context->paths->directory, name);
    snprintf(action, sizeof action, "remove %s", path);
    if (context->dry_run) {
        show_action(repair, action);
    } else if (is_yes(repair,
                      prompt_yes_no(context, "Remove %s, left behind by an interrupted change",
                                    path))) {
        if (vmail_remove_unfinished(directory, name, VMAIL_LOCK_SECONDS_ADMIN, &error) ==
            VMAIL_OK) {
            repair_done(context, "removed %s", path);
        } else {
            message_error(context, "%s", error.text);
            repair->code = EXIT_UNAVAILABLE;
        }
    }
}

/** Whether an index of the domains is not as it ought to be. */
static bool indexes_are_wrong(const struct check *check)
{
    struct check look = { .context = check->context,
                          .domains = check->domains,
                          .findings = { .area = "index" },
                          .everything = check->everything };
    check_index(&look);
    const bool wrong = look.findings.count > 0;
    findings_free(&look.findings);
    return wrong;
}

static void tell_failure(void *data, const char *name, enum vmail_index_fate fate,
                         const struct vmail_error *error)
{
    (void)name;
    if (fate == VMAIL_INDEX_FAILED)
        message_error(data, "%s", error->text);
}

static void renew_indexes(struct repair *repair)
{
    static const struct vmail_index_effort effort = { .milliseconds = PATIENCE_MILLISECONDS,
                                                      .seconds = PATIENCE_SECONDS };
    struct check *check = repair->check;
    struct context *context = check->context;
    struct index_scratch scratch;
    const struct vmail_index_work work = { .paths = context->paths,
                                           .config = context->config,
                                           .effort = &effort,
                                           .scratch = &scratch.paths,
                                           .told = tell_failure,
                                           .context = context };
    struct vmail_index_report report = { 0 };
    if (repair->code != EXIT_DONE || context->paths->cache == NULL || !indexes_are_wrong(check))
        return;
    if (context->dry_run) {
        show_action(repair, "update the indexes, as vmailctl index does");
        return;
    }
    if (!is_yes(repair, prompt_yes_no(context, "Update the indexes")))
        return;
    if (index_scratch_begin(context, &scratch) != EXIT_DONE) {
        repair->code = EXIT_UNAVAILABLE;
        return;
    }
    vmail_index_domains(&work, &check->domains, &report);
    vmail_index_config(&work, &report);
    if (check->everything)
        vmail_index_prune(&work, &report);
    index_scratch_end(&scratch);
    if (report.failed > 0)
        repair->code = EXIT_UNAVAILABLE;
    else
        repair_done(context, "updated the indexes");
}

static enum exit_code check_authority(const struct check *check)
{
    const struct context *context = check->context;
    if (context->restricted)
        return authority_refuse(
            context, "check --repair: only root may do that; run sudo vmailctl check --repair");
    if (geteuid() != 0) {
        message_error(context, "refused: only root may do that; run sudo vmailctl check --repair");
        return EXIT_REFUSED;
    }
    if (context->config == NULL) {
        message_error(context, "vmail.conf cannot be read or is not trusted; run vmailctl check");
        return EXIT_UNAVAILABLE;
    }
    return EXIT_DONE;
}

enum exit_code check_repair(struct check *check)
{
    const struct context *context = check->context;
    struct repair repair = { .check = check, .code = check_authority(check) };
    struct shared_files shared;
    if (repair.code != EXIT_DONE)
        return repair.code;
    check->findings.area = "users"; /* which finds what is repaired */
    repair.shown = json_array();
    if (check->everything)
        leftovers_each(context, remove_leftover, &repair);
    if (!shared_files_read(check, &shared))
        repair.code = message_no_memory(context);
    for (size_t i = 0; i < check->domains.count && repair.code == EXIT_DONE; i++)
        repair.code = repair_domain(check, &shared, check->domains.name[i], repair.shown);
    shared_files_free(&shared);
    renew_indexes(&repair);
    if (repair.code == EXIT_DONE && context->dry_run)
        repair.code = change_print(context, repair.shown);
    json_decref(repair.shown);
    return repair.code;
}
