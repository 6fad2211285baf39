/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* alias list and alias show. */
#include "commands.h"

#include "argument.h"
#include "domain_table.h"
#include "message.h"
#include "records.h"
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
static json_t *object_of(const struct vmail_alias *alias, const struct vmail_alias_file *file,
                         const char *domain)
{
    return json_pack("{s:o, s:n, s:o, s:I}", "alias",
                     text_json_format("%s@%s", alias->name, domain), "targets", "file",
                     text_json(file->path), "line", (json_int_t)alias->line);
}

/** Adds the aliases of DOMAIN that are used; warns about invalid lines. */
static enum exit_code add_alias_rows(const struct context *context, const char *domain,
                                     struct output_rows *rows)
{
    struct vmail_alias_set set;
    enum exit_code code = records_aliases(context, domain, &set);
    for (size_t i = 0; i < set.count; i++) {
        const struct vmail_alias_file *file = &set.file[i];
        for (size_t k = 0; k < file->aliases.count; k++) {
            const struct vmail_alias *alias = &file->aliases.alias[k];
            const struct output_list targets = targets_of(alias);
            if (alias->reason != NULL)
                message_warning(context, "%s:%lu: %s", file->path, alias->line, alias->reason);
            else if (vmail_alias_set_find(&set, alias->name, NULL) == alias)
                output_row_with(rows, object_of(alias, file, domain), &targets);
        }
    }
    vmail_alias_set_end(&set);
    return code;
}

static enum exit_code run_alias_list(struct context *context, const struct call *call)
{
    return domain_table(context, call, columns, add_alias_rows);
}

static enum exit_code print_alias(const struct context *context, const struct vmail_alias_set *set,
                                  const struct vmail_identity *identity)
{
    const struct vmail_alias_file *file;
    const struct vmail_alias *alias = vmail_alias_set_find(set, identity->user, &file);
    if (alias == NULL) {
        message_error(context, "no such alias: %s@%s", identity->user, identity->domain);
        return EXIT_NO_SUCH;
    }
    const struct output_list targets = targets_of(alias);
    return output_object_with(context, object_of(alias, file, identity->domain), fields, &targets);
}

static enum exit_code run_alias_show(struct context *context, const struct call *call)
{
    struct vmail_identity identity;
    struct vmail_alias_set set;
    enum exit_code code = argument_user(context, call->argument[0], &identity);
    if (code != EXIT_DONE)
        return code;
    code = records_aliases(context, identity.domain, &set);
    if (code == EXIT_DONE)
        code = print_alias(context, &set, &identity);
    vmail_alias_set_end(&set);
    return code;
}

const struct command alias_list_command = {
    .path = "alias list",
    .summary = "List the mail aliases",
    .arguments = "[DOMAIN...]",
    .help = "Lists the aliases of the given domains, or of all. They come from aliases.DOMAIN and "
            "the additional alias files of the domain. Leaves out ignored ones.",
    .run = run_alias_list,
    .needs = NEEDS_DOMAIN_READER,
};

const struct command alias_show_command = {
    .path = "alias show",
    .summary = "Show the targets of an alias",
    .arguments = "ALIAS@DOMAIN",
    .run = run_alias_show,
    .needs = NEEDS_DOMAIN_READER,
};
