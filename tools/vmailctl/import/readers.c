/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "import/readers.h"

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

const char *domain_of_file(struct import_plan *plan, const char *text)
{
    char name[VMAIL_DOMAIN_MAX + 1];
    size_t length = strlen(text);
    if (length > VMAIL_DOMAIN_FILE_MAX || !vmail_domain_valid(text, length))
        return NULL;
    vmail_fold_copy(name, text, length);
    return import_plan_text(plan, name, length);
}

void note_domain(struct import_plan *plan, const char *name)
{
    const size_t domain = import_plan_domain(plan, name);
    if (domain != SIZE_MAX)
        plan->domains[domain].noted = true;
}
