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

bool subordinate_ids_overlap(const char *path, uint32_t first, uint32_t last, char *whose,
                             size_t size)
{
    char *line = NULL;
    const char *name;
    size_t room = 0;
    uint64_t start, count;
    bool found = false;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    while (!found && getline(&line, &room, file) >= 0)
        if (parse(line, &name, &start, &count) && start <= last && start + count > first) {
            snprintf(whose, size, "%s", name);
            found = true;
        }
    free(line);
    fclose(file);
    return found;
}

void subordinate_ids_warn(const struct context *context, uint32_t id)
{
    char whose[64];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (subordinate_ids_overlap(files[i], id, id, whose, sizeof whose))
            message_warning(context,
                            "%s gives the id %lu to %s, who can take it on in a user namespace; "
                            "move one of the ranges",
                            files[i], (unsigned long)id, whose);
}
