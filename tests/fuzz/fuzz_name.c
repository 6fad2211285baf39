/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See README. The first byte says how, the rest is a name as it comes from the network. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check_split(const char *text, const char *separators, bool fold)
{
    struct vmail_name name;
    char joined[VMAIL_CANONICAL_MAX + 1];
    bool ours = vmail_name_split(text, separators, fold, &name);
    require(name.user_valid == vmail_user_valid(name.user, strlen(name.user)));
    require(name.user_valid || name.user[0] == '\0');
    if (name.form != VMAIL_NAME_PLAIN)
        require(ours && vmail_name_may_have_separator(text));
    if (!ours || name.form != VMAIL_NAME_DOMAIN)
        return;
    require(vmail_domain_valid(name.domain, strlen(name.domain)));
    require(strchr(name.domain, '/') == NULL && strstr(name.domain, "..") == NULL);
    if (!name.user_valid)
        return;

    /* A canonical name means itself. */
    struct vmail_name again;
    vmail_name_join(joined, name.user, name.domain);
    require(vmail_name_split(joined, separators, fold, &again));
    require(strcmp(again.user, name.user) == 0 && strcmp(again.domain, name.domain) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const separators[] = { "", "%", "%+!=", "&~" };
    if (size < 1)
        return 0;
    char *text = malloc(size);
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    check_split(text, separators[data[0] & 3], (data[0] & 4) != 0);
    if (vmail_user_valid(text, size - 1) || vmail_domain_valid(text, size - 1))
        require(strlen(text) == size - 1 && strchr(text, '/') == NULL);
    free(text);
    return 0;
}
