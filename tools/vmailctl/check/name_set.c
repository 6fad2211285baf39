/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "name_set.h"

#include <string.h>

/** The key of the text before the first colon of a line that is not a record. */
static uint64_t key_of_broken(const char *text, bool fold)
{
    char name[VMAIL_USER_MAX + 1];
    text += strspn(text, "# \t\r");
    size_t length = strcspn(text, ": \t\r");
    if (length > VMAIL_USER_MAX)
        length = VMAIL_USER_MAX;
    if (fold) {
        vmail_fold_copy(name, text, length);
    } else {
        memcpy(name, text, length);
        name[length] = '\0';
    }
    return mark_key(name, length);
}

enum vmail_result name_set_read(struct check *check, enum vmail_kind kind, const char *domain,
                                bool all, struct marks *names)
{
    struct reader reader;
    const bool fold = check->context->config->fold_case;
    enum vmail_result result = reader_open(&reader, check, kind, domain);
    if (result != VMAIL_OK)
        return result;
    while (result == VMAIL_OK && reader_next(&reader)) {
        struct mark mark = { .key = reader.key,
                             .line = (uint32_t)reader.line.number,
                             .offset = reader.line.offset };
        if (reader.broken != NULL && all)
            mark.key = key_of_broken(reader.line.text, fold);
        if ((reader.broken == NULL || all) && !marks_add(names, &mark))
            result = VMAIL_NO_MEMORY;
    }
    if (result == VMAIL_OK && reader.table.lines.error != 0)
        result = VMAIL_UNAVAILABLE;
    reader_close(&reader);
    if (result == VMAIL_NO_MEMORY)
        check->findings.no_memory = true;
    marks_sort(names);
    return result;
}
