/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "areas.h"
#include "nsswitch_line.h"

#define NSSWITCH "/etc/nsswitch.conf"
#define LIBRARY  "libnss_vmail.so.2"

enum { SUGGESTION_MAX = 400 };

/** A database that the module serves. */
struct database {
    const char *name;
    const char *usual; /* what its line should be where there is none */
    const char *lost;  /* what does not work without the module */
    bool first;        /* the module belongs in front of files, or the system's bob is found */
    bool optional;     /* the line may be missing */
};

static const struct database databases[] = {
    { "passwd", "vmail files", "virtual users are not there", true, false },
    { "group", "files vmail", "groups of domains have no names", false, false },
    { "shadow", "vmail files", "programs cannot look up the ageing of passwords", true, false },
    { "initgroups", "vmail [SUCCESS=return] files",
      "virtual users are in none of their domain's groups", true, true },
};

enum { DATABASES = sizeof databases / sizeof *databases };

struct found {
    struct nss_line line;
    unsigned long number; /* of the line; 0 for none */
};

/** The last line of a database counts. False, with errno, where the file cannot be read. */
static bool read_lines(struct found found[DATABASES])
{
    FILE *file = fopen(NSSWITCH, "re");
    char *text = NULL;
    size_t room = 0;
    if (file == NULL)
        return false;
    for (unsigned long number = 1; getline(&text, &room, file) >= 0; number++)
        for (size_t i = 0; i < DATABASES; i++) {
            struct nss_line line;
            if (nss_line_parse(text, databases[i].name, &line))
                found[i] = (struct found){ line, number };
        }
    free(text);
    fclose(file);
    return true;
}

static void append(char text[SUGGESTION_MAX], const char *word)
{
    size_t length = strlen(text), more = strlen(word);
    if (length + more + 2 > SUGGESTION_MAX)
        return;
    if (length > 0)
        text[length++] = ' ';
    memcpy(text + length, word, more + 1);
}

/** Whether the actions of source number AT mean in the new line what they meant in LINE, and no
 * harm.
 */
static bool keep_actions(const struct database *database, const struct nss_line *line, size_t at)
{
    size_t behind = at + 1;
    while (behind < line->count && strcmp(line->source[behind].name, "vmail") == 0)
        behind++;
    return behind < line->count &&
           (database->first || line->source[at].action[NSS_NOTFOUND] == NSS_CONTINUE);
}

/** What to write in place of LINE: its other sources stay as they are. */
static const char *suggest(const struct database *database, const struct nss_line *line,
                           char text[SUGGESTION_MAX])
{
    const char *ours = database->optional ? "vmail [SUCCESS=return]" : "vmail";
    text[0] = '\0';
    if (database->first)
        append(text, ours);
    for (size_t i = 0; i < line->count; i++) {
        const struct nss_source *source = &line->source[i];
        if (strcmp(source->name, "vmail") == 0)
            continue;
        append(text, source->name);
        if (source->actions[0] != '\0' && keep_actions(database, line, i))
            append(text, source->actions);
    }
    if (!database->first)
        append(text, ours);
    return text;
}

static bool is_files(const struct nss_source *source)
{
    return strcmp(source->name, "files") == 0 || strcmp(source->name, "compat") == 0;
}

/** What is wrong with the order and actions of LINE, in which vmail is number AT; NULL for nothing.
 */
static const char *what_is_wrong(const struct database *database, const struct nss_line *line,
                                 size_t at, enum finding_severity *severity)
{
    const struct nss_source *ours = &line->source[at];
    bool last = at + 1 == line->count;
    *severity = FINDING_ERROR;
    for (size_t i = 0; i < at; i++)
        if (line->source[i].action[NSS_NOTFOUND] != NSS_CONTINUE)
            return "vmail is never asked: what stands before it ends the search for a name that it "
                   "does not know";
    if (!last && ours->action[NSS_NOTFOUND] != NSS_CONTINUE)
        return "whoever is no virtual user is not looked for any further, not even root";
    if (!last && database->first && ours->action[NSS_SUCCESS] != NSS_RETURN)
        return database->optional
                   ? "a virtual user is given the groups of the system's user of the same name"
                   : "what vmail answers does not end the search";
    *severity = FINDING_WARNING;
    if (!last && ours->action[NSS_UNAVAIL] != NSS_CONTINUE)
        return "where a file of a domain cannot be believed, the system's users are not found "
               "either";
    for (size_t i = 0; database->first && i < at; i++)
        if (is_files(&line->source[i]))
            return "vmail stands behind files: over a domain's address, a plain name that the "
                   "system has as well means the system's user, and the log-in is refused";
    return NULL;
}

static void judge(struct check *check, const struct database *database, const struct found *found)
{
    struct finding_place place = { .area = "nsswitch", .file = NSSWITCH, .line = found->number };
    char text[SUGGESTION_MAX];
    enum finding_severity severity;
    if (found->number == 0) {
        finding_add(&check->findings, database->optional ? FINDING_WARNING : FINDING_ERROR, &place,
                    "there is no line for %s: %s\nadd the line  %s: %s", database->name,
                    database->optional ? "over a domain's address, a plain name gets the groups of "
                                         "the system's user of that name"
                                       : database->lost,
                    database->name, database->usual);
        return;
    }
    suggest(database, &found->line, text);
    size_t at = nss_line_find(&found->line, "vmail");
    if (found->line.wrong) {
        finding_add(
            &check->findings, FINDING_ERROR, &place,
            "the line for %s cannot be read: the C library does not believe it\nwrite it as "
            "in nsswitch.conf(5), such as  %s: %s",
            database->name, database->name, database->usual);
        return;
    }
    if (at == found->line.count) {
        finding_add(&check->findings, FINDING_ERROR, &place,
                    "%s does not ask vmail: %s\nwrite  %s: %s", database->name, database->lost,
                    database->name, text);
        return;
    }
    const char *wrong = what_is_wrong(database, &found->line, at, &severity);
    if (wrong != NULL)
        finding_add(&check->findings, severity, &place, "%s: %s\nwrite  %s: %s", database->name,
                    wrong, database->name, text);
}

static void judge_library(struct check *check)
{
    const struct finding_place place = { .area = "nsswitch" };
    void *library = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL);
    if (library == NULL)
        finding_add(&check->findings, FINDING_ERROR, &place,
                    "the C library cannot load " LIBRARY
                    ": %s\ninstall the module, run ldconfig, and restart the daemons",
                    dlerror());
    else if (dlsym(library, "_nss_vmail_getpwnam_r") == NULL)
        finding_add(&check->findings, FINDING_ERROR, &place,
                    LIBRARY " is another module: %s\ninstall the one of nss-pam-vmail in its place",
                    dlerror());
    if (library != NULL)
        dlclose(library);
}

void check_nsswitch(struct check *check)
{
    struct found found[DATABASES] = { 0 };
    const struct finding_place place = { .area = "nsswitch", .file = NSSWITCH };
    if (!read_lines(found) && errno != ENOENT)
        finding_add(&check->findings, FINDING_ERROR, &place,
                    "cannot be read: %s\nmake it a file of mode 0644 that is root's",
                    strerror(errno));
    else
        for (size_t i = 0; i < DATABASES; i++)
            judge(check, &databases[i], &found[i]);
    judge_library(check);
}
