/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Changes vmail.conf.
 */
#ifndef VMAIL_CONFIG_WRITE_H
#define VMAIL_CONFIG_WRITE_H

#include "config_edit.h"
#include "error.h"
#include "transaction.h"

struct vmail_config_request {
    const struct vmail_config_change *changes;
    size_t count;
    vmail_transaction_show *show; /* may be NULL */
    void *context;                /* of show */
    unsigned seconds;             /* how long to wait for each lock */
    bool dry_run;                 /* write nothing and take no lock */
};

/**
 * Makes all or none of the changes of REQUEST in vmail.conf, and creates the file if it is missing.
 * Returns as vmail_config_edit and vmail_transaction_run.
 */
enum vmail_result vmail_config_edit_file(const struct vmail_paths *paths,
                                         const struct vmail_config_request *request,
                                         struct vmail_error *error);

#endif
