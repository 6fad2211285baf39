/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "message.h"

static char *copy(const char *text)
{
    return text == NULL || *text == '\0' ? NULL : strdup(text);
}

static bool same_text(const char *a, const char *b)
{
    return strcmp(a == NULL ? "" : a, b == NULL ? "" : b) == 0;
}

/** The kind of FORMAT and SEVERITY; kinds are counted within one area and one domain. */
static struct finding_kind *kind_of(struct findings *findings, enum finding_severity severity,
                                    const struct finding_place *place, const char *format)
{
    const struct finding *before =
        findings->kinds == 0 ? NULL : &findings->finding[findings->kind[0].last];
    if (before != NULL &&
        (strcmp(before->area, findings->area) != 0 || !same_text(before->domain, place->domain)))
        findings->kinds = 0;
    for (size_t i = 0; i < findings->kinds; i++)
        if (findings->kind[i].severity == severity &&
            (findings->kind[i].format == format || i >= FINDING_KINDS_MAX - FINDING_SEVERITIES))
            return &findings->kind[i];
    struct finding_kind *kind = &findings->kind[findings->kinds];
    *kind = (struct finding_kind){ .format = format, .severity = severity };
    return kind;
}

static struct finding *new_finding(struct findings *findings)
{
    const size_t number = findings->count;
    struct finding *finding =
        vmail_array_append(&findings->finding, &findings->count, sizeof *finding);
    if (finding == NULL) {
        findings->no_memory = true;
        return NULL;
    }
    finding->order = number;
    return finding;
}

bool finding_is_shown(struct findings *findings, enum finding_severity severity,
                      const struct finding_place *place, const char *format)
{
    return findings->all || kind_of(findings, severity, place, format)->count < FINDINGS_SHOWN;
}

static void add_or_count(struct findings *findings, enum finding_severity severity,
                         const struct finding_place *place, const char *format, const char *what,
                         const char *to_do)
{
    struct finding_kind *kind = kind_of(findings, severity, place, format);
    findings->total[severity]++;
    if (kind->count > FINDINGS_SHOWN && !findings->all) {
        findings->finding[kind->last].unshown++;
        return;
    }
    struct finding *finding = new_finding(findings);
    if (finding == NULL)
        return;
    if (kind->count++ == 0)
        findings->kinds++;
    kind->last = finding->order;
    finding->severity = severity;
    finding->area = findings->area;
    finding->domain = copy(place->domain);
    finding->not_set_up = place->not_set_up;
    if (kind->count > FINDINGS_SHOWN && !findings->all) {
        finding->unshown = 1;
        return;
    }
    finding->file = copy(place->file);
    finding->line = place->line;
    finding->user = copy(place->user);
    finding->what = strdup(what);
    finding->to_do = copy(to_do);
    if (finding->what == NULL)
        findings->no_memory = true;
}

void finding_add(struct findings *findings, enum finding_severity severity,
                 const struct finding_place *place, const char *format, ...)
{
    static const struct finding_place host;
    char *text;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0) {
        findings->no_memory = true;
        return;
    }
    char *to_do = strchr(text, '\n');
    if (to_do != NULL)
        *to_do++ = '\0';
    add_or_count(findings, severity, place == NULL ? &host : place, format, text, to_do);
    free(text);
}

/** Takes "PATH:LINE: " or "PATH: " off TEXT, where PLACE has no file yet. Returns the rest. */
static char *take_path(char *text, struct finding_place *place)
{
    char *end = strstr(text, ": ");
    if (place->file != NULL || end == NULL || memchr(text, ' ', (size_t)(end - text)) != NULL)
        return text;
    *end = '\0';
    char *colon = strrchr(text, ':');
    if (colon != NULL && colon[1] != '\0' && colon[1 + strspn(colon + 1, "0123456789")] == '\0') {
        place->line = strtoul(colon + 1, NULL, 10);
        *colon = '\0';
    }
    place->file = text;
    return end + 2;
}

void finding_add_message(struct findings *findings, enum finding_severity severity,
                         const struct finding_place *place, const char *message)
{
    struct finding_place own = place == NULL ? (struct finding_place){ 0 } : *place;
    char *text = strdup(message);
    if (text == NULL) {
        findings->no_memory = true;
        return;
    }
    char *what = take_path(text, &own);
    char *to_do = strstr(what, "; ");
    if (to_do != NULL) {
        *to_do = '\0';
        to_do += 2;
    }
    add_or_count(findings, severity, &own, "", what, to_do); /* one kind, as far as is known */
    free(text);
}

void findings_free(struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        struct finding *finding = &findings->finding[i];
        free(finding->domain);
        free(finding->file);
        free(finding->user);
        free(finding->what);
        free(finding->to_do);
    }
    free(findings->finding);
    *findings = (struct findings){ 0 };
}

bool seen_add(struct seen *seen, const char *text)
{
    for (size_t i = 0; i < seen->count; i++)
        if (strcmp(seen->text[i], text) == 0)
            return false;
    char *own = strdup(text);
    char **new = own == NULL ? NULL : vmail_array_append(&seen->text, &seen->count, sizeof *new);
    if (new != NULL)
        *new = own;
    else
        free(own);
    return true;
}

void seen_free(struct seen *seen)
{
    for (size_t i = 0; i < seen->count; i++)
        free(seen->text[i]);
    free(seen->text);
    *seen = (struct seen){ 0 };
}
