/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Whom PAM_USER means.
 */
#ifndef PAM_VMAIL_WHO_H
#define PAM_VMAIL_WHO_H

#include <security/pam_modules.h>

#include "config_cache.h"
#include "options.h"
#include "resolver.h"

struct who {
    const struct vmail_config *config;
    struct vmail_shared_config *shared;
    struct vmail_identity identity;
    char *given;                             /* PAM_USER as it is at this call */
    char *original;                          /* PAM_USER before this module ever changed it */
    char canonical[VMAIL_CANONICAL_MAX + 1]; /* "" where the user part is not valid */
};

/**
 * Fills in WHO for PAM_USER. Returns
 *   PAM_SUCCESS           the domain is ours; whether it has the user is another question;
 *   PAM_IGNORE            the name is certainly not a virtual user's; with `unwrap_address`,
 *                         PAM_USER may have become the plain user;
 *   PAM_AUTHINFO_UNAVAIL  it cannot be told now: vmail.conf or /etc/passwd cannot be read or is
 *                         not trusted (logged);
 *   PAM_PERM_DENIED       `same_domain` forbids it (logged);
 * or what libpam said. The caller ends WHO with who_end, whatever is returned.
 *
 * What an earlier call on this PAM handle made of the name (who_settle, who_remember_ignored) still
 * holds; ANEW asks again for a name that was ignored, as each line of the service type auth does.
 */
int who_is(pam_handle_t *pamh, const struct options *options, bool anew, struct who *who);

/**
 * Lets later calls on this PAM handle take PAM_USER, as given or canonical, for WHO; and makes it
 * the canonical name, unless OPTIONS has `keep_user`.
 */
int who_settle(pam_handle_t *pamh, const struct options *options, const struct who *who);

/**
 * Lets later calls say PAM_IGNORE as who_is just did: what the system's modules have then judged
 * as a system user's name does not become a virtual user's halfway.
 */
int who_remember_ignored(pam_handle_t *pamh, const struct who *who);

/**
 * Where vmail.conf says that the mailbox is, as an absolute path or with "~/": "maildir:~/Maildir".
 * The string is WHO's.
 */
const char *who_mailbox(const struct who *who);

void who_end(struct who *who);

#endif
