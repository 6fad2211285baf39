/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

static char *copy(const char *text)
{
    return text == NULL || *text == '\0' ? NULL : strdup(text);
}

static bool same_text(const char *a, const char *b)
{
    return strcmp(a == NULL ? "" : a, b == NULL ? "" : b) == 0;
}

static bool same_group(const struct finding *finding, enum finding_severity severity,
                       const struct finding_place *place)
{
    return finding->severity == severity && strcmp(finding->area, place->area) == 0 &&
           same_text(finding->domain, place->domain);
}

static struct finding *new_finding(struct findings *findings)
{
    if ((findings->count & (findings->count - 1)) == 0) { /* full at every power of two */
        size_t room = findings->count == 0 ? 1 : findings->count * 2;
        struct finding *larger = reallocarray(findings->finding, room, sizeof *larger);
        if (larger == NULL) {
            findings->no_memory = true;
            return NULL;
        }
        findings->finding = larger;
    }
    struct finding *finding = &findings->finding[findings->count];
    *finding = (struct finding){ .order = findings->count };
    findings->count++;
    return finding;
}

bool finding_is_shown(const struct findings *findings, enum finding_severity severity,
                      const struct finding_place *place)
{
    return findings->run[severity].count < FINDINGS_SHOWN ||
           !same_group(&findings->finding[findings->run[severity].last], severity, place);
}

/** Whether one more finding would be one too many of its kind; then it is counted. */
static bool only_count(struct findings *findings, enum finding_severity severity,
                       const struct finding_place *place)
{
    if (findings->run[severity].count == 0 ||
        !same_group(&findings->finding[findings->run[severity].last], severity, place))
        findings->run[severity].count = 0;
    if (findings->run[severity].count++ <= FINDINGS_SHOWN)
        return false;
    findings->finding[findings->run[severity].last].unshown++;
    return true;
}

static void add(struct findings *findings, enum finding_severity severity,
                const struct finding_place *place, const char *what, const char *to_do)
{
    findings->total[severity]++;
    if (only_count(findings, severity, place))
        return;
    struct finding *finding = new_finding(findings);
    if (finding == NULL) {
        findings->run[severity].count = 0;
        return;
    }
    findings->run[severity].last = finding->order;
    finding->severity = severity;
    finding->area = place->area;
    finding->domain = copy(place->domain);
    finding->not_set_up = place->not_set_up;
    if (findings->run[severity].count > FINDINGS_SHOWN) {
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
    add(findings, severity, place, text, to_do);
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
    struct finding_place own = *place;
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
    add(findings, severity, &own, what, to_do);
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
