/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "group_facts.h"

#include <string.h>

#include "message.h"
#include "table.h"
#include "text.h"
#include "records.h"

json_t *group_row(const char *domain, const struct vmail_group *group)
{
    char name[VMAIL_CANONICAL_MAX + 1], user[VMAIL_USER_MAX + 1];
    const char *rest = group->members, *member;
    size_t length;
    json_t *members = json_array();
    while (vmail_group_next_member(&rest, &member, &length)) {
        memcpy(user, member, length);
        user[length] = '\0';
        json_array_append_new(members, text_json(user));
    }
    vmail_name_join(name, group->name, domain);
    return json_pack("{s:s, s:I, s:o}", "group", name, "gid", (json_int_t)group->gid, "members",
                     members);
}

enum exit_code group_unused(const struct context *context, const char *domain, uint32_t gid)
{
    struct records users;
    bool used = false;
    records_begin(&users, context, VMAIL_PASSWD, domain);
    while (!used && records_next(&users)) {
        const struct vmail_passwd *user = &users.record.passwd;
        used = user->gid == gid && user->uid != gid;
        if (used)
            message_error(context,
                          "this is the primary group of %s; change that with user set --gid",
                          user->name);
    }
    enum exit_code code = records_end(&users);
    return used ? EXIT_REFUSED : code;
}
