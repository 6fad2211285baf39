/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config_edit_work.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "name.h"

enum vmail_result config_work_refuse(const struct config_work *work, const char *what)
{
    const struct vmail_config_change *change = work->change;
    vmail_error_set(work->error, EINVAL, "vmail.conf: not changed: [%s%s%s]%s%s: %s",
                    change->section, *change->argument == '\0' ? "" : " ", change->argument,
                    change->key == NULL ? "" : " ", change->key == NULL ? "" : change->key, what);
    return VMAIL_UNAVAILABLE;
}

enum vmail_result config_work_not_found(const struct config_work *work, const char *what)
{
    config_work_refuse(work, what);
    if (work->error != NULL)
        work->error->code = ENOENT;
    return VMAIL_NOT_FOUND;
}

enum vmail_result config_work_splice(struct config_work *work, size_t at, size_t removed,
                                     const char *new, size_t count)
{
    if (!vmail_text_splice(&work->text, at, removed, new, count))
        return VMAIL_NO_MEMORY;
    vmail_config_scan_end(&work->scan);
    return vmail_config_scan(work->text.bytes, work->text.length, &work->scan) ? VMAIL_OK
                                                                               : VMAIL_NO_MEMORY;
}

const struct vmail_config_line *config_work_line(const struct config_work *work, long number)
{
    return &work->scan.line[number];
}

enum vmail_result config_work_insert_line(struct config_work *work, size_t number, const char *line)
{
    const struct vmail_text_buffer *text = &work->text;
    const char *ending = vmail_text_ending(text->bytes, text->length);
    size_t at = number < work->scan.count ? work->scan.line[number].start : text->length;
    bool open_line =
        number == work->scan.count && work->scan.count > 0 && text->bytes[text->length - 1] != '\n';
    char *new;
    int length = asprintf(&new, "%s%s%s", open_line ? ending : "", line, ending);
    if (length < 0)
        return VMAIL_NO_MEMORY;
    enum vmail_result result = config_work_splice(work, at, 0, new, (size_t)length);
    free(new);
    return result;
}

/* --- finding */

static bool is_header_of(const struct vmail_config_line *line,
                         const struct vmail_config_change *change)
{
    size_t length = strlen(change->argument);
    return line->kind == VMAIL_LINE_HEADER && strcmp(line->name_text, change->section) == 0 &&
           strlen(line->value_text) == length &&
           vmail_equal_folded(line->value_text, change->argument, length);
}

enum vmail_result config_work_find_section(const struct config_work *work, long *header)
{
    *header = VMAIL_LINE_NONE;
    for (size_t i = 0; i < work->scan.count; i++) {
        if (!is_header_of(&work->scan.line[i], work->change))
            continue;
        if (*header != VMAIL_LINE_NONE && *work->change->argument != '\0')
            return config_work_refuse(work,
                                      "this section stands twice; make one of the two by hand");
        *header = (long)i;
    }
    return VMAIL_OK;
}

static bool in_section(const struct config_work *work, const struct vmail_config_line *line)
{
    return line->header != VMAIL_LINE_NONE &&
           is_header_of(config_work_line(work, line->header), work->change);
}

long config_work_next_of_key(const struct config_work *work, long from)
{
    for (size_t i = (size_t)from; i < work->scan.count; i++) {
        const struct vmail_config_line *line = &work->scan.line[i];
        if ((line->kind == VMAIL_LINE_KEY || line->kind == VMAIL_LINE_MORE) &&
            in_section(work, line) && strcmp(line->name_text, work->change->key) == 0)
            return (long)i;
    }
    return VMAIL_LINE_NONE;
}

long config_work_last_of_key(const struct config_work *work)
{
    long last = VMAIL_LINE_NONE;
    for (long i = config_work_next_of_key(work, 0); i != VMAIL_LINE_NONE;
         i = config_work_next_of_key(work, i + 1))
        last = i;
    return last;
}

static bool is_content(const struct vmail_config_line *line)
{
    return line->kind != VMAIL_LINE_BLANK && line->kind != VMAIL_LINE_COMMENT;
}

long config_work_last_content(const struct config_work *work, long header)
{
    long last = header;
    for (size_t i = 0; i < work->scan.count; i++)
        if (work->scan.line[i].header == header && is_content(&work->scan.line[i]))
            last = (long)i;
    return last;
}
