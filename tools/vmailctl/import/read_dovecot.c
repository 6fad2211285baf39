/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Dovecot's passwd-file: user:password:uid:gid:gecos:home:shell:extra, all optional after the
 * password; the user with or without a domain.
 */
#include "import/readers.h"

#include <string.h>

enum { USER, PASSWORD, UID, GID, GECOS, HOME, SHELL, EXTRA, FIELDS };

/** Old files of pam_pwdfile have the length after the hash: "HASH[13]". */
static void cut_length(char *password)
{
    size_t length = strlen(password);
    if (length > 4 &&
        (strcmp(password + length - 4, "[13]") == 0 || strcmp(password + length - 4, "[34]") == 0))
        password[length - 4] = '\0';
}

static bool has_word(const char *text, const char *word)
{
    size_t length = strlen(word);
    for (const char *found = strstr(text, word); found != NULL; found = strstr(found + 1, word))
        if ((found == text || found[-1] == ' ') &&
            (found[length] == '\0' || found[length] == ' ' || found[length] == '='))
            return true;
    return false;
}

static void take_dovecot_line(struct source *source, void *input, char *line)
{
    struct import_plan *plan = source->plan;
    char *field[FIELDS];
    if (source_fields(line, field, FIELDS) <= PASSWORD) {
        import_plan_reject(plan, source->place, "no password: the format is user:password:...");
        return;
    }
    cut_length(field[PASSWORD]);
    struct import_user *user = user_line_add(source, input, field[USER], field[PASSWORD]);
    if (user == NULL)
        return;
    user->uid = source_id(field[UID]);
    user->gid = source_id(field[GID]);
    user->gecos = import_plan_string(plan, field[GECOS]);
    user->home = import_plan_string(plan, field[HOME]);
    if (field[SHELL] != NULL && field[SHELL][0] != '\0') /* Dovecot ignores it; login would not */
        user->shell = import_plan_string(plan, field[SHELL]);
    if (field[EXTRA] == NULL || field[EXTRA][0] == '\0')
        return;
    user->decision.note = "extra fields are not imported";
    if (has_word(field[EXTRA], "nologin") || has_word(field[EXTRA], "allow_nets")) {
        /* Without them, the user could do more than before. */
        user->password = "!";
        user->decision.note = "locked: nologin and allow_nets are not supported";
    }
}

enum exit_code read_dovecot(const struct context *context, const struct import_input *input,
                            struct import_plan *plan)
{
    const struct source_reading reading = { input->path, .take = take_dovecot_line,
                                            .data = (void *)input };
    return source_read(context, plan, &reading);
}
