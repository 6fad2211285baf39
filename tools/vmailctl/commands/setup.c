/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* setup: makes daemons and the C library use the modules, and takes that back. */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apply.h"
#include "change.h"
#include "change_log.h"
#include "check.h"
#include "message.h"
#include "output_rows.h"
#include "plan.h"
#include "prompt.h"
#include "suggest.h"
#include "text.h"

enum { PARTS_MAX = 32, AREAS_MAX = 128, COMMANDS_MAX = 64 };

struct options {
    bool undo;
};

static const struct command_option setup_options[] = {
    { "undo", NULL, "Restore the files that a setup has changed",
      .at = offsetof(struct options, undo) },
    { 0 },
};

static const struct output_column columns[] = {
    { "part", "PART" },
    { "summary", "WHAT" },
    { "state", "STATE" },
    { NULL, NULL },
};

/** A run of the command. */
struct setup {
    struct context *context;
    bool undo, all;         /* ALL: of every part */
    bool chosen[PARTS_MAX]; /* of setup_parts */
    bool changed[PARTS_MAX];
    json_t *shown; /* with --json: the changes of all parts */
    bool incomplete;
};

/* --- which parts */

static size_t number_of(const struct setup_part *part)
{
    size_t i = 0;
    while (setup_parts[i] != part)
        i++;
    return i;
}

/** Chooses PART, and what it needs and is here. */
static void choose_part(struct setup *setup, const struct setup_part *part)
{
    setup->chosen[number_of(part)] = true;
    for (size_t i = 0; !setup->undo && part->needs[i] != NULL; i++) {
        const struct setup_part *needed = setup_part_find(part->needs[i]);
        if (setup_part_is_here(needed))
            choose_part(setup, needed);
    }
}

static enum exit_code choose_named(struct setup *setup, const char *name)
{
    const struct setup_part *part = setup_part_find(name);
    if (part == NULL) {
        struct suggestion suggestion = { .word = name };
        char hint[SUGGEST_TEXT_MAX + 1];
        for (size_t i = 0; setup_parts[i] != NULL; i++)
            suggest_consider(&suggestion, setup_parts[i]->name);
        message_error(setup->context, "cannot set up '%s'%s; run  vmailctl setup  for a list", name,
                      suggest_text(&suggestion, hint));
        return EXIT_NO_SUCH;
    }
    if (!setup->undo && !setup_part_is_here(part)) {
        message_error(setup->context, "%s is not installed: %s does not exist", name,
                      part->program);
        return EXIT_NO_SUCH;
    }
    for (size_t i = 0; !setup->undo && part->needs[i] != NULL; i++) {
        const struct setup_part *needed = setup_part_find(part->needs[i]);
        if (!setup_part_is_here(needed) && needed != setup_part_find("sshd")) {
            message_error(setup->context, "%s needs %s, which is not installed: %s does not exist",
                          name, needed->name, needed->program);
            return EXIT_NO_SUCH;
        }
    }
    for (size_t i = 0; !setup->undo && part->requires[i].path != NULL; i++)
        if (access(part->requires[i].path, F_OK) != 0) {
            message_error(setup->context, "%s needs the package %s: %s does not exist", name,
                          part->requires[i].package, part->requires[i].path);
            return EXIT_NO_SUCH;
        }
    choose_part(setup, part);
    return EXIT_DONE;
}

/* --- the list */

static json_t *files_of(const struct plan *plan)
{
    json_t *files = json_array();
    for (size_t i = 0; i < plan->count; i++)
        json_array_append_new(files, text_json(plan->change[i].path));
    return files;
}

/** What people read as the state: what PLAN would change, unless CODE says that there is no plan.
 */
static json_t *state_of(const struct plan *plan, enum exit_code code)
{
    if (code != EXIT_DONE)
        return json_string("cannot be set up");
    if (plan->count == 0)
        return json_string("set up");
    return json_sprintf("would change %zu %s", plan->count, plan->count == 1 ? "file" : "files");
}

/** A part that cannot be set up has a message, and does not keep the others out of the list. */
static enum exit_code list_parts(struct context *context)
{
    json_t *rows = json_array();
    enum exit_code worst = EXIT_DONE;
    for (size_t i = 0; setup_parts[i] != NULL; i++) {
        const struct setup_part *part = setup_parts[i];
        struct plan plan;
        if (!setup_part_is_here(part))
            continue;
        const enum exit_code code = plan_setup(context, part, &plan);
        json_t *row = json_pack("{s:s, s:s, s:o}", "part", part->name, "summary", part->summary,
                                "state", state_of(&plan, code));
        if (context->json && row != NULL)
            json_object_set_new(row, "lacks", files_of(&plan));
        json_array_append_new(rows, row);
        plan_end(&plan);
        worst = code == EXIT_DONE ? worst : code;
    }
    const enum exit_code printed = output_table(context, rows, columns);
    return printed == EXIT_DONE ? worst : printed;
}

/* --- one part */

/** Shows the diffs of PLAN, or keeps them for the end. */
static enum exit_code show_plan(struct setup *setup, const struct plan *plan)
{
    json_t *shown = json_array();
    enum exit_code code = EXIT_DONE;
    for (size_t i = 0; i < plan->count; i++) {
        if (target_same(&plan->change[i].from, &plan->change[i].to))
            continue;
        char *diff = plan_diff(&plan->change[i]);
        json_array_append_new(shown, json_pack("{s:s, s:o, s:o}", "part", plan->part->name, "file",
                                               text_json(plan->change[i].path), "diff",
                                               diff == NULL ? NULL : text_json(diff)));
        free(diff);
    }
    if (setup->context->json)
        json_array_extend(setup->shown, shown);
    else
        code = change_print(setup->context, shown);
    json_decref(shown);
    fflush(stdout);
    return code;
}

static enum exit_code ask_and_apply(struct setup *setup, const struct plan *plan)
{
    struct context *context = setup->context;
    const char *name = plan->part->name;
    enum exit_code code = show_plan(setup, plan);
    if (code != EXIT_DONE || context->dry_run)
        return code;
    code = prompt_yes_no(context, setup->undo ? "Take back the setup of %s" : "Set up %s", name);
    if (code != EXIT_DONE)
        return code;
    code = apply_plan(context, plan, setup->undo);
    if (code != EXIT_DONE)
        return code;
    change_log(context, "setup %s%s", setup->undo ? "--undo " : "", name);
    setup->changed[number_of(plan->part)] = true;
    return EXIT_DONE;
}

static enum exit_code carry_out(struct setup *setup, const struct plan *plan)
{
    struct context *context = setup->context;
    if (plan_changes_files(plan))
        return ask_and_apply(setup, plan);
    if (plan->count > 0 && !context->dry_run)
        return apply_plan(context, plan, setup->undo); /* drops records that say nothing */
    if (!context->json && setup->chosen[number_of(plan->part)] && !plan->changed_since)
        printf("%s: nothing to change\n", plan->part->name);
    return EXIT_DONE;
}

/** WARN: files that an undo leaves alone are named. */
static enum exit_code run_part(struct setup *setup, const struct setup_part *part, bool warn)
{
    struct context *context = setup->context;
    struct plan plan;
    enum exit_code code =
        setup->undo ? plan_undo(context, part, warn, &plan) : plan_setup(context, part, &plan);
    if (code == EXIT_DONE)
        code = carry_out(setup, &plan);
    if (code == EXIT_DONE && !setup->undo && !context->dry_run)
        apply_shared(context, part);
    setup->incomplete = setup->incomplete || plan.changed_since;
    plan_end(&plan);
    return code;
}

/* --- afterwards */

/** Adds TEXT to the COUNT texts of LIST, unless it is there or is NULL. */
static void add_once(const char *list[], size_t *count, size_t most, const char *text)
{
    if (text == NULL)
        return;
    for (size_t i = 0; i < *count; i++)
        if (strcmp(list[i], text) == 0)
            return;
    if (*count < most)
        list[(*count)++] = text;
}

static void print_commands(const struct setup *setup)
{
    const char *commands[COMMANDS_MAX];
    size_t count = 0;
    for (size_t i = 0; setup_parts[i] != NULL; i++) {
        const struct setup_part *part = setup_parts[i];
        if (setup->changed[i] && setup->undo)
            add_once(commands, &count, COMMANDS_MAX, part->disable);
        for (size_t k = 0; setup->changed[i] && !setup->undo && part->enable[k] != NULL; k++)
            add_once(commands, &count, COMMANDS_MAX, part->enable[k]);
    }
    for (size_t i = 0; setup_parts[i] != NULL; i++)
        for (size_t k = 0; setup->changed[i] && setup_parts[i]->restart[k] != NULL; k++)
            add_once(commands, &count, COMMANDS_MAX, setup_parts[i]->restart[k]);
    if (count > 0)
        puts("\nTo put this in force, run:");
    for (size_t i = 0; i < count; i++)
        printf("    %s\n", commands[i]);
}

/** Checks what the changed parts are about. Problems do not change the exit code. */
static void check_parts(const struct setup *setup)
{
    char areas[AREAS_MAX] = "";
    for (size_t i = 0; setup_parts[i] != NULL; i++)
        if (setup->changed[i]) {
            const size_t length = strlen(areas);
            snprintf(areas + length, sizeof areas - length, "%s%s", length == 0 ? "" : ",",
                     setup_parts[i]->areas);
        }
    context_try_config(setup->context);
    printf("\nvmailctl check --area=%s:\n", areas);
    check_host(setup->context, areas);
}

static enum exit_code finish_setup(const struct setup *setup, enum exit_code code)
{
    bool any = false;
    for (size_t i = 0; i < PARTS_MAX; i++)
        any = any || setup->changed[i];
    if (setup->context->json && (code == EXIT_DONE || any)) {
        const enum exit_code printed = change_print(setup->context, setup->shown);
        code = code == EXIT_DONE ? printed : code;
    } else if (any) {
        if (!setup->undo)
            check_parts(setup);
        print_commands(setup);
    }
    return code == EXIT_DONE && setup->incomplete ? EXIT_NEGATIVE : code;
}

/** Sets up the chosen parts in their order, or takes them back in the reverse one. */
static enum exit_code run_parts(struct setup *setup, bool warn)
{
    size_t count = 0;
    while (setup_parts[count] != NULL)
        count++;
    setup->incomplete = false;
    for (size_t i = 0; i < count; i++) {
        const size_t number = setup->undo ? count - 1 - i : i;
        if (!setup->chosen[number] && !setup->all)
            continue;
        const enum exit_code code = run_part(setup, setup_parts[number], warn);
        if (code != EXIT_DONE)
            return code;
    }
    return EXIT_DONE;
}

static enum exit_code run_setup(struct context *context, const struct call *call)
{
    const struct options *options = call->options;
    struct setup setup = { .context = context,
                           .undo = options->undo,
                           .all = options->undo && call->count == 0 };
    enum exit_code code = EXIT_DONE;
    if (call->count == 0 && !options->undo)
        return list_parts(context);
    for (size_t i = 0; code == EXIT_DONE && i < call->count; i++)
        code = choose_named(&setup, call->argument[i]);
    if (code != EXIT_DONE)
        return code;
    setup.shown = json_array();
    if (setup.shown == NULL)
        return message_no_memory(context);
    /* Parts may have changed the same file one after the other: undoing the last one makes the next
     * undo possible. */
    const bool again = setup.undo && !context->dry_run;
    code = run_parts(&setup, !again);
    if (code == EXIT_DONE && again && setup.incomplete)
        code = run_parts(&setup, true);
    code = finish_setup(&setup, code);
    json_decref(setup.shown);
    return code;
}

const struct command setup_command = {
    .path = "setup",
    .summary = "Set up daemons for virtual users, or list what is missing",
    .arguments = "[PART...]",
    .help = "Without a PART, lists what runs on this machine, and whether it is set up. With one, "
            "shows how its files would change, asks, changes them, and checks the result. The "
            "files come from " VMAIL_EXAMPLES_DIRECTORY ". A setup that would keep root from "
            "logging in is taken back.",
    .options = setup_options,
    .options_size = sizeof(struct options),
    .run = run_setup,
    .without_config = true,
};
