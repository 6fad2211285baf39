/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "areas.h"
#include "nsswitch_rules.h"

#define NSSWITCH "/etc/nsswitch.conf"
#define LIBRARY  "libnss_vmail.so.2"

struct found {
    struct nss_line line;
    unsigned long number; /* of the line; 0 for none */
};

/** The last line of a database is used. False, with errno, if the file cannot be read. */
static bool read_lines(struct found found[NSS_DATABASES])
{
    FILE *file = fopen(NSSWITCH, "re");
    char *text = NULL;
    size_t room = 0;
    if (file == NULL)
        return false;
    for (unsigned long number = 1; getline(&text, &room, file) >= 0; number++)
        for (size_t i = 0; i < NSS_DATABASES; i++) {
            struct nss_line line;
            if (nss_line_parse(text, nss_database[i].name, &line))
                found[i] = (struct found){ line, number };
        }
    free(text);
    fclose(file);
    return true;
}

static const char *find_misspelt(const struct nss_line *line)
{
    for (size_t i = 0; i < line->count; i++)
        if (nss_is_misspelt(line->source[i].name))
            return line->source[i].name;
    return NULL;
}

static void judge_database(struct check *check, const struct nss_database *database,
                           const struct found *found)
{
    struct finding_place place = { .file = NSSWITCH, .line = found->number };
    char text[NSS_SUGGESTION_MAX];
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
    nss_suggest(database, &found->line, text);
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
    const char *wrong = nss_what_is_wrong(database, &found->line, at, &severity);
    if (wrong != NULL)
        finding_add(&check->findings, severity, &place, "%s: %s\nwrite  %s: %s", database->name,
                    wrong, database->name, text);
}

/** Whether a plain name on a domain's address is looked up in the domain first. */
static bool domains_first(const struct nss_line *line)
{
    size_t files = 0;
    while (files < line->count && !nss_is_files(&line->source[files]))
        files++;
    return nss_line_find(line, "vmail") < files;
}

/** A program takes the user from passwd and the password from shadow: both must mean one person. */
static void judge_pair(struct check *check, const struct found found[NSS_DATABASES])
{
    enum { PASSWD = 0, SHADOW = 2 };
    const struct found *passwd = &found[PASSWD], *shadow = &found[SHADOW];
    const struct finding_place place = { .file = NSSWITCH, .line = shadow->number };
    char text[NSS_SUGGESTION_MAX];
    if (passwd->number == 0 || shadow->number == 0 ||
        nss_line_find(&passwd->line, "vmail") == passwd->line.count ||
        domains_first(&passwd->line) == domains_first(&shadow->line))
        return;
    finding_add(
        &check->findings, FINDING_ERROR, &place,
        "passwd and shadow ask in different orders: at a domain's address, the password of one "
        "user can open the account of another\nwrite  passwd: %s  and the same line for shadow",
        nss_suggest(&nss_database[PASSWD], &passwd->line, text));
}

static void judge_library(struct check *check)
{
    void *library = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL);
    if (library == NULL)
        finding_add(&check->findings, FINDING_ERROR, NULL,
                    "the C library cannot load " LIBRARY
                    ": %s\ninstall the module, run ldconfig, and restart the daemons",
                    dlerror());
    else if (dlsym(library, "_nss_vmail_getpwnam_r") == NULL)
        finding_add(&check->findings, FINDING_ERROR, NULL,
                    LIBRARY " is another module: %s\nreplace it with the one of nss-pam-vmail",
                    dlerror());
    if (library != NULL)
        dlclose(library);
}

void check_nsswitch(struct check *check)
{
    struct found found[NSS_DATABASES] = { 0 };
    const struct finding_place place = { .file = NSSWITCH };
    if (!read_lines(found) && errno != ENOENT)
        finding_add(&check->findings, FINDING_ERROR, &place,
                    "cannot be read: %s\nmake it a file of mode 0644, owned by root",
                    strerror(errno));
    else
        for (size_t i = 0; i < NSS_DATABASES; i++)
            judge_database(check, &nss_database[i], &found[i]);
    judge_pair(check, found);
    judge_library(check);
}
