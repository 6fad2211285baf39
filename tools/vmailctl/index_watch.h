/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Keeps the indexes up to date while files are edited by hand.
 */
#ifndef VMAILCTL_INDEX_WATCH_H
#define VMAILCTL_INDEX_WATCH_H

#include "context.h"

/**
 * Runs `vmailctl index' now, and again whenever something in the directory has changed, until a
 * signal ends it. Changes that follow each other closely are gathered; none is missed, since the
 * directory is watched (inotify(7)) before it is first looked at. What is wrong with a file is
 * printed at each run. EXIT_UNAVAILABLE, with a message, where the directory cannot be watched or
 * has been moved away.
 */
enum exit_code index_watch(const struct context *context);

#endif
