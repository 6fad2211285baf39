/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Which ids exist on this machine: all, but in a container (a user namespace) only those in
 * /proc/self/uid_map and gid_map, see user_namespaces(7). LXC and `nspawn -U` usually map 65,536
 * ids, from 0.
 */
#ifndef VMAILCTL_ID_MAP_H
#define VMAILCTL_ID_MAP_H

#include "context.h"

/** Whether each id of RANGE is mapped, as uid and as gid; true also if this is unknown. */
bool id_map_has(const struct vmail_id_range *range);

enum { ID_MAP_ADVICE_MAX = 160 };

/**
 * Writes what to do if ids are not mapped, "write ids = 20000-59999 in ...", to OUT; returns OUT.
 */
const char *id_map_advice(char out[ID_MAP_ADVICE_MAX + 1]);

/** EXIT_DONE if RANGE is mapped; otherwise EXIT_UNAVAILABLE with a message. */
enum exit_code id_map_check(const struct context *context, const struct vmail_id_range *range);

#endif
