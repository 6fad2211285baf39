/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "argument.h"
#include "change_log.h"
#include "change_config.h"
#include "domain_key.h"
#include "mailbox_use.h"
#include "message.h"
#include "records.h"
#include "text_buffer.h"

struct options {
    const char *unset;
};

static const struct command_option set_options[] = {
    { "unset", "KEY", "Remove KEY from the section", .at = offsetof(struct options, unset) },
    { 0 },
};

/** Adds WORD, after a space unless TEXT is empty. */
static bool add_word(struct vmail_text_buffer *text, const char *word)
{
    return (text->length == 0 || vmail_text_splice(text, text->length, 0, " ", 1)) &&
           vmail_text_splice(text, text->length, 0, word, strlen(word));
}

static enum exit_code read_value(const struct context *context, const char *domain,
                                 const struct domain_key *key, const struct call *call,
                                 struct vmail_text_buffer *text)
{
    if (!key->list && call->count > 3) {
        message_error(context, "%s takes only one value", key->name);
        return EXIT_USAGE;
    }
    for (size_t i = 2; i < call->count; i++) {
        char *word;
        enum exit_code code = domain_key_value(context, key, domain, call->argument[i], &word);
        if (code == EXIT_DONE && !add_word(text, word))
            code = message_no_memory(context);
        free(word);
        if (code != EXIT_DONE)
            return code;
    }
    return EXIT_DONE;
}

/** Warns if look-ups by id no longer find a user. */
static void warn_of_block(const struct context *context, const char *domain)
{
    const struct vmail_domain_config *section = vmail_config_domain(context->config, domain);
    struct records users;
    unsigned long outside = 0;
    if (section == NULL || section->ids.count == 0)
        return;
    records_begin(&users, context, VMAIL_PASSWD, domain);
    while (records_next(&users))
        outside += !vmail_id_ranges_have(&section->ids, users.record.passwd.uid);
    records_close(&users);
    if (outside > 0)
        message_warning(context,
                        "%lu users of %s have ids outside the new block, so look-ups by id no "
                        "longer find them",
                        outside, domain);
}

static enum exit_code set_domain_key(struct context *context,
                                     const struct vmail_config_change *change_of)
{
    struct change change;
    const bool ids = strcmp(change_of->key, "ids") == 0;
    const bool limit = strcmp(change_of->key, "mailbox_limit") == 0;
    enum exit_code code = change_begin(&change, context, change_of->argument, ids);
    if (code == EXIT_DONE)
        code = change_config(&change, change_of, 1);
    if (code == EXIT_DONE && change_of->action == VMAIL_CONFIG_SET)
        change_log(context, "domain set %s %s = %s", change_of->argument, change_of->key,
                   change_of->value);
    else if (code == EXIT_DONE)
        change_log(context, "domain set %s --unset %s", change_of->argument, change_of->key);
    code = change_end(&change, code);
    if (code != EXIT_DONE || context->dry_run || !(ids || limit))
        return code;
    code = context_reread_config(context);
    if (code != EXIT_DONE)
        return code;
    if (ids)
        warn_of_block(context, change_of->argument);
    return limit ? mailbox_use_enforce(context, change_of->argument, NULL, true) : EXIT_DONE;
}

static enum exit_code run_domain_set(struct context *context, const struct call *call)
{
    const struct options *options = call->options;
    char domain[VMAIL_DOMAIN_MAX + 1];
    struct vmail_text_buffer text = { 0 };
    if ((options->unset == NULL) != (call->count >= 3) ||
        (options->unset != NULL && call->count > 1)) {
        message_error(context, "give a KEY and a VALUE (\"\" for none), or only --unset=KEY");
        return EXIT_USAGE;
    }
    enum exit_code code = argument_domain(context, call->argument[0], domain);
    if (code != EXIT_DONE)
        return code;
    const char *name = options->unset != NULL ? options->unset : call->argument[1];
    const struct domain_key *key = domain_key_find(context, name);
    if (key == NULL)
        return EXIT_USAGE;
    code = read_value(context, domain, key, call, &text);
    const struct vmail_config_change change = { options->unset != NULL ? VMAIL_CONFIG_UNSET
                                                                       : VMAIL_CONFIG_SET,
                                                "domain", domain, key->name, text.bytes };
    if (code == EXIT_DONE)
        code = set_domain_key(context, &change);
    vmail_text_end(&text);
    return code;
}

const struct command domain_set_command = {
    .path = "domain set",
    .summary = "Change the settings of a domain in vmail.conf",
    .arguments = "DOMAIN [KEY] [VALUE...]",
    .help = "KEY is aliases, address, ids, fallback, match_full_name, alias_files, mailbox, "
            "mailbox_limit, "
            "max_users, admins, alias_programs or alias_user, see vmail.conf(5). Several values "
            "make a list, "
            "which replaces the old one.",
    .options = set_options,
    .options_size = sizeof(struct options),
    .run = run_domain_set,
};
