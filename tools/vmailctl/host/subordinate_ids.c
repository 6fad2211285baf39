/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "subordinate_ids.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "number.h"

static const char *const files[] = { "/etc/subuid", "/etc/subgid" };

/** Reads NAME:START:COUNT. */
static bool parse(char *line, const char **name, uint64_t *start, uint64_t *count)
{
    char *rest = line;
    *name = strsep(&rest, ":");
    const char *first = strsep(&rest, ":"), *number = strsep(&rest, "\n");
    return first != NULL && number != NULL &&
           vmail_number_parse(first, strlen(first), UINT32_MAX, start) &&
           vmail_number_parse(number, strlen(number), UINT32_MAX, count);
}

static bool walk_file(const char *path, subordinate_ids_function *function, void *data)
{
    char *line = NULL;
    const char *name;
    size_t room = 0;
    uint64_t start, count;
    bool good = true;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return true;
    while (good && getline(&line, &room, file) >= 0) {
        if (line[0] == '#' || !parse(line, &name, &start, &count) || count == 0)
            continue;
        uint64_t last = start + count - 1;
        good = function(data, path, name, (uint32_t)start,
                        last > UINT32_MAX ? UINT32_MAX : (uint32_t)last);
    }
    free(line);
    fclose(file);
    return good;
}

bool subordinate_ids_walk(subordinate_ids_function *function, void *data)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (!walk_file(files[i], function, data))
            return false;
    return true;
}

struct warning {
    const struct context *context;
    uint32_t id;
};

static bool warn(void *data, const char *file, const char *whose, uint32_t first, uint32_t last)
{
    const struct warning *warning = data;
    if (warning->id >= first && warning->id <= last)
        message_warning(warning->context,
                        "%s assigns the id %lu to %s, who can use it in a user namespace; move one "
                        "of the ranges",
                        file, (unsigned long)warning->id, whose);
    return true;
}

void subordinate_ids_warn(const struct context *context, uint32_t id)
{
    struct warning warning = { context, id };
    subordinate_ids_walk(warn, &warning);
}
