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

enum { DAYS = 4, DESCRIPTION_MAX = 120 };

/** The fields of shadow(5) that count days, in the order of their options. */
static const struct {
    int field;
    const char *option;
} day_fields[DAYS] = {
    { VMAIL_FIELD_MINIMUM, "minimum" },
    { VMAIL_FIELD_MAXIMUM, "maximum" },
    { VMAIL_FIELD_WARNING, "warning" },
    { VMAIL_FIELD_INACTIVE, "inactive" },
};

struct options {
    bool password;
    const char *days[DAYS]; /* the new value of the field; NULL: unchanged */
};

static const struct command_option expire_options[] = {
    { "password", NULL, "Require a new password at the next log-in",
      .at = offsetof(struct options, password) },
    { "minimum", "DAYS", "The user may change the password again after DAYS", .kind = OPTION_DAYS,
      .at = offsetof(struct options, days[0]) },
    { "maximum", "DAYS", "The user must change the password after DAYS, or never",
      .kind = OPTION_DAYS, .at = offsetof(struct options, days[1]) },
    { "warning", "DAYS", "Log-ins show a warning DAYS before that", .kind = OPTION_DAYS,
      .at = offsetof(struct options, days[2]) },
    { "inactive", "DAYS", "The account is closed DAYS after that, or never", .kind = OPTION_DAYS,
      .at = offsetof(struct options, days[3]) },
    { 0 },
};

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
                                  char day[24], struct vmail_field *fields, size_t *count)
{
    const struct options *options = call->options;
    *count = 0;
    if (call->count > 1) {
        if (!parse_date(call->argument[1], day)) {
            message_error(context, "'%s' is not a date: write YYYY-MM-DD or never",
                          call->argument[1]);
            return EXIT_USAGE;
        }
        fields[(*count)++] = (struct vmail_field){ VMAIL_FIELD_EXPIRE, day };
    }
    if (options->password)
        fields[(*count)++] = (struct vmail_field){ VMAIL_FIELD_LAST_CHANGE, "0" };
    for (size_t i = 0; i < DAYS; i++)
        if (options->days[i] != NULL)
            fields[(*count)++] = (struct vmail_field){ day_fields[i].field, options->days[i] };
    if (*count > 0)
        return EXIT_DONE;
    message_error(context, "nothing to change: give YYYY-MM-DD or never, or an option");
    return EXIT_USAGE;
}

/** The changes, as on the command line: " 2030-01-01 --maximum=90". */
static void describe(const struct call *call, char text[DESCRIPTION_MAX + 1])
{
    const struct options *options = call->options;
    int length =
        snprintf(text, DESCRIPTION_MAX + 1, "%s%s%s", call->count > 1 ? " " : "",
                 call->count > 1 ? call->argument[1] : "", options->password ? " --password" : "");
    for (size_t i = 0; i < DAYS && length >= 0 && length <= DESCRIPTION_MAX; i++)
        if (options->days[i] != NULL)
            length += snprintf(text + length, (size_t)(DESCRIPTION_MAX + 1 - length), " --%s=%s",
                               day_fields[i].option,
                               options->days[i][0] == '\0' ? "never" : options->days[i]);
}

static enum exit_code run_user_expire(struct context *context, const struct call *call)
{
    struct vmail_identity identity;
    struct vmail_field fields[2 + DAYS];
    struct change change;
    char day[24], description[DESCRIPTION_MAX + 1];
    size_t count;
    enum exit_code code = read_fields(context, call, day, fields, &count);
    if (code != EXIT_DONE)
        return code;
    code = argument_exists(context, VMAIL_PASSWD, call->argument[0], &identity);
    if (code != EXIT_DONE)
        return code;
    code = change_begin(&change, context, identity.domain, false);
    if (code == EXIT_DONE)
        code = account_set(&change, VMAIL_SHADOW, identity.user, fields, count);
    if (code == EXIT_NO_SUCH)
        message_error(context, "shadow.%s has no line for %s; set a password with user passwd",
                      identity.domain, identity.user);
    describe(call, description);
    if (code == EXIT_DONE)
        change_log(context, "user expire %s@%s%s", identity.user, identity.domain, description);
    return change_end(&change, code);
}

const struct command user_expire_command = {
    .path = "user expire",
    .summary = "Set when an account or its password expires",
    .arguments = "USER@DOMAIN [DATE]",
    .help = "DATE is YYYY-MM-DD, the first day (UTC) on which log-ins are refused, or never. With "
            "--password, the password expires now. The other options set the ageing fields of "
            "shadow(5).",
    .options = expire_options,
    .options_size = sizeof(struct options),
    .run = run_user_expire,
    .needs = NEEDS_DOMAIN_ADMIN,
};
