/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Homes and mailboxes: whether they exist, and who owns them. Part of the area "users".
 */
#ifndef VMAILCTL_CHECK_HOMES_H
#define VMAILCTL_CHECK_HOMES_H

#include "home.h"
#include "reader.h"

struct homes {
    struct check *check;
    const char *domain;
    const char *mailbox; /* the domain's key */
    bool refused;        /* we may not look at some of them */
    /*
     * The last directory that everybody can enter, and the last one named in a finding; "" at
     * first.
     */
    char open[VMAIL_HOME_MAX + 1], closed[VMAIL_HOME_MAX + 1];
};

/** Checks those of the user that READER has read. */
void check_home(struct homes *homes, const struct reader *reader);

#endif
