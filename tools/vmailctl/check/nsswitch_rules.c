/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "nsswitch_rules.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "suggest.h"

#define BEHIND                                                                                     \
    "vmail comes after files: at a domain's address, a plain name that is also a system user "     \
    "means "                                                                                       \
    "the system user, and the log-in is refused"

const struct nss_database nss_database[NSS_DATABASES] = {
    { "passwd", "vmail [TRYAGAIN=return]", "virtual users are not found", BEHIND, false },
    { "group", "vmail [TRYAGAIN=return]", "groups of domains have no names", NULL, false },
    { "shadow", "vmail [TRYAGAIN=return]", "programs cannot look up the ageing of passwords",
      BEHIND, false },
    { "initgroups", "vmail [SUCCESS=return TRYAGAIN=return]",
      "virtual users are in none of their domain's groups", BEHIND, true },
};

static void append_suggestion(char text[NSS_SUGGESTION_MAX], const char *word)
{
    size_t length = strlen(text), more = strlen(word);
    if (length + more + 2 > NSS_SUGGESTION_MAX)
        return;
    if (length > 0)
        text[length++] = ' ';
    memcpy(text + length, word, more + 1);
}

bool nss_is_misspelt(const char *name)
{
    char library[NSS_SOURCE_MAX + sizeof "libnss_.so.2"];
    if (strcmp(name, "vmail") == 0 || suggest_distance(name, "vmail") > 2)
        return false;
    snprintf(library, sizeof library, "libnss_%s.so.2", name);
    void *module = dlopen(library, RTLD_LAZY | RTLD_LOCAL);
    if (module != NULL)
        dlclose(module);
    return module == NULL;
}

static bool is_ours(const struct nss_source *source)
{
    return strcmp(source->name, "vmail") == 0 || nss_is_misspelt(source->name);
}

const char *nss_suggest(const struct nss_database *database, const struct nss_line *line,
                        char text[NSS_SUGGESTION_MAX])
{
    text[0] = '\0';
    append_suggestion(text, database->ours);
    for (size_t i = 0; i < line->count; i++) {
        const struct nss_source *source = &line->source[i];
        size_t behind = i + 1;
        if (is_ours(source))
            continue;
        while (behind < line->count && is_ours(&line->source[behind]))
            behind++;
        append_suggestion(text, source->name);
        if (source->actions[0] != '\0' && behind < line->count)
            append_suggestion(text, source->actions);
    }
    return text;
}

bool nss_is_files(const struct nss_source *source)
{
    return strcmp(source->name, "files") == 0 || strcmp(source->name, "compat") == 0;
}

const char *nss_what_is_wrong(const struct nss_database *database, const struct nss_line *line,
                              size_t at, enum finding_severity *severity)
{
    const struct nss_source *ours = &line->source[at];
    bool last = at + 1 == line->count;
    *severity = FINDING_ERROR;
    for (size_t i = 0; i < at; i++)
        if (line->source[i].action[NSS_NOTFOUND] != NSS_CONTINUE)
            return "vmail is never asked: an entry before it ends the search for names it does not "
                   "know";
    if (!last && ours->action[NSS_NOTFOUND] != NSS_CONTINUE)
        return "only virtual users are found, not even root";
    if (!last && database->behind != NULL && ours->action[NSS_SUCCESS] != NSS_RETURN)
        return database->optional
                   ? "a virtual user gets the groups of the system user of the same name"
                   : "the search continues after vmail has found the user";
    *severity = FINDING_WARNING;
    if (!last && ours->action[NSS_UNAVAIL] != NSS_CONTINUE)
        return "if the module cannot be loaded, nobody is found, not even root";
    if (!last && ours->action[NSS_TRYAGAIN] != NSS_RETURN)
        return "while a domain's file is unreadable, the name of a virtual user can mean a system "
               "user";
    for (size_t i = 0; database->behind != NULL && i < at; i++)
        if (nss_is_files(&line->source[i]))
            return database->behind;
    return NULL;
}
