/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Who has which ids, over all domains: what the area "ids" compares.
 */
#ifndef VMAILCTL_CHECK_ID_SURVEY_H
#define VMAILCTL_CHECK_ID_SURVEY_H

#include "areas.h"
#include "foreign_ids.h"
#include "marks.h"
#include "name.h"
#include "record.h"

/**
 * The ids in the files, a repeated name's second line left out; a mark's domain is the place in
 * DOMAINS, its offset that of the line. Gids are those of group.DOMAIN, and of private groups.
 */
struct id_survey {
    struct check *check;
    struct vmail_domain_list domains; /* all, or for a co-administrator those he may know of */
    bool *looked_at;                  /* which of them are checked */
    struct marks uids;
    struct marks gids;
    struct marks private_gids;
    struct foreign_ids foreign;
};

/** Reads all files. False: no memory. The caller ends SURVEY in either case. */
bool id_survey_read(struct check *check, struct id_survey *survey);

void id_survey_end(struct id_survey *survey);

/** Writes the name in the line of KIND that MARK tells of to NAME; "?" where it has gone. */
void id_survey_name(struct id_survey *survey, enum vmail_kind kind, const struct mark *mark,
                    char name[VMAIL_CANONICAL_MAX + 1]);

#endif
