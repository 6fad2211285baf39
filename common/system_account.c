/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "system_account.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "lines.h"
#include "name.h"
#include "number.h"

/* The third field is the uid in passwd(5) and the gid in group(5). A line that has the name but no
 * such field is the system's as well: better to leave it alone. */
static bool has_system_id(const char *fields)
{
    uint64_t id;
    const char *field = strchr(fields, ':');
    if (field == NULL)
        return true;
    field++;
    if (!vmail_number_parse(field, strcspn(field, ":"), UINT32_MAX, &id))
        return true;
    return id < VMAIL_IDS_LOWEST;
}

static bool is_system_name(const char *path, const char *name)
{
    struct vmail_lines lines;
    struct vmail_line line;
    size_t length = strlen(name);
    bool found = false;

    if (length == 4 && vmail_equal_folded(name, "root", 4))
        return true;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return true;
    if (!vmail_lines_start(&lines, fd, 0)) {
        close(fd);
        return true;
    }
    while (!found && vmail_lines_next(&lines, &line))
        found = line.length > length && line.text[length] == ':' &&
                vmail_equal_folded(line.text, name, length) &&
                has_system_id(line.text + length + 1);
    found = found || lines.error != 0;
    vmail_lines_end(&lines);
    close(fd);
    return found;
}

bool vmail_is_system_user(const struct vmail_paths *paths, const char *name)
{
    return is_system_name(paths->system_passwd, name);
}

bool vmail_is_system_group(const struct vmail_paths *paths, const char *name)
{
    return is_system_name(paths->system_group, name);
}
