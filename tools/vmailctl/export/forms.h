/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Forms: the formats of an export. Each form's functions print one domain to a file.
 */
#ifndef VMAILCTL_EXPORT_FORMS_H
#define VMAILCTL_EXPORT_FORMS_H

#include <stdio.h>

#include "config_rows.h"
#include "context.h"
#include "export/shadow_rows.h"
#include "home.h"

/** The data for the functions of a form. */
struct export_job {
    const struct context *context;
    const struct config_rows *rows; /* of the configuration */
    FILE *out;
    bool with_hashes;
    const char *base;          /* ldif: the base DN of all entries */
    size_t domain_count;       /* printed so far */
    size_t left_out;           /* what the form cannot express; each was reported */
    const char *domain;        /* the one that is printed */
    struct shadow_rows shadow; /* its rows; empty without hashes */
    bool any, no_memory;       /* json: the list at hand has an item; an item was not printed */
    const char *alias;         /* postfix: of a domain: mail to users under this name goes to it */
};

struct export_form {
    const char *name;
    bool takes_hashes;                     /* --with-hashes is supported */
    void (*begin)(struct export_job *job); /* may be NULL, as the last one */
    /** Prints job->domain. EXIT_DONE, or another code with a message. */
    enum exit_code (*domain)(struct export_job *job);
    void (*end)(struct export_job *job);
};

/** dovecot, dovecot-limits, json, ldif, postfix-domains, postfix-mailboxes, postfix-uids,
 * postfix-gids, postfix-aliases; ends with NULL. */
extern const struct export_form export_forms[];

/** Calls VISIT for each record of KIND.DOMAIN. EXIT_DONE, or another code with a message. */
enum exit_code export_each(struct export_job *job, enum vmail_kind kind,
                           void (*visit)(struct export_job *job,
                                         const struct vmail_record *record));

/** The home of USER: the one in the record or, in HOME, the usual one. */
const char *export_home(const struct export_job *job, const struct vmail_passwd *user,
                        char home[VMAIL_HOME_MAX + 1]);

/**
 * Fills in SHADOW for USER, without ageing where there is no such line; a hash in passwd.DOMAIN has
 * precedence. Returns the hash, or "!" if nobody can log in with it: locked, empty, unknown, or
 * expired.
 */
const char *export_password(const struct export_job *job, const struct vmail_passwd *user,
                            struct vmail_shadow *shadow);

/** Gets an alias: its name, and its targets separated by ", ", each with a domain. */
typedef void alias_lines_visit(struct export_job *job, const char *name, const char *targets);

/**
 * Calls VISIT for each alias of the domain that is used, in aliases.DOMAIN and the additional files
 * named in vmail.conf, in their order. Leaves out ignored entries and all targets that are not
 * plain addresses, such as commands, files and :include:, with a warning and job->left_out.
 * EXIT_DONE, or another code with a message.
 */
enum exit_code alias_lines_each(struct export_job *job, alias_lines_visit *visit);

/* Of the forms. */
enum exit_code form_dovecot_domain(struct export_job *job);
enum exit_code form_dovecot_limits(struct export_job *job);
void form_json_begin(struct export_job *job);
enum exit_code form_json_domain(struct export_job *job);
void form_json_end(struct export_job *job);
void form_ldif_begin(struct export_job *job);
enum exit_code form_ldif_domain(struct export_job *job);
enum exit_code form_postfix_domains(struct export_job *job);
enum exit_code form_postfix_mailboxes(struct export_job *job);
enum exit_code form_postfix_uids(struct export_job *job);
enum exit_code form_postfix_gids(struct export_job *job);
enum exit_code form_postfix_aliases(struct export_job *job);

#endif
