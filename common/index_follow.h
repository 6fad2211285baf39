/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Keeps the index of KIND.DOMAIN right when our own code has changed the file, without reading all
 * of it where that can be.
 */
#ifndef VMAIL_INDEX_FOLLOW_H
#define VMAIL_INDEX_FOLLOW_H

#include "config.h"
#include "file_state.h"
#include "index.h"
#include "replace.h"

/** One line that was changed, and not in what an index holds of it: the hash, and what is behind.
 */
struct vmail_line_change {
    int64_t offset; /* where the line starts */
    int64_t by;     /* how many bytes longer it has become */
};

/** What was done to a file: its state before and after, see vmail_replace, and all that it now
 * holds. */
struct vmail_followed {
    struct vmail_file_state before, after;
    struct vmail_line_change change;
    struct vmail_piece text;
};

/**
 * KIND.DOMAIN has been changed as WRITTEN says. Where the index was right before, it is right
 * after: when the clock has gone on (a few milliseconds), so that no later change can have the same
 * time stamp, the file is compared with what was written, lest somebody's edit in place go unseen,
 * and a few bytes of the index are written. Else, and after some forty changes that move lines, it
 * is made anew where the file is small; a large one's (and any where RLIMIT_FSIZE is small, so that
 * nothing dies of SIGXFSZ) stays out of date until `vmailctl index`, and the text is asked. Never
 * an error: the change counts. The caller holds the domain's lock.
 */
void vmail_index_follow(const struct vmail_paths *paths, const struct vmail_config *config,
                        enum vmail_kind kind, const char *domain,
                        const struct vmail_followed *written);

/** The index of KIND.DOMAIN after any other change: made anew where the file is small. */
void vmail_index_renew(const struct vmail_paths *paths, const struct vmail_config *config,
                       enum vmail_kind kind, const char *domain);

#endif
