/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What a process keeps of vmail.conf between look-ups: it is read, and known to be what the file
 * says, which is asked once a tick (see tick.h). Safe with threads; after a fork(2) in the middle
 * of a look-up in another thread the child does without it.
 */
#ifndef VMAIL_CONFIG_CACHE_H
#define VMAIL_CONFIG_CACHE_H

#include <stdint.h>

#include "config.h"
#include "error.h"

struct vmail_shared_config;

/**
 * Hands out the configuration of vmail_system_paths in CONFIG, and in SHARED what
 * vmail_config_cache_release wants back when the caller is done with it. Returns as
 * vmail_config_load; wrong lines are not reported.
 */
enum vmail_result vmail_config_cache_get(const struct vmail_config **config,
                                         struct vmail_shared_config **shared);

void vmail_config_cache_release(struct vmail_shared_config *shared);

#endif
