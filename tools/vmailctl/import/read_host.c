/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * /etc/passwd of another host, with the shadow and group files next to it.
 */
#include "import/readers.h"

#include <string.h>

#include "import/unix_files.h"

enum { LOWEST_USER = 1000 };

/**
 * KIND in the directory of PATH, if PATH itself is named passwd; otherwise NULL. Then links out of
 * that directory are not followed.
 */
static const char *beside(struct import_plan *plan, const char *path, const char *kind)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    if (strcmp(name, "passwd") != 0)
        return NULL;
    const char *directory = import_plan_format(plan, "%.*s", (int)(name - path), path);
    if (directory == NULL)
        return NULL;
    source_enter_tree(plan, directory);
    return import_plan_format(plan, "%s%s", directory, kind);
}

enum exit_code read_host(const struct context *context, const struct import_input *input,
                         struct import_plan *plan)
{
    struct unix_files files = {
        .domain = input->domain,
        .passwd = input->path,
        .shadow = input->shadow != NULL ? input->shadow : beside(plan, input->path, "shadow"),
        .group = input->group != NULL ? input->group : beside(plan, input->path, "group"),
        .root = "",
        .lowest_id = input->lowest_uid >= 0 ? input->lowest_uid : LOWEST_USER,
    };
    return read_unix_files(context, &files, plan);
}
