/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The aliases of a domain as Postfix takes them. */
#include "export/forms.h"

#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "records.h"
#include "text.h"

/** What Postfix accepts as an address: no quotes, commands, files, lists or special characters. */
static bool is_address(const char *target)
{
    static const char odd[] = "\"\\|/:<>()[];, \t";
    if (target[0] == '\0' || target[0] == '@' || target[0] == '#' || strpbrk(target, odd) != NULL)
        return false;
    for (const char *c = target; *c != '\0'; c++)
        if (*c < ' ' || *c > 0x7e)
            return false;
    const char *at = strchr(target, '@');
    return at == NULL || vmail_domain_valid(at + 1, strlen(at + 1));
}

/** An alias, and the file that it is in. */
struct alias_entry {
    const struct vmail_alias *alias;
    const struct vmail_alias_file *file;
};

static void leave_out(struct export_job *job, const struct alias_entry *entry, const char *what)
{
    message_warning(job->context, "%s:%lu: %s: left out: %s", entry->file->path, entry->alias->line,
                    entry->alias->name, what);
    job->left_out++;
}

static void leave_out_targets(struct export_job *job, const struct alias_entry *entry, size_t count,
                              const char *one, const char *many)
{
    char text[100];
    snprintf(text, sizeof text, "%zu %s", count, many);
    if (count > 0)
        leave_out(job, entry, count == 1 ? one : text);
}

/** The targets of ENTRY that are addresses, separated by ", ". */
static enum exit_code join_targets(struct export_job *job, const struct alias_entry *entry,
                                   char **targets)
{
    const struct vmail_alias *alias = entry->alias;
    size_t size = 0, count = 0, odd = 0;
    FILE *out = open_memstream(targets, &size);
    if (out == NULL)
        return message_no_memory(job->context);
    leave_out_targets(job, entry, alias->ignored_count,
                      "a target that co-administrators may not set",
                      "targets that co-administrators may not set");
    for (size_t i = 0; i < alias->target_count; i++) {
        const char *target = alias->target[i].text;
        if (!is_address(target)) {
            odd++;
            continue;
        }
        fprintf(out, "%s%s", count++ > 0 ? ", " : "", target);
        if (strchr(target, '@') == NULL)
            fprintf(out, "@%s", job->domain);
    }
    leave_out_targets(job, entry, odd, "a target that is not an address",
                      "targets that are not addresses");
    *targets = text_end(out, targets);
    return *targets != NULL ? EXIT_DONE : message_no_memory(job->context);
}

static enum exit_code visit_entry(struct export_job *job, const struct alias_entry *entry,
                                  alias_lines_visit *visit)
{
    const char *name = entry->alias->name;
    char *targets = NULL;
    if (!vmail_user_valid(name, strlen(name))) {
        leave_out(job, entry, "this name is not valid in a map");
        return EXIT_DONE;
    }
    const enum exit_code code = join_targets(job, entry, &targets);
    if (code != EXIT_DONE)
        return code;
    if (targets[0] != '\0')
        visit(job, name, targets);
    free(targets);
    return EXIT_DONE;
}

enum exit_code alias_lines_each(struct export_job *job, alias_lines_visit *visit)
{
    struct vmail_alias_set set;
    enum exit_code code = records_aliases(job->context, job->domain, &set);
    for (size_t i = 0; code == EXIT_DONE && i < set.count; i++)
        for (size_t k = 0; code == EXIT_DONE && k < set.file[i].aliases.count; k++) {
            const struct alias_entry entry = { &set.file[i].aliases.alias[k], &set.file[i] };
            if (entry.alias->reason != NULL)
                leave_out(job, &entry, entry.alias->reason);
            else if (vmail_alias_set_find(&set, entry.alias->name, NULL) == entry.alias)
                code = visit_entry(job, &entry, visit);
        }
    vmail_alias_set_end(&set);
    return code;
}
