/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Keeps the indexes up to date while files are edited by hand.
 */
#ifndef VMAILCTL_INDEX_WATCH_H
#define VMAILCTL_INDEX_WATCH_H

#include "context.h"

/**
 * Runs `vmailctl index' now, and again when something in the directory changes, until a signal ends
 * it. Changes in quick succession are handled together; none is missed, because the directory is
 * watched (inotify(7)) before it is first read. Errors in files are printed at each run.
 * EXIT_UNAVAILABLE, with a message, if the directory cannot be watched or was moved away.
 */
enum exit_code index_watch(const struct context *context);

#endif
