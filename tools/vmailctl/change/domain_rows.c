/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "table.h"
#include "text.h"
#include "records.h"
#include "records.h"

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool has_name(const struct vmail_domain_list *list, size_t count, const char *name)
{
    return count > 0 &&
           bsearch(&name, list->name, count, sizeof *list->name, compare_names) != NULL;
}

enum exit_code domain_rows_names(const struct context *context, struct vmail_domain_list *list)
{
    const struct vmail_config *config = context->config;
    struct vmail_error error = { 0 };
    enum vmail_result result = vmail_domains_list(context->paths, list, &error);
    if (result != VMAIL_OK)
        return message_result(context, result, &error);
    size_t with_files = list->count;
    char **more = realloc(list->name, (with_files + config->domain_name_count + 1) * sizeof *more);
    if (more == NULL)
        goto no_memory;
    list->name = more;
    for (size_t i = 0; i < config->domain_name_count; i++) {
        if (has_name(list, with_files, vmail_config_string(config, config->domain_names[i].name)))
            continue;
        list->name[list->count] = strdup(vmail_config_string(config, config->domain_names[i].name));
        if (list->name[list->count] == NULL)
            goto no_memory;
        list->count++;
    }
    qsort(list->name, list->count, sizeof *list->name, compare_names);
    return EXIT_DONE;
no_memory:
    vmail_domains_free(list);
    return message_no_memory(context);
}

/** The number of records in KIND.DOMAIN; 0 if there is no such file, null if unknown. */
static json_t *count_records(const struct context *context, enum vmail_kind kind,
                             const char *domain, enum exit_code *code)
{
    unsigned long count;
    enum exit_code read = records_count(context, kind, domain, &count);
    if (read == EXIT_DONE)
        return json_integer((json_int_t)count);
    *code = read;
    return json_null();
}

static json_t *aliases_of(const struct config_rows *rows, const char *domain)
{
    json_t *names = json_array();
    size_t count;
    const size_t *row = config_rows_aliases(rows, domain, &count);
    for (size_t i = 0; i < count; i++)
        json_array_append_new(names, text_json(vmail_config_string(
                                         rows->config, rows->config->aliases[row[i]].name)));
    return names;
}

static json_t *addresses_of(const struct config_rows *rows, const char *domain)
{
    json_t *addresses = json_array();
    size_t count;
    const size_t *row = config_rows_addresses(rows, domain, &count);
    for (size_t i = 0; i < count; i++) {
        char text[VMAIL_ADDRESS_TEXT_MAX + 1];
        vmail_address_format(&rows->config->addresses[row[i]].address, text);
        json_array_append_new(addresses, json_string(text));
    }
    return addresses;
}

/** The ranges of ids, "FIRST-LAST FIRST-LAST", or null. */
static json_t *ranges_of(const struct vmail_config *config, const char *domain)
{
    char *text;
    size_t size;
    const struct vmail_domain_config *section = vmail_config_domain(config, domain);
    if (section == NULL || section->ids.count == 0)
        return json_null();
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL)
        return NULL;
    for (size_t i = 0; i < section->ids.count; i++)
        fprintf(stream, "%s%lu-%lu", i == 0 ? "" : " ", (unsigned long)section->ids.range[i].first,
                (unsigned long)section->ids.range[i].last);
    json_t *ranges = fclose(stream) == 0 ? json_string(text) : NULL;
    free(text);
    return ranges;
}

json_t *domain_row(const struct context *context, const struct config_rows *rows,
                   const char *domain, enum exit_code *code)
{
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "domain", domain, "users",
                     count_records(context, VMAIL_PASSWD, domain, code), "groups",
                     count_records(context, VMAIL_GROUP, domain, code), "aliases",
                     aliases_of(rows, domain), "addresses", addresses_of(rows, domain), "ids",
                     ranges_of(context->config, domain));
}
