/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "apply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask_program.h"
#include "held_signals.h"
#include "message.h"
#include "pam_services.h"
#include "record.h"
#include "root_trial.h"

enum { REASON_MAX = 400, TARGET_MODE = 0644 };

/* --- what worked before must work afterwards */

/* The service whose file is PATH, or NULL. */
static const char *service_of(const char *path)
{
    static const char directory[] = PAM_SERVICES "/";
    const size_t length = sizeof directory - 1;
    return strncmp(path, directory, length) == 0 ? path + length : NULL;
}

/* Runs the trial command. REASON becomes what it said, or "". */
static void run_trial(const struct setup_part *part, char reason[REASON_MAX])
{
    reason[0] = '\0';
    if (part->trial[0] == NULL)
        return;
    char *answer = ask_program(part->trial, reason, REASON_MAX);
    if (answer == NULL && reason[0] == '\0')
        snprintf(reason, REASON_MAX, "it failed");
    free(answer);
}

/* Whether the service of CHANGE lets root in, before or after it; a file that is missing, or of
 * another kind, keeps nobody out. */
static bool lets_root_in(const struct plan_change *change, bool exists)
{
    const char *service = service_of(change->path);
    return service == NULL || !exists || root_trial_passes(service);
}

/* --- writing */

/* Writes the record of CHANGE: what was there before the first of several setups stays in it. */
static enum exit_code keep(const struct context *context, const struct setup_part *part,
                           const struct plan_change *change, bool undo)
{
    struct record record = { 0 };
    if (undo)
        return EXIT_DONE;
    enum exit_code code = record_read(context, part->name, change->path, &record);
    const bool goes_on = record.after.exists && target_same(&record.after, &change->from);
    if (!goes_on)
        target_end(&record.before);
    target_end(&record.after);
    if (code == EXIT_DONE && ((!goes_on && !target_copy(&record.before, &change->from)) ||
                              !target_copy(&record.after, &change->to)))
        code = message_no_memory(context);
    if (code == EXIT_DONE)
        code = record_write(context, part->name, change->path, &record);
    record_end(&record);
    return code;
}

static enum exit_code check_unchanged(const struct context *context,
                                      const struct plan_change *change)
{
    struct target now;
    enum exit_code code = target_read(context, change->path, &now);
    if (code == EXIT_DONE && !target_same(&now, &change->from)) {
        message_error(context, "%s has changed since the diff was shown; run the command again",
                      change->path);
        code = EXIT_UNAVAILABLE;
    }
    target_end(&now);
    return code;
}

/* The record as it was before CHANGE. */
static void keep_no_more(const struct context *context, const struct setup_part *part,
                         const struct plan_change *change)
{
    struct record record = { 0 };
    if (record_read(context, part->name, change->path, &record) == EXIT_DONE) {
        target_end(&record.after);
        if (target_same(&record.before, &change->from) || target_copy(&record.after, &change->from))
            record_write(context, part->name, change->path, &record);
    }
    record_end(&record);
}

/* Restores the first COUNT files. */
static void take_back(const struct context *context, const struct plan *plan, size_t count,
                      bool undo)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_change *change = &plan->change[i];
        if (i < count &&
            target_write(context, change->path, &change->from, TARGET_MODE) != EXIT_DONE)
            message_error(context, "%s could not be restored; run  vmailctl setup --undo %s",
                          change->path, plan->part->name);
        else if (!undo)
            keep_no_more(context, plan->part, change);
    }
}

static enum exit_code write_all(const struct context *context, const struct plan *plan, bool undo,
                                size_t *written)
{
    enum exit_code code = EXIT_DONE;
    for (size_t i = 0; code == EXIT_DONE && i < plan->count; i++) {
        const struct plan_change *change = &plan->change[i];
        code = check_unchanged(context, change);
        if (code == EXIT_DONE)
            code = keep(context, plan->part, change, undo);
        if (code == EXIT_DONE)
            code = target_write(context, change->path, &change->to, TARGET_MODE);
        if (code == EXIT_DONE)
            *written = i + 1;
    }
    return code;
}

/* Says what no longer works after the change. */
static enum exit_code judge(const struct context *context, const struct plan *plan,
                            const bool *passed, bool worked)
{
    char reason[REASON_MAX];
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_change *change = &plan->change[i];
        if (passed[i] && !lets_root_in(change, change->to.exists)) {
            message_error(context,
                          "%s: root could no longer log in, so the change was taken back; run  "
                          "vmailctl check --area=pam  and see the system log",
                          change->path);
            return EXIT_UNAVAILABLE;
        }
    }
    run_trial(plan->part, reason);
    if (worked && reason[0] != '\0') {
        message_error(context, "%s failed after the change, so it was taken back: %s",
                      plan->part->trial[0], reason);
        return EXIT_UNAVAILABLE;
    }
    return EXIT_DONE;
}

static void forget_records(const struct context *context, const struct plan *plan)
{
    const struct record none = { 0 };
    for (size_t i = 0; i < plan->count; i++)
        record_write(context, plan->part->name, plan->change[i].path, &none);
}

enum exit_code apply_plan(const struct context *context, const struct plan *plan, bool undo)
{
    char reason[REASON_MAX];
    struct held_signals signals;
    struct vmail_lock lock;
    size_t written = 0;
    bool *passed = calloc(plan->count + 1, sizeof *passed);
    if (passed == NULL)
        return message_no_memory(context);
    held_signals_hold(&signals);
    enum exit_code code = record_lock(context, &lock);
    if (code == EXIT_DONE) {
        for (size_t i = 0; i < plan->count; i++)
            passed[i] = lets_root_in(&plan->change[i], plan->change[i].from.exists);
        run_trial(plan->part, reason);
        code = write_all(context, plan, undo, &written);
        if (code == EXIT_DONE)
            code = judge(context, plan, passed, reason[0] == '\0');
        if (code != EXIT_DONE)
            take_back(context, plan, written, undo);
        else if (undo)
            forget_records(context, plan);
    }
    vmail_lock_release(&lock);
    held_signals_release(&signals);
    free(passed);
    return code;
}
