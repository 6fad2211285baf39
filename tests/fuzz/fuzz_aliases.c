/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See README. The input is a change, one part a line: action, name and two targets; and, behind
 * them, the alias file that it is made in, which is also read as a list. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "alias_edit.h"
#include "aliases.h"
#include "include.h"
#include "name.h"
#include "scratch_directory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Takes a part off the input, as a string that the caller frees. */
static char *take_part(const char **rest, const char *end)
{
    const char *newline = *rest == end ? NULL : memchr(*rest, '\n', (size_t)(end - *rest));
    const char *stop = newline == NULL ? end : newline;
    char *part = calloc(1, (size_t)(stop - *rest) + 1);
    require(part != NULL);
    memcpy(part, *rest, (size_t)(stop - *rest));
    *rest = newline == NULL ? end : newline + 1;
    return part;
}

/* What the header says of an entry. */
static void check_entry(const struct vmail_alias *alias, size_t length)
{
    require(alias->start < alias->end && alias->end <= length);
    require((alias->reason == NULL) == (alias->target_count > 0));
    require(alias->reason != NULL || (alias->colon > alias->start && alias->colon <= alias->end));
    size_t after = alias->colon;
    for (size_t i = 0; i < alias->target_count; i++) {
        const struct vmail_alias_target *target = &alias->target[i];
        require(target->start >= after && target->start + target->length <= alias->end);
        require(strlen(target->text) <= target->length);
        after = target->start + target->length;
    }
}

static void check_read(const char *text, size_t length)
{
    struct vmail_aliases aliases;
    unsigned long line = 0;
    size_t end = 0;
    require(vmail_aliases_read(text, length, &aliases));
    for (size_t i = 0; i < aliases.count; i++) {
        const struct vmail_alias *alias = &aliases.alias[i];
        check_entry(alias, length);
        require(alias->line > line && alias->start >= end);
        line = alias->line;
        end = alias->end;
        if (alias->reason == NULL)
            require(vmail_aliases_find(&aliases, alias->name) != NULL);
    }
    vmail_aliases_restrict(&aliases);
    for (size_t i = 0; i < aliases.count; i++)
        for (size_t k = 0; k < aliases.alias[i].target_count; k++)
            require(vmail_alias_is_plain(aliases.alias[i].target[k].text));
    vmail_aliases_end(&aliases);
}

static void check_list(const char *text, size_t length)
{
    const struct vmail_paths *paths = scratch_directory_paths();
    struct vmail_aliases list;
    struct vmail_file_version version;
    struct vmail_error error = { 0 };
    char *path;
    scratch_directory_write("list", text, length);
    require(asprintf(&path, "%s/list", paths->directory) >= 0);
    const enum vmail_result result = vmail_include_read(paths, path, &list, &version, &error);
    require(result == VMAIL_OK ? list.count == 1
                               : result == VMAIL_UNAVAILABLE && error.text[0] != '\0');
    vmail_aliases_end(&list);
    free(path);
}

/* Users and addresses mean the same in any case. */
static bool has_target(const struct vmail_alias *alias, const char *target)
{
    const enum vmail_alias_kind kind = vmail_alias_kind(target);
    const bool fold = kind == VMAIL_ALIAS_LOCAL || kind == VMAIL_ALIAS_ADDRESS;
    for (size_t i = 0; i < alias->target_count; i++)
        if ((fold ? strcasecmp : strcmp)(alias->target[i].text, target) == 0)
            return true;
    return false;
}

/* The reader sees what was asked for. */
static void check_changed(const struct vmail_text_buffer *text,
                          const struct vmail_alias_change *change)
{
    struct vmail_aliases aliases;
    check_read(text->bytes, text->length);
    require(vmail_aliases_read(text->bytes, text->length, &aliases));
    const struct vmail_alias *alias = vmail_aliases_find(&aliases, change->name);
    require((alias == NULL) == (change->action == VMAIL_ALIAS_DELETE));
    for (size_t i = 0; i < change->count; i++)
        require(has_target(alias, change->target[i]) == (change->action != VMAIL_ALIAS_REMOVE));
    vmail_aliases_end(&aliases);
}

static void try_change(const char *text, size_t length, const struct vmail_alias_change *change)
{
    struct vmail_text_buffer new = { 0 };
    struct vmail_error error = { 0 };
    const enum vmail_result result = vmail_alias_edit(text, length, change, &new, &error);
    require(result == VMAIL_OK || result == VMAIL_NOT_FOUND || result == VMAIL_UNAVAILABLE);
    if (result == VMAIL_OK)
        check_changed(&new, change);
    else
        require(error.text[0] != '\0');
    vmail_text_end(&new);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *rest = (const char *)data, *end = rest + size;
    char *part[4];
    for (size_t i = 0; i < 4; i++)
        part[i] = take_part(&rest, end);
    const char *const targets[] = { part[2], part[3] };
    struct vmail_alias_change change = {
        .action = (unsigned char)part[0][0] % (VMAIL_ALIAS_DELETE + 1),
        .name = part[1],
        .target = targets,
    };
    if (change.action != VMAIL_ALIAS_DELETE)
        change.count = part[3][0] == '\0' ? 1 : 2;
    check_read(rest, (size_t)(end - rest));
    check_list(rest, (size_t)(end - rest));
    bool possible = vmail_user_valid(change.name, strlen(change.name));
    for (size_t i = 0; i < change.count; i++)
        possible = possible && vmail_alias_kind(targets[i]) != VMAIL_ALIAS_WRONG;
    if (possible)
        try_change(rest, (size_t)(end - rest), &change);
    for (size_t i = 0; i < 4; i++)
        free(part[i]);
    return 0;
}
