/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Where things are. The modules and tools use vmail_system_paths, fixed when they are built; only
 * the unit tests, which run unprivileged, make one of their own.
 */
#ifndef VMAIL_PATHS_H
#define VMAIL_PATHS_H

#include <sys/types.h>

struct vmail_paths {
    const char *directory;     /* absolute; holds passwd.DOMAIN and the others, and vmail.conf */
    const char *cache;         /* absolute; holds the indexes; NULL for none */
    const char *system_passwd; /* the system's own passwd(5) file */
    const char *system_group;  /* the system's own group(5) file */
    uid_t owner;               /* who must own what we believe: 0 */
};

extern const struct vmail_paths vmail_system_paths;

/** The name of the configuration file inside the directory. */
#define VMAIL_CONFIG_NAME "vmail.conf"

#endif
