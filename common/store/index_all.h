/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Updates all indexes, and removes those whose text is missing.
 */
#ifndef VMAIL_INDEX_ALL_H
#define VMAIL_INDEX_ALL_H

#include "config.h"
#include "domains.h"
#include "index_build.h"

enum vmail_index_fate {
    VMAIL_INDEX_MADE,
    VMAIL_INDEX_CURRENT,
    VMAIL_INDEX_REMOVED,
    VMAIL_INDEX_FAILED,
    VMAIL_INDEX_WRONG, /* built again: it seemed current, but did not match its text */
};

/** How many indexes had each fate. */
struct vmail_index_report {
    uint64_t made;
    uint64_t current; /* were already up to date */
    uint64_t removed; /* without a text, or unfinished */
    uint64_t failed;
    uint64_t wrong;
};

/** What to do, and how. */
struct vmail_index_work {
    const struct vmail_paths *paths;
    const struct vmail_config *config; /* from vmail_config_load */
    const struct vmail_index_effort *effort;
    bool anew;    /* also build current indexes again */
    bool dry_run; /* only count */
    /** If not NULL, current indexes are also built in this cache directory and compared, to find
     * wrong ones. Only the caller may write to this directory. */
    const struct vmail_paths *scratch;
    /** Receives the fate of each index. NAME is such as "passwd.va.example" or "vmail.conf". If it
     * failed, ERROR holds a text. May be NULL. */
    void (*told)(void *context, const char *name, enum vmail_index_fate fate,
                 const struct vmail_error *error);
    void *context;
};

/** Updates the indexes of the domains in LIST. */
void vmail_index_domains(const struct vmail_index_work *work, const struct vmail_domain_list *list,
                         struct vmail_index_report *report);

/** Updates the index of vmail.conf. */
void vmail_index_config(const struct vmail_index_work *work, struct vmail_index_report *report);

/** Removes indexes whose text is missing, and files left by interrupted work. */
void vmail_index_prune(const struct vmail_index_work *work, struct vmail_index_report *report);

#endif
