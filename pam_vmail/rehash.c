/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rehash.h"

#include <security/pam_ext.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "hash.h"
#include "log.h"
#include "store_hash.h"

/* A log-in does not wait long for the lock: the next log-in tries again. */
enum { REHASH_LOCK_SECONDS = 1 };

static void store(const pam_handle_t *pamh, const struct who *who, const struct user *user,
                  const char *hash)
{
    struct vmail_error error = { 0 };
    const struct vmail_new_password new = {
        .domain = who->identity.domain,
        .user = who->identity.user,
        .hash = hash,
        .instead = user->hash,
        .seconds = REHASH_LOCK_SECONDS,
        .last_change = -1, /* the age of the password does not change */
    };
    enum vmail_result result = store_hash(who->config, &new, &error);
    if (vmail_is_done(result))
        pam_syslog(pamh, LOG_NOTICE, "%s: replaced the weak hash with a new one", who->canonical);
    if (result != VMAIL_OK && result != VMAIL_NOT_FOUND)
        log_result(pamh, result, &error);
}

void rehash(const pam_handle_t *pamh, const struct options *options, const struct who *who,
            const struct user *user, const char *password)
{
    struct vmail_error error = { 0 };
    const char *setting;
    if (*password == '\0' || vmail_hash_classify(user->hash, &setting) != VMAIL_HASH_USABLE ||
        !vmail_hash_is_weak(setting))
        return;
    char *hash = vmail_hash_new(password, options->crypt, options->rounds, &error);
    if (hash == NULL) {
        log_error(pamh, &error);
        return;
    }
    /* If crypt= or rounds= is below the default, every log-in would store a new hash. */
    if (!vmail_hash_is_weak(hash))
        store(pamh, who, user, hash);
    explicit_bzero(hash, strlen(hash));
    free(hash);
}
