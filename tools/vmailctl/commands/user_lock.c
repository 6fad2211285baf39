/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Locking and unlocking: a "!" before the hash, as passwd(1) does it.
 */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "argument.h"
#include "change_log.h"
#include "hash_store.h"
#include "message.h"
#include "prompt.h"

static enum exit_code find(const struct context *context, const char *text,
                           struct vmail_identity *identity, char **hash)
{
    *hash = NULL;
    enum exit_code code = argument_exists(context, VMAIL_PASSWD, text, identity);
    return code == EXIT_DONE ? hash_store_read(context, identity, hash) : code;
}

static enum exit_code lock(struct context *context, const struct call *call)
{
    struct vmail_identity identity;
    char *hash, *locked = NULL;
    enum exit_code code = find(context, call->argument[0], &identity, &hash);
    if (code == EXIT_DONE && hash[0] != '!' && hash[0] != '*') {
        if (asprintf(&locked, "!%s", hash) < 0) {
            locked = NULL;
            code = message_no_memory(context);
        } else {
            code = hash_store_write(context, &identity, locked, hash, -1);
        }
        if (code == EXIT_DONE)
            change_log(context, "user lock %s@%s", identity.user, identity.domain);
    }
    secret_free(hash);
    secret_free(locked);
    return code;
}

static enum exit_code unlock(struct context *context, const struct call *call)
{
    struct vmail_identity identity;
    char *hash;
    enum exit_code code = find(context, call->argument[0], &identity, &hash);
    const char *open = hash == NULL ? "" : hash + strspn(hash, "!");
    if (code == EXIT_DONE && (open[0] == '\0' || open[0] == '*')) {
        message_error(context, "%s@%s has no password to unlock; set one with vmailctl user passwd",
                      identity.user, identity.domain);
        code = EXIT_REFUSED;
    } else if (code == EXIT_DONE && open != hash) {
        code = hash_store_write(context, &identity, open, hash, -1);
        if (code == EXIT_DONE)
            change_log(context, "user unlock %s@%s", identity.user, identity.domain);
    }
    secret_free(hash);
    return code;
}

const struct command user_lock_command = {
    .path = "user lock",
    .summary = "Disable the password of a user",
    .arguments = "USER@DOMAIN",
    .help = "Keeps the password for `user unlock'. Mail still arrives, and other ways to log in, "
            "such as an SSH key, still work; `user expire' also closes these.",
    .run = lock,
    .needs = NEEDS_DOMAIN_ADMIN,
};

const struct command user_unlock_command = {
    .path = "user unlock",
    .summary = "Enable the password of a user again",
    .arguments = "USER@DOMAIN",
    .run = unlock,
    .needs = NEEDS_DOMAIN_ADMIN,
};
