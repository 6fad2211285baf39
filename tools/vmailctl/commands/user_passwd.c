/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include "ageing.h"
#include "argument.h"
#include "change_log.h"
#include "hash_store.h"
#include "output.h"
#include "password_source.h"

struct options {
    unsigned source; /* an enum password_source */
};

static const struct command_option passwd_options[] = {
    PASSWORD_SOURCE_OPTIONS(offsetof(struct options, source)),
    { 0 },
};

static enum exit_code print_password(const struct context *context, const char *name,
                                     const struct secret *generated)
{
    static const struct output_column fields[] = {
        { "user", "User" },
        { "password", "Password" },
        { NULL, NULL },
    };
    return output_object(
        context, json_pack("{s:s, s:s}", "user", name, "password", generated->text), fields);
}

static enum exit_code run_user_passwd(struct context *context, const struct call *call)
{
    const struct options *options = call->options;
    struct vmail_identity identity;
    struct secret generated = { 0 };
    char name[VMAIL_CANONICAL_MAX + 1], *hash = NULL;
    enum exit_code code = argument_exists(context, VMAIL_PASSWD, call->argument[0], &identity);
    if (code != EXIT_DONE)
        return code;
    vmail_name_join(name, identity.user, identity.domain);
    code = password_source_get(context, options->source, name, &generated, &hash);
    if (code != EXIT_DONE)
        goto out;
    code = hash_store_write(context, &identity, hash, NULL, vmail_ageing_today());
    if (code != EXIT_DONE)
        goto out;
    change_log(context, "user passwd %s", name);
    if (generated.text[0] != '\0')
        code = print_password(context, name, &generated);
out:
    secret_free(hash);
    secret_wipe(&generated);
    return code;
}

const struct command user_passwd_command = {
    .path = "user passwd",
    .summary = "Set a new password for a user",
    .arguments = "USER@DOMAIN",
    .help = "Asks twice, unless an option supplies the password. The rules for changes by users do "
            "not apply. Unlocks a locked account.",
    .options = passwd_options,
    .options_size = sizeof(struct options),
    .run = run_user_passwd,
    .needs = NEEDS_DOMAIN_ADMIN,
};
