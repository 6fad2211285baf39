/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Keeps the parsed vmail.conf in the process between look-ups. It checks the file for changes once
 * a tick (see tick.h). Safe with threads. After a fork(2) during another thread's look-up, the
 * child does not use the cache.
 */
#ifndef VMAIL_CONFIG_CACHE_H
#define VMAIL_CONFIG_CACHE_H

#include <stdint.h>

#include "config.h"
#include "error.h"

struct vmail_shared_config;

/**
 * Stores the configuration of vmail_system_paths in CONFIG and its handle in SHARED. The caller
 * passes SHARED to vmail_config_cache_release after use. Returns as vmail_config_load; invalid
 * lines are not reported.
 */
enum vmail_result vmail_config_cache_get(const struct vmail_config **config,
                                         struct vmail_shared_config **shared);

void vmail_config_cache_release(struct vmail_shared_config *shared);

#endif
