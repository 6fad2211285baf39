/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See README. The first byte says which kind of file, the rest is a line of it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "name.h"
#include "record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check_record(const struct vmail_record *record)
{
    const char *name = vmail_record_name(record);
    require(vmail_user_valid(name, strlen(name)));
    if (record->kind != VMAIL_GROUP)
        return;
    const char *rest = record->group.members, *member;
    size_t length;
    while (vmail_group_next_member(&rest, &member, &length))
        require(vmail_user_valid(member, length));
    require(*rest == '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum vmail_kind kinds[] = { VMAIL_PASSWD, VMAIL_SHADOW, VMAIL_GROUP };
    struct vmail_record record;
    if (size < 1)
        return 0;
    char *line = malloc(size);
    memcpy(line, data + 1, size - 1);
    line[size - 1] = '\0';
    if (vmail_record_parse(kinds[data[0] % 3], line, size - 1, &record) == NULL)
        check_record(&record);
    free(line);
    return 0;
}
