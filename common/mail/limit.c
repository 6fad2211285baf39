/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "limit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_value.h"

static const char key[] = "mailbox_limit=";
enum {
    KEY_LENGTH = sizeof key - 1,
    SIZE_TEXT_MAX = 32,
    OTHER_FIELD = 4, /* commas before the field "other", which chfn(1) leaves to root */
};

/* Returns the first field of GECOS that is a limit, or NULL. */
static const char *find_field(const char *gecos)
{
    for (const char *field = gecos; field != NULL; field = strchr(field, ',')) {
        field += *field == ',';
        if (strncmp(field, key, KEY_LENGTH) == 0)
            return field;
    }
    return NULL;
}

enum vmail_limit_own vmail_limit_own(const char *gecos, uint64_t *limit)
{
    char text[SIZE_TEXT_MAX];
    const char *field = find_field(gecos);
    if (field == NULL)
        return VMAIL_LIMIT_UNSET;
    const char *value = field + KEY_LENGTH;
    const size_t length = strcspn(value, ",");
    if (length >= sizeof text)
        return VMAIL_LIMIT_BROKEN;
    snprintf(text, sizeof text, "%.*s", (int)length, value);
    return vmail_value_size(text, limit) == NULL ? VMAIL_LIMIT_SET : VMAIL_LIMIT_BROKEN;
}

uint64_t vmail_limit_of_domain(const struct vmail_config *config, const char *domain)
{
    const struct vmail_domain_config *section = vmail_config_domain(config, domain);
    return section == NULL ? 0 : section->mailbox_limit;
}

uint64_t vmail_limit_of_user(const struct vmail_config *config, const char *domain,
                             const char *gecos)
{
    uint64_t limit;
    return vmail_limit_own(gecos, &limit) == VMAIL_LIMIT_SET
               ? limit
               : vmail_limit_of_domain(config, domain);
}

/* Removes all limits from TEXT, and the empty fields that are then at its end. */
static void remove_fields(char *text)
{
    char *field;
    const bool removed = find_field(text) != NULL;
    while ((field = (char *)(uintptr_t)find_field(text)) != NULL) {
        const char *rest = field + strcspn(field, ",");
        memmove(field, rest + (*rest == ','), strlen(rest + (*rest == ',')) + 1);
    }
    size_t length = strlen(text);
    while (removed && length > 0 && text[length - 1] == ',')
        text[--length] = '\0';
}

static unsigned count_commas(const char *text)
{
    unsigned count = 0;
    for (; *text != '\0'; text++)
        count += *text == ',';
    return count;
}

char *vmail_limit_put(const char *gecos, const char *size)
{
    char *text = strdup(gecos), *result = NULL;
    if (text == NULL)
        return NULL;
    remove_fields(text);
    if (size == NULL)
        return text;
    const unsigned commas = count_commas(text);
    const size_t length = strlen(text);
    const char *between = ",,,,";
    between += commas < OTHER_FIELD ? commas : OTHER_FIELD;
    if (commas >= OTHER_FIELD && text[length - 1] != ',')
        between = ",";
    if (asprintf(&result, "%s%s%s%s", text, between, key, size) < 0)
        result = NULL;
    free(text);
    return result;
}

char *vmail_limit_keep(const char *gecos, const char *comment)
{
    const char *field = find_field(gecos);
    if (field == NULL)
        return strdup(comment);
    const char *value = field + KEY_LENGTH;
    char *size = strndup(value, strcspn(value, ","));
    char *result = size == NULL ? NULL : vmail_limit_put(comment, size);
    free(size);
    return result;
}
