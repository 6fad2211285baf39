/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record.h"

#include <endian.h>
#include <limits.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "name.h"
#include "number.h"

enum { PASSWD_FIELDS = 7, SHADOW_FIELDS = 9, GROUP_FIELDS = 4, FIELDS_MAX = 9 };

/* Checks eight or sixteen bytes at a time, because an enumeration reads every line. These functions
 * treat a word as eight bytes. */
static const uint64_t ones = UINT64_MAX / 0xff, tops = UINT64_MAX / 0xff * 0x80;

/* Returns the top bits of the bytes of WORD that equal BYTE. */
static uint64_t matches(uint64_t word, unsigned char byte)
{
    word ^= ones * byte;
    return ~(((word & ~tops) + ~tops) | word | ~tops);
}

/* Whether a byte of WORD may be a control character. A tab matches too, but is allowed later. */
static bool is_questionable(uint64_t word)
{
    const uint64_t deletes = word ^ (ones * 0x7f); /* a byte is 0 if it is a DEL */
    return ((((word - ones * ' ') & ~word) | ((deletes - ones) & ~deletes)) & tops) != 0;
}

struct fields {
    char *start[FIELDS_MAX + 1]; /* the last is where a field after the line would start */
    size_t wanted;
    size_t found; /* may be more */
};

static void end_field(struct fields *fields, char *colon)
{
    *colon = '\0';
    if (fields->found < fields->wanted)
        fields->start[fields->found] = colon + 1;
    fields->found++;
}

#ifdef __SSE2__
/* As split, but stops at fewer than sixteen bytes or a questionable one. Returns the bytes done. */
static size_t split_blocks(char *line, size_t length, struct fields *fields)
{
    const __m128i last_control = _mm_set1_epi8(' ' - 1), delete = _mm_set1_epi8(0x7f);
    const __m128i colon = _mm_set1_epi8(':');
    size_t done = 0;
    for (; length - done >= sizeof colon; done += sizeof colon) {
        const __m128i block = _mm_loadu_si128((const __m128i *)(const void *)(line + done));
        const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(block, last_control), block);
        if (_mm_movemask_epi8(_mm_or_si128(control, _mm_cmpeq_epi8(block, delete))) != 0)
            break;
        unsigned colons = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(block, colon));
        for (; colons != 0; colons &= colons - 1)
            end_field(fields, line + done + __builtin_ctz(colons));
    }
    return done;
}
#else
static size_t split_blocks(char *line, size_t length, struct fields *fields)
{
    (void)line;
    (void)length;
    (void)fields;
    return 0;
}
#endif

/* Splits the LENGTH bytes at LINE at their colons. Returns false if a byte is not text. */
static bool split(char *line, size_t length, struct fields *fields)
{
    uint64_t word;
    fields->start[0] = line;
    fields->found = 1;
    const size_t done = split_blocks(line, length, fields);
    line += done;
    length -= done;
    for (; length >= sizeof word; line += sizeof word, length -= sizeof word) {
        memcpy(&word, line, sizeof word);
        word = le64toh(word);
        if (is_questionable(word))
            break;
        for (uint64_t colons = matches(word, ':'); colons != 0; colons &= colons - 1)
            end_field(fields, line + __builtin_ctzll(colons) / 8);
    }
    for (size_t i = 0; i < length; i++) {
        if (((unsigned char)line[i] < ' ' && line[i] != '\t') || line[i] == 0x7f)
            return false;
        if (line[i] == ':')
            end_field(fields, line + i);
    }
    return true;
}

static size_t length_of(char *const fields[], size_t number)
{
    return (size_t)(fields[number + 1] - fields[number]) - 1;
}

static bool parse_id(char *const fields[], size_t number_of, uint32_t *id)
{
    uint64_t number;
    if (!vmail_number_parse(fields[number_of], length_of(fields, number_of), UINT32_MAX, &number))
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
    if (!parse_id(fields, 2, &passwd->uid) || !parse_id(fields, 3, &passwd->gid))
        return "uid and gid must be numbers from 0 to 4294967295";
    return NULL;
}

/* The only signed number in shadow files is -1: some tools write it for an empty field. */
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
    return parse_id(fields, 2, &group->gid) ? NULL : "gid must be a number from 0 to 4294967295";
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
    struct fields fields = { .wanted = formats[kind].fields };

    if (length > 0 && line[length - 1] == '\r')
        line[--length] = '\0';
    if (*line == '#')
        return "a comment";
    if (!split(line, length, &fields))
        return "contains a NUL byte or another control character";
    if (fields.found != fields.wanted)
        return formats[kind].expected;
    fields.start[fields.found] = line + length + 1;
    if (!vmail_user_valid(fields.start[0], length_of(fields.start, 0)))
        return "the name is not valid, see vmail(5)";
    record->kind = kind;
    switch (kind) {
    case VMAIL_PASSWD:
        return parse_passwd(fields.start, &record->passwd);
    case VMAIL_SHADOW:
        return parse_shadow(fields.start, &record->shadow);
    case VMAIL_GROUP:
        return parse_group(fields.start, &record->group);
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

bool vmail_group_has_member(const char *members, const char *user, bool fold)
{
    const size_t wanted = strlen(user);
    const char *member;
    size_t length;
    while (vmail_group_next_member(&members, &member, &length))
        if (length == wanted &&
            (fold ? vmail_equal_folded(member, user, length) : memcmp(member, user, length) == 0))
            return true;
    return false;
}

struct vmail_shadow vmail_shadow_locked(const char *name)
{
    return (struct vmail_shadow){ .name = name,
                                  .hash = "*",
                                  .last_change = -1,
                                  .minimum = -1,
                                  .maximum = -1,
                                  .warning = -1,
                                  .inactive = -1,
                                  .expire = -1,
                                  .flag = ~0ul };
}
