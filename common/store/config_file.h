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
 * Reads vmail.conf of PATHS into a new config in CONFIG; a missing file is treated as empty. REPORT
 * (may be NULL) is called for each invalid line; syntax errors come in line order. Returns VMAIL_OK
 * even then; VMAIL_UNAVAILABLE if the file cannot be read or trusted; VMAIL_NO_MEMORY. The caller
 * frees the config with vmail_config_free.
 */
enum vmail_result vmail_config_load(const struct vmail_paths *paths, struct vmail_config **config,
                                    vmail_config_report *report, void *context,
                                    struct vmail_error *error);

/**
 * As vmail_config_load, but reads the image of vmail.conf if a current one exists. The image has no
 * `domains' and no `relays': do not call vmail_config_domain or vmail_config_alias_programs.
 */
enum vmail_result vmail_config_open(const struct vmail_paths *paths, struct vmail_config **config,
                                    struct vmail_error *error);

/** As vmail_config_load, from the open FD, which the caller still owns. */
enum vmail_result vmail_config_read(int fd, struct vmail_config **config,
                                    vmail_config_report *report, void *context,
                                    struct vmail_error *error);

#endif
