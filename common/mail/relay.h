/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Domains for which this machine is a backup MX: the [relay] sections of vmail.conf.
 */
#ifndef VMAIL_RELAY_H
#define VMAIL_RELAY_H

#include <stdbool.h>
#include <stddef.h>

#include "config.h"
#include "error.h"
#include "file_state.h"
#include "paths.h"

struct vmail_mail;

/** Returns the section that has DOMAIN (any case), itself or as a subdomain, or NULL. */
const struct vmail_relay_config *vmail_relay_find(const struct vmail_config *config,
                                                  const char *domain);

/** The recipients of such a domain: the file that its key `recipients' names. */
struct vmail_recipients {
    char *text;        /* the file, with its words in lower case */
    const char **word; /* addresses and local parts in it, sorted */
    size_t count;
};

/**
 * Reads the file PATH, which is absolute: an address or a local part on each line, in any case.
 * Lines that start with '#' are comments. VERSION is that of the file. Returns VMAIL_OK;
 * VMAIL_UNAVAILABLE with ERROR if the file is missing, cannot be read or is not trusted;
 * VMAIL_NO_MEMORY. The caller ends RECIPIENTS in each case.
 */
enum vmail_result vmail_recipients_read(const struct vmail_paths *paths, const char *path,
                                        struct vmail_recipients *recipients,
                                        struct vmail_file_version *version,
                                        struct vmail_error *error);

void vmail_recipients_end(struct vmail_recipients *recipients);

/** Whether ADDRESS (any case), or its local part, is one of RECIPIENTS. VMAIL_OK, VMAIL_NOT_FOUND
 * or VMAIL_NO_MEMORY. */
enum vmail_result vmail_recipients_have(const struct vmail_recipients *recipients,
                                        const char *address);

/**
 * Whether RELAY takes mail for ADDRESS: each one without `recipients'; else that file has the
 * address or its local part. Belongs to the question that the caller has begun with
 * vmail_mail_question. Returns VMAIL_OK or VMAIL_NOT_FOUND, or as vmail_recipients_read.
 */
enum vmail_result vmail_relay_takes(struct vmail_mail *mail, const struct vmail_relay_config *relay,
                                    const char *address, struct vmail_error *error);

#endif
