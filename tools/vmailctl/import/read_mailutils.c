/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * GNU Mailutils' virtdomain: a directory with a passwd(5) file for each domain, named like it,
 * which contains the hashes.
 */
#include "import/readers.h"

#include "import/unix_files.h"

enum exit_code read_mailutils(const struct context *context, const struct import_input *input,
                              struct import_plan *plan)
{
    struct source_names names;
    source_enter_tree(plan, input->path);
    enum exit_code code = source_list(context, input->path, &names);
    for (size_t i = 0; code == EXIT_DONE && i < names.count; i++) {
        const char *name = names.entry[i]->d_name;
        const struct unix_files files = { .domain = domain_of_file(plan, name),
                                          .passwd = source_path(plan, input->path, name),
                                          .root = "" };
        code = read_unix_files(context, &files, plan);
    }
    source_names_free(&names);
    return code;
}
