/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "group_facts.h"

#include <string.h>

#include "message.h"
#include "table.h"
#include "text.h"

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

enum exit_code group_name_free(const struct context *context, enum vmail_kind kind,
                               const char *domain, const char *name)
{
    struct vmail_table table;
    struct vmail_record record;
    struct vmail_error error = { 0 };
    enum vmail_result result =
        vmail_table_open(&table, context_file(context, kind, domain), &error);
    if (result == VMAIL_NOT_FOUND)
        return EXIT_DONE;
    if (result != VMAIL_OK)
        return message_result(context, result, &error);
    result = vmail_table_find_name(&table, name, &record, &error);
    vmail_table_close(&table);
    if (result == VMAIL_NOT_FOUND && error.text[0] == '\0')
        return EXIT_DONE;
    if (result == VMAIL_OK) {
        message_error(context, "the %s %s@%s already exists",
                      kind == VMAIL_PASSWD ? "user" : "group", name, domain);
        return EXIT_EXISTS;
    }
    message_result(context, result, &error);
    return result == VMAIL_NOT_FOUND ? EXIT_BAD_DATA : EXIT_UNAVAILABLE;
}

enum exit_code group_unused(const struct context *context, const char *domain, uint32_t gid)
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
    enum exit_code code = EXIT_DONE;
    while (code == EXIT_DONE && (result = vmail_table_next(&table, &record)) == VMAIL_OK)
        if (record.passwd.gid == gid && record.passwd.uid != gid) {
            message_error(context,
                          "this is the primary group of %s; change that with user set --gid",
                          record.passwd.name);
            code = EXIT_REFUSED;
        }
    if (code == EXIT_DONE && result != VMAIL_NOT_FOUND)
        code = message_read_failed(context, VMAIL_PASSWD, domain);
    vmail_table_close(&table);
    return code;
}
