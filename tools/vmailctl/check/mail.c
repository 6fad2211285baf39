/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who gets mail, and whether Postfix knows whose it is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "areas.h"
#include "ask_program.h"
#include "managed.h"
#include "resolver.h"
#include "walk.h"

#define POSTCONF "/usr/sbin/postconf"

static bool may_enter(void *context, const char *domain)
{
    return managed_domain(((const struct check *)context)->context, domain);
}

/** Whether mail to ROLE of DOMAIN reaches nobody; an error on the way is told by other areas. */
static bool reaches_nobody(struct check *check, struct vmail_mail *mail, const char *role,
                           const char *domain)
{
    const struct vmail_walker walker = {
        .mail = mail, .enter = may_enter, .context = check, .no_lists = check->context->restricted
    };
    struct vmail_error error;
    char address[VMAIL_CANONICAL_MAX + 1];
    vmail_name_join(address, role, domain);
    return vmail_mail_question(mail, &error) == VMAIL_OK &&
           vmail_walk(&walker, address, &error) == VMAIL_NOT_FOUND;
}

/**
 * Each domain that gets mail must have a postmaster (RFC 5321, section 4.5.1), and should have an
 * address for complaints (RFC 2142). One note for all domains that lack it.
 */
static void check_role(struct check *check, struct vmail_mail *mail, const char *role)
{
    const struct finding_place place = { .area = "mail", .not_set_up = true };
    const char *example = NULL;
    size_t count = 0;
    for (size_t i = 0; i < check->domains.count; i++)
        if (reaches_nobody(check, mail, role, check->domains.name[i]) && count++ == 0)
            example = check->domains.name[i];
    if (count > 0)
        finding_add(&check->findings, FINDING_NOTE, &place,
                    "mail to %s reaches nobody in %zu of the domains, for example %s\nrun vmailctl "
                    "alias set %s@%s USER, or name a file for several domains in `alias_files'",
                    role, count, example, role, example);
}

/** A domain of ours in KEY of main.cf belongs to others there. */
static void check_word(struct check *check, const char *key, const char *word)
{
    const struct context *context = check->context;
    const struct finding_place place = { .area = "mail", .file = "/etc/postfix/main.cf" };
    char domain[VMAIL_DOMAIN_MAX + 1];
    if (word[0] == '[' ||
        vmail_resolve_domain(context->paths, context->config, word, domain, NULL) != VMAIL_OK)
        return;
    if (strcmp(key, "mydestination") == 0)
        finding_add(&check->findings, FINDING_ERROR, &place,
                    "%s is in mydestination, so Postfix gives its mail to the machine's own "
                    "users\nremove it from there; it belongs into virtual_mailbox_domains",
                    word);
    else
        finding_add(&check->findings, FINDING_ERROR, &place,
                    "%s is in %s, so Postfix knows no mailboxes in it\nremove it from there; it "
                    "belongs into virtual_mailbox_domains",
                    word, key);
}

static void check_postfix(struct check *check, const char *key)
{
    const char *const arguments[] = { POSTCONF, "-x", "-h", key, NULL };
    const struct finding_place place = { .area = "mail" };
    char wrong[256];
    char *text = ask_program(arguments, wrong, sizeof wrong), *rest = text, *word;
    if (text == NULL) {
        finding_add(&check->findings, FINDING_NOTE, &place,
                    "cannot ask Postfix for its settings: %s", wrong);
        return;
    }
    while ((word = strsep(&rest, ", \t\n")) != NULL)
        check_word(check, key, word);
    free(text);
}

void check_mail(struct check *check)
{
    struct vmail_mail mail;
    vmail_mail_begin(&mail, check->context->paths, check->context->config);
    check_role(check, &mail, "postmaster");
    check_role(check, &mail, "abuse");
    vmail_mail_end(&mail);
    if (check->context->restricted || !check->everything || access(POSTCONF, X_OK) != 0)
        return;
    check_postfix(check, "mydestination");
    check_postfix(check, "virtual_alias_domains");
}
