/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Uids and gids used twice. Part of the area "ids".
 */
#ifndef VMAILCTL_CHECK_IDS_REPEATED_H
#define VMAILCTL_CHECK_IDS_REPEATED_H

#include "id_survey.h"

/** Adds a finding for each one in a checked domain. */
void check_repeated_ids(struct id_survey *survey);

#endif
