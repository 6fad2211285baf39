/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "export/alias_lines.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aliases.h"
#include "lines.h"
#include "message.h"
#include "trust.h"

enum { ALIAS_MAX = 256 * 1024 };

struct alias {
    struct export_job *job;
    const char *domain;
    bool programs; /* vmail_config_alias_programs */
    void (*visit)(void *context, const char *name, const char *targets);
    void *context;
    char *text; /* the line so far, with those that go on it */
    size_t length;
};

/** What Postfix would take for an address: no quotes, commands, files, lists, nor odd letters. */
static bool is_address(const char *target)
{
    static const char odd[] = "\"\\|/:<>()[];, \t";
    if (target[0] == '\0' || target[0] == '@' || target[0] == '#' || strpbrk(target, odd) != NULL)
        return false;
    for (const char *c = target; *c != '\0'; c++)
        if (*c < ' ' || *c > 0x7e)
            return false;
    const char *at = strchr(target, '@');
    return at == NULL || vmail_domain_valid(at + 1, strlen(at + 1));
}

static void leave_out(struct alias *alias, const char *name, const char *what)
{
    message_warning(alias->job->context, "aliases.%s: %s: left out: %s", alias->domain, name, what);
    alias->job->left_out++;
}

/** One that holds a quote is left out whole: a comma in it would end nothing. */
static void finish(struct alias *alias)
{
    char *colon = alias->length == 0 ? NULL : strchr(alias->text, ':');
    char *targets = NULL, *rest = NULL;
    size_t size = 0, count = 0;
    FILE *out = colon == NULL ? NULL : open_memstream(&targets, &size);
    alias->length = 0;
    if (out == NULL)
        return;
    *colon = '\0';
    char *name = alias->text + strspn(alias->text, " \t");
    name[strcspn(name, " \t")] = '\0';
    if (!vmail_user_valid(name, strlen(name)) || strchr(colon + 1, '"') != NULL) {
        leave_out(alias, name, "cannot be told in a map");
    } else {
        for (char *target = strtok_r(colon + 1, ",", &rest); target != NULL;
             target = strtok_r(NULL, ",", &rest)) {
            target += strspn(target, " \t");
            for (size_t end = strlen(target); end > 0 && strchr(" \t", target[end - 1]) != NULL;)
                target[--end] = '\0';
            if (!is_address(target)) {
                leave_out(alias, name, "a target that is no address");
                continue;
            }
            if (!alias->programs && !vmail_alias_is_plain(target)) {
                leave_out(alias, name, "a target that co-administrators may not set");
                continue;
            }
            fprintf(out, "%s%s", count++ > 0 ? ", " : "", target);
            if (strchr(target, '@') == NULL)
                fprintf(out, "@%s", alias->domain);
        }
    }
    if (fclose(out) == 0 && count > 0)
        alias->visit(alias->context, name, targets);
    free(targets);
}

static void take_line(struct alias *alias, const struct vmail_line *line)
{
    size_t length = line->length;
    if (length > 0 && line->text[length - 1] == '\r')
        length--;
    bool goes_on = length > 0 && strchr(" \t", line->text[0]) != NULL;
    if (length == 0 || line->text[0] == '#')
        return;
    if (!goes_on)
        finish(alias);
    if (alias->length + length + 1 > ALIAS_MAX || (goes_on && alias->length == 0))
        return;
    memcpy(alias->text + alias->length, line->text, length);
    alias->length += length;
    alias->text[alias->length] = '\0';
}

enum exit_code alias_lines_each(struct export_job *job, const char *domain,
                                void (*visit)(void *context, const char *name, const char *targets),
                                void *context)
{
    char name[sizeof "aliases." + VMAIL_DOMAIN_MAX];
    struct alias alias = { .job = job, .domain = domain, .visit = visit, .context = context };
    alias.programs = vmail_config_alias_programs(job->context->config, domain);
    struct vmail_error error = { 0 };
    struct vmail_lines lines;
    struct vmail_line line;
    struct stat status;
    int fd;
    snprintf(name, sizeof name, "aliases.%s", domain);
    enum vmail_result result = vmail_trusted_open(job->context->paths, name, &fd, &status, &error);
    if (result == VMAIL_NOT_FOUND)
        return EXIT_DONE;
    if (result != VMAIL_OK)
        return message_result(job->context, result, &error);
    alias.text = malloc(ALIAS_MAX + 1);
    bool good = vmail_lines_start(&lines, fd, 0) && alias.text != NULL;
    while (good && vmail_lines_next(&lines, &line))
        take_line(&alias, &line);
    if (good)
        finish(&alias);
    good = good && lines.error == 0;
    vmail_lines_end(&lines);
    free(alias.text);
    close(fd);
    if (good)
        return EXIT_DONE;
    message_error(job->context, "%s: reading it failed half-way", name);
    return EXIT_UNAVAILABLE;
}
