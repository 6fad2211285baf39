/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config_guard.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"

struct rows {
    char **row;
    size_t count;
    bool no_memory;
};

/* What one text means: its errors, and its settings, each as "SECTION ARGUMENT\nKEY\nVALUE". */
struct meaning {
    struct rows errors;
    struct rows settings;
};

__attribute__((format(printf, 2, 3))) static void add_row(struct rows *rows, const char *format,
                                                          ...)
{
    if ((rows->count & (rows->count - 1)) == 0) { /* full at every power of two */
        size_t room = rows->count == 0 ? 1 : rows->count * 2;
        char **larger = reallocarray(rows->row, room, sizeof *larger);
        if (larger == NULL) {
            rows->no_memory = true;
            return;
        }
        rows->row = larger;
    }
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&rows->row[rows->count], format, arguments) < 0)
        rows->no_memory = true;
    else
        rows->count++;
    va_end(arguments);
}

static void free_rows(struct rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        free(rows->row[i]);
    free(rows->row);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort(struct rows *rows)
{
    if (rows->count > 1)
        qsort(rows->row, rows->count, sizeof *rows->row, compare);
}

/* "vmail.conf:LINE: what" without the line, which an edit may move. */
static void take_error(void *context, const char *text)
{
    const char *what = strstr(text, ": ");
    add_row(context, "%s", what == NULL ? text : what + 2);
}

static void add_words(struct rows *rows, const char *domain, const char *key,
                      const struct vmail_words *words)
{
    for (size_t i = 0; i < words->count; i++)
        add_row(rows, "domain %s\n%s\n%zu %s", domain, key, i, words->item[i]);
}

static void add_ids(struct rows *rows, const char *domain, const char *what,
                    const struct vmail_id_range *ids)
{
    add_row(rows, "domain %s\nids\n%s %lu-%lu", domain, what, (unsigned long)ids->first,
            (unsigned long)ids->last);
}

/* What is as it would be without a line has no row: most of it, in a file of many domains. */
static void add_domain(struct rows *rows, const struct vmail_domain_config *domain)
{
    const char *name = domain->name;
    add_row(rows, "domain %s\n", name);
    if (domain->ids.first <= domain->ids.last)
        add_ids(rows, name, "given", &domain->ids);
    if (domain->fallback[0] != '\0')
        add_row(rows, "domain %s\nfallback\n%s", name, domain->fallback);
    if (strcmp(domain->mailbox, VMAIL_MAILBOX_DEFAULT) != 0)
        add_row(rows, "domain %s\nmailbox\n%s", name, domain->mailbox);
    if (domain->mailbox_limit != 0)
        add_row(rows, "domain %s\nmailbox_limit\n%llu", name,
                (unsigned long long)domain->mailbox_limit);
    if (domain->max_users != 0)
        add_row(rows, "domain %s\nmax_users\n%lu", name, (unsigned long)domain->max_users);
    if (domain->alias_programs)
        add_row(rows, "domain %s\nalias_programs\n%d", name, domain->alias_programs);
    add_words(rows, name, "alias_files", &domain->alias_files);
    add_words(rows, name, "admins", &domain->admins);
}

static void add_tables(struct rows *rows, const struct vmail_config *config)
{
    for (size_t i = 0; i < config->alias_count; i++)
        add_row(rows, "domain %s\naliases\n%s", config->domains[config->aliases[i].domain].name,
                config->aliases[i].name);
    for (size_t i = 0; i < config->address_count; i++) {
        char text[VMAIL_ADDRESS_TEXT_MAX + 1];
        vmail_address_format(&config->addresses[i].address, text);
        add_row(rows, "domain %s\naddress\n%s", config->domains[config->addresses[i].domain].name,
                text);
    }
    for (size_t i = 0; i < config->block_count; i++)
        add_ids(rows, config->domains[config->blocks[i].domain].name, "in force",
                &config->blocks[i].ids);
}

static void add_settings(struct rows *rows, const struct vmail_config *config)
{
    add_row(rows, "vmail \nids\n%lu-%lu", (unsigned long)config->ids.first,
            (unsigned long)config->ids.last);
    add_row(rows, "vmail \nseparators\n%s", config->separators);
    add_row(rows, "vmail \nfold_case\n%d", config->fold_case);
    add_row(rows, "vmail \nenumerate\n%d", config->enumerate);
    add_row(rows, "vmail \nnss_hashes\n%d", config->nss_hashes);
    for (size_t i = 0; i < config->domain_count; i++)
        add_domain(rows, &config->domains[i]);
    add_tables(rows, config);
    for (size_t i = 0; i < config->relay_count; i++)
        add_row(rows, "relay %s\nsubdomains\n%d", config->relays[i].name,
                config->relays[i].subdomains);
}

static bool understand(struct vmail_piece text, struct meaning *meaning)
{
    struct vmail_config *config;
    if (vmail_config_parse(text.text, text.length, &config, take_error, &meaning->errors) !=
        VMAIL_OK)
        return false;
    add_settings(&meaning->settings, config);
    vmail_config_free(config);
    sort(&meaning->errors);
    sort(&meaning->settings);
    return !meaning->errors.no_memory && !meaning->settings.no_memory;
}

static void forget(struct meaning *meaning)
{
    free_rows(&meaning->errors);
    free_rows(&meaning->settings);
}

/* Whether ROW is about the section of CHANGE and, unless that came or went as a whole, its key. */
static bool is_about(const char *row, const struct vmail_config_change *change, bool whole)
{
    size_t section = strlen(change->section), argument = strlen(change->argument);
    if (strncmp(row, change->section, section) != 0 || row[section] != ' ')
        return false;
    row += section + 1;
    if (strncmp(row, change->argument, argument) != 0 || row[argument] != '\n')
        return false;
    row += argument + 1;
    size_t key = change->key == NULL ? 0 : strlen(change->key);
    return whole ||
           (change->key != NULL && strncmp(row, change->key, key) == 0 && row[key] == '\n');
}

static bool has_section(const struct rows *settings, const struct vmail_config_change *change)
{
    for (size_t i = 0; i < settings->count; i++)
        if (is_about(settings->row[i], change, true))
            return true;
    return false;
}

/* Leaves out what the CHANGES are about. */
static void leave_out(struct rows *settings, const struct vmail_config_change *change, bool whole)
{
    size_t kept = 0;
    for (size_t i = 0; i < settings->count; i++) {
        if (is_about(settings->row[i], change, whole))
            free(settings->row[i]);
        else
            settings->row[kept++] = settings->row[i];
    }
    settings->count = kept;
}

/* The first row of A that B lacks, a repeated one counted, or NULL; both are sorted. */
static const char *find_missing(const struct rows *a, const struct rows *b)
{
    size_t j = 0;
    for (size_t i = 0; i < a->count; i++) {
        int order = 1;
        while (j < b->count && (order = strcmp(a->row[i], b->row[j])) > 0)
            j++;
        if (j == b->count || order < 0)
            return a->row[i];
        j++;
    }
    return NULL;
}

static enum vmail_result refuse_for(const char *row, struct vmail_error *error)
{
    size_t section = strcspn(row, "\n");
    const char *key = row[section] == '\n' ? row + section + 1 : "";
    vmail_error_set(error, EINVAL,
                    "vmail.conf: not changed: it would change `%.*s` of [%.*s] as well; mend the "
                    "file by hand, vmailctl check tells where",
                    (int)strcspn(key, "\n"), key, (int)section, row);
    return VMAIL_UNAVAILABLE;
}

static enum vmail_result judge(struct meaning *before, struct meaning *after,
                               const struct vmail_config_change *changes, size_t count,
                               struct vmail_error *error)
{
    const char *row = find_missing(&after->errors, &before->errors);
    if (row != NULL) {
        vmail_error_set(error, EINVAL, "vmail.conf: not changed: %s", row);
        return VMAIL_UNAVAILABLE;
    }
    for (size_t i = 0; i < count; i++) {
        bool whole = has_section(&before->settings, &changes[i]) !=
                     has_section(&after->settings, &changes[i]);
        leave_out(&before->settings, &changes[i], whole);
        leave_out(&after->settings, &changes[i], whole);
    }
    row = find_missing(&before->settings, &after->settings);
    if (row == NULL)
        row = find_missing(&after->settings, &before->settings);
    return row == NULL ? VMAIL_OK : refuse_for(row, error);
}

enum vmail_result vmail_config_guard(struct vmail_piece before, struct vmail_piece after,
                                     const struct vmail_config_change *changes, size_t count,
                                     struct vmail_error *error)
{
    struct meaning old = { 0 }, new = { 0 };
    enum vmail_result result = VMAIL_NO_MEMORY;
    if (understand(before, &old) && understand(after, &new))
        result = judge(&old, &new, changes, count, error);
    forget(&old);
    forget(&new);
    return result;
}
