/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diff.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

enum {
    CONTEXT_LINES = 3,
    PASSWD_FIELDS = 7,
    SHADOW_FIELDS = 9,
    TABLE_MAX = 4 * 1000 * 1000, /* cells; larger changes are shown as all out, all in */
};

struct lines {
    struct vmail_piece *line; /* with its newline */
    size_t count;
};

/** One line of the diff: of both files, of the old one only, or of the new one only. */
struct step {
    char sign; /* ' ', '-', '+' */
    const struct vmail_piece *line;
};

struct steps {
    struct step *step;
    size_t count;
};

static bool split(struct vmail_piece whole, struct lines *lines)
{
    const char *text = whole.text, *end = text + whole.length;
    size_t count = 1;
    for (size_t i = 0; i < whole.length; i++)
        count += text[i] == '\n';
    *lines = (struct lines){ calloc(count, sizeof *lines->line), 0 };
    if (lines->line == NULL)
        return false;
    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *next = newline == NULL ? end : newline + 1;
        lines->line[lines->count++] = (struct vmail_piece){ text, (size_t)(next - text) };
        text = next;
    }
    return true;
}

static bool equal(const struct vmail_piece *a, const struct vmail_piece *b)
{
    return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

static void add_step(struct steps *steps, char sign, const struct vmail_piece *line)
{
    steps->step[steps->count++] = (struct step){ sign, line };
}

/** Goes through A (of A_COUNT lines) and B along the longest common subsequence of their lines. */
static bool walk_table(struct steps *steps, const struct vmail_piece *a, size_t a_count,
                       const struct vmail_piece *b, size_t b_count)
{
    const size_t width = b_count + 1;
    uint32_t *longest = calloc((a_count + 1) * width, sizeof *longest);
    if (longest == NULL)
        return false;
    for (size_t i = a_count; i-- > 0;)
        for (size_t j = b_count; j-- > 0;) {
            uint32_t down = longest[(i + 1) * width + j], right = longest[i * width + j + 1];
            longest[i * width + j] = equal(&a[i], &b[j]) ? longest[(i + 1) * width + j + 1] + 1
                                     : down > right      ? down
                                                         : right;
        }
    size_t i = 0, j = 0;
    while (i < a_count || j < b_count) {
        if (i < a_count && j < b_count && equal(&a[i], &b[j])) {
            add_step(steps, ' ', &a[i++]);
            j++;
        } else if (j == b_count ||
                   (i < a_count && longest[(i + 1) * width + j] >= longest[i * width + j + 1])) {
            add_step(steps, '-', &a[i++]);
        } else {
            add_step(steps, '+', &b[j++]);
        }
    }
    free(longest);
    return true;
}

/** Fills in STEPS, with room for all lines. Equal lines at both ends need no table. */
static bool compare_lines(struct steps *steps, const struct lines *old, const struct lines *new)
{
    size_t start = 0, behind = 0;
    while (start < old->count && start < new->count &&equal(&old->line[start], &new->line[start]))
        add_step(steps, ' ', &old->line[start++]);
    while (behind < old->count - start &&
           behind < new->count - start &&equal(&old->line[old->count - 1 - behind],
                                               &new->line[new->count - 1 - behind]))
        behind++;
    const size_t a = old->count - start - behind, b = new->count - start - behind;
    if (a < TABLE_MAX && b < TABLE_MAX && (a + 1) * (b + 1) <= TABLE_MAX) {
        if (!walk_table(steps, old->line + start, a, new->line + start, b))
            return false;
    } else {
        for (size_t i = 0; i < a; i++)
            add_step(steps, '-', &old->line[start + i]);
        for (size_t i = 0; i < b; i++)
            add_step(steps, '+', &new->line[start + i]);
    }
    for (size_t i = old->count - behind; i < old->count; i++)
        add_step(steps, ' ', &old->line[i]);
    return true;
}

/** Prints a line of passwd(5) or shadow(5), with FIELDS fields, without its hash. */
static void print_masked(FILE *out, const char *text, size_t length, size_t fields)
{
    const char *end = text + length, *hash = memchr(text, ':', length);
    size_t colons = 0;
    for (const char *at = text; at < end; at++)
        colons += *at == ':';
    if (length == 0)
        return;
    if (hash == NULL || colons + 1 != fields) {
        fputs("<line>", out);
        return;
    }
    hash++;
    const char *behind = memchr(hash, ':', (size_t)(end - hash));
    if (fields == SHADOW_FIELDS && memchr(behind, '$', (size_t)(end - behind)) != NULL) {
        fputs("<line>", out); /* a hash in the wrong place */
        return;
    }
    fwrite(text, 1, (size_t)(hash - text), out);
    for (; hash < behind && *hash == '!'; hash++)
        fputc('!', out);
    if (behind - hash > 1)
        fputs("<hash>", out);
    else
        fwrite(hash, 1, (size_t)(behind - hash), out); /* x, * or nothing */
    fwrite(behind, 1, (size_t)(end - behind), out);
}

static void print_step(FILE *out, enum diff_kind kind, const struct step *step)
{
    static const size_t fields[] = { [DIFF_PASSWD] = PASSWD_FIELDS, [DIFF_SHADOW] = SHADOW_FIELDS };
    const struct vmail_piece *line = step->line;
    bool ended = line->text[line->length - 1] == '\n';
    size_t length = line->length - (ended ? 1 : 0);
    fputc(step->sign, out);
    if (kind == DIFF_PLAIN)
        fwrite(line->text, 1, length, out);
    else
        print_masked(out, line->text, length, fields[kind]);
    fputs(ended ? "\n" : "\n\\ No newline at end of file\n", out);
}

/** The end of the hunk that starts at START: CONTEXT_LINES after its last change. */
static size_t hunk_end(const struct steps *steps, size_t start)
{
    size_t last = start;
    for (size_t i = start; i < steps->count && i <= last + 2 * CONTEXT_LINES + 1; i++)
        if (steps->step[i].sign != ' ')
            last = i;
    return last + CONTEXT_LINES + 1 < steps->count ? last + CONTEXT_LINES + 1 : steps->count;
}

/** "3,7", or "3" for one line; an empty range starts at the line before. */
static void print_range(FILE *out, char sign, size_t before, size_t count)
{
    fprintf(out, " %c%zu", sign, count == 0 ? before : before + 1);
    if (count != 1)
        fprintf(out, ",%zu", count);
}

static void print_hunks(FILE *out, enum diff_kind kind, const struct steps *steps)
{
    size_t old_before = 0, new_before = 0, done = 0;
    for (size_t i = 0; i < steps->count; i++) {
        if (steps->step[i].sign == ' ')
            continue;
        size_t start = i - done < CONTEXT_LINES ? done : i - CONTEXT_LINES;
        size_t end = hunk_end(steps, i), old_count = 0, new_count = 0;
        for (; done < start; done++, old_before++, new_before++)
            ; /* between hunks there are only common lines */
        for (size_t j = start; j < end; j++) {
            old_count += steps->step[j].sign != '+';
            new_count += steps->step[j].sign != '-';
        }
        fputs("@@", out);
        print_range(out, '-', old_before, old_count);
        print_range(out, '+', new_before, new_count);
        fputs(" @@\n", out);
        for (; done < end; done++)
            print_step(out, kind, &steps->step[done]);
        old_before += old_count;
        new_before += new_count;
        i = end - 1;
    }
}

char *diff_make(const char *path, enum diff_kind kind, struct vmail_piece old,
                struct vmail_piece new)
{
    struct lines before = { 0 }, after = { 0 };
    struct steps steps = { 0 };
    char *text = NULL;
    size_t size;
    FILE *out = NULL;
    bool good = split(old, &before) && split(new, &after);
    if (good)
        steps.step = calloc(before.count + after.count + 1, sizeof *steps.step);
    good = good && steps.step != NULL && compare_lines(&steps, &before, &after);
    if (good && (out = open_memstream(&text, &size)) != NULL) {
        if (!equal(&old, &new)) {
            fprintf(out, "--- %s\n+++ %s\n", path, path);
            print_hunks(out, kind, &steps);
        }
        text = text_end(out, &text);
    }
    free(steps.step);
    free(before.line);
    free(after.line);
    return text;
}
