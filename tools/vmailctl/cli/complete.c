/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What may come next on a command line; called by completion/vmailctl. Prints nothing in case of
 * doubt, or about things that a co-administrator may not see.
 */
#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "domains.h"
#include "managed.h"
#include "name.h"
#include "records.h"
#include "synopsis.h"

struct completion {
    struct context *context;
    const struct command *command;
    const char *word;   /* what there is of the word to complete */
    const char *before; /* what stands in front of each candidate: "--color=" or "" */
};

static void offer(void *context, const char *candidate)
{
    const struct completion *completion = context;
    if (strncmp(candidate, completion->word, strlen(completion->word)) == 0)
        printf("%s%s\n", completion->before, candidate);
}

static void offer_child(void *context, const struct command *child, const char *word)
{
    (void)child;
    offer(context, word);
}

static void offer_options(struct completion *completion)
{
    const struct command_option *option = NULL;
    while ((option = options_after(completion->command->options, option)) != NULL) {
        char text[SYNOPSIS_WORD_MAX + 1];
        snprintf(text, sizeof text, "--%s%s", option->name, option->argument != NULL ? "=" : "");
        offer(completion, text);
    }
}

/** Offers the users or, for VMAIL_GROUP, the groups of DOMAIN. */
static void offer_members(const struct completion *completion, enum vmail_kind kind,
                          const char *domain)
{
    struct records records;
    records_begin(&records, completion->context, kind, domain);
    while (records_next(&records)) {
        char name[VMAIL_CANONICAL_MAX + 1];
        vmail_name_join(name, vmail_record_name(&records.record), domain);
        offer((void *)completion, name);
    }
    records_close(&records);
}

static void offer_names(struct completion *completion, const char *kind)
{
    struct vmail_domain_list domains;
    bool users = strcmp(kind, "USER@DOMAIN") == 0, groups = strcmp(kind, "GROUP@DOMAIN") == 0;
    if (!users && !groups && strcmp(kind, "DOMAIN") != 0) {
        if (strchr(kind, '|') != NULL)
            options_each_choice(kind, offer, completion);
        return;
    }
    if (context_load_config(completion->context) != EXIT_DONE ||
        vmail_domains_list(completion->context->paths, &domains, NULL) != VMAIL_OK)
        return;
    for (size_t i = 0; i < domains.count; i++)
        if (!managed_domain(completion->context, domains.name[i]))
            continue;
        else if (users || groups)
            offer_members(completion, groups ? VMAIL_GROUP : VMAIL_PASSWD, domains.name[i]);
        else
            offer(completion, domains.name[i]);
    vmail_domains_free(&domains);
}

/** Completes "--NAME=VALUE". */
static void offer_values(struct completion *completion)
{
    char name[SYNOPSIS_WORD_MAX + 1];
    const char *word = completion->word;
    size_t length = strcspn(word, "=");
    if (snprintf(name, sizeof name, "%.*s", (int)length + 1, word) >= (int)sizeof name)
        return;
    completion->before = name;
    completion->word = word + length + 1;
    const struct command_option *option = NULL;
    while ((option = options_after(completion->command->options, option)) != NULL)
        if (option->argument != NULL && strncmp(option->name, word + 2, length - 2) == 0 &&
            option->name[length - 2] == '\0')
            offer_names(completion, option->argument);
}

static enum exit_code run_complete(struct context *context, const struct call *call)
{
    struct completion completion = {
        .context = context, .command = command_root(), .word = "", .before = ""
    };
    size_t arguments = 0;
    for (size_t i = 0; i + 1 < call->count; i++) {
        const char *word = call->argument[i];
        if (word[0] == '-')
            continue;
        if (completion.command->run != NULL)
            arguments++;
        else if ((completion.command = command_child(completion.command, word)) == NULL)
            return EXIT_DONE;
    }
    if (call->count > 0)
        completion.word = call->argument[call->count - 1];
    char kind[SYNOPSIS_WORD_MAX + 1];
    synopsis_word(completion.command->arguments, arguments, kind);
    if (strncmp(completion.word, "--", 2) == 0 && strchr(completion.word, '=') != NULL)
        offer_values(&completion);
    else if (completion.word[0] == '-')
        offer_options(&completion);
    else if (completion.command->run == NULL)
        command_each_child(completion.command, offer_child, &completion);
    else
        offer_names(&completion, kind);
    return EXIT_DONE;
}

const struct command complete_command = {
    .path = "complete",
    .summary = "Print completions for the shell",
    .arguments = "[WORD...]",
    .run = run_complete,
    .needs = NEEDS_NOTHING,
    .hidden = true,
    .without_config = true,
};
