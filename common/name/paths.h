/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Paths of all files. The modules and tools use vmail_system_paths, which the build fixes. Only the
 * unit tests, which run unprivileged, use their own struct.
 */
#ifndef VMAIL_PATHS_H
#define VMAIL_PATHS_H

#include <sys/types.h>

struct vmail_paths {
    const char *directory;     /* absolute; holds passwd.DOMAIN and the others, and vmail.conf */
    const char *cache;         /* absolute; holds the indexes; NULL for none */
    const char *system_passwd; /* the system's own passwd(5) file */
    const char *system_group;  /* the system's own group(5) file */
    uid_t owner;               /* the required owner of trusted files: 0 */
};

extern const struct vmail_paths vmail_system_paths;

/** The name of the configuration file inside the directory. */
#define VMAIL_CONFIG_NAME "vmail.conf"

#endif
