/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "table_scratch.h"

#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"

const char three[] = "alice:x:70001:70001:::\n"
                     "Bob:x:70002:70002:::\n"
                     "carol:x:70003:70003:::"; /* no newline */

char *many_users(int count)
{
    char *text = malloc((size_t)count * 48 + 1), *end = text;
    assert_non_null(text);
    for (int i = 0; i < count; i++)
        end += scratch_print(end, text + (size_t)count * 48 + 1, "u%d:x:%d:%d:::\n", i, 66000 + i,
                             66000 + i);
    return text;
}

void open_kind(struct scratch *scratch, struct vmail_table *table, enum vmail_kind kind)
{
    struct vmail_error error;
    if (scratch->config == NULL)
        scratch_config(scratch, "");
    check_result(vmail_table_open(table, scratch_file(scratch, kind, "va.example"), &error),
                 VMAIL_OK, &error);
}

void open_passwd(struct scratch *scratch, struct vmail_table *table, const char *text)
{
    scratch_write(scratch, "passwd.va.example", text);
    open_kind(scratch, table, VMAIL_PASSWD);
}

void check_finds(struct vmail_table *table, const char *name, uint32_t id)
{
    struct vmail_record record;
    struct vmail_error error;
    check_result(vmail_table_find_name(table, name, &record, &error), VMAIL_OK, &error);
    if (vmail_record_id(&record) != id)
        fail_msg("%s has id %lu", name, (unsigned long)vmail_record_id(&record));
}

void check_lacks(struct vmail_table *table, const char *name, const char *reason)
{
    struct vmail_record record;
    struct vmail_error error;
    check_result(vmail_table_find_name(table, name, &record, &error),
                 *reason == '\0' ? VMAIL_NOT_FOUND : VMAIL_BROKEN, &error);
    if (*reason != '\0')
        check_text(error.text, reason, name);
}

void check_finds_id(struct vmail_table *table, uint32_t id, const char *name)
{
    struct vmail_record record;
    check_result(vmail_table_find_id(table, id, &record), VMAIL_OK, NULL);
    assert_string_equal(vmail_record_name(&record), name);
    assert_int_equal(vmail_record_id(&record), id);
}

void check_lacks_id(struct vmail_table *table, uint32_t id)
{
    struct vmail_record record;
    check_result(vmail_table_find_id(table, id, &record), VMAIL_NOT_FOUND, NULL);
}

void check_next(struct vmail_table *table, const char *name, uint32_t id)
{
    struct vmail_record record;
    check_result(vmail_table_next(table, &record), VMAIL_OK, NULL);
    assert_string_equal(vmail_record_name(&record), name);
    assert_int_equal(vmail_record_id(&record), id);
}

void check_end(struct vmail_table *table)
{
    struct vmail_record record;
    check_result(vmail_table_next(table, &record), VMAIL_NOT_FOUND, NULL);
}
