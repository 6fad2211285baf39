/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lines user:hash, as htpasswd writes and pam_pwdfile reads them; text after a second colon is
 * ignored.
 */
#include "import/readers.h"

#include "import/source.h"
#include "import/user_lines.h"

enum { USER, PASSWORD, REST, FIELDS };

enum exit_code read_htpasswd(const struct context *context, const struct import_input *input,
                             struct import_plan *plan)
{
    struct source source;
    char *line, *field[FIELDS];
    enum exit_code code = source_open(&source, context, plan, input->path, false);
    if (code != EXIT_DONE)
        return code;
    while ((line = source_next(&source, NULL)) != NULL)
        if (source_fields(line, field, FIELDS) > PASSWORD)
            user_line_add(&source, input, field[USER], field[PASSWORD]);
        else
            import_plan_reject(plan, source.place, "no password: the format is user:hash");
    return source_end(&source, context);
}
