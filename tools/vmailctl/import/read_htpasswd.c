/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lines user:hash, as htpasswd writes and pam_pwdfile reads them; text after a second colon is
 * ignored.
 */
#include "import/readers.h"

enum { USER, PASSWORD, REST, FIELDS };

static void take_htpasswd_line(struct source *source, void *input, char *line)
{
    char *field[FIELDS];
    if (source_fields(line, field, FIELDS) > PASSWORD)
        user_line_add(source, input, field[USER], field[PASSWORD]);
    else
        import_plan_reject(source->plan, source->place, "no password: the format is user:hash");
}

enum exit_code read_htpasswd(const struct context *context, const struct import_input *input,
                             struct import_plan *plan)
{
    const struct source_reading reading = { input->path, .take = take_htpasswd_line,
                                            .data = (void *)input };
    return source_read(context, plan, &reading);
}
