/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Who has which ids, in all domains: the data for the area "ids".
 */
#ifndef VMAILCTL_CHECK_ID_SURVEY_H
#define VMAILCTL_CHECK_ID_SURVEY_H

#include "areas.h"
#include "foreign_ids.h"
#include "marks.h"
#include "name.h"
#include "record.h"

/**
 * The ids in the files, without second lines of the same name. A mark's domain is its index in
 * DOMAINS, its offset that of the line. Gids are those of group.DOMAIN and of private groups.
 */
struct id_survey {
    struct check *check;
    const struct vmail_domain_list *domains; /* see check_all_domains */
    struct vmail_domain_list all;
    struct marks uids;
    struct marks gids;
    struct marks private_gids;
    struct foreign_ids foreign;
};

/** Reads all files. False: no memory. The caller ends SURVEY in either case. */
bool id_survey_read(struct check *check, struct id_survey *survey);

void id_survey_end(struct id_survey *survey);

/** Writes the name in the line of KIND at MARK to NAME; "?" if the line no longer exists. */
void id_survey_name(struct id_survey *survey, enum vmail_kind kind, const struct mark *mark,
                    char name[VMAIL_CANONICAL_MAX + 1]);

/* In ids_repeated.c. */

/** Adds a finding for each id that is used twice, in a checked domain. */
void check_repeated_ids(struct id_survey *survey);

#endif
