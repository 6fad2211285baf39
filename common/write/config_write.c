/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config_write.h"

#include <unistd.h>

#include "lock.h"
#include "trust.h"

static enum vmail_result change_file(struct vmail_edit *edit, void *context,
                                     struct vmail_error *error)
{
    const struct vmail_config_request *request = context;
    enum vmail_result result = vmail_edit_splice(edit, 0, 0, NULL, 0); /* makes a copy to edit */
    return result != VMAIL_OK
               ? result
               : vmail_config_edit(&edit->now, request->changes, request->count, error);
}

static void show_config(const struct vmail_edit *edit, void *context)
{
    const struct vmail_config_request *request = context;
    if (request->show != NULL)
        request->show(edit, request->context);
}

enum vmail_result vmail_config_edit_file(const struct vmail_paths *paths,
                                         const struct vmail_config_request *request,
                                         struct vmail_error *error)
{
    struct vmail_config_request own = *request;
    const struct vmail_new_file make = vmail_new_file_public();
    const struct vmail_transaction edit = { .file = { { VMAIL_CONFIG_NAME, &make, NULL } },
                                            .function = change_file,
                                            .show = show_config,
                                            .context = &own,
                                            .seconds = request->seconds,
                                            .dry_run = request->dry_run };
    struct vmail_lock lock;
    int directory;
    if (request->dry_run)
        return vmail_transaction_run(paths, &edit, error);
    enum vmail_result result = vmail_trusted_open_directory(paths, &directory, error);
    if (result != VMAIL_OK)
        return result;
    result = vmail_lock_file(directory, VMAIL_CONFIG_NAME, request->seconds, &lock, error);
    close(directory);
    if (result != VMAIL_OK)
        return result;
    result = vmail_transaction_run(paths, &edit, error);
    vmail_lock_release(&lock);
    return result;
}
