/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain_oddities.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "domains.h"
#include "name.h"
#include "trust.h"

static bool has_capitals(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text != vmail_fold(*text))
            return true;
    return false;
}

/* Returns the part of NAME after "passwd." or another prefix, or NULL for other files. */
static const char *domain_of(const char *name)
{
    static const char *const prefixes[] = { "passwd.", "shadow.", "group.", "aliases." };
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        size_t length = strlen(prefixes[i]);
        if (strlen(name) >= length && vmail_equal_folded(name, prefixes[i], length))
            return name + length;
    }
    return NULL;
}

struct search {
    const struct vmail_paths *paths;
    struct vmail_oddity_list *list;
};

static const char *find_reason(const struct vmail_paths *paths, const char *name)
{
    const char *domain = domain_of(name);
    struct vmail_file_state state;
    if (domain == NULL)
        return NULL;
    size_t length = strlen(domain);
    if (length == 0)
        return "its name contains no domain; rename or remove it";
    if (vmail_domain_is_leftover(domain, length) || domain[length - 1] == '~')
        return "a copy left by an editor or a package; check it and remove it";
    if (!vmail_domain_valid(domain, length))
        return "what follows the first dot is not a domain name; rename or remove it";
    if (length > VMAIL_DOMAIN_FILE_MAX)
        return "its domain is too long for a file name";
    if (has_capitals(name))
        return "upper case letters in its name; rename it in lower case";
    if (!vmail_domain_exists(paths, domain, &state))
        return "this domain has no passwd file; create one or remove this file";
    return NULL;
}

static int add_oddity(void *data, int directory, const char *name)
{
    const struct search *search = data;
    struct vmail_oddity_list *list = search->list;
    const char *reason = find_reason(search->paths, name);
    (void)directory;
    if (reason == NULL)
        return 0;
    struct vmail_oddity *oddity = vmail_array_append(&list->oddity, &list->count, sizeof *oddity);
    if (oddity != NULL)
        *oddity = (struct vmail_oddity){ strdup(name), reason };
    return oddity == NULL || oddity->file == NULL ? ENOMEM : 0;
}

static int compare_oddities(const void *a, const void *b)
{
    return strcmp(((const struct vmail_oddity *)a)->file, ((const struct vmail_oddity *)b)->file);
}

enum vmail_result vmail_domains_oddities(const struct vmail_paths *paths,
                                         struct vmail_oddity_list *list, struct vmail_error *error)
{
    struct search search = { paths, list };
    *list = (struct vmail_oddity_list){ NULL, 0 };
    const enum vmail_result result = vmail_trusted_each_file(paths, add_oddity, &search, error);
    if (result != VMAIL_OK)
        vmail_oddities_free(list);
    else if (list->count > 1)
        qsort(list->oddity, list->count, sizeof *list->oddity, compare_oddities);
    return result;
}

void vmail_oddities_free(struct vmail_oddity_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->oddity[i].file);
    free(list->oddity);
    *list = (struct vmail_oddity_list){ NULL, 0 };
}
