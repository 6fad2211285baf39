/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "id_map.h"

#include <stdio.h>

#include "message.h"

/* The advice, as far as it is mapped: above the users of the system, below 65534. */
enum { ADVISED_FIRST = 20000, ADVISED_LAST = 59999 };

/** The mapped range in FILE that contains ID. False: none does. */
static bool find_mapped_range(const char *file, uint32_t id, struct vmail_id_range *range)
{
    unsigned long inside, outside, count;
    bool found = false;
    FILE *map = fopen(file, "re");
    if (map == NULL) {
        *range = (struct vmail_id_range){ 0, UINT32_MAX };
        return true;
    }
    while (!found && fscanf(map, "%lu %lu %lu", &inside, &outside, &count) == 3) {
        found = count > 0 && id >= inside && id - inside < count;
        *range = (struct vmail_id_range){ (uint32_t)inside, (uint32_t)(inside + count - 1) };
    }
    fclose(map);
    return found;
}

static bool file_has(const char *file, const struct vmail_id_range *range)
{
    struct vmail_id_range part;
    for (uint64_t next = range->first; next <= range->last; next = (uint64_t)part.last + 1)
        if (!find_mapped_range(file, (uint32_t)next, &part))
            return false;
    return true;
}

bool id_map_has(const struct vmail_id_range *range)
{
    return file_has("/proc/self/uid_map", range) && file_has("/proc/self/gid_map", range);
}

const char *id_map_advice(char out[ID_MAP_ADVICE_MAX + 1])
{
    const struct vmail_id_range advised = { ADVISED_FIRST, ADVISED_LAST };
    if (id_map_has(&advised))
        snprintf(out, ID_MAP_ADVICE_MAX + 1,
                 "write  ids = %d-%d  in [vmail] of vmail.conf, or map more ids into the container",
                 (int)ADVISED_FIRST, (int)ADVISED_LAST);
    else
        snprintf(out, ID_MAP_ADVICE_MAX + 1,
                 "map more ids into the container, or choose `ids` in [vmail] of vmail.conf from "
                 "those in /proc/self/uid_map");
    return out;
}

enum exit_code id_map_check(const struct context *context, const struct vmail_id_range *range)
{
    char advice[ID_MAP_ADVICE_MAX + 1];
    if (id_map_has(range))
        return EXIT_DONE;
    if (range->first == range->last)
        message_error(context, "the id %lu does not exist in this container: %s",
                      (unsigned long)range->first, id_map_advice(advice));
    else
        message_error(context, "some ids in %lu-%lu do not exist in this container: %s",
                      (unsigned long)range->first, (unsigned long)range->last,
                      id_map_advice(advice));
    return EXIT_UNAVAILABLE;
}
