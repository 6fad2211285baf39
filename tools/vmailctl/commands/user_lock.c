/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Locking and unlocking: a "!" before the hash, as passwd(1) does it.
 */
#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "argument.h"
#include "change_log.h"
#include "hash_store.h"
#include "message.h"
#include "prompt.h"

enum { LOCK, UNLOCK }; /* variants of the command */

static enum exit_code lock_user(const struct context *context, const struct vmail_identity *user,
                                const char *hash)
{
    char *locked;
    if (hash[0] == '!' || hash[0] == '*')
        return EXIT_DONE;
    if (asprintf(&locked, "!%s", hash) < 0)
        return message_no_memory(context);
    const enum exit_code code = hash_store_write(context, user, locked, hash, -1);
    secret_free(locked);
    if (code == EXIT_DONE)
        change_log(context, "user lock %s@%s", user->user, user->domain);
    return code;
}

static enum exit_code unlock_user(const struct context *context, const struct vmail_identity *user,
                                  const char *hash)
{
    const char *open = hash + strspn(hash, "!");
    if (open[0] == '\0' || open[0] == '*') {
        message_error(context, "%s@%s has no password to unlock; set one with vmailctl user passwd",
                      user->user, user->domain);
        return EXIT_REFUSED;
    }
    if (open == hash)
        return EXIT_DONE;
    const enum exit_code code = hash_store_write(context, user, open, hash, -1);
    if (code == EXIT_DONE)
        change_log(context, "user unlock %s@%s", user->user, user->domain);
    return code;
}

static enum exit_code run_user_lock(struct context *context, const struct call *call)
{
    struct vmail_identity user;
    char *hash = NULL;
    enum exit_code code = argument_exists(context, VMAIL_PASSWD, call->argument[0], &user);
    if (code != EXIT_DONE)
        return code;
    code = hash_store_read(context, &user, &hash);
    if (code == EXIT_DONE)
        code = call->command->variant == LOCK ? lock_user(context, &user, hash)
                                              : unlock_user(context, &user, hash);
    secret_free(hash);
    return code;
}

const struct command user_lock_command = {
    .path = "user lock",
    .summary = "Disable the password of a user",
    .arguments = "USER@DOMAIN",
    .help = "Keeps the password for `user unlock'. Mail still arrives, and other ways to log in, "
            "such as an SSH key, still work; `user expire' also closes these.",
    .run = run_user_lock,
    .variant = LOCK,
    .needs = NEEDS_DOMAIN_ADMIN,
};

const struct command user_unlock_command = {
    .path = "user unlock",
    .summary = "Enable the password of a user again",
    .arguments = "USER@DOMAIN",
    .run = run_user_lock,
    .variant = UNLOCK,
    .needs = NEEDS_DOMAIN_ADMIN,
};
