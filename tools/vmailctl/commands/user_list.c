/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include "domain_table.h"
#include "home.h"
#include "message.h"
#include "table.h"
#include "text.h"

static const struct output_column columns[] = {
    { "user", "USER" }, { "uid", "UID" },     { "gid", "GID" }, { "comment", "COMMENT" },
    { "home", "HOME" }, { "shell", "SHELL" }, { NULL, NULL },
};

static json_t *make_row(const struct context *context, const struct vmail_passwd *user,
                        const char *domain)
{
    char name[VMAIL_CANONICAL_MAX + 1], home[VMAIL_HOME_MAX + 1];
    vmail_name_join(name, user->name, domain);
    vmail_default_home(home, user->name, domain, context->config->fold_case);
    return json_pack("{s:s, s:I, s:I, s:o, s:o, s:o}", "user", name, "uid", (json_int_t)user->uid,
                     "gid", (json_int_t)user->gid, "comment", text_json(user->gecos), "home",
                     text_json(user->home[0] == '\0' ? home : user->home), "shell",
                     text_json(user->shell));
}

/** Appends the users of DOMAIN to ROWS. */
static enum exit_code add_domain(const struct context *context, const char *domain,
                                 struct output_rows *rows)
{
    struct vmail_table table;
    struct vmail_record record;
    struct vmail_error error = { 0 };
    enum vmail_result result =
        vmail_table_open(&table, context_file(context, VMAIL_PASSWD, domain), &error);
    if (result == VMAIL_NOT_FOUND)
        return EXIT_DONE;
    if (result != VMAIL_OK)
        return message_result(context, result, &error);
    while ((result = vmail_table_next(&table, &record)) == VMAIL_OK)
        output_row(rows, make_row(context, &record.passwd, domain));
    vmail_table_close(&table);
    return result == VMAIL_NOT_FOUND ? EXIT_DONE
                                     : message_read_failed(context, VMAIL_PASSWD, domain);
}

static enum exit_code run(struct context *context, const struct call *call)
{
    return domain_table(context, call, columns, add_domain);
}

const struct command user_list_command = {
    .path = "user list",
    .summary = "List the users of some or all domains",
    .arguments = "[DOMAIN...]",
    .help = "Lists the users that the system can look up. Leaves out invalid lines; `vmailctl "
            "check' shows them.",
    .run = run,
    .needs = NEEDS_DOMAIN_READER,
};
