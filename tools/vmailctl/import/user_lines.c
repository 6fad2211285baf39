/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "import/user_lines.h"

#include <string.h>

struct import_user *user_line_add(struct source *source, const struct import_input *input,
                                  char *name, const char *password)
{
    struct import_plan *plan = source->plan;
    struct import_user *user = import_plan_user(plan, source->place);
    char *at = strrchr(name, '@');
    if (user == NULL)
        return NULL;
    if (at != NULL)
        *at++ = '\0';
    user->name = import_plan_string(plan, name);
    user->domain = at != NULL ? import_plan_string(plan, at) : input->domain;
    bool plain = input->scheme != NULL && password[0] != '{' && password[0] != '\0';
    user->password = plain ? import_plan_format(plan, "{%s}%s", input->scheme, password)
                           : import_plan_string(plan, password);
    return user;
}
