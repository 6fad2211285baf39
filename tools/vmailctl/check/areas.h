/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The areas of `vmailctl check`, a function and a file each: check_AREA adds what it finds wrong to
 * check->findings, for the domains in check->domains or for the host. An area that looks at the
 * host says so in the table of check.c; it is not run for a co-administrator.
 */
#ifndef VMAILCTL_CHECK_AREAS_H
#define VMAILCTL_CHECK_AREAS_H

#include "domains.h"
#include "finding.h"
#include "progress.h"

#define EXAMPLES "/usr/share/doc/nss-pam-vmail/examples" /* for what is to be done */

struct check {
    struct context *context; /* its config is NULL where vmail.conf cannot be read or believed: only
                                areas that can do without are run then */
    struct vmail_domain_list domains; /* to be looked at; sorted, valid, in lower case */
    bool everything;                  /* these are all domains: none was named */
    bool unlisted; /* the directory cannot be listed, and only areas that can do without are run */
    struct findings findings;
    bool no_dns;              /* --dns=no */
    const char *dns_server;   /* --dns-server; NULL for the system's */
    struct progress progress; /* in bytes of text files; most areas need not care */
};

void check_files(struct check *check);
void check_ids(struct check *check);
void check_users(struct check *check);
void check_aliases(struct check *check);
void check_names(struct check *check);
void check_index(struct check *check);

void check_nsswitch(struct check *check);
void check_pam(struct check *check);
void check_sshd(struct check *check);
void check_caches(struct check *check);
void check_addresses(struct check *check);
void check_dns(struct check *check);

#endif
