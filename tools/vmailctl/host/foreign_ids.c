/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "foreign_ids.h"

#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "number.h"

struct gathering {
    const struct context *context;
    struct foreign_ids *foreign;
    bool no_memory;
};

__attribute__((format(printf, 5, 6))) static void add_foreign_range(struct gathering *gathering,
                                                                    uint64_t first, uint64_t last,
                                                                    bool subordinate,
                                                                    const char *format, ...)
{
    struct foreign_ids *foreign = gathering->foreign;
    const struct vmail_id_range *ids = &gathering->context->config->rules.ids;
    va_list arguments;
    char *whose;
    if (last < ids->first || first > ids->last)
        return;
    va_start(arguments, format);
    if (vasprintf(&whose, format, arguments) < 0)
        whose = NULL;
    va_end(arguments);
    struct foreign_range *range =
        whose == NULL ? NULL : vmail_array_append(&foreign->range, &foreign->count, sizeof *range);
    if (range == NULL) {
        gathering->no_memory = true;
        free(whose);
        return;
    }
    range->ids.first = (uint32_t)first;
    range->ids.last = last > UINT32_MAX ? UINT32_MAX : (uint32_t)last;
    range->subordinate = subordinate;
    range->whose = whose;
}

/** The system's own files, not NSS, which would also list our users. */
static void add_accounts(struct gathering *gathering)
{
    const struct vmail_paths *paths = gathering->context->paths;
    const struct passwd *user;
    const struct group *group;
    FILE *file = fopen(paths->system_passwd, "re");
    while (file != NULL && (user = fgetpwent(file)) != NULL)
        add_foreign_range(gathering, user->pw_uid, user->pw_uid, false, "the system user %s",
                          user->pw_name);
    if (file != NULL)
        fclose(file);
    file = fopen(paths->system_group, "re");
    while (file != NULL && (group = fgetgrent(file)) != NULL)
        add_foreign_range(gathering, group->gr_gid, group->gr_gid, false, "the system group %s",
                          group->gr_name);
    if (file != NULL)
        fclose(file);
}

/** Reads NAME:START:COUNT. */
static bool parse_subordinate(char *line, const char **name, uint64_t *start, uint64_t *count)
{
    char *rest = line;
    *name = strsep(&rest, ":");
    const char *first = strsep(&rest, ":"), *number = strsep(&rest, "\n");
    return line[0] != '#' && first != NULL && number != NULL &&
           vmail_number_parse(first, strlen(first), UINT32_MAX, start) &&
           vmail_number_parse(number, strlen(number), UINT32_MAX, count) && *count > 0;
}

static void add_subordinate(struct gathering *gathering, const char *path)
{
    char *line = NULL;
    const char *name;
    size_t room = 0;
    uint64_t start, count;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return;
    while (getline(&line, &room, file) >= 0)
        if (parse_subordinate(line, &name, &start, &count))
            add_foreign_range(gathering, start, start + count - 1, true, "%s in %s", name, path);
    free(line);
    fclose(file);
}

static int compare_foreign_ranges(const void *a, const void *b)
{
    const struct foreign_range *first = a, *second = b;
    if (first->ids.first != second->ids.first)
        return first->ids.first < second->ids.first ? -1 : 1;
    return first->ids.last < second->ids.last ? -1 : first->ids.last > second->ids.last;
}

bool foreign_ids_read(const struct context *context, struct foreign_ids *foreign)
{
    struct gathering gathering = { context, foreign, false };
    *foreign = (struct foreign_ids){ 0 };
    add_accounts(&gathering);
    add_subordinate(&gathering, "/etc/subuid");
    add_subordinate(&gathering, "/etc/subgid");
    if (foreign->count > 1)
        qsort(foreign->range, foreign->count, sizeof *foreign->range, compare_foreign_ranges);
    for (size_t i = 0; i < foreign->count; i++) {
        struct foreign_range *range = &foreign->range[i];
        range->reach =
            i > 0 && range[-1].reach > range->ids.last ? range[-1].reach : range->ids.last;
    }
    return !gathering.no_memory;
}

const struct foreign_range *foreign_ids_find(const struct foreign_ids *foreign, uint32_t first,
                                             uint32_t last)
{
    size_t low = 0, high = foreign->count;
    while (low < high) { /* the first range that ends at FIRST or later */
        size_t middle = low + (high - low) / 2;
        if (foreign->range[middle].reach < first)
            low = middle + 1;
        else
            high = middle;
    }
    return low < foreign->count && foreign->range[low].ids.first <= last ? &foreign->range[low]
                                                                         : NULL;
}

void foreign_ids_free(struct foreign_ids *foreign)
{
    for (size_t i = 0; i < foreign->count; i++)
        free(foreign->range[i].whose);
    free(foreign->range);
    *foreign = (struct foreign_ids){ 0 };
}
