/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array.h"
#include "ask_program.h"
#include "diff.h"
#include "message.h"
#include "nsswitch_lines.h"
#include "pam_lines.h"
#include "record.h"
#include "setting_lines.h"

enum { VERSION_MAX = 15, REASON_MAX = 200 };

/* "2.3" or "2.4": the versions of Dovecot whose settings differ. */
static enum exit_code find_version(const struct context *context, char version[VERSION_MAX + 1])
{
    static const char *const arguments[] = { "/usr/sbin/dovecot", "--version", NULL };
    char reason[REASON_MAX];
    char *answer = ask_program(arguments, reason, sizeof reason);
    if (answer == NULL) {
        message_error(context, "dovecot --version failed: %s", reason);
        return EXIT_UNAVAILABLE;
    }
    size_t length = strspn(answer, "0123456789");
    if (answer[length] == '.')
        length += 1 + strspn(answer + length + 1, "0123456789");
    snprintf(version, VERSION_MAX + 1, "%.*s", (int)length, answer);
    free(answer);
    return EXIT_DONE;
}

/* The path of the example of STEP. */
static enum exit_code find_example(const struct context *context, const struct setup_step *step,
                                   char path[PATH_MAX])
{
    static const char word[] = "VERSION";
    const char *at = strstr(step->example, word);
    char version[VERSION_MAX + 1] = "";
    if (at != NULL) {
        const enum exit_code code = find_version(context, version);
        if (code != EXIT_DONE)
            return code;
    }
    const size_t before = at == NULL ? strlen(step->example) : (size_t)(at - step->example);
    snprintf(path, PATH_MAX, "%s/%.*s%s%s", VMAIL_EXAMPLES_DIRECTORY, (int)before, step->example,
             version, at == NULL ? "" : at + sizeof word - 1);
    return EXIT_DONE;
}

static enum exit_code read_example(const struct context *context, const struct setup_step *step,
                                   struct target *example)
{
    char path[PATH_MAX];
    *example = (struct target){ 0 };
    if (step->example == NULL)
        return EXIT_DONE;
    enum exit_code code = find_example(context, step, path);
    if (code != EXIT_DONE)
        return code;
    code = target_read(context, path, example);
    if (code != EXIT_DONE || example->exists)
        return code;
    message_error(context,
                  "%s is missing; install nss-pam-vmail again, or, for another "
                  "version of a daemon, set it up by hand",
                  path);
    return EXIT_NO_SUCH;
}

/* Puts the lines of pam_vmail into TARGET, the file PATH. */
static enum exit_code make_pam(const struct context *context, const char *path,
                               struct vmail_piece example, struct target *target)
{
    const enum pam_lines result = pam_lines_put(&target->text, example);
    if (result == PAM_LINES_JUMP)
        message_error(context,
                      "%s: a line skips others by their number, so there is no safe place for "
                      "pam_vmail; add its lines by hand, as in " VMAIL_EXAMPLES_DIRECTORY "/pam.d",
                      path);
    return result == PAM_LINES_DONE        ? EXIT_DONE
           : result == PAM_LINES_NO_MEMORY ? message_no_memory(context)
                                           : EXIT_REFUSED;
}

/* Makes TARGET, which is as it was, what STEP wants. EXIT_DONE, or another code with a message. */
static enum exit_code make_target(const struct context *context, const struct setup_step *step,
                                  const struct target *example, struct target *target)
{
    static const enum setting_key keys[] = {
        [SETUP_VALUES] = SETTING_KEY_EQUALS,
        [SETUP_POSTFIX] = SETTING_KEY_POSTFIX,
        [SETUP_SERVICES] = SETTING_KEY_TWO_WORDS,
        [SETUP_INETD] = SETTING_KEY_THREE_WORDS,
    };
    const struct vmail_piece text = { example->text.bytes, example->text.length };
    const bool whole = step->kind == SETUP_FILE || (step->kind == SETUP_PAM && !target->exists);
    bool done = true;
    target->exists = true;
    if (!whole && step->kind == SETUP_PAM)
        return make_pam(context, step->target, text, target);
    if (whole)
        done = vmail_text_splice(&target->text, 0, target->text.length, text.text, text.length);
    else if (step->kind == SETUP_NSSWITCH)
        done = nsswitch_lines_put(&target->text);
    else
        done = setting_lines_put(&target->text, text, keys[step->kind]);
    return done ? EXIT_DONE : message_no_memory(context);
}

static struct plan_change *add_change(struct plan *plan, const char *path)
{
    char *copy = strdup(path);
    struct plan_change *change =
        copy == NULL ? NULL : vmail_array_append(&plan->change, &plan->count, sizeof *change);
    if (change == NULL)
        free(copy);
    else
        change->path = copy;
    return change;
}

static void forget_last(struct plan *plan)
{
    struct plan_change *change = &plan->change[--plan->count];
    free(change->path);
    target_end(&change->from);
    target_end(&change->to);
    *change = (struct plan_change){ 0 };
}

static enum exit_code plan_step(const struct context *context, const struct setup_step *step,
                                struct plan *plan)
{
    struct target example;
    struct plan_change *change = add_change(plan, step->target);
    if (change == NULL)
        return message_no_memory(context);
    enum exit_code code = read_example(context, step, &example);
    if (code != EXIT_DONE)
        goto out;
    code = target_read(context, step->target, &change->from);
    if (code != EXIT_DONE)
        goto out;
    code = target_copy(&change->to, &change->from)
               ? make_target(context, step, &example, &change->to)
               : message_no_memory(context);
out:
    target_end(&example);
    if (code == EXIT_DONE && target_same(&change->from, &change->to))
        forget_last(plan);
    return code;
}

enum exit_code plan_setup(const struct context *context, const struct setup_part *part,
                          struct plan *plan)
{
    enum exit_code code = EXIT_DONE;
    *plan = (struct plan){ .part = part };
    for (const struct setup_step *step = part->step; code == EXIT_DONE && step->kind != SETUP_END;
         step++)
        if ((step->where == NULL || access(step->where, F_OK) == 0) &&
            (step->unless == NULL || access(step->unless, F_OK) != 0))
            code = plan_step(context, step, plan);
    return code;
}

/* An undo that is planned. */
struct undo {
    const struct context *context;
    struct plan *plan;
    bool warn;
};

static enum exit_code undo_file(void *data, const char *path)
{
    const struct undo *undo = data;
    const char *part = undo->plan->part->name;
    struct record record = { 0 }, other = { 0 };
    struct plan_change *change = add_change(undo->plan, path);
    if (change == NULL)
        return message_no_memory(undo->context);
    enum exit_code code = record_read(undo->context, part, path, &record);
    if (code != EXIT_DONE)
        goto out;
    code = target_read(undo->context, path, &change->from);
    if (code != EXIT_DONE)
        goto out;
    const bool is_ours = record_is_ours(&record, &change->from);
    if (!is_ours && !target_same(&change->from, &record.before)) {
        if (undo->warn)
            message_warning(undo->context,
                            "%s was changed after the setup, so it stays as it is; edit it by hand "
                            "(the file from before is in %s/%s)",
                            path, SETUP_RECORDS, part);
        undo->plan->changed_since = true;
        forget_last(undo->plan);
        goto out;
    }
    const bool is_needed =
        is_ours && record_is_shared(undo->context, part, path, &change->from, &other);
    /* Where nothing changes, only the record goes. */
    if (!target_copy(&change->to, is_needed ? &change->from : &record.before))
        code = message_no_memory(undo->context);
out:
    record_end(&other);
    record_end(&record);
    return code;
}

enum exit_code plan_undo(const struct context *context, const struct setup_part *part, bool warn,
                         struct plan *plan)
{
    struct undo undo = { context, plan, warn };
    *plan = (struct plan){ .part = part };
    return record_each(context, part->name, undo_file, &undo);
}

bool plan_changes_files(const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        if (!target_same(&plan->change[i].from, &plan->change[i].to))
            return true;
    return false;
}

char *plan_diff(const struct plan_change *change)
{
    const struct vmail_piece from = { change->from.text.length > 0 ? change->from.text.bytes : "",
                                      change->from.text.length };
    const struct vmail_piece to = { change->to.text.length > 0 ? change->to.text.bytes : "",
                                    change->to.text.length };
    return diff_make(change->path, DIFF_PLAIN, from, to);
}

void plan_end(struct plan *plan)
{
    while (plan->count > 0)
        forget_last(plan);
    free(plan->change);
    *plan = (struct plan){ 0 };
}
