/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Uids and gids that two have. Part of the area "ids".
 */
#ifndef VMAILCTL_CHECK_IDS_REPEATED_H
#define VMAILCTL_CHECK_IDS_REPEATED_H

#include "id_survey.h"

/** Adds a finding for each, as far as it concerns a domain that is checked. */
void check_repeated_ids(struct id_survey *survey);

#endif
