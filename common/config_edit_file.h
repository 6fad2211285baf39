/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Edits the file vmail.conf.
 */
#ifndef VMAIL_CONFIG_EDIT_FILE_H
#define VMAIL_CONFIG_EDIT_FILE_H

#include <stdbool.h>

#include "config_edit.h"
#include "edit.h"
#include "error.h"
#include "paths.h"

struct vmail_config_request {
    const struct vmail_config_change *changes;
    size_t count;
    vmail_edit_show *show; /* see vmail_edit_request; may be NULL */
    void *context;
    unsigned seconds; /* how long to wait for the lock */
    bool dry_run;
};

/**
 * Makes the changes of REQUEST in vmail.conf, under its lock (.vmail.conf.lock); a missing file is
 * made, 0644 root:root. Whoever holds a domain's lock as well takes that first. Results as
 * vmail_config_edit and vmail_edit_file.
 */
enum vmail_result vmail_config_edit_file(const struct vmail_paths *paths,
                                         const struct vmail_config_request *request,
                                         struct vmail_error *error);

#endif
