/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Reads vmail.conf from its file.
 */
#ifndef VMAIL_CONFIG_FILE_H
#define VMAIL_CONFIG_FILE_H

#include "config.h"
#include "error.h"
#include "paths.h"

/**
 * Reads vmail.conf of PATHS into a new config in CONFIG; a missing file is an empty one. REPORT
 * (may be NULL) is called for each wrong line, in the order of lines where it is one of syntax.
 * Returns VMAIL_OK even then; VMAIL_UNAVAILABLE where the file cannot be read or believed,
 * VMAIL_NO_MEMORY. The caller frees the config with vmail_config_free.
 */
enum vmail_result vmail_config_load(const struct vmail_paths *paths, struct vmail_config **config,
                                    vmail_config_report *report, void *context,
                                    struct vmail_error *error);

/**
 * As vmail_config_load, from the image of vmail.conf where there is one that is right. That has no
 * `domains' and no `relays'; vmail_config_domain and vmail_config_alias_programs must not be asked.
 */
enum vmail_result vmail_config_open(const struct vmail_paths *paths, struct vmail_config **config,
                                    struct vmail_error *error);

/** As vmail_config_load, from the open FD, which stays the caller's. */
enum vmail_result vmail_config_read(const struct vmail_paths *paths, int fd,
                                    struct vmail_config **config, vmail_config_report *report,
                                    void *context, struct vmail_error *error);

#endif
