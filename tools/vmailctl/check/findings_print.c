/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "finding.h"
#include "message.h"
#include "output_rows.h"
#include "text.h"

static const char *const severities[] = { "error", "warning", "note" };

/** The host comes first, then the domains, within them the areas in the order in which they ran;
 * and last what is not set up. */
static int compare_findings(const void *a, const void *b)
{
    const struct finding *first = a, *second = b;
    const char *one = first->domain == NULL ? "" : first->domain;
    const char *other = second->domain == NULL ? "" : second->domain;
    int order = strcmp(one, other);
    if (first->not_set_up != second->not_set_up)
        return first->not_set_up ? 1 : -1;
    if (order != 0)
        return order;
    return first->order < second->order ? -1 : first->order > second->order;
}

static json_t *make_object(const struct finding *finding)
{
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "severity",
                     severities[finding->severity], "area", finding->area, "domain",
                     text_json(finding->domain), "file", text_json(finding->file), "line",
                     finding->line == 0 ? json_null() : json_integer((json_int_t)finding->line),
                     "user", text_json(finding->user), "what", text_json(finding->what), "to_do",
                     text_json(finding->to_do));
}

static enum exit_code print_json(const struct context *context, const struct findings *findings)
{
    struct output_rows rows;
    output_rows_start(&rows, context, NULL);
    for (size_t i = 0; i < findings->count; i++)
        output_row(&rows, make_object(&findings->finding[i]));
    return output_rows_end(&rows);
}

static void print_clean(const char *before, const char *text)
{
    char *clean = text_clean(text);
    printf("%s%s", before, clean == NULL ? "?" : clean);
    free(clean);
}

static void print_heading(const struct finding *finding, bool first, bool color)
{
    if (!first)
        putchar('\n');
    fputs(color ? "\x1b[1m" : "", stdout);
    print_clean("", finding->domain == NULL ? "this host" : finding->domain);
    printf(": %s%s%s\n", finding->area, finding->not_set_up ? ", not set up" : "",
           color ? "\x1b[0m" : "");
}

static void print_finding(const struct finding *finding, bool color)
{
    static const char *const paint[] = { "\x1b[31m", "\x1b[33m", "\x1b[36m" };
    printf("  %s%s%s: ", color ? paint[finding->severity] : "", severities[finding->severity],
           color ? "\x1b[0m" : "");
    if (finding->what == NULL) {
        printf("%zu more like these\n", finding->unshown);
        return;
    }
    if (finding->file != NULL)
        print_clean("", finding->file);
    if (finding->file != NULL && finding->line > 0)
        printf(":%lu", finding->line);
    print_clean(finding->file == NULL ? "" : ": ", finding->what);
    putchar('\n');
    if (finding->to_do != NULL) {
        print_clean("    ", finding->to_do);
        putchar('\n');
    }
}

static void print_counts(const struct findings *findings)
{
    for (size_t i = 0; i < FINDING_SEVERITIES; i++) {
        const size_t count = findings->total[i];
        printf("%s%zu %s%s", i == 0 ? "" : ", ", count, severities[i], count == 1 ? "" : "s");
    }
}

/** The worst finding, of those the first; NULL if there is none but notes. */
static const struct finding *find_worst(const struct findings *findings)
{
    const struct finding *worst = NULL;
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->finding[i];
        if (finding->severity != FINDING_NOTE && finding->what != NULL &&
            (worst == NULL || finding->severity < worst->severity))
            worst = finding;
    }
    return worst;
}

/** One line. */
static void print_summary(const struct findings *findings)
{
    const struct finding *worst = find_worst(findings);
    print_counts(findings);
    if (worst != NULL && worst->file != NULL)
        print_clean("; ", worst->file);
    if (worst != NULL)
        print_clean(worst->file == NULL ? "; " : ": ", worst->what);
    putchar('\n');
}

static void print_text(const struct findings *findings, bool color)
{
    const struct finding *last = NULL;
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->finding[i];
        if (last == NULL || last->not_set_up != finding->not_set_up ||
            strcmp(last->area, finding->area) != 0 ||
            (last->domain == NULL) != (finding->domain == NULL) ||
            (last->domain != NULL && strcmp(last->domain, finding->domain) != 0))
            print_heading(finding, last == NULL, color);
        print_finding(finding, color);
        last = finding;
    }
    if (findings->count == 0) {
        puts("no problems found");
        return;
    }
    putchar('\n');
    print_counts(findings);
    putchar('\n');
}

enum exit_code findings_print(const struct context *context, struct findings *findings)
{
    enum exit_code code = EXIT_DONE;
    if (findings->no_memory)
        return message_no_memory(context);
    if (findings->count > 0)
        qsort(findings->finding, findings->count, sizeof *findings->finding, compare_findings);
    if (context->json)
        code = print_json(context, findings);
    else if (findings->summary)
        print_summary(findings);
    else
        print_text(findings, output_in_color(context));
    if (code != EXIT_DONE)
        return code;
    return findings->total[FINDING_ERROR] + findings->total[FINDING_WARNING] == 0 ? EXIT_DONE
                                                                                  : EXIT_NEGATIVE;
}
