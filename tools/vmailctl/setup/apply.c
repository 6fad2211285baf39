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

/* Whether root can log in by the service of CHANGE, before or after it; a file that is missing, or
 * of another kind, keeps nobody out. */
static enum root_trial try_root(const struct plan_change *change, const struct target *target)
{
    const char *service = service_of(change->path);
    return service == NULL || !target->exists ? ROOT_PASSES : root_trial(service);
}

/* --- writing */

/* What is needed to judge and take back one change. */
struct taken {
    enum root_trial root; /* as it was before */
    struct record old;    /* the record as it was */
    bool kept, written;
};

/* Writes the record of CHANGE: what was there before the first of several setups stays in it. */
static enum exit_code keep_record(const struct context *context, const struct setup_part *part,
                                  const struct plan_change *change, struct taken *taken)
{
    struct record new = { 0 };
    enum exit_code code = record_read(context, part->name, change->path, &taken->old);
    if (code != EXIT_DONE)
        return code;
    const bool goes_on = record_is_ours(&taken->old, &change->from);
    if (taken->old.after.exists && !goes_on && !target_same(&taken->old.before, &change->from))
        message_warning(context,
                        "%s was changed after the last setup; an undo will restore it as it is now",
                        change->path);
    const struct target *before = goes_on ? &taken->old.before : &change->from;
    taken->kept = target_copy(&new.before, before) && target_copy(&new.after, &change->to) &&
                  (!goes_on || target_copy(&new.earlier, &change->from));
    code = taken->kept ? record_write(context, part->name, change->path, &new)
                       : message_no_memory(context);
    record_end(&new);
    return code;
}

/* Restores what was written, and the records. */
static void take_back(const struct context *context, const struct plan *plan,
                      const struct taken *taken)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_change *change = &plan->change[i];
        if (taken[i].written && target_write(context, change->path, &change->to, &change->from,
                                             TARGET_MODE) != EXIT_DONE)
            message_error(context, "%s could not be restored; run  vmailctl setup --undo %s",
                          change->path, plan->part->name);
        else if (taken[i].kept)
            record_write(context, plan->part->name, change->path, &taken[i].old);
    }
}

/* Says what no longer works after the change. */
static enum exit_code judge_change(const struct context *context, const struct plan *plan,
                                   const struct taken *taken, bool worked)
{
    char reason[REASON_MAX];
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_change *change = &plan->change[i];
        if (taken[i].root == ROOT_PASSES && try_root(change, &change->to) != ROOT_PASSES) {
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

/* Writes all files, and judges what comes of it. */
static enum exit_code write_all(const struct context *context, const struct plan *plan, bool undo,
                                struct taken *taken)
{
    char reason[REASON_MAX];
    run_trial(plan->part, reason);
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_change *change = &plan->change[i];
        enum exit_code code =
            undo ? EXIT_DONE : keep_record(context, plan->part, change, &taken[i]);
        if (code != EXIT_DONE)
            return code;
        code = target_write(context, change->path, &change->from, &change->to, TARGET_MODE);
        if (code != EXIT_DONE)
            return code;
        taken[i].written = true;
    }
    return judge_change(context, plan, taken, reason[0] == '\0');
}

static void forget_records(const struct context *context, const struct plan *plan)
{
    const struct record none = { 0 };
    for (size_t i = 0; i < plan->count; i++)
        record_write(context, plan->part->name, plan->change[i].path, &none);
}

/* Tries root's log-in before the change. EXIT_UNAVAILABLE with a message if that cannot be tried.
 */
static enum exit_code try_before(const struct context *context, const struct plan *plan,
                                 struct taken *taken)
{
    for (size_t i = 0; i < plan->count; i++) {
        taken[i].root = try_root(&plan->change[i], &plan->change[i].from);
        if (taken[i].root == ROOT_UNKNOWN) {
            message_error(context,
                          "%s: cannot try whether root can log in, so nothing was changed: no copy "
                          "of " PAM_SERVICES " can be made in " SETUP_RECORDS,
                          plan->change[i].path);
            return EXIT_UNAVAILABLE;
        }
    }
    return EXIT_DONE;
}

/* Does all of it under LOCK, which the caller releases in either case. */
static enum exit_code carry_out(const struct context *context, const struct plan *plan, bool undo,
                                struct taken *taken, struct vmail_lock *lock)
{
    enum exit_code code = record_lock(context, lock);
    if (code != EXIT_DONE)
        return code;
    code = try_before(context, plan, taken);
    if (code != EXIT_DONE)
        return code;
    code = write_all(context, plan, undo, taken);
    if (code != EXIT_DONE)
        take_back(context, plan, taken);
    else if (undo)
        forget_records(context, plan);
    return code;
}

enum exit_code apply_plan(const struct context *context, const struct plan *plan, bool undo)
{
    struct held_signals signals;
    struct vmail_lock lock;
    struct taken *taken = calloc(plan->count + 1, sizeof *taken);
    if (taken == NULL)
        return message_no_memory(context);
    held_signals_hold(&signals);
    const enum exit_code code = carry_out(context, plan, undo, taken, &lock);
    vmail_lock_release(&lock);
    held_signals_release(&signals);
    for (size_t i = 0; i < plan->count; i++)
        record_end(&taken[i].old);
    free(taken);
    return code;
}

void apply_shared(const struct context *context, const struct setup_part *part)
{
    for (const struct setup_step *step = part->step; step->kind != SETUP_END; step++) {
        struct target now = { 0 };
        struct record own = { 0 }, other = { 0 };
        if (step->kind == SETUP_FILE && target_read(context, step->target, &now) == EXIT_DONE &&
            now.exists && record_read(context, part->name, step->target, &own) == EXIT_DONE &&
            !own.after.exists && record_is_shared(context, part->name, step->target, &now, &other))
            record_write(context, part->name, step->target, &other);
        record_end(&own);
        record_end(&other);
        target_end(&now);
    }
}
