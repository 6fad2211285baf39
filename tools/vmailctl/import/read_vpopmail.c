/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vpopmail: domains/DOMAIN/vpasswd, or on large sites domains/N/DOMAIN/vpasswd. A line is a
 * passwd(5) line, with restrictions in the gid field, the quota as the shell, and at some sites the
 * clear-text password at the end. The uid has no meaning.
 */
#include "import/readers.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>

#include "import/unix_files.h"

enum { USER, PASSWORD, UID, FLAGS, GECOS, HOME, QUOTA, CLEAR, FIELDS };

/* Of the gid field. */
enum { NO_POP = 0x02, NO_WEBMAIL = 0x04, NO_IMAP = 0x08, NO_READING = NO_POP | NO_IMAP };

static void take_vpasswd_line(struct source *source, void *input, char *line)
{
    struct import_plan *plan = source->plan;
    char *field[FIELDS];
    if (source_fields(line, field, FIELDS) <= QUOTA) {
        import_plan_reject(plan, source->place, "a vpasswd line has seven or eight fields");
        return;
    }
    struct import_user *user = user_line_add(source, input, field[USER], field[PASSWORD]);
    if (user == NULL)
        return;
    if (field[CLEAR] != NULL && field[CLEAR][0] != '\0')
        user->clear = import_plan_string(plan, field[CLEAR]);
    user->gecos = import_plan_string(plan, field[GECOS]);
    user->home = import_plan_string(plan, field[HOME]);
    int64_t flags = source_id(field[FLAGS]);
    if (flags > 0 && (flags & NO_READING) != 0) {
        user->password = "!";
        user->clear = NULL;
        user->decision.note = "locked: POP or IMAP was forbidden";
    } else if (flags > 0) {
        user->decision.note = "vpopmail restrictions are not imported";
    } else if (field[QUOTA][0] != '\0' && strcmp(field[QUOTA], "NOQUOTA") != 0) {
        user->decision.note = "the quota is not imported";
    }
}

static enum exit_code read_file(const struct context *context, const struct import_input *input,
                                const char *path, struct import_plan *plan)
{
    const struct source_reading reading = { path, .take = take_vpasswd_line,
                                            .data = (void *)input };
    if (input->domain != NULL)
        note_domain(plan, input->domain);
    return source_read(context, plan, &reading);
}

static enum exit_code read_directory(const struct context *context,
                                     const struct import_input *input, const char *path, int depth,
                                     struct import_plan *plan)
{
    struct source_names names;
    enum exit_code code = source_list(context, path, &names);
    for (size_t i = 0; code == EXIT_DONE && i < names.count; i++) {
        const char *below = source_path(plan, path, names.entry[i]->d_name);
        struct import_input one = *input;
        if (below == NULL || !source_is_directory(below))
            continue;
        const char *file = source_path(plan, below, "vpasswd");
        one.domain = domain_of_file(plan, names.entry[i]->d_name);
        if (strlen(names.entry[i]->d_name) == 1 && depth > 0)
            code = read_directory(context, input, below, depth - 1, plan);
        else if (one.domain == NULL)
            import_plan_reject(plan, (struct import_place){ below, 0 }, "not a valid domain name");
        else if (file != NULL)
            code = read_file(context, &one, file, plan);
    }
    source_names_free(&names);
    return code;
}

enum exit_code read_vpopmail(const struct context *context, const struct import_input *input,
                             struct import_plan *plan)
{
    if (source_is_directory(input->path)) {
        source_enter_tree(plan, input->path);
        return read_directory(context, input, input->path, 1, plan);
    }
    struct import_input one = *input;
    char *copy = strdup(input->path), *slash = copy == NULL ? NULL : strrchr(copy, '/');
    if (one.domain == NULL && slash != NULL) {
        *slash = '\0';
        one.domain = domain_of_file(plan, basename(copy));
    }
    free(copy);
    return read_file(context, &one, input->path, plan);
}
