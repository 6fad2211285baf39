/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Domains for which this machine is a backup MX: the [relay] sections of vmail.conf.
 */
#ifndef VMAIL_RELAY_H
#define VMAIL_RELAY_H

#include "config.h"
#include "error.h"
#include "paths.h"

/** Returns the section that has DOMAIN (any case), itself or as a subdomain, or NULL. */
const struct vmail_relay_config *vmail_relay_find(const struct vmail_config *config,
                                                  const char *domain);

/**
 * Whether RELAY takes mail for ADDRESS: each one without `recipients'; else that file has a line
 * with the address, or with its local part, in any case. Lines that start with '#' are comments.
 * Returns VMAIL_OK or VMAIL_NOT_FOUND; VMAIL_UNAVAILABLE with ERROR if the file is missing, cannot
 * be read or is not trusted; VMAIL_NO_MEMORY.
 */
enum vmail_result vmail_relay_takes(const struct vmail_paths *paths,
                                    const struct vmail_relay_config *relay, const char *address,
                                    struct vmail_error *error);

#endif
