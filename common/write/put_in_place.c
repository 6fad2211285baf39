/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "put_in_place.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "file_state.h"
#include "system_calls.h"

static int rename_to(const struct vmail_place *place, const char *new, unsigned flags)
{
    return renameat2(place->directory, new, place->directory, place->name, flags);
}

static bool is_not_supported(int code)
{
    return code == EINVAL || code == ENOSYS || code == EOPNOTSUPP;
}

/** Whether OUT is the unchanged file that PLACE has open. Ignores the ctime: an exchange of names
 * has changed it. */
static bool is_what_was_read(const struct vmail_place *place, const struct stat *out)
{
    const struct stat *read = &place->status;
    struct vmail_file_state before = vmail_file_state(read), after = vmail_file_state(out);
    before.changed = after.changed;
    return vmail_file_state_equal(&before, &after) && read->st_mode == out->st_mode &&
           read->st_uid == out->st_uid && read->st_gid == out->st_gid;
}

static enum vmail_result overtaken(const struct vmail_place *place, struct vmail_error *error)
{
    vmail_error_set(error, EAGAIN, "%s: changed by another program meanwhile", place->name);
    return VMAIL_CHANGED;
}

static enum vmail_result not_renamed(const struct vmail_place *place, struct vmail_error *error)
{
    vmail_error_set(error, errno, "%s: not changed: cannot rename the new file: %s", place->name,
                    strerrordesc_np(errno));
    return VMAIL_UNAVAILABLE;
}

/** Takes back an exchange. If a file other than OURS had the name by then, it is the latest one and
 * gets the name again. */
static enum vmail_result take_back(const struct vmail_place *place, const char *new,
                                   const struct stat *ours, struct vmail_error *error)
{
    struct stat out;
    if (rename_to(place, new, RENAME_EXCHANGE) != 0)
        return errno == ENOENT ? overtaken(place, error) : not_renamed(place, error);
    if (fstatat(place->directory, new, &out, AT_SYMLINK_NOFOLLOW) == 0 &&
        (out.st_dev != ours->st_dev || out.st_ino != ours->st_ino) &&
        rename_to(place, new, RENAME_EXCHANGE) != 0 && errno != ENOENT)
        return not_renamed(place, error);
    return overtaken(place, error);
}

enum vmail_result vmail_put_in_place(const struct vmail_place *place, const char *new,
                                     struct vmail_error *error)
{
    const bool exists = place->fd >= 0;
    struct stat ours, out;
    if (fstatat(place->directory, new, &ours, AT_SYMLINK_NOFOLLOW) != 0)
        return not_renamed(place, error);
    if (rename_to(place, new, exists ? RENAME_EXCHANGE : RENAME_NOREPLACE) != 0) {
        if (is_not_supported(errno))
            return rename_to(place, new, 0) == 0 ? VMAIL_OK : not_renamed(place, error);
        return errno == (exists ? ENOENT : EEXIST) ? overtaken(place, error)
                                                   : not_renamed(place, error);
    }
    if (!exists)
        return VMAIL_OK;
    if (fstatat(place->directory, new, &out, AT_SYMLINK_NOFOLLOW) != 0 ||
        !is_what_was_read(place, &out))
        return take_back(place, new, &ours, error);
    if (unlinkat(place->directory, new, 0) == 0)
        return VMAIL_OK;
    vmail_error_set(error, errno, "%s: changed, but the old file is still there, as %s: %s",
                    place->name, new, strerrordesc_np(errno));
    return VMAIL_UNFINISHED;
}
