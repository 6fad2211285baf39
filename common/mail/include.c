/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "include.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "text_buffer.h"
#include "trust.h"

enum { FILE_MAX = 64 << 20 };

/* The text as one entry of an alias file: its lines continue the first. LENGTH becomes its own. */
static char *make_entry(const char *text, size_t *length)
{
    static const char name[] = "list:\n";
    size_t lines = 0, end = sizeof name - 1;
    for (size_t at = 0; at < *length; at = vmail_text_next_line(text, *length, at))
        lines++;
    char *entry = malloc(end + *length + lines + 1);
    if (entry == NULL)
        return NULL;
    memcpy(entry, name, end);
    for (size_t at = 0, next; at < *length; at = next) {
        next = vmail_text_next_line(text, *length, at);
        entry[end++] = ' ';
        memcpy(entry + end, text + at, next - at);
        end += next - at;
    }
    *length = end;
    return entry;
}

static enum vmail_result read_list(const char *path, const char *text, size_t length,
                                   struct vmail_aliases *list, struct vmail_error *error)
{
    static const char empty[] = "no target after the name";
    char *entry = make_entry(text, &length);
    const bool good = entry != NULL && vmail_aliases_read(entry, length, list);
    free(entry);
    if (!good)
        return VMAIL_NO_MEMORY;
    if (list->count == 1 &&
        (list->alias[0].reason == NULL || strcmp(list->alias[0].reason, empty) == 0))
        return VMAIL_OK;
    vmail_error_set(error, EINVAL, "%s: not a list of addresses: %s", path,
                    list->count == 1 ? list->alias[0].reason : "it has entries of its own");
    return VMAIL_UNAVAILABLE;
}

enum vmail_result vmail_include_read(const struct vmail_paths *paths, const char *path,
                                     struct vmail_aliases *list, struct vmail_file_version *version,
                                     struct vmail_error *error)
{
    struct vmail_trusted_text text;
    *list = (struct vmail_aliases){ 0 };
    enum vmail_result result = vmail_trusted_read(paths, path, FILE_MAX, &text, error);
    *version = text.version;
    if (result != VMAIL_OK)
        return result == VMAIL_NOT_FOUND ? VMAIL_UNAVAILABLE : result;
    result = read_list(path, text.bytes, text.length, list, error);
    free(text.bytes);
    return result;
}
