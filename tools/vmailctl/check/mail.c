/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who gets the mail that each domain must take. */
#include "areas.h"
#include "managed.h"
#include "walk.h"

static bool may_enter_domain(void *context, const char *domain)
{
    return managed_domain(((const struct check *)context)->context, domain);
}

/** Whether mail to ROLE of DOMAIN reaches nobody; an error on the way is told by other areas. */
static bool reaches_nobody(struct check *check, struct vmail_mail *mail, const char *role,
                           const char *domain)
{
    const struct vmail_walker walker = { .mail = mail,
                                         .enter = may_enter_domain,
                                         .context = check,
                                         .no_lists = check->context->restricted };
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
    const struct finding_place place = { .not_set_up = true };
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

void check_mail(struct check *check)
{
    struct vmail_mail mail;
    vmail_mail_begin(&mail, check->context->paths, check->context->config);
    check_role(check, &mail, "postmaster");
    check_role(check, &mail, "abuse");
    vmail_mail_end(&mail);
}
