/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include "domain_table.h"
#include "home.h"
#include "mailbox_use.h"
#include "text.h"
#include "records.h"

static const struct output_column columns[] = {
    { "user", "USER" },
    { "uid", "UID" },
    { "gid", "GID" },
    { "comment", "COMMENT" },
    { "home", "HOME" },
    { "shell", "SHELL" },
    { "mailbox_used", "USED" },
    { "mailbox_limit", "LIMIT" },
    { NULL, NULL },
};

static json_t *make_row(const struct context *context, const struct vmail_passwd *user,
                        const char *domain)
{
    char name[VMAIL_CANONICAL_MAX + 1], home[VMAIL_HOME_MAX + 1];
    vmail_name_join(name, user->name, domain);
    json_t *row = json_pack(
        "{s:s, s:I, s:I, s:o, s:o, s:o}", "user", name, "uid", (json_int_t)user->uid, "gid",
        (json_int_t)user->gid, "comment", mailbox_use_comment(user->gecos), "home",
        text_json(context_home(context, user, domain, home)), "shell", text_json(user->shell));
    if (row != NULL)
        mailbox_use_put(context, user, domain, false, row);
    return row;
}

/** Appends the users of DOMAIN to ROWS. */
static enum exit_code add_user_rows(const struct context *context, const char *domain,
                                    struct output_rows *rows)
{
    struct records users;
    records_begin(&users, context, VMAIL_PASSWD, domain);
    while (records_next(&users))
        output_row(rows, make_row(context, &users.record.passwd, domain));
    return records_end(&users);
}

static enum exit_code run_user_list(struct context *context, const struct call *call)
{
    return domain_table(context, call, columns, add_user_rows);
}

const struct command user_list_command = {
    .path = "user list",
    .summary = "List the users of some or all domains",
    .arguments = "[DOMAIN...]",
    .help = "Lists the users that the system can look up. Leaves out invalid lines; `vmailctl "
            "check' shows them. LIMIT is the limit of the mailbox in bytes. USED is known if "
            "Dovecot or the file system counts.",
    .run = run_user_list,
    .needs = NEEDS_DOMAIN_READER,
};
