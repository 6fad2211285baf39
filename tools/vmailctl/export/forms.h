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

/** The data for the functions of a form. */
struct export_job {
    const struct context *context;
    const struct config_rows *rows; /* of the configuration */
    FILE *out;
    bool with_hashes;
    const char *base;    /* ldif: the base DN of all entries */
    size_t domain_count; /* printed so far */
    size_t left_out;     /* what the form cannot express; each was reported */
};

struct export_form {
    const char *name;
    bool takes_hashes;                     /* --with-hashes is supported */
    void (*begin)(struct export_job *job); /* may be NULL, as the last one */
    /** Prints DOMAIN; SHADOW is empty without hashes. EXIT_DONE, or another code with a message. */
    enum exit_code (*domain)(struct export_job *job, const char *domain,
                             const struct shadow_rows *shadow);
    void (*end)(struct export_job *job);
};

/** dovecot, dovecot-limits, json, ldif, postfix-domains, postfix-mailboxes, postfix-uids,
 * postfix-gids, postfix-aliases; ends with NULL. */
extern const struct export_form export_forms[];

/**
 * Calls VISIT for each record of KIND.DOMAIN until it returns false. EXIT_DONE, or another code
 * with a message.
 */
enum exit_code export_each(struct export_job *job, enum vmail_kind kind, const char *domain,
                           void (*visit)(void *context, const struct vmail_record *record),
                           void *context);

/** Whether SHADOW (NULL for none) lets nobody log in: locked, empty, unknown, or expired. */
bool export_is_locked(const struct vmail_shadow *shadow, const char **setting);

/* Of the forms. */
enum exit_code form_dovecot_domain(struct export_job *job, const char *domain,
                                   const struct shadow_rows *shadow);
enum exit_code form_dovecot_limits(struct export_job *job, const char *domain,
                                   const struct shadow_rows *shadow);
void form_json_begin(struct export_job *job);
enum exit_code form_json_domain(struct export_job *job, const char *domain,
                                const struct shadow_rows *shadow);
void form_json_end(struct export_job *job);
void form_ldif_begin(struct export_job *job);
enum exit_code form_ldif_domain(struct export_job *job, const char *domain,
                                const struct shadow_rows *shadow);
enum exit_code form_postfix_domains(struct export_job *job, const char *domain,
                                    const struct shadow_rows *shadow);
enum exit_code form_postfix_mailboxes(struct export_job *job, const char *domain,
                                      const struct shadow_rows *shadow);
enum exit_code form_postfix_uids(struct export_job *job, const char *domain,
                                 const struct shadow_rows *shadow);
enum exit_code form_postfix_gids(struct export_job *job, const char *domain,
                                 const struct shadow_rows *shadow);
enum exit_code form_postfix_aliases(struct export_job *job, const char *domain,
                                    const struct shadow_rows *shadow);

#endif
