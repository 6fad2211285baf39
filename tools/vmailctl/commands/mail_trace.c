/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mailbox.h"
#include "managed.h"
#include "message.h"
#include "output_rows.h"
#include "text.h"
#include "walk.h"

static const struct output_column columns[] = {
    { "depth", "STEP" },  { "address", "ADDRESS" }, { "means", "MEANS" },
    { "where", "WHERE" }, { NULL, NULL },
};

struct trace {
    const struct context *context;
    struct output_rows rows;
};

static const char *meaning(const struct vmail_walk_step *step)
{
    static const char *const others[] = { [VMAIL_WALK_INCLUDE] = "list",
                                          [VMAIL_WALK_FILE] = "file",
                                          [VMAIL_WALK_PROGRAM] = "program",
                                          [VMAIL_WALK_WRONG] = "not valid" };
    static const char *const addresses[] = {
        [VMAIL_ROUTE_ELSEWHERE] = "other host", [VMAIL_ROUTE_RELAY] = "relay",
        [VMAIL_ROUTE_ALIAS] = "alias",          [VMAIL_ROUTE_USER] = "user",
        [VMAIL_ROUTE_FALLBACK] = "fallback",    [VMAIL_ROUTE_NOBODY] = "nobody"
    };
    if (step->kind != VMAIL_WALK_ADDRESS)
        return others[step->kind];
    if (step->route->kind == VMAIL_ROUTE_ELSEWHERE && step->route->domain[0] != '\0')
        return "another domain here";
    return step->route->full_name ? "full name" : addresses[step->route->kind];
}

/** The line of an alias, or the mailbox of a user. The caller frees it; NULL for none. */
static char *place_of(const struct trace *trace, const struct vmail_walk_step *step)
{
    const struct vmail_route *route = step->route;
    char *place = NULL;
    if (route == NULL)
        return NULL;
    if (route->kind == VMAIL_ROUTE_ALIAS)
        return asprintf(&place, "%s:%lu", route->file->path, route->alias->line) < 0 ? NULL : place;
    if (route->kind == VMAIL_ROUTE_USER)
        return vmail_mailbox_path(vmail_config_mailbox(trace->context->config, route->domain),
                                  route->user, route->domain, route->home);
    if (route->kind == VMAIL_ROUTE_FALLBACK)
        return strdup(VMAIL_CONFIG_NAME);
    return NULL;
}

static bool may_enter(void *context, const char *domain)
{
    return managed_domain(((const struct trace *)context)->context, domain);
}

static void add_step(void *context, const struct vmail_walk_step *step)
{
    struct trace *trace = context;
    char *place = place_of(trace, step);
    output_row(&trace->rows,
               json_pack("{s:i, s:o, s:s, s:o}", "depth", (int)step->depth, "address",
                         text_json(step->text), "means", meaning(step), "where", text_json(place)));
    free(place);
}

static enum exit_code run_mail_trace(struct context *context, const struct call *call)
{
    struct trace trace = { .context = context };
    struct vmail_mail mail;
    /* Co-administrators do not read with root's rights what an alias of theirs names. */
    const struct vmail_walker walker = { .mail = &mail,
                                         .visit = add_step,
                                         .enter = may_enter,
                                         .context = &trace,
                                         .no_lists = context->restricted };
    struct vmail_error error = { 0 };
    const char *address = call->argument[0];
    const char *at = strrchr(address, '@');
    if (at == NULL || at == address || at[1] == '\0') {
        message_error(context, "'%s' is not an address; write USER@DOMAIN", address);
        return EXIT_USAGE;
    }
    vmail_mail_begin(&mail, context->paths, context->config);
    output_rows_start(&trace.rows, context, columns);
    enum vmail_result result = vmail_mail_question(&mail, &error);
    if (result == VMAIL_OK)
        result = vmail_walk(&walker, address, &error);
    vmail_mail_end(&mail);
    enum exit_code code = output_rows_end(&trace.rows);
    if (code != EXIT_DONE || result == VMAIL_OK)
        return code;
    if (result == VMAIL_NOT_FOUND)
        vmail_error_set(&error, 0, "mail to %s reaches nobody", address);
    return message_result(context, result, &error);
}

const struct command mail_trace_command = {
    .path = "mail trace",
    .summary = "Show where mail to an address goes",
    .arguments = "USER@DOMAIN",
    .help =
        "Each line is a step: what an address means, and where that is written, or the mailbox. "
        "The mail server gets the same answers from vmail-map.",
    .run = run_mail_trace,
    .needs = NEEDS_DOMAIN_READER,
};
