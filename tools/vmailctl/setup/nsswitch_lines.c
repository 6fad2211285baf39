/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "nsswitch_lines.h"

#include <stdio.h>
#include <string.h>

#include "nsswitch_rules.h"

enum { NEW_LINE_MAX = NSS_SUGGESTION_MAX + 32 };

static const struct nss_line files = { .source = { { .name = "files" } }, .count = 1 };

/* The last line of a database, which is the one that counts: where it is, and what it says. */
struct place {
    size_t at, end; /* END is before its newline */
    struct nss_line line;
};

static bool find_database(const struct vmail_text_buffer *text, const char *database,
                          struct place *place)
{
    bool found = false;
    for (size_t at = 0; at < text->length;
         at = vmail_text_next_line(text->bytes, text->length, at)) {
        struct nss_line line;
        if (nss_line_parse(text->bytes + at, database, &line)) {
            *place = (struct place){ at, vmail_text_line_end(text->bytes, text->length, at), line };
            found = true;
        }
    }
    return found;
}

static bool is_good(const struct nss_database *database, const struct nss_line *line)
{
    enum finding_severity severity;
    const size_t at = nss_line_find(line, "vmail");
    return !line->wrong && at < line->count &&
           nss_what_is_wrong(database, line, at, &severity) == NULL;
}

/* Puts the module in front of a line that cannot be read, or not as a whole. */
static bool put_in_front(struct vmail_text_buffer *text, const struct nss_database *database,
                         const struct place *place, size_t at)
{
    if (nss_line_find(&place->line, "vmail") < place->line.count)
        return true;
    return vmail_text_splice(text, at, 0, " ", 1) &&
           vmail_text_splice(text, at, 0, database->ours, strlen(database->ours));
}

/* Replaces the sources in the line at PLACE. Its blanks and its comment stay. */
static bool replace(struct vmail_text_buffer *text, const struct nss_database *database,
                    const struct place *place)
{
    char sources[NSS_SUGGESTION_MAX];
    size_t from = place->at + strcspn(text->bytes + place->at, ":") + 1;
    size_t to = from;
    while (from < place->end && strchr(" \t", text->bytes[from]) != NULL)
        from++;
    if (place->line.wrong || place->line.count == NSS_SOURCES_MAX)
        return put_in_front(text, database, place, from);
    nss_suggest(database, place->line.count == 0 ? &files : &place->line, sources);
    if (from < place->end && text->bytes[from] == '#' && !vmail_text_splice(text, from, 0, " ", 1))
        return false;
    while (to < place->end && text->bytes[to] != '#')
        to++;
    while (to > from && strchr(" \t", text->bytes[to - 1]) != NULL)
        to--;
    return vmail_text_splice(text, from, to > from ? to - from : 0, sources, strlen(sources));
}

static bool add_database(struct vmail_text_buffer *text, const struct nss_database *database,
                         const struct place *group)
{
    char sources[NSS_SUGGESTION_MAX], line[NEW_LINE_MAX];
    const bool is_known = group != NULL && !group->line.wrong && group->line.count > 0 &&
                          group->line.count < NSS_SOURCES_MAX;
    nss_suggest(database, !is_known ? &files : &group->line, sources);
    const int length = snprintf(line, sizeof line, "\n%s:%*s%s", database->name,
                                (int)(15 - strlen(database->name)), "", sources);
    if (group != NULL)
        return vmail_text_splice(text, group->end, 0, line, (size_t)length);
    const bool ended = text->length == 0 || text->bytes[text->length - 1] == '\n';
    return vmail_text_splice(text, text->length, 0, line + ended, (size_t)length - ended) &&
           vmail_text_splice(text, text->length, 0, "\n", 1);
}

bool nsswitch_lines_put(struct vmail_text_buffer *text)
{
    for (size_t i = 0; i < NSS_DATABASES; i++) {
        const struct nss_database *database = &nss_database[i];
        struct place place, group;
        bool done;
        if (find_database(text, database->name, &place))
            done = is_good(database, &place.line) || replace(text, database, &place);
        else
            done = add_database(text, database,
                                database->optional && find_database(text, "group", &group) ? &group
                                                                                           : NULL);
        if (!done)
            return false;
    }
    return true;
}
