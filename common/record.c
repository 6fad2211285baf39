/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record.h"

#include <limits.h>
#include <string.h>

#include "name.h"
#include "number.h"

enum { PASSWD_FIELDS = 7, SHADOW_FIELDS = 9, GROUP_FIELDS = 4, FIELDS_MAX = 9 };

/* Splits LINE at its colons. Returns false where there are not exactly COUNT fields; the line may
 * have been split as far as that, then. */
static bool split(char *line, size_t count, char *fields[FIELDS_MAX])
{
    size_t i = 0;
    fields[i++] = line;
    for (; *line != '\0'; line++) {
        if (*line != ':')
            continue;
        *line = '\0';
        if (i == count)
            return false;
        fields[i++] = line + 1;
    }
    return i == count;
}

static bool is_text_slowly(const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (((unsigned char)line[i] < ' ' && line[i] != '\t') || line[i] == 0x7f)
            return false;
    return true;
}

/* Eight bytes at a time, as long as none of them is in question: an enumeration reads every line.
 */
static bool is_text(const char *line, size_t length)
{
    const uint64_t ones = UINT64_MAX / 0xff, tops = ones * 0x80;
    uint64_t word;
    for (; length >= sizeof word; line += sizeof word, length -= sizeof word) {
        memcpy(&word, line, sizeof word);
        uint64_t deletes = word ^ ones * 0x7f;
        uint64_t below = (word - ones * ' ') & ~word;
        if (((below | ((deletes - ones) & ~deletes)) & tops) != 0)
            break;
    }
    return is_text_slowly(line, length);
}

static bool parse_id(const char *text, uint32_t *id)
{
    uint64_t number;
    if (!vmail_number_parse(text, strlen(text), UINT32_MAX, &number))
        return false;
    *id = (uint32_t)number;
    return true;
}

static const char *parse_passwd(char *fields[], struct vmail_passwd *passwd)
{
    passwd->name = fields[0];
    passwd->hash = fields[1];
    passwd->gecos = fields[4];
    passwd->home = fields[5];
    passwd->shell = fields[6];
    if (!parse_id(fields[2], &passwd->uid) || !parse_id(fields[3], &passwd->gid))
        return "uid and gid must be numbers from 0 to 4294967295";
    return NULL;
}

/* The one sign that is known in shadow files: some tools write -1 for an empty field. */
static bool parse_days(const char *text, long *days)
{
    uint64_t number;
    *days = -1;
    if (*text == '\0' || strcmp(text, "-1") == 0)
        return true;
    if (!vmail_number_parse(text, strlen(text), LONG_MAX, &number))
        return false;
    *days = (long)number;
    return true;
}

static bool parse_flag(const char *text, unsigned long *flag)
{
    uint64_t number;
    *flag = ~0ul;
    if (*text == '\0')
        return true;
    if (!vmail_number_parse(text, strlen(text), ULONG_MAX, &number))
        return false;
    *flag = (unsigned long)number;
    return true;
}

static const char *parse_shadow(char *fields[], struct vmail_shadow *shadow)
{
    long *const days[] = { &shadow->last_change, &shadow->minimum,  &shadow->maximum,
                           &shadow->warning,     &shadow->inactive, &shadow->expire };
    shadow->name = fields[0];
    shadow->hash = fields[1];
    for (size_t i = 0; i < sizeof days / sizeof *days; i++)
        if (!parse_days(fields[2 + i], days[i]))
            return "fields 3 to 8 must be empty or numbers of days";
    return parse_flag(fields[8], &shadow->flag) ? NULL : "field 9 must be empty or a number";
}

static const char *parse_group(char *fields[], struct vmail_group *group)
{
    group->name = fields[0];
    group->members = fields[3];
    return parse_id(fields[2], &group->gid) ? NULL : "gid must be a number from 0 to 4294967295";
}

const char *vmail_record_parse(enum vmail_kind kind, char *line, size_t length,
                               struct vmail_record *record)
{
    static const struct {
        size_t fields;
        const char *expected;
    } formats[] = {
        [VMAIL_PASSWD] = { PASSWD_FIELDS, "expected 7 fields, see passwd(5)" },
        [VMAIL_SHADOW] = { SHADOW_FIELDS, "expected 9 fields, see shadow(5)" },
        [VMAIL_GROUP] = { GROUP_FIELDS, "expected 4 fields, see group(5)" },
    };
    char *fields[FIELDS_MAX];

    if (length > 0 && line[length - 1] == '\r')
        line[--length] = '\0';
    if (!is_text(line, length))
        return "holds a NUL byte or another control character";
    if (*line == '#')
        return "a comment";
    if (!split(line, formats[kind].fields, fields))
        return formats[kind].expected;
    if (!vmail_user_valid(fields[0], strlen(fields[0])))
        return "the name is not valid, see vmail(5)";
    record->kind = kind;
    switch (kind) {
    case VMAIL_PASSWD:
        return parse_passwd(fields, &record->passwd);
    case VMAIL_SHADOW:
        return parse_shadow(fields, &record->shadow);
    case VMAIL_GROUP:
        return parse_group(fields, &record->group);
    }
    return "unknown kind of file";
}

const char *vmail_record_name(const struct vmail_record *record)
{
    switch (record->kind) {
    case VMAIL_PASSWD:
        return record->passwd.name;
    case VMAIL_SHADOW:
        return record->shadow.name;
    case VMAIL_GROUP:
        return record->group.name;
    }
    return "";
}

uint32_t vmail_record_id(const struct vmail_record *record)
{
    switch (record->kind) {
    case VMAIL_PASSWD:
        return record->passwd.uid;
    case VMAIL_GROUP:
        return record->group.gid;
    case VMAIL_SHADOW:
        break;
    }
    return 0;
}

bool vmail_group_next_member(const char **rest, const char **member, size_t *length)
{
    while (**rest != '\0') {
        *member = *rest;
        *length = strcspn(*member, ",");
        *rest = *member + *length + ((*member)[*length] == ',');
        if (vmail_user_valid(*member, *length))
            return true;
    }
    return false;
}
