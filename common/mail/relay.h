/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Domains for which this machine is a backup MX: the [relay] sections of vmail.conf.
 */
#ifndef VMAIL_RELAY_H
#define VMAIL_RELAY_H

#include "config.h"
#include "error.h"
#include "mail.h"

/** Returns the section that has DOMAIN (any case), itself or as a subdomain, or NULL. */
const struct vmail_relay_config *vmail_relay_find(const struct vmail_config *config,
                                                  const char *domain);

/**
 * Whether RELAY takes mail for ADDRESS: each one without `recipients'; else that file has the
 * address or its local part. Belongs to the question that the caller has begun with
 * vmail_mail_question. Returns VMAIL_OK or VMAIL_NOT_FOUND, or as vmail_recipients_read.
 */
enum vmail_result vmail_relay_takes(struct vmail_mail *mail, const struct vmail_relay_config *relay,
                                    const char *address, struct vmail_error *error);

#endif
