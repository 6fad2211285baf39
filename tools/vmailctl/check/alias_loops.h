/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Aliases that lead back to themselves. Part of the area "aliases".
 */
#ifndef VMAILCTL_CHECK_ALIAS_LOOPS_H
#define VMAILCTL_CHECK_ALIAS_LOOPS_H

#include "alias_graph.h"

/** Adds a finding for each loop. Looks at each target once. */
void check_alias_loops(struct alias_graph *graph);

#endif
