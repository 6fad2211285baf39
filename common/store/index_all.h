/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Brings all indexes up to date, and takes away those that belong to nothing.
 */
#ifndef VMAIL_INDEX_ALL_H
#define VMAIL_INDEX_ALL_H

#include "domains.h"
#include "index_build.h"

enum vmail_index_fate {
    VMAIL_INDEX_MADE,
    VMAIL_INDEX_CURRENT,
    VMAIL_INDEX_REMOVED,
    VMAIL_INDEX_FAILED,
    VMAIL_INDEX_WRONG, /* made, since it seemed current and said something else than its text */
};

/** What has been done. */
struct vmail_index_report {
    uint64_t made;
    uint64_t current; /* were right already */
    uint64_t removed; /* belonged to nothing */
    uint64_t failed;
    uint64_t wrong;
};

/** How to go about it. */
struct vmail_index_work {
    const struct vmail_paths *paths;
    const struct vmail_config *config; /* from vmail_config_load */
    const struct vmail_index_effort *effort;
    bool anew;    /* also where one is right already */
    bool dry_run; /* only count */
    /** Where not NULL, those that are right already are made again in this cache directory, which
     * only the caller may write to, and compared, which finds wrong ones. */
    const struct vmail_paths *scratch;
    /** Is told the fate of each index, NAME being "passwd.va.example", "vmail.conf"; with a
     * text in ERROR where it failed. May be NULL. */
    void (*told)(void *context, const char *name, enum vmail_index_fate fate,
                 const struct vmail_error *error);
    void *context;
};

/** The indexes of the domains in LIST. */
void vmail_index_domains(const struct vmail_index_work *work, const struct vmail_domain_list *list,
                         struct vmail_index_report *report);

/** The index of vmail.conf. */
void vmail_index_config(const struct vmail_index_work *work, struct vmail_index_report *report);

/** Removes indexes of files that there are not, and what interrupted work has left. */
void vmail_index_prune(const struct vmail_index_work *work, struct vmail_index_report *report);

#endif
