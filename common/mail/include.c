/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "include.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "text_buffer.h"
#include "trust.h"

enum { FILE_MAX = 64 << 20 };

/* The text as one entry of an alias file: its lines continue the first. */
static bool make_entry(struct vmail_text_buffer *entry, const char *text, size_t length)
{
    bool good = vmail_text_splice(entry, 0, 0, "list:\n", 6);
    for (size_t at = 0, next; good && at < length; at = next) {
        next = vmail_text_next_line(text, length, at);
        good = vmail_text_splice(entry, entry->length, 0, " ", 1) &&
               vmail_text_splice(entry, entry->length, 0, text + at, next - at);
    }
    return good;
}

static enum vmail_result read_list(const char *path, const char *text, size_t length,
                                   struct vmail_aliases *list, struct vmail_error *error)
{
    static const char empty[] = "no target after the name";
    struct vmail_text_buffer entry = { 0 };
    const bool good =
        make_entry(&entry, text, length) && vmail_aliases_read(entry.bytes, entry.length, list);
    vmail_text_end(&entry);
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
