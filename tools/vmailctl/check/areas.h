/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The areas of `vmailctl check`, one function and one file each: check_AREA adds problems to
 * check->findings, for the domains in check->domains or for the host. The table in check.c says
 * which areas check the host; co-administrators cannot run these.
 */
#ifndef VMAILCTL_CHECK_AREAS_H
#define VMAILCTL_CHECK_AREAS_H

#include "domains.h"
#include "finding.h"
#include "progress.h"

#define EXAMPLES VMAIL_EXAMPLES_DIRECTORY /* for advice */

struct check {
    struct context *context;          /* its config is NULL if vmail.conf is unusable */
    struct vmail_domain_list domains; /* to be checked; sorted, valid, in lower case */
    bool everything;                  /* these are all domains: the command line named none */
    char config[VMAIL_PATH_MAX];      /* the path of vmail.conf */
    bool unlisted; /* the directory cannot be listed: only areas that do not need it run */
    struct findings findings;
    bool no_dns;              /* --dns=no */
    const char *dns_server;   /* --dns-server; NULL for the system's */
    struct progress progress; /* in bytes of text files; optional for areas */
};

/** Whether DOMAIN is one of check->domains. */
bool check_covers(const struct check *check, const char *domain);

/**
 * All domains. Only those of CHECK for a co-administrator, who may know of no others, and if they
 * cannot be listed, which a message says. ALL is all zero before; the caller frees it.
 */
const struct vmail_domain_list *check_all_domains(const struct check *check,
                                                  struct vmail_domain_list *all);

/** The place of NAME in LIST, or NULL. */
char **check_find_domain(const struct vmail_domain_list *list, const char *name);

void check_files(struct check *check);
void check_ids(struct check *check);
void check_users(struct check *check);
void check_aliases(struct check *check);
void check_mail(struct check *check);
void check_limits(struct check *check);
void check_names(struct check *check);
void check_index(struct check *check);

void check_nsswitch(struct check *check);
void check_pam(struct check *check);
void check_sshd(struct check *check);
void check_caches(struct check *check);
void check_addresses(struct check *check);
void check_dns(struct check *check);
void check_relays(struct check *check);
void check_postfix(struct check *check);
void check_dovecot(struct check *check);
void check_exim(struct check *check);
void check_vsftpd(struct check *check);
void check_proftpd(struct check *check);
void check_pure_ftpd(struct check *check);

/* In file_lines.c: the lines of files, for the area "files". */

/** Checks KIND.DOMAIN, which can be read. */
void check_lines(struct check *check, enum vmail_kind kind, const char *domain);

/** Checks the alias files of DOMAIN, and whether they can be read. */
void check_alias_lines(struct check *check, const char *domain);

#endif
