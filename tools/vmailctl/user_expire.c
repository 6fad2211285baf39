/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "account.h"
#include "argument.h"
#include "change_log.h"
#include "message.h"
#include "record_format.h"

enum { KEY_PASSWORD = 0x300 };

struct options {
    bool password;
};

static const struct argp_option expire_options[] = {
    { "password", KEY_PASSWORD, NULL, 0, "The password: a new one is needed at the next log-in",
      0 },
    { NULL, 0, NULL, 0, NULL, 0 },
};

static error_t parse(int key, const char *value, void *options, struct argp_state *state)
{
    struct options *own = options;
    (void)value;
    (void)state;
    if (key != KEY_PASSWORD)
        return ARGP_ERR_UNKNOWN;
    own->password = true;
    return 0;
}

/** Reads YYYY-MM-DD as a day since 1970, or "never" as "", into OUT. */
static bool parse_date(const char *text, char out[24])
{
    struct tm date = { 0 };
    out[0] = '\0';
    if (strcmp(text, "never") == 0)
        return true;
    if (strlen(text) != 10 || strspn(text, "0123456789-") != 10)
        return false;
    const char *rest = strptime(text, "%Y-%m-%d", &date);
    const int day = date.tm_mday;
    time_t seconds = rest == NULL || *rest != '\0' ? -1 : timegm(&date);
    if (seconds < 0 || date.tm_mday != day) /* 31st of February */
        return false;
    snprintf(out, 24, "%lld", (long long)(seconds / 86400));
    return true;
}

static enum exit_code read_fields(const struct context *context, const struct call *call,
                                  char day[24], struct account_field *fields, size_t *count)
{
    const struct options *options = call->options;
    *count = 0;
    if (call->count > 1) {
        if (!parse_date(call->argument[1], day)) {
            message_error(context, "'%s' is no date: write YYYY-MM-DD or never", call->argument[1]);
            return EXIT_USAGE;
        }
        fields[(*count)++] = (struct account_field){ VMAIL_FIELD_EXPIRE, day };
    }
    if (options->password)
        fields[(*count)++] = (struct account_field){ VMAIL_FIELD_LAST_CHANGE, "0" };
    if (*count > 0)
        return EXIT_DONE;
    message_error(context, "say when: YYYY-MM-DD or never; or --password");
    return EXIT_USAGE;
}

static enum exit_code run(struct context *context, const struct call *call)
{
    struct vmail_identity identity;
    struct vmail_table table;
    struct vmail_record record;
    struct account_field fields[2];
    struct change change;
    char day[24];
    size_t count;
    enum exit_code code = read_fields(context, call, day, fields, &count);
    if (code == EXIT_DONE)
        code =
            argument_existing(context, VMAIL_PASSWD, call->argument[0], &identity, &table, &record);
    if (code != EXIT_DONE)
        return code;
    vmail_table_close(&table);
    code = change_begin(&change, context, identity.domain, false);
    if (code == EXIT_DONE)
        code = account_set(&change, VMAIL_SHADOW, identity.user, fields, count);
    if (code == EXIT_NO_SUCH)
        message_error(context, "shadow.%s has no line for %s: give a password by `user passwd'",
                      identity.domain, identity.user);
    if (code == EXIT_DONE)
        change_log(context, "user expire %s@%s%s%s%s", identity.user, identity.domain,
                   call->count > 1 ? " " : "", call->count > 1 ? call->argument[1] : "",
                   ((const struct options *)call->options)->password ? " --password" : "");
    return change_end(&change, code);
}

const struct command user_expire_command = {
    .path = "user expire",
    .summary = "Close an account from a day on, or never",
    .arguments = "USER@DOMAIN [DATE]",
    .help = "DATE is YYYY-MM-DD, the first day (UTC) on which nobody can log in to the account, or "
            "never. With --password it is the password that expires, now.",
    .options = expire_options,
    .parse = parse,
    .options_size = sizeof(struct options),
    .run = run,
    .needs = NEEDS_DOMAIN_ADMIN,
};
