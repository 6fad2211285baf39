/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* alias list and alias show. */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>

#include "alias_set.h"
#include "argument.h"
#include "domain_table.h"
#include "message.h"
#include "text.h"

static const struct output_column columns[] = {
    { "alias", "ALIAS" },
    { "targets", "TARGETS" },
    { NULL, NULL },
};

static const struct output_column fields[] = {
    { "alias", "Alias" }, { "targets", "Targets" }, { "file", "File" },
    { "line", "Line" },   { NULL, NULL },
};

static const char *target_of(const void *alias, size_t i)
{
    return ((const struct vmail_alias *)alias)->target[i].text;
}

static struct output_list targets_of(const struct vmail_alias *alias)
{
    return (struct output_list){ "targets", alias->target_count, target_of, alias };
}

/** The object, with null in place of targets_of(). */
static json_t *object_of(const struct vmail_alias *alias, const struct alias_source *source,
                         const char *domain)
{
    char *name;
    if (asprintf(&name, "%s@%s", alias->name, domain) < 0)
        return NULL;
    json_t *object = json_pack("{s:o, s:n, s:o, s:I}", "alias", text_json(name), "targets", "file",
                               text_json(source->path), "line", (json_int_t)alias->line);
    free(name);
    return object;
}

/** Adds the aliases of DOMAIN that are used; warns about invalid lines. */
static enum exit_code add_rows(const struct context *context, const char *domain,
                               struct output_rows *rows)
{
    struct alias_set set;
    enum exit_code code = alias_set_read(context, domain, &set);
    for (size_t i = 0; i < set.count; i++) {
        const struct alias_source *source = &set.source[i];
        for (size_t k = 0; k < source->aliases.count; k++) {
            const struct vmail_alias *alias = &source->aliases.alias[k];
            const struct output_list targets = targets_of(alias);
            if (alias->reason != NULL)
                message_warning(context, "%s:%lu: %s", source->path, alias->line, alias->reason);
            else if (alias_set_find(&set, alias->name, NULL) == alias)
                output_row_with(rows, object_of(alias, source, domain), &targets);
        }
    }
    alias_set_end(&set);
    return code;
}

static enum exit_code run_list(struct context *context, const struct call *call)
{
    return domain_table(context, call, columns, add_rows);
}

static enum exit_code run_show(struct context *context, const struct call *call)
{
    struct vmail_identity identity;
    struct alias_set set = { 0 };
    const struct alias_source *source;
    enum exit_code code = argument_user(context, call->argument[0], &identity);
    if (code == EXIT_DONE)
        code = alias_set_read(context, identity.domain, &set);
    if (code == EXIT_DONE) {
        const struct vmail_alias *alias = alias_set_find(&set, identity.user, &source);
        if (alias != NULL) {
            const struct output_list targets = targets_of(alias);
            code = output_object_with(context, object_of(alias, source, identity.domain), fields,
                                      &targets);
        } else {
            message_error(context, "no such alias: %s@%s", identity.user, identity.domain);
            code = EXIT_NO_SUCH;
        }
    }
    alias_set_end(&set);
    return code;
}

const struct command alias_list_command = {
    .path = "alias list",
    .summary = "List the mail aliases",
    .arguments = "[DOMAIN...]",
    .help = "Lists the aliases of the given domains, or of all. They come from aliases.DOMAIN and "
            "the additional alias files of the domain. Leaves out ignored ones.",
    .run = run_list,
    .needs = NEEDS_DOMAIN_READER,
};

const struct command alias_show_command = {
    .path = "alias show",
    .summary = "Show the targets of an alias",
    .arguments = "ALIAS@DOMAIN",
    .run = run_show,
    .needs = NEEDS_DOMAIN_READER,
};
