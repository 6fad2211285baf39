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

/**
 * The version of the configuration that is known to be in force in TICK, to compare with those of
 * vmail_shared_config_version; 0 where the file must be asked first, by the function above. Takes
 * no lock.
 */
uint64_t vmail_config_cache_version(uint64_t tick);

/** The version of SHARED; 0 for one that is not kept. */
uint64_t vmail_shared_config_version(const struct vmail_shared_config *shared);

void vmail_config_cache_release(struct vmail_shared_config *shared);

#endif
