/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "change_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config_compile.h"
#include "config_edit.h"
#include "config_write.h"
#include "diff.h"
#include "message.h"
#include "text.h"

/* For a file system whose time stamps are whole seconds. */
enum { PATIENCE_MILLISECONDS = 3500 };

static void show(const struct vmail_edit *edit, void *context)
{
    struct change *change = context;
    const struct vmail_piece before = vmail_edit_before(edit), after = vmail_edit_after(edit);
    char *path = NULL;
    if (change->shown == NULL ||
        asprintf(&path, "%s/%s", change->context->paths->directory, edit->name) < 0)
        return;
    char *diff = diff_make(path, DIFF_PLAIN, before.text, before.length, after.text, after.length);
    if (diff != NULL && diff[0] != '\0')
        json_array_append_new(change->shown, json_pack("{s:o, s:o}", "file", text_json(path),
                                                       "diff", text_json(diff)));
    free(diff);
    free(path);
}

/** The exit code for the result of an edit; prints its message or warning. */
static enum exit_code finish(const struct context *context, enum vmail_result result,
                             const struct vmail_error *error)
{
    if (result == VMAIL_OK && error->text[0] != '\0')
        message_warning(context, "%s", error->text);
    else if (result == VMAIL_NO_MEMORY)
        return message_no_memory(context);
    else if (error->text[0] != '\0')
        message_error(context, "%s", error->text);
    return change_code(result, error);
}

/** The change is made, whatever happens to the image: if it is wrong, the text is read instead. */
static void compile(const struct context *context)
{
    const struct vmail_index_effort effort = { .milliseconds = PATIENCE_MILLISECONDS,
                                               .seconds = VMAIL_LOCK_SECONDS_ADMIN };
    struct vmail_error error = { 0 };
    if (context->paths->cache == NULL || access(context->paths->cache, F_OK) != 0)
        return;
    enum vmail_result result = vmail_config_compile(context->paths, &effort, &error);
    if (result != VMAIL_OK && error.text[0] != '\0')
        message_warning(context, "%s; the change was made, but run vmailctl index", error.text);
}

enum exit_code change_config(struct change *change, const struct vmail_config_change *changes,
                             size_t count)
{
    const struct context *context = change->context;
    struct vmail_error error = { 0 };
    const struct vmail_config_request request = {
        .changes = changes,
        .count = count,
        .show = show,
        .context = change,
        .seconds = VMAIL_LOCK_SECONDS_ADMIN,
        .dry_run = context->dry_run,
    };
    enum vmail_result result = vmail_config_edit_file(context->paths, &request, &error);
    if (result == VMAIL_OK && !context->dry_run)
        compile(context);
    return finish(context, result, &error);
}

enum exit_code change_config_check(const struct context *context,
                                   const struct vmail_config_change *changes, size_t count)
{
    struct vmail_error error = { 0 };
    const struct vmail_config_request request = { .changes = changes,
                                                  .count = count,
                                                  .dry_run = true };
    enum vmail_result result = vmail_config_edit_file(context->paths, &request, &error);
    return finish(context, result, &error);
}

/** The data for the function called by vmail_edit_file. */
struct trial {
    change_function *function;
    void *context;
    enum exit_code code; /* of the function */
    struct change *change;
};

static enum vmail_result call_function(struct vmail_edit *edit, void *context,
                                       struct vmail_error *error)
{
    struct trial *trial = context;
    trial->code = trial->function(edit, trial->context, error);
    return trial->code == EXIT_DONE ? VMAIL_OK : VMAIL_UNAVAILABLE;
}

static void show_aliases(const struct vmail_edit *edit, void *context)
{
    const struct trial *trial = context;
    show(edit, trial->change);
}

enum exit_code change_aliases(struct change *change, bool make, change_function *function,
                              void *function_context)
{
    const struct context *context = change->context;
    const struct vmail_new_file public = vmail_new_file_public();
    struct trial trial = { function, function_context, EXIT_DONE, change };
    char name[VMAIL_ALIASES_NAME_MAX + 1];
    const struct vmail_edit_request request = {
        .name = name,
        .make = make ? &public : NULL,
        .function = call_function,
        .show = show_aliases,
        .context = &trial,
        .seconds = VMAIL_LOCK_SECONDS_ADMIN,
        .dry_run = context->dry_run,
    };
    struct vmail_error error = { 0 };
    vmail_aliases_file_name(name, change->domain);
    enum vmail_result result = vmail_edit_file(context->paths, &request, &error);
    if (trial.code == EXIT_DONE && result == VMAIL_NOT_FOUND && !make)
        return EXIT_NO_SUCH;
    enum exit_code code = finish(context, result, &error);
    return trial.code != EXIT_DONE ? trial.code : code;
}
