/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "system_account.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "lines.h"
#include "name.h"
#include "number.h"

/* The third field, the uid in passwd(5) and the gid in group(5); false if it is not a number. */
static bool read_id(const struct vmail_line *line, uint64_t *id)
{
    const char *field = line->text;
    for (int i = 0; i < 2; i++) {
        field = strchr(field, ':');
        if (field == NULL)
            return false;
        field++;
    }
    return vmail_number_parse(field, strcspn(field, ":"), UINT32_MAX, id);
}

/* The search key: a name, or an id if the name is NULL. */
struct wanted {
    const char *name;
    bool any_id; /* any id of that name; else only a system account's */
    uint32_t id;
};

/* A line that has the name but no number also belongs to the system, to be safe. */
static bool matches(const struct vmail_line *line, const struct wanted *wanted)
{
    uint64_t id;
    if (wanted->name == NULL)
        return read_id(line, &id) && id == wanted->id;
    const size_t length = strlen(wanted->name);
    return line->length > length && line->text[length] == ':' &&
           vmail_equal_folded(line->text, wanted->name, length) &&
           (wanted->any_id || !read_id(line, &id) || vmail_id_is_system((uint32_t)id));
}

static enum vmail_result search(const char *path, const struct wanted *wanted)
{
    struct vmail_lines lines;
    struct vmail_line line;
    bool found = false;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return VMAIL_UNAVAILABLE;
    if (!vmail_lines_start(&lines, fd, 0)) {
        close(fd);
        return VMAIL_NO_MEMORY;
    }
    while (!found && vmail_lines_next(&lines, &line))
        found = matches(&line, wanted);
    const bool complete = lines.error == 0;
    vmail_lines_end(&lines);
    close(fd);
    return found ? VMAIL_OK : complete ? VMAIL_NOT_FOUND : VMAIL_UNAVAILABLE;
}

static const char *path_of(const struct vmail_paths *paths, enum vmail_kind kind)
{
    return kind == VMAIL_GROUP ? paths->system_group : paths->system_passwd;
}

bool vmail_id_is_system(uint32_t id)
{
    enum { NOBODY = 65534, NOBODY_16_BITS = 65535 };
    return id < VMAIL_IDS_LOWEST || id == NOBODY || id == NOBODY_16_BITS || id == UINT32_MAX;
}

enum vmail_result vmail_system_find_name(const struct vmail_paths *paths, enum vmail_kind kind,
                                         const char *name)
{
    const struct wanted wanted = { .name = name };
    if (strlen(name) == 4 && vmail_equal_folded(name, "root", 4))
        return VMAIL_OK;
    return search(path_of(paths, kind), &wanted);
}

enum vmail_result vmail_system_find_id(const struct vmail_paths *paths, enum vmail_kind kind,
                                       uint32_t id)
{
    const struct wanted wanted = { .id = id };
    return vmail_id_is_system(id) ? VMAIL_OK : search(path_of(paths, kind), &wanted);
}

enum vmail_result vmail_system_has_name(const struct vmail_paths *paths, enum vmail_kind kind,
                                        const char *name)
{
    const struct wanted wanted = { .name = name, .any_id = true };
    return search(path_of(paths, kind), &wanted);
}
