/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Compares an index with one that was made again: finds one that is wrong though nothing about it
 * shows that, since its text was changed without a trace, as by mmap(2).
 */
#ifndef VMAIL_INDEX_COMPARE_H
#define VMAIL_INDEX_COMPARE_H

#include "index.h"

/**
 * Whether OLD says of every name and id what NEW says, which was made of the same text just now and
 * with the same settings; where OLD has followed the text, lines are compared by where they are
 * now. What an index of ids says of domains that have changed since it was made is not compared: it
 * does not count. Reads both from end to end.
 */
bool vmail_index_agrees(struct vmail_index *old, struct vmail_index *new);

#endif
