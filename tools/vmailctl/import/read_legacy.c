/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A directory with passwd.DOMAIN, shadow.DOMAIN, group.DOMAIN and aliases.DOMAIN, as in earlier
 * systems, with ids from 60000.
 */
#include "import/readers.h"

#include <string.h>
#include <sys/stat.h>

#include "import/unix_files.h"
#include "message.h"
#include "retired_ids.h"

static const char prefix[] = "passwd.";

static bool is_our_own(const struct context *context, const char *path)
{
    struct stat ours, theirs;
    return stat(context->paths->directory, &ours) == 0 && stat(path, &theirs) == 0 &&
           ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

static const char *beside(struct import_plan *plan, const char *path, const char *kind,
                          const char *domain)
{
    return source_path(plan, path, import_plan_format(plan, "%s.%s", kind, domain));
}

static enum exit_code read_domain(const struct context *context, const struct import_input *input,
                                  const char *name, struct import_plan *plan)
{
    const char *written = name + strlen(prefix);
    const struct unix_files files = { .domain = domain_of_file(plan, written),
                                      .passwd = source_path(plan, input->path, name),
                                      .shadow = beside(plan, input->path, "shadow", written),
                                      .group = beside(plan, input->path, "group", written),
                                      .aliases = beside(plan, input->path, "aliases", written),
                                      .root = "" };
    return read_unix_files(context, &files, plan);
}

static void reject_file(struct import_plan *plan, const char *directory, const char *name,
                        const char *reason)
{
    const struct import_place place = { source_path(plan, directory, name), 0 };
    import_plan_reject(plan, place, reason);
}

enum exit_code read_legacy(const struct context *context, const struct import_input *input,
                           struct import_plan *plan)
{
    struct source_names names;
    if (is_our_own(context, input->path)) {
        message_error(
            context,
            "cannot import from %s, because users are imported to it; move the old files elsewhere",
            input->path);
        return EXIT_USAGE;
    }
    source_enter_tree(plan, input->path);
    enum exit_code code = source_list(context, input->path, &names);
    for (size_t i = 0; code == EXIT_DONE && i < names.count; i++) {
        const char *name = names.entry[i]->d_name;
        if (strcmp(name, VMAIL_CONFIG_NAME) == 0)
            reject_file(
                plan, input->path, name,
                "settings are not imported: use `domain set'; to keep ids, set `ids' first");
        else if (strcmp(name, RETIRED_IDS_NAME) == 0)
            reject_file(plan, input->path, name,
                        "retired ids are not imported; add the lines to the file of this name in "
                        "/etc/vmail");
        else if (strncmp(name, prefix, strlen(prefix)) == 0)
            code = read_domain(context, input, name, plan);
    }
    source_names_free(&names);
    return code;
}
