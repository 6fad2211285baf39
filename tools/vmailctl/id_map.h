/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Which ids there are on this machine: all, but in a container (a user namespace) those that
 * /proc/self/uid_map and gid_map of user_namespaces(7) have. LXC and `nspawn -U` map 65,536, from
 * 0, as a rule.
 */
#ifndef VMAILCTL_ID_MAP_H
#define VMAILCTL_ID_MAP_H

#include "context.h"

/** Whether each id of RANGE is mapped, as uid and as gid; also where that cannot be told. */
bool id_map_has(const struct vmail_id_range *range);

enum { ID_MAP_ADVICE_MAX = 160 };

/** Writes what to do where ids are not mapped, "write ids = 20000-59999 in ...", to OUT; returns
 * OUT. */
const char *id_map_advice(char out[ID_MAP_ADVICE_MAX + 1]);

/** EXIT_DONE where RANGE is mapped; else EXIT_UNAVAILABLE and a message. */
enum exit_code id_map_check(const struct context *context, const struct vmail_id_range *range);

#endif
