/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "nsswitch_line.h"

#include <string.h>
#include <strings.h>

static const char blanks[] = " \t\r"; /* the newline ends a line */

/** The index of the LENGTH bytes at WORD in the COUNT words of LIST, whatever the case; or COUNT.
 */
static size_t word_index(const char *word, size_t length, const char *const *list, size_t count)
{
    size_t i = 0;
    while (i < count && (strlen(list[i]) != length || strncasecmp(list[i], word, length) != 0))
        i++;
    return i;
}

/** Reads one "STATUS=ACTION" or "!STATUS=ACTION" of LENGTH bytes. */
static bool take_action(struct nss_source *source, const char *text, size_t length)
{
    static const char *const statuses[] = { "success", "notfound", "unavail", "tryagain" };
    static const char *const actions[] = { "continue", "return", "merge" };
    bool others = length > 0 && *text == '!';
    if (others) {
        text++;
        length--;
    }
    const char *equals = memchr(text, '=', length);
    if (equals == NULL)
        return false;
    size_t name = (size_t)(equals - text);
    size_t status = word_index(text, name, statuses, NSS_STATUSES);
    size_t action = word_index(equals + 1, length - name - 1, actions, 3);
    if (status == NSS_STATUSES || action == 3)
        return false;
    for (size_t i = 0; i < NSS_STATUSES; i++)
        if ((i == status) != others)
            source->action[i] = (enum nss_action)action;
    return true;
}

/** Reads "[...]" at TEXT, which belongs to SOURCE. Returns what is behind it; NULL where wrong. */
static const char *take_actions(struct nss_source *source, const char *text)
{
    const char *end = text + strcspn(text, "]\n");
    const size_t length = (size_t)(end - text) + 1;
    if (*end != ']' || length > NSS_ACTIONS_MAX)
        return NULL;
    memcpy(source->actions, text, length);
    source->actions[length] = '\0';
    for (text++; (text += strspn(text, blanks)) < end;) {
        size_t word = strcspn(text, " \t\r\n]");
        if (!take_action(source, text, word))
            return NULL;
        text += word;
    }
    return end + 1;
}

static const char *take_source(struct nss_line *line, const char *text)
{
    size_t length = strcspn(text, " \t\r\n[");
    if (line->count == NSS_SOURCES_MAX || length == 0 || length > NSS_SOURCE_MAX)
        return NULL;
    struct nss_source *source = &line->source[line->count++];
    *source = (struct nss_source){ .action[NSS_SUCCESS] = NSS_RETURN };
    memcpy(source->name, text, length);
    return text + length;
}

static void take_sources(struct nss_line *line, const char *text)
{
    /* strchr(3) finds the final NUL, too. */
    while (text != NULL && strchr("\n#", *(text += strspn(text, blanks))) == NULL) {
        if (*text != '[')
            text = take_source(line, text);
        else if (line->count > 0)
            text = take_actions(&line->source[line->count - 1], text);
        else
            text = NULL;
    }
    line->wrong = text == NULL;
}

bool nss_line_parse(const char *text, const char *database, struct nss_line *line)
{
    size_t length = strlen(database);
    text += strspn(text, blanks);
    if (strncmp(text, database, length) != 0)
        return false;
    text += length;
    text += strspn(text, blanks);
    if (*text != ':')
        return false;
    *line = (struct nss_line){ 0 };
    take_sources(line, text + 1);
    return true;
}

size_t nss_line_find(const struct nss_line *line, const char *name)
{
    size_t i = 0;
    while (i < line->count && strcmp(line->source[i].name, name) != 0)
        i++;
    return i;
}
