/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config_value.h"

#include <string.h>

#include "name.h"
#include "number.h"

static bool is_word(const char *text, const char *word)
{
    size_t length = strlen(word);
    return strlen(text) == length && vmail_equal_folded(text, word, length);
}

const char *vmail_value_bool(const char *text, bool *value)
{
    static const char *const yes[] = { "yes", "true", "on", "1" };
    static const char *const no[] = { "no", "false", "off", "0" };
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (is_word(text, yes[i]) || is_word(text, no[i])) {
            *value = is_word(text, yes[i]);
            return NULL;
        }
    }
    return "expected yes or no";
}

const char *vmail_value_ids(const char *text, struct vmail_id_range *value)
{
    static const char expected[] = "expected FIRST-LAST, from 1000 up to 4294967294";
    uint64_t first, last;
    const char *dash = strchr(text, '-');
    if (dash == NULL)
        return expected;
    const char *first_end = dash;
    while (first_end > text && (first_end[-1] == ' ' || first_end[-1] == '\t'))
        first_end--;
    const char *second = dash + 1 + strspn(dash + 1, " \t");
    if (!vmail_number_parse(text, (size_t)(first_end - text), UINT32_MAX - 1, &first) ||
        !vmail_number_parse(second, strlen(second), UINT32_MAX - 1, &last))
        return expected;
    if (first < VMAIL_IDS_LOWEST || first > last)
        return expected;
    *value = (struct vmail_id_range){ (uint32_t)first, (uint32_t)last };
    return NULL;
}

const char *vmail_value_size(const char *text, uint64_t *value)
{
    static const char expected[] = "expected a size such as 500K, 100M or 2G";
    static const char units[] = "KMGT";
    size_t length = strlen(text);
    unsigned shift = 0;
    if (length > 0) {
        char unit = text[length - 1];
        const char *found = strchr(units, unit >= 'a' ? unit - 'a' + 'A' : unit);
        if (found != NULL) {
            shift = 10 * (unsigned)(found - units + 1);
            length--;
        }
    }
    if (!vmail_number_parse(text, length, UINT64_MAX >> shift, value))
        return expected;
    *value <<= shift;
    return NULL;
}

const char *vmail_value_count(const char *text, uint32_t *value)
{
    uint64_t number;
    if (!vmail_number_parse(text, strlen(text), UINT32_MAX, &number))
        return "expected a number";
    *value = (uint32_t)number;
    return NULL;
}

const char *vmail_value_separators(const char *text, char *value, size_t size)
{
    size_t used = 0;
    char taken[16] = "";
    for (; *text != '\0'; text++) {
        if (*text == ' ' || *text == VMAIL_SEPARATOR)
            continue;
        if (!vmail_separator_valid(*text) || used + 1 >= size || used + 1 >= sizeof taken)
            return "expected punctuation such as @ or %, but not a character that names can "
                   "contain";
        taken[used++] = *text;
        taken[used] = '\0';
    }
    memset(value, 0, size);
    memcpy(value, taken, used);
    return NULL;
}

const char *vmail_value_delimiter(const char *text, char *value, size_t size)
{
    static const char possible[] = "+-_.=#!%&*~";
    const size_t length = strlen(text);
    if (length >= size || strspn(text, possible) != length)
        return "expected one or more of + - _ . = # ! % & * ~, or nothing";
    memcpy(value, text, length + 1);
    return NULL;
}

const char *vmail_value_fallback(const char *text)
{
    static const char expected[] = "expected nothing, user@domain, @domain or a user";
    const char *at = strchr(text, '@');
    size_t user = at == NULL ? strlen(text) : (size_t)(at - text);
    if (*text == '\0')
        return NULL;
    if (user > 0 && !vmail_user_valid(text, user))
        return expected;
    if (at != NULL && !vmail_domain_valid(at + 1, strlen(at + 1)))
        return expected;
    return NULL;
}

const char *vmail_value_mailbox(const char *text)
{
    const char *path = strchr(text, ':');
    bool known = strncmp(text, "maildir:", 8) == 0 || strncmp(text, "mbox:", 5) == 0;
    if (!known || path == NULL || !(path[1] == '/' || strncmp(path + 1, "~/", 2) == 0))
        return "expected maildir:PATH or mbox:PATH, PATH starting with / or ~/";
    return NULL;
}

const char *vmail_value_alias_user(const char *text)
{
    return *text == '\0' || (vmail_user_valid(text, strlen(text)) && !is_word(text, "root"))
               ? NULL
               : "expected the name of a system user other than root, or nothing";
}

const char *vmail_value_agent(const char *text)
{
    const size_t path = strcspn(text, " \t");
    const char *escape = strchr(text, '%');
    bool good = text[0] == '/' && (escape == NULL || escape > text + path);
    while (good && escape != NULL) {
        good = escape[1] != '\0' && strchr("udhsrt%", escape[1]) != NULL;
        escape = good ? strchr(escape + 2, '%') : NULL;
    }
    return good ? NULL
                : "expected an absolute path and arguments; %u, %d, %h, %s, %r, %t and %% are "
                  "replaced in the arguments";
}

const char *vmail_value_host(const char *text)
{
    struct vmail_address address;
    return *text == '\0' || vmail_domain_valid(text, strlen(text)) ||
                   vmail_address_parse(text, &address)
               ? NULL
               : "expected the name or the IP address of a host";
}

const char *vmail_value_path(const char *text)
{
    size_t length = strlen(text);
    bool parent =
        strstr(text, "/../") != NULL || (length >= 3 && strcmp(text + length - 3, "/..") == 0);
    return text[0] != '/' || parent ? "expected an absolute path without .." : NULL;
}
