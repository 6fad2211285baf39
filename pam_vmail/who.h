/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The user that PAM_USER names.
 */
#ifndef PAM_VMAIL_WHO_H
#define PAM_VMAIL_WHO_H

#include <security/pam_modules.h>

#include "config_cache.h"
#include "options.h"
#include "resolver.h"
#include "table.h"

struct who {
    const struct vmail_config *config;
    struct vmail_shared_config *shared;
    struct vmail_identity identity;
    char *given;                             /* PAM_USER at this call */
    char *original;                          /* PAM_USER before this module changed it */
    char canonical[VMAIL_CANONICAL_MAX + 1]; /* "" if the user part is not valid */
};

/**
 * Fills in WHO for PAM_USER. Returns
 *   PAM_SUCCESS           the domain is ours; the user may be missing in it;
 *   PAM_IGNORE            the name is certainly not a virtual user's; `unwrap_address` may have
 *                         changed PAM_USER to the plain user;
 *   PAM_AUTHINFO_UNAVAIL  the answer is not known now: vmail.conf or /etc/passwd cannot be read or
 *                         is not trusted (logged);
 *   PAM_PERM_DENIED       `same_domain` forbids it (logged);
 * or an error of libpam. The caller always ends WHO with who_end, even after an error.
 *
 * The result of an earlier call on this PAM handle (who_settle, who_remember_ignored) stays valid.
 * ANEW resolves an ignored name again, which each line of the service type auth does.
 */
int who_is(pam_handle_t *pamh, const struct options *options, bool anew, struct who *who);

/**
 * Makes later calls on this PAM handle take PAM_USER, as given or canonical, for WHO. Sets PAM_USER
 * to the canonical name, unless OPTIONS has `keep_user`.
 */
int who_settle(pam_handle_t *pamh, const struct options *options, const struct who *who);

/**
 * Makes later calls return PAM_IGNORE, as who_is just did. The system's modules have then handled
 * the name as a system user's, so it must not become a virtual user's halfway.
 */
int who_remember_ignored(pam_handle_t *pamh, const struct who *who);

/** The file of KIND of the domain in WHO. */
struct vmail_file who_file(const struct who *who, enum vmail_kind kind);

/**
 * Returns the mailbox setting of vmail.conf, with an absolute path or with "~/", for example
 * "maildir:~/Maildir". WHO owns the string.
 */
const char *who_mailbox(const struct who *who);

void who_end(struct who *who);

#endif
