/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Arguments that are names: turns DOMAIN and USER@DOMAIN into what common/ takes. Whatever is wrong
 * is printed, with a suggestion where a name that exists is near, unless the actor may not know of
 * it. An international domain may be written in its own letters; what comes out is always its ASCII
 * form.
 */
#ifndef VMAILCTL_ARGUMENT_H
#define VMAILCTL_ARGUMENT_H

#include "context.h"
#include "resolver.h"
#include "records.h"

/**
 * Checks TEXT as a domain's name that need not exist, and writes it in lower case to DOMAIN.
 * EXIT_DONE, EXIT_USAGE.
 */
enum exit_code argument_new_domain(const struct context *context, const char *text,
                                   char domain[VMAIL_DOMAIN_MAX + 1]);

/**
 * As argument_new_domain, for a domain that is known (a passwd file or a section of vmail.conf): an
 * alias becomes the domain's own name. EXIT_NO_SUCH where there is none.
 */
enum exit_code argument_domain(const struct context *context, const char *text,
                               char domain[VMAIL_DOMAIN_MAX + 1]);

/**
 * Reads TEXT as USER@DOMAIN of a known domain; the user is valid, folded where vmail.conf says so,
 * and need not exist. EXIT_DONE, EXIT_USAGE, EXIT_NO_SUCH.
 */
enum exit_code argument_user(const struct context *context, const char *text,
                             struct vmail_identity *identity);

/**
 * As argument_user, for a user (VMAIL_PASSWD) or a group (VMAIL_GROUP) that exists: FOUND has the
 * record, and the caller ends it with records_end on EXIT_DONE. Else EXIT_UNAVAILABLE or
 * EXIT_BAD_DATA, too.
 */
enum exit_code argument_existing(const struct context *context, enum vmail_kind kind,
                                 const char *text, struct vmail_identity *identity,
                                 struct records *found);

/** The same, for a caller who does not need the record. */
enum exit_code argument_exists(const struct context *context, enum vmail_kind kind,
                               const char *text, struct vmail_identity *identity);

#endif
