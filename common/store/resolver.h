/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The resolver finds which user of which domain a name means. Every part of the project uses it.
 */
#ifndef VMAIL_RESOLVER_H
#define VMAIL_RESOLVER_H

#include <stdbool.h>

#include "address.h"
#include "config.h"
#include "error.h"
#include "file_state.h"
#include "name.h"
#include "paths.h"

/** What is known besides the name. All zero: nothing. */
struct vmail_context {
    const char *domain; /* for plain names; valid, any case; takes precedence over the address */
    bool has_address;
    struct vmail_address address; /* the local address that the client connected to */
    bool group;                   /* the name is a group name */
    bool mail; /* the name is a mail address: system accounts have no address here */
};

struct vmail_identity {
    enum vmail_name_form form; /* how the name was written */
    bool user_valid;           /* false: no user of the domain can have this name; user is "" */
    char user[VMAIL_USER_MAX + 1];
    char domain[VMAIL_DOMAIN_MAX + 1]; /* the domain's own name, not an alias */
    struct vmail_file_state passwd;    /* of passwd.DOMAIN if it was checked; else all 0 */
};

/**
 * Finds the user that NAME means:
 *   USER@DOMAIN     that domain, or the one that it is an alias of;
 *   USER@[ADDRESS]  the domain that owns the address;
 *   USER            CONTEXT's domain, else the one that owns CONTEXT's address.
 * A domain is known when its passwd file exists or vmail.conf has a section for it. A name in one
 * of the last two forms, which hold no domain, is not ours if it belongs to a system account.
 *
 * Returns VMAIL_OK, whether or not the domain has such a user; VMAIL_NOT_FOUND if the name is not
 * ours; or VMAIL_UNAVAILABLE or VMAIL_NO_MEMORY if this is unknown now. In the last two cases form
 * and user are still filled in, as far as NAME has them. Reads the system's passwd or group file,
 * and otherwise only checks whether a domain exists. Does not use DNS.
 */
enum vmail_result vmail_resolve(const struct vmail_paths *paths, const struct vmail_config *config,
                                const char *name, const struct vmail_context *context,
                                struct vmail_identity *identity);

/**
 * Finds the domain that TEXT means, DOMAIN or [ADDRESS] as above. Of IDENTITY, only domain and
 * passwd are set. Returns VMAIL_OK; VMAIL_NOT_FOUND if it is not ours or not valid;
 * VMAIL_UNAVAILABLE with ERROR if this is unknown now.
 */
enum vmail_result vmail_resolve_domain(const struct vmail_paths *paths,
                                       const struct vmail_config *config, const char *text,
                                       struct vmail_identity *identity, struct vmail_error *error);

/**
 * As vmail_resolve, for use when vmail.conf cannot be read. Returns VMAIL_NOT_FOUND if NAME is not
 * ours whatever vmail.conf says, else VMAIL_UNAVAILABLE.
 */
enum vmail_result vmail_resolve_without_config(const struct vmail_paths *paths, const char *name,
                                               const struct vmail_context *context,
                                               struct vmail_identity *identity);

#endif
