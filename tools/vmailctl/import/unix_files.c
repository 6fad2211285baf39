/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "import/unix_files.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "import/readers.h"

enum { NOBODY = 65534, PASSWD_FIELDS = 7, SHADOW_FIELDS = 9, GROUP_FIELDS = 4 };

static bool is_system_id(const struct unix_files *files, int64_t id)
{
    return files->lowest_id > 0 && id >= 0 && (id < files->lowest_id || id == NOBODY);
}

/** Homes from a chroot get its path in front; an FTP server's "/./" ends it. */
static const char *home_of(struct import_plan *plan, const struct unix_files *files, char *home)
{
    if (files->root[0] == '\0' || home[0] != '/')
        return import_plan_string(plan, home);
    char *dot = strstr(home, "/./");
    if (dot != NULL)
        *dot = '\0';
    return import_plan_format(plan, "%s%s", files->root, home);
}

static void take_passwd(struct source *source, void *data, char *line)
{
    const struct unix_files *files = data;
    struct import_plan *plan = source->plan;
    char *field[PASSWD_FIELDS + 1];
    if (source_fields(line, field, PASSWD_FIELDS + 1) != PASSWD_FIELDS) {
        import_plan_reject(plan, source->place, "a passwd(5) line has seven fields");
        return;
    }
    struct import_user *user = import_plan_user(plan, source->place);
    if (user == NULL)
        return;
    user->domain = files->domain;
    user->name = import_plan_string(plan, field[0]);
    user->password = strcmp(field[1], "x") == 0 ? NULL : import_plan_string(plan, field[1]);
    user->uid = source_id(field[2]);
    user->gid = source_id(field[3]);
    user->gecos = import_plan_string(plan, field[4]);
    user->home = home_of(plan, files, field[5]);
    user->shell = import_plan_string(plan, field[6]);
    if (is_system_id(files, user->uid))
        user->decision.skipped = "a system account";
}

/** A line of shadow, searched by name. */
struct shadow_row {
    const char *name, *hash, *ageing;
};

struct shadow_rows {
    struct shadow_row *row;
    size_t count;
};

static int compare_rows(const void *a, const void *b)
{
    const struct shadow_row *left = a, *right = b;
    return strcmp(left->name, right->name);
}

static void take_shadow(struct source *source, void *data, char *line)
{
    struct shadow_rows *rows = data;
    struct import_plan *plan = source->plan;
    char *field[3];
    size_t colons = 0;
    for (const char *c = line; *c != '\0'; c++)
        colons += *c == ':';
    if (colons != SHADOW_FIELDS - 1) {
        import_plan_reject(plan, source->place, "a shadow(5) line has nine fields");
        return;
    }
    struct shadow_row *row = vmail_array_append(&rows->row, &rows->count, sizeof *row);
    if (row == NULL) {
        plan->no_memory = true;
        return;
    }
    source_fields(line, field, 3);
    *row =
        (struct shadow_row){ import_plan_string(plan, field[0]), import_plan_string(plan, field[1]),
                             import_plan_string(plan, field[2]) };
}

/** Applies the shadow lines to the users from FIRST on. */
static void join(struct import_plan *plan, size_t first, struct shadow_rows *rows)
{
    if (plan->no_memory || rows->count == 0)
        return;
    qsort(rows->row, rows->count, sizeof *rows->row, compare_rows);
    for (size_t i = first; i < plan->user_count; i++) {
        struct import_user *user = &plan->users[i];
        struct shadow_row key = { .name = user->name };
        struct shadow_row *row =
            bsearch(&key, rows->row, rows->count, sizeof *rows->row, compare_rows);
        if (row == NULL)
            continue;
        user->ageing = row->ageing;
        if (user->password == NULL)
            user->password = row->hash;
    }
}

static void take_group(struct source *source, void *data, char *line)
{
    const struct unix_files *files = data;
    char *field[GROUP_FIELDS + 1];
    if (source_fields(line, field, GROUP_FIELDS + 1) != GROUP_FIELDS) {
        import_plan_reject(source->plan, source->place, "a group(5) line has four fields");
        return;
    }
    /* There are many system groups, and nobody expects them here: they are not reported. */
    if (is_system_id(files, source_id(field[2])))
        return;
    struct import_group *group = import_plan_group(source->plan, source->place);
    if (group == NULL)
        return;
    group->domain = files->domain;
    group->name = import_plan_string(source->plan, field[0]);
    group->gid = source_id(field[2]);
    group->members = import_plan_string(source->plan, field[3]);
}

static void take_alias(struct source *source, void *data, char *line)
{
    const struct unix_files *files = data;
    import_plan_alias(source->plan, source->place, files->domain, line);
}

enum exit_code read_unix_files(const struct context *context, const struct unix_files *files,
                               struct import_plan *plan)
{
    const size_t first = plan->user_count;
    struct shadow_rows rows = { 0 };
    const struct source_reading readings[] = {
        { .path = files->passwd, .take = take_passwd, .data = (void *)files },
        { .path = files->shadow, .optional = true, .take = take_shadow, .data = &rows },
        { .path = files->group, .optional = true, .take = take_group, .data = (void *)files },
        { .path = files->aliases,
          .optional = true,
          .comments = true,
          .take = take_alias,
          .data = (void *)files },
    };
    enum exit_code code = EXIT_DONE;
    if (plan->no_memory)
        return EXIT_DONE;
    if (files->domain == NULL) {
        import_plan_reject(plan, (struct import_place){ files->passwd, 0 },
                           "not a valid domain name");
        return EXIT_DONE;
    }
    note_domain(plan, files->domain);
    for (size_t i = 0; code == EXIT_DONE && i < sizeof readings / sizeof *readings; i++)
        code = source_read(context, plan, &readings[i]);
    join(plan, first, &rows);
    free(rows.row);
    return code;
}
