/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "full_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "name.h"
#include "table.h"
#include "trust.h"

/* The same for all that may be meant: in any case, with any of " ._". This is FNV-1a. */
static uint32_t hash(const char *name)
{
    uint32_t value = 2166136261U;
    for (; *name != '\0'; name++) {
        const char c = *name == '.' || *name == '_' ? ' ' : vmail_fold(*name);
        value = (value ^ (unsigned char)c) * 16777619U;
    }
    return value;
}

static int compare_hashes(const void *a, const void *b)
{
    const struct vmail_full_name *one = a, *other = b;
    return one->hash < other->hash ? -1 : one->hash > other->hash;
}

static bool add_full_name(struct vmail_full_names *names, const struct vmail_passwd *user)
{
    const int length = (int)strcspn(user->gecos, ",");
    char *text;
    if (length == 0)
        return true;
    struct vmail_full_name *name = vmail_array_append(&names->name, &names->count, sizeof *name);
    if (name == NULL || asprintf(&text, "%.*s%c%s", length, user->gecos, '\0', user->name) < 0)
        return false;
    *name = (struct vmail_full_name){ hash(text), text };
    return true;
}

static enum vmail_result read_text(struct vmail_file file, const struct vmail_trusted_text *text,
                                   struct vmail_full_names *names)
{
    struct vmail_table table;
    struct vmail_record record;
    enum vmail_result result = vmail_table_open_text(&table, file, text->bytes, text->length);
    if (result != VMAIL_OK)
        return result;
    while ((result = vmail_table_next(&table, &record)) == VMAIL_OK)
        if (!add_full_name(names, &record.passwd))
            break;
    vmail_table_close(&table);
    if (result != VMAIL_NOT_FOUND)
        return VMAIL_NO_MEMORY;
    if (names->count > 0)
        qsort(names->name, names->count, sizeof *names->name, compare_hashes);
    return VMAIL_OK;
}

enum vmail_result vmail_full_names_read(struct vmail_file file, const char *path,
                                        struct vmail_full_names *names,
                                        struct vmail_file_version *version,
                                        struct vmail_error *error)
{
    struct vmail_trusted_text text;
    *names = (struct vmail_full_names){ 0 };
    enum vmail_result result = vmail_trusted_read(file.paths, path, SIZE_MAX - 1, &text, error);
    *version = text.version;
    if (result != VMAIL_OK)
        return result == VMAIL_NOT_FOUND ? VMAIL_OK : result;
    result = read_text(file, &text, names);
    free(text.bytes);
    return result;
}

void vmail_full_names_end(struct vmail_full_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->name[i].text);
    free(names->name);
    *names = (struct vmail_full_names){ 0 };
}

/* Whether LOCAL, with dots or underscores for spaces, is NAME, in any case. */
static bool is_meant(const char *name, const char *local)
{
    while (*name != '\0' && (vmail_fold(*name) == vmail_fold(*local) ||
                             (*name == ' ' && (*local == '.' || *local == '_')))) {
        name++;
        local++;
    }
    return *name == *local;
}

const char *vmail_full_names_find(const struct vmail_full_names *names, const char *local)
{
    const uint32_t wanted = hash(local);
    const char *found = NULL;
    size_t low = 0, high = names->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (names->name[middle].hash < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < names->count && names->name[low].hash == wanted; low++) {
        const char *name = names->name[low].text;
        if (!is_meant(name, local))
            continue;
        if (found != NULL)
            return NULL;
        found = name + strlen(name) + 1;
    }
    return found;
}
