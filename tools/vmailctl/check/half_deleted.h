/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Domains whose deletion was interrupted: their passwd file is set aside, see domain_purge.h.
 */
#ifndef VMAILCTL_CHECK_HALF_DELETED_H
#define VMAILCTL_CHECK_HALF_DELETED_H

#include "areas.h"

/** Adds a finding for each of these in CHECK's domains, or for all if CHECK covers everything. */
void check_half_deleted(struct check *check);

#endif
