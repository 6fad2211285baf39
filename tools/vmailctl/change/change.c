/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "change.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "id_owners.h"
#include "index_build.h"
#include "message.h"
#include "table.h"
#include "text.h"
#include "transaction.h"

enum {
    PATIENCE_MILLISECONDS = 3500, /* a file system with whole seconds needs nearly three */
    PATIENCE_SECONDS = 60,
};

/**
 * A command may have waited for a password or the lock for as long as its caller liked: since then
 * the caller may have been removed from `admins`, or the domain deleted.
 */
static enum exit_code check_config(const struct context *context)
{
    if (context_config_is_current(context))
        return EXIT_DONE;
    message_error(context, "vmail.conf has changed since this command started; run it again");
    return EXIT_UNAVAILABLE;
}

enum exit_code change_begin(struct change *change, const struct context *context,
                            const char *domain, bool ids)
{
    struct vmail_error error = { 0 };
    enum vmail_result result;
    *change = (struct change){
        .context = context, .domain = domain, .ids = { .fd = -1 }, .lock = { .fd = -1 }
    };
    change->make_shadow = vmail_new_file_shadow();
    if (context->dry_run) {
        change->shown = json_array();
        return change->shown == NULL ? message_no_memory(context) : EXIT_DONE;
    }
    held_signals_hold(&change->signals);
    message_hold();
    if (ids && id_owners_lock(context, &change->ids) != EXIT_DONE)
        return EXIT_UNAVAILABLE;
    result =
        vmail_lock_domain(context->paths, domain, VMAIL_LOCK_SECONDS_ADMIN, &change->lock, &error);
    if (result != VMAIL_OK) {
        message_result(context, result, &error);
        return EXIT_UNAVAILABLE;
    }
    return context->restricted ? check_config(context) : EXIT_DONE;
}

struct vmail_file change_table(const struct change *change, enum vmail_kind kind)
{
    return context_file(change->context, kind, change->domain);
}

void change_show(struct change *change, const struct vmail_edit *edit, enum diff_kind kind)
{
    char *path = NULL;
    if (change->shown == NULL ||
        asprintf(&path, "%s/%s", change->context->paths->directory, edit->name) < 0)
        return;
    char *diff = diff_make(path, kind, vmail_edit_before(edit), vmail_edit_after(edit));
    if (diff != NULL && diff[0] != '\0')
        json_array_append_new(change->shown, json_pack("{s:o, s:o}", "file", text_json(path),
                                                       "diff", text_json(diff)));
    free(diff);
    free(path);
}

void change_written(struct change *change, enum vmail_kind kind)
{
    const struct vmail_paths *paths = change->context->paths;
    struct vmail_file_state state;
    change->large[kind] = paths->cache != NULL &&
                          vmail_file_look(paths, kind, change->domain, &state) &&
                          state.size > VMAIL_INDEX_SMALL;
}

static void build_indexes(const struct change *change)
{
    const struct vmail_index_effort effort = { .milliseconds = PATIENCE_MILLISECONDS,
                                               .seconds = PATIENCE_SECONDS };
    struct vmail_error error = { 0 };
    for (int kind = 0; kind <= VMAIL_GROUP; kind++) {
        if (!change->large[kind])
            continue;
        const enum vmail_result result =
            vmail_index_build(change_table(change, (enum vmail_kind)kind), &effort, &error);
        if (result != VMAIL_OK)
            message_warning(change->context, "%s; run vmailctl index",
                            message_reason(result, &error));
    }
}

/** The data for the functions of a transaction. */
struct trial {
    struct change *change;
    enum diff_kind diff;
    vmail_transaction_function *function;
    void *context;
    bool written;
};

static enum vmail_result call_function(struct vmail_edit *edit, void *context,
                                       struct vmail_error *error)
{
    const struct trial *trial = context;
    return trial->function(edit, trial->context, error);
}

static void show_file(const struct vmail_edit *edit, void *context)
{
    struct trial *trial = context;
    trial->written = true;
    change_show(trial->change, edit, trial->diff);
}

/** Changes FILE as TRIAL says. EXIT_NO_SUCH without a message if there is nothing to change. */
static enum exit_code run_trial(struct trial *trial, const struct vmail_transaction_file *file)
{
    const struct context *context = trial->change->context;
    const struct vmail_transaction transaction = {
        .file = { *file },
        .function = call_function,
        .show = show_file,
        .context = trial,
        .seconds = VMAIL_LOCK_SECONDS_ADMIN,
        .dry_run = context->dry_run,
    };
    struct vmail_error error = { 0 };
    enum vmail_result result = vmail_transaction_run(context->paths, &transaction, &error);
    if (result == VMAIL_NOT_FOUND && file->make == NULL)
        return EXIT_NO_SUCH;
    return message_result(context, result, &error);
}

enum exit_code change_file(struct change *change, enum vmail_kind kind, bool make,
                           vmail_transaction_function *function, void *function_context)
{
    const bool secret = kind == VMAIL_SHADOW;
    const struct vmail_new_file public = vmail_new_file_public();
    const struct vmail_file index = change_table(change, kind);
    char name[VMAIL_FILE_NAME_MAX + 1];
    const struct vmail_transaction_file file = { name,
                                                 !make    ? NULL
                                                 : secret ? &change->make_shadow
                                                          : &public,
                                                 &index };
    struct trial trial = { .change = change,
                           .diff = secret                 ? DIFF_SHADOW
                                   : kind == VMAIL_PASSWD ? DIFF_PASSWD
                                                          : DIFF_PLAIN,
                           .function = function,
                           .context = function_context };
    vmail_file_name(name, kind, change->domain);
    enum exit_code code = run_trial(&trial, &file);
    if (code == EXIT_DONE && trial.written && !change->context->dry_run)
        change_written(change, kind);
    return code;
}

enum exit_code change_aliases(struct change *change, bool make,
                              vmail_transaction_function *function, void *function_context)
{
    const struct vmail_new_file public = vmail_new_file_public();
    char name[VMAIL_ALIASES_NAME_MAX + 1];
    const struct vmail_transaction_file file = { name, make ? &public : NULL, NULL };
    struct trial trial = {
        .change = change, .diff = DIFF_PLAIN, .function = function, .context = function_context
    };
    vmail_aliases_file_name(name, change->domain);
    return run_trial(&trial, &file);
}

void change_release_ids(struct change *change)
{
    vmail_lock_release(&change->ids);
}

bool change_would(struct change *change, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    if (change->shown == NULL)
        return change->context->dry_run;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        return true;
    json_array_append_new(change->shown, json_pack("{s:o}", "action", text_json(text)));
    free(text);
    return true;
}

/** Prints TEXT line by line, because text_clean would escape the newlines. */
static void print_lines(const char *prefix, const char *text)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        char *line = strndup(text, length), *clean = line == NULL ? NULL : text_clean(line);
        printf("%s%s\n", prefix, clean == NULL ? "?" : clean);
        free(clean);
        free(line);
        text += length + (text[length] == '\n');
    }
}

enum exit_code change_print(const struct context *context, const json_t *shown)
{
    size_t i;
    json_t *item;
    if (context->json)
        return json_dumpf(shown, stdout, JSON_ENSURE_ASCII | JSON_INDENT(2)) == 0 &&
                       putchar('\n') != EOF
                   ? EXIT_DONE
                   : message_no_memory(context);
    json_array_foreach(shown, i, item)
    {
        const char *action = json_string_value(json_object_get(item, "action"));
        const char *diff = json_string_value(json_object_get(item, "diff"));
        if (action != NULL)
            print_lines("# would ", action);
        if (diff != NULL)
            print_lines("", diff);
    }
    return EXIT_DONE;
}

enum exit_code change_end(struct change *change, enum exit_code code)
{
    if (change->shown != NULL && code == EXIT_DONE) /* a dry run, which holds no lock */
        code = change_print(change->context, change->shown);
    json_decref(change->shown);
    vmail_lock_release(&change->lock);
    vmail_lock_release(&change->ids);
    held_signals_release(&change->signals);
    message_release();
    build_indexes(change); /* this takes no lock, and may be interrupted */
    *change = (struct change){ .ids = { .fd = -1 }, .lock = { .fd = -1 } };
    return code;
}
