/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "name.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

bool vmail_equal_folded(const char *a, const char *b, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (vmail_fold(a[i]) != vmail_fold(b[i]))
            return false;
    return true;
}

/* Does vmail_fold for eight bytes at a time. */
static uint64_t fold_word(uint64_t word)
{
    const uint64_t ones = UINT64_MAX / 0xff, tops = ones * 0x80;
    const uint64_t low = word & ~tops;
    const uint64_t from_a = low + ones * (0x80 - 'A'), behind_z = low + ones * (0x7f - 'Z');
    const uint64_t capitals = (from_a ^ behind_z) & ~word & tops;
    return word | capitals >> 2; /* 0x20 */
}

int vmail_compare_folded(const char *a, const char *b)
{
    while (*a != '\0' && vmail_fold(*a) == vmail_fold(*b)) {
        a++;
        b++;
    }
    return (unsigned char)vmail_fold(*a) - (unsigned char)vmail_fold(*b);
}

void vmail_fold_copy(char *out, const char *text, size_t length)
{
    uint64_t word;
    size_t i = 0;
    for (; length - i >= sizeof word; i += sizeof word) {
        memcpy(&word, text + i, sizeof word);
        word = fold_word(word);
        memcpy(out + i, &word, sizeof word);
    }
    for (; i < length; i++)
        out[i] = vmail_fold(text[i]);
    out[length] = '\0';
}

/* What a byte may be part of. */
enum {
    LABEL = 1,    /* a label of a domain */
    ORDINARY = 2, /* an ordinary user. None of these can be configured as a separator, so a name
                     that consists of them is plain under every configuration. */
    USER = 4,     /* a user */
};

static const unsigned char classes[UCHAR_MAX + 1] = {
    ['!' ... '+'] = USER,
    ['-'] = USER | ORDINARY | LABEL,
    ['.'] = USER | ORDINARY,
    ['0' ... '9'] = USER | ORDINARY | LABEL,
    [';' ... '?'] = USER,
    ['A' ... 'Z'] = USER | ORDINARY | LABEL,
    ['[' ... '^'] = USER,
    ['_'] = USER | ORDINARY | LABEL,
    ['`'] = USER,
    ['a' ... 'z'] = USER | ORDINARY | LABEL,
    ['{' ... '~'] = USER,
};

static bool is(int class, char c)
{
    return (classes[(unsigned char)c] & class) != 0;
}

/* Whether all of TEXT is of CLASS. */
static bool all_are(int class, const char *text, size_t length)
{
    size_t i = 0;
    while (i < length && is(class, text[i]))
        i++;
    return i == length;
}

bool vmail_separator_valid(char c)
{
    return c > ' ' && c < 0x7f && !is(ORDINARY, c) && strchr("[]:/,;#\"'\\$", c) == NULL;
}

bool vmail_name_may_have_separator(const char *text)
{
    for (; *text != '\0'; text++)
        if (!is(ORDINARY, *text))
            return true;
    return false;
}

bool vmail_user_valid(const char *text, size_t length)
{
    return length >= 1 && length <= VMAIL_USER_MAX && text[0] != '-' && text[0] != '+' &&
           text[0] != '.' && all_are(USER, text, length);
}

/* LABEL consists of characters that a label may have. */
static bool label_valid(const char *label, size_t length)
{
    return length >= 1 && length <= VMAIL_LABEL_MAX && label[0] != '-' && label[length - 1] != '-';
}

static bool label_is_leftover(const char *label, size_t length)
{
    static const char leftovers[][8] = { "bak", "old", "orig",   "rej",     "tmp",
                                         "swp", "swo", "rpmnew", "rpmsave", "rpmorig" };
    char folded[sizeof *leftovers] = "";
    if (length < sizeof folded)
        vmail_fold_copy(folded, label, length);
    for (size_t i = 0; i < sizeof leftovers / sizeof *leftovers; i++)
        if (memcmp(folded, leftovers[i], sizeof folded) == 0)
            return true;
    return (length > 5 && vmail_equal_folded("dpkg-", label, 5)) ||
           (length > 4 && vmail_equal_folded("ucf-", label, 4));
}

bool vmail_domain_valid(const char *text, size_t length)
{
    if (length < 1 || length > VMAIL_DOMAIN_MAX)
        return false;
    for (size_t label = 0, i = 0;; i++) {
        if (i < length && is(LABEL, text[i]))
            continue;
        if (!label_valid(text + label, i - label))
            return false;
        if (i == length)
            return !label_is_leftover(text + label, i - label);
        if (text[i] != '.')
            return false;
        label = i + 1;
    }
}

bool vmail_domain_is_leftover(const char *text, size_t length)
{
    const char *dot = memrchr(text, '.', length);
    const char *label = dot == NULL ? text : dot + 1;
    return label_is_leftover(label, length - (size_t)(label - text));
}

static void take_user(struct vmail_name *name, const char *text, size_t length, bool fold)
{
    name->user[0] = '\0';
    name->user_valid = vmail_user_valid(text, length);
    if (!name->user_valid)
        return;
    if (fold) {
        vmail_fold_copy(name->user, text, length);
    } else {
        memcpy(name->user, text, length);
        name->user[length] = '\0';
    }
}

static bool take_literal(struct vmail_name *name, const char *text, size_t length)
{
    if (length < 3 || text[length - 1] != ']' || length - 2 > VMAIL_DOMAIN_MAX)
        return false;
    name->form = VMAIL_NAME_LITERAL;
    memcpy(name->domain, text + 1, length - 2);
    name->domain[length - 2] = '\0';
    return true;
}

bool vmail_name_split(const char *text, const char *separators, bool fold, struct vmail_name *name)
{
    size_t user = 0;
    while (is(ORDINARY, text[user]) ||
           (text[user] != VMAIL_SEPARATOR && strchr(separators, text[user]) == NULL))
        user++; /* strchr finds the final NUL, too */
    name->form = VMAIL_NAME_PLAIN;
    name->domain[0] = '\0';
    take_user(name, text, user, fold);
    if (text[user] == '\0')
        return true;
    const char *rest = text + user + 1;
    const size_t length = strlen(rest);
    if (rest[0] == '[')
        return take_literal(name, rest, length);
    if (!vmail_domain_valid(rest, length))
        return false;
    name->form = VMAIL_NAME_DOMAIN;
    vmail_fold_copy(name->domain, rest, length);
    return true;
}

void vmail_name_join(char out[VMAIL_CANONICAL_MAX + 1], const char *user, const char *domain)
{
    size_t user_length = strnlen(user, VMAIL_USER_MAX);
    size_t domain_length = strnlen(domain, VMAIL_DOMAIN_MAX);
    memcpy(out, user, user_length);
    out[user_length] = VMAIL_SEPARATOR;
    memcpy(out + user_length + 1, domain, domain_length);
    out[user_length + 1 + domain_length] = '\0';
}
