/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "table.h"

enum { FILE_MAX = 512 * 1024 * 1024 };

enum vmail_result vmail_edit_open(const struct vmail_paths *paths, const char *name,
                                  struct vmail_edit *edit, struct vmail_error *error)
{
    *edit = (struct vmail_edit){ .place = { .fd = -1, .directory = -1 }, .lock = { .fd = -1 } };
    memcpy(edit->name, name, strnlen(name, NAME_MAX));
    enum vmail_result result = vmail_trusted_open_place(paths, name, &edit->place, error);
    if (result != VMAIL_OK)
        return result;
    edit->old = vmail_file_read_all(edit->place.fd, FILE_MAX, &edit->old_length);
    if (edit->old == NULL) {
        vmail_error_set(error, errno, "%s: cannot read: %s", name, strerrordesc_np(errno));
        return errno == ENOMEM ? VMAIL_NO_MEMORY : VMAIL_UNAVAILABLE;
    }
    /* Somebody without the lock may be writing the file. If they emptied it and refill it within
     * one tick of the file system's clock, it would look unchanged later. */
    if ((off_t)edit->old_length != edit->place.status.st_size) {
        vmail_error_set(error, EAGAIN, "%s: changed by another program meanwhile", name);
        return VMAIL_CHANGED;
    }
    return VMAIL_OK;
}

/* Whether both are the same name in the same directory: a link may have another target by now. */
static bool same_place(const struct vmail_place *a, const struct vmail_place *b)
{
    struct stat one, other;
    return a->directory >= 0 && b->directory >= 0 && strcmp(a->name, b->name) == 0 &&
           fstat(a->directory, &one) == 0 && fstat(b->directory, &other) == 0 &&
           one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

enum vmail_result vmail_edit_open_locked(const struct vmail_paths *paths, const char *name,
                                         unsigned seconds, struct vmail_edit *edit,
                                         struct vmail_error *error)
{
    struct vmail_edit first;
    struct vmail_lock lock;
    enum vmail_result result = vmail_edit_open(paths, name, &first, error);
    if (first.place.directory < 0 ||
        vmail_replace_lock(&first.place, seconds, &lock, error) != VMAIL_OK) {
        *edit = first;
        return first.place.directory < 0 ? result : VMAIL_UNAVAILABLE;
    }
    result = vmail_edit_open(paths, name, edit, error);
    edit->lock = lock;
    if (!same_place(&first.place, &edit->place)) {
        vmail_error_set(error, EAGAIN, "%s: changed by another program meanwhile", name);
        result = VMAIL_CHANGED;
    }
    vmail_edit_end(&first);
    return result;
}

void vmail_edit_end(struct vmail_edit *edit)
{
    if (edit->old != NULL)
        explicit_bzero(edit->old, edit->old_length);
    free(edit->old);
    edit->old = NULL;
    edit->old_length = 0;
    vmail_text_end(&edit->now);
    vmail_place_close(&edit->place);
    vmail_lock_release(&edit->lock);
}

struct vmail_piece vmail_edit_before(const struct vmail_edit *edit)
{
    return (struct vmail_piece){ edit->old == NULL ? "" : edit->old, edit->old_length };
}

struct vmail_piece vmail_edit_after(const struct vmail_edit *edit)
{
    if (!edit->changed)
        return vmail_edit_before(edit);
    return (struct vmail_piece){ edit->now.bytes, edit->now.length };
}

bool vmail_edit_would_write(const struct vmail_edit *edit)
{
    const struct vmail_piece before = vmail_edit_before(edit), after = vmail_edit_after(edit);
    if (edit->place.fd < 0)
        return edit->changed;
    return before.length != after.length || memcmp(before.text, after.text, after.length) != 0;
}

enum vmail_result vmail_edit_find(const struct vmail_edit *edit, struct vmail_file file,
                                  const char *name, size_t *offset, struct vmail_error *error)
{
    struct vmail_table table;
    struct vmail_record record;
    const struct vmail_piece text = vmail_edit_after(edit);
    enum vmail_result result = vmail_table_open_text(&table, file, text.text, text.length);
    if (result != VMAIL_OK)
        return result;
    result = vmail_table_find_name(&table, name, &record, error);
    if (result == VMAIL_OK)
        *offset = (size_t)table.found;
    vmail_table_close(&table);
    return result;
}

bool vmail_edit_next_line(const struct vmail_edit *edit, size_t *offset, struct vmail_piece *line)
{
    const struct vmail_piece text = vmail_edit_after(edit);
    if (*offset >= text.length)
        return false;
    line->text = text.text + *offset;
    line->length = vmail_text_line_end(text.text, text.length, *offset) - *offset;
    *offset = vmail_text_next_line(text.text, text.length, *offset);
    return true;
}

enum vmail_result vmail_edit_splice(struct vmail_edit *edit, size_t offset, size_t removed,
                                    const char *new, size_t count)
{
    const struct vmail_piece before = vmail_edit_before(edit);
    if (!edit->changed && !vmail_text_splice(&edit->now, 0, 0, before.text, before.length))
        return VMAIL_NO_MEMORY;
    edit->changed = true;
    return vmail_text_splice(&edit->now, offset, removed, new, count) ? VMAIL_OK : VMAIL_NO_MEMORY;
}

static bool is_one_line(const struct vmail_edit *edit, const char *line, struct vmail_error *error)
{
    if (strpbrk(line, "\r\n") == NULL)
        return true;
    vmail_error_set(error, EINVAL, "%s: not changed: the new line contains a line break",
                    edit->name);
    return false;
}

enum vmail_result vmail_edit_replace_line(struct vmail_edit *edit, size_t offset, const char *line,
                                          struct vmail_error *error)
{
    const struct vmail_piece text = vmail_edit_after(edit);
    if (!is_one_line(edit, line, error))
        return VMAIL_INVALID;
    size_t end = vmail_text_line_end(text.text, text.length, offset);
    return vmail_edit_splice(edit, offset, end - offset, line, strlen(line));
}

/* Adds a missing newline to the last line first. */
enum vmail_result vmail_edit_append_line(struct vmail_edit *edit, const char *line,
                                         struct vmail_error *error)
{
    const struct vmail_piece text = vmail_edit_after(edit);
    const char *ending = vmail_text_ending(text.text, text.length);
    size_t end = text.length;
    enum vmail_result result = VMAIL_OK;
    if (!is_one_line(edit, line, error))
        return VMAIL_INVALID;
    if (end > 0 && text.text[end - 1] != '\n') {
        result = vmail_edit_splice(edit, end, 0, ending, strlen(ending));
        end += strlen(ending);
    }
    if (result == VMAIL_OK)
        result = vmail_edit_splice(edit, end, 0, line, strlen(line));
    end += strlen(line);
    return result == VMAIL_OK ? vmail_edit_splice(edit, end, 0, ending, strlen(ending)) : result;
}

enum vmail_result vmail_edit_delete_line(struct vmail_edit *edit, size_t offset)
{
    const struct vmail_piece text = vmail_edit_after(edit);
    size_t next = vmail_text_next_line(text.text, text.length, offset);
    return vmail_edit_splice(edit, offset, next - offset, NULL, 0);
}

enum vmail_result vmail_edit_commit(const struct vmail_edit *edit,
                                    const struct vmail_new_file *make, unsigned seconds,
                                    struct vmail_error *error)
{
    const struct vmail_piece text = vmail_edit_after(edit);
    if (!vmail_edit_would_write(edit))
        return VMAIL_OK;
    if (edit->place.directory < 0 || (edit->place.fd < 0 && make == NULL)) {
        vmail_error_set(error, ENOENT, "%s: no such file", edit->name);
        return VMAIL_NOT_FOUND;
    }
    if (edit->lock.fd >= 0)
        return vmail_replace_locked(&edit->place, text, make, error);
    return vmail_replace(&edit->place, text, make, seconds, error);
}
