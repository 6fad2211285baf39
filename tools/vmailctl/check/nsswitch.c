/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "areas.h"
#include "nsswitch_line.h"
#include "suggest.h"

#define NSSWITCH "/etc/nsswitch.conf"
#define LIBRARY  "libnss_vmail.so.2"

enum { SUGGESTION_MAX = 400 };

/** A database that the module serves. */
struct database {
    const char *name;
    const char *ours;   /* how the line names the module */
    const char *lost;   /* what does not work without the module */
    const char *behind; /* the problem if the module comes after files; NULL for none */
    bool optional;      /* the line may be missing */
};

#define BEHIND                                                                                     \
    "vmail comes after files: at a domain's address, a plain name that is also a system user "     \
    "means "                                                                                       \
    "the system user, and the log-in is refused"

static const struct database databases[] = {
    { "passwd", "vmail [TRYAGAIN=return]", "virtual users are not found", BEHIND, false },
    { "group", "vmail [TRYAGAIN=return]", "groups of domains have no names", NULL, false },
    { "shadow", "vmail [TRYAGAIN=return]", "programs cannot look up the ageing of passwords",
      BEHIND, false },
    { "initgroups", "vmail [SUCCESS=return TRYAGAIN=return]",
      "virtual users are in none of their domain's groups", BEHIND, true },
};

enum { DATABASES = sizeof databases / sizeof *databases };

struct found {
    struct nss_line line;
    unsigned long number; /* of the line; 0 for none */
};

/** The last line of a database is used. False, with errno, if the file cannot be read. */
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

/** Whether NAME is a slip of the pen for vmail: nearly that, and no module that is there. */
static bool is_misspelt(const char *name)
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
    return strcmp(source->name, "vmail") == 0 || is_misspelt(source->name);
}

/**
 * The replacement for LINE: its other sources keep their order, and their actions unless the module
 * alone comes after them.
 */
static const char *suggest(const struct database *database, const struct nss_line *line,
                           char text[SUGGESTION_MAX])
{
    text[0] = '\0';
    append(text, database->ours);
    for (size_t i = 0; i < line->count; i++) {
        const struct nss_source *source = &line->source[i];
        size_t behind = i + 1;
        if (is_ours(source))
            continue;
        while (behind < line->count && is_ours(&line->source[behind]))
            behind++;
        append(text, source->name);
        if (source->actions[0] != '\0' && behind < line->count)
            append(text, source->actions);
    }
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
        if (is_files(&line->source[i]))
            return database->behind;
    return NULL;
}

static const char *find_misspelt(const struct nss_line *line)
{
    for (size_t i = 0; i < line->count; i++)
        if (is_misspelt(line->source[i].name))
            return line->source[i].name;
    return NULL;
}

static void judge(struct check *check, const struct database *database, const struct found *found)
{
    struct finding_place place = { .area = "nsswitch", .file = NSSWITCH, .line = found->number };
    char text[SUGGESTION_MAX];
    enum finding_severity severity;
    if (found->number == 0) {
        finding_add(&check->findings, database->optional ? FINDING_WARNING : FINDING_ERROR, &place,
                    "the line for %s is missing: %s\nadd the line  %s: %s files", database->name,
                    database->optional ? "at a domain's address, a plain name gets the groups of "
                                         "the system user of that name"
                                       : database->lost,
                    database->name, database->ours);
        return;
    }
    suggest(database, &found->line, text);
    size_t at = nss_line_find(&found->line, "vmail");
    if (found->line.wrong) {
        finding_add(&check->findings, FINDING_ERROR, &place,
                    "the line for %s is invalid: the C library ignores it\nwrite it as in "
                    "nsswitch.conf(5), such as  %s: %s files",
                    database->name, database->name, database->ours);
        return;
    }
    if (at == found->line.count) {
        const char *slip = find_misspelt(&found->line);
        finding_add(&check->findings, FINDING_ERROR, &place,
                    "%s does not ask vmail%s%s: %s\nwrite  %s: %s", database->name,
                    slip == NULL ? "" : ", but the missing module ", slip == NULL ? "" : slip,
                    database->lost, database->name, text);
        return;
    }
    const char *wrong = what_is_wrong(database, &found->line, at, &severity);
    if (wrong != NULL)
        finding_add(&check->findings, severity, &place, "%s: %s\nwrite  %s: %s", database->name,
                    wrong, database->name, text);
}

/** Whether a plain name on a domain's address is looked up in the domain first. */
static bool domains_first(const struct nss_line *line)
{
    size_t files = 0;
    while (files < line->count && !is_files(&line->source[files]))
        files++;
    return nss_line_find(line, "vmail") < files;
}

/** A program takes the user from passwd and the password from shadow: both must mean one person. */
static void judge_pair(struct check *check, const struct found found[DATABASES])
{
    enum { PASSWD = 0, SHADOW = 2 };
    const struct found *passwd = &found[PASSWD], *shadow = &found[SHADOW];
    const struct finding_place place = { .area = "nsswitch",
                                         .file = NSSWITCH,
                                         .line = shadow->number };
    char text[SUGGESTION_MAX];
    if (passwd->number == 0 || shadow->number == 0 ||
        nss_line_find(&passwd->line, "vmail") == passwd->line.count ||
        domains_first(&passwd->line) == domains_first(&shadow->line))
        return;
    finding_add(
        &check->findings, FINDING_ERROR, &place,
        "passwd and shadow ask in different orders: at a domain's address, the password of one "
        "user can open the account of another\nwrite  passwd: %s  and the same line for shadow",
        suggest(&databases[PASSWD], &passwd->line, text));
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
                    LIBRARY " is another module: %s\nreplace it with the one of nss-pam-vmail",
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
                    "cannot be read: %s\nmake it a file of mode 0644, owned by root",
                    strerror(errno));
    else
        for (size_t i = 0; i < DATABASES; i++)
            judge(check, &databases[i], &found[i]);
    judge_pair(check, found);
    judge_library(check);
}
