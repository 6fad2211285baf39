/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "config_parser.h"

static int compare_lines(uint32_t a, uint32_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_domains(const void *a, const void *b, void *text)
{
    const struct vmail_domain_row *first = a, *second = b;
    int order = strcmp((const char *)text + first->name, (const char *)text + second->name);
    return order != 0 ? order : compare_lines(first->line, second->line);
}

static int compare_names(const void *a, const void *b, void *text)
{
    const struct vmail_name_row *first = a, *second = b;
    int order = strcmp((const char *)text + first->name, (const char *)text + second->name);
    return order != 0 ? order : compare_lines(first->line, second->line);
}

static int compare_addresses(const void *a, const void *b)
{
    const struct vmail_address_row *first = a, *second = b;
    int order = vmail_address_compare(&first->address, &second->address);
    return order != 0 ? order : compare_lines(first->line, second->line);
}

static int compare_blocks(const void *a, const void *b)
{
    const struct vmail_ids_row *first = a, *second = b;
    if (first->ids.first != second->ids.first)
        return first->ids.first < second->ids.first ? -1 : 1;
    return compare_lines(first->line, second->line);
}

/* Each of these functions sorts rows and drops every row that repeats the one before. The first row
 * in the file is used. */
static void sort_domains(struct vmail_config_parser *parser)
{
    struct vmail_config *config = parser->config;
    struct vmail_domain_row *rows = config->domain_names;
    size_t kept = 0;
    if (config->domain_count > 0)
        qsort_r(rows, config->domain_count, sizeof *rows, compare_domains, config->text);
    for (size_t i = 0; i < config->domain_count; i++) {
        const char *name = vmail_config_string(config, rows[i].name);
        if (kept > 0 && strcmp(vmail_config_string(config, rows[kept - 1].name), name) == 0)
            vmail_parser_report(parser, rows[i].line, name,
                                "a second section for this domain; move its keys into the first");
        else
            rows[kept++] = rows[i];
    }
    config->domain_name_count = kept;
}

static void sort_aliases(struct vmail_config_parser *parser)
{
    struct vmail_config *config = parser->config;
    struct vmail_name_row *rows = config->aliases;
    size_t kept = 0;
    if (config->alias_count > 0)
        qsort_r(rows, config->alias_count, sizeof *rows, compare_names, config->text);
    for (size_t i = 0; i < config->alias_count; i++) {
        const char *name = vmail_config_string(config, rows[i].name);
        if (kept > 0 && strcmp(vmail_config_string(config, rows[kept - 1].name), name) == 0)
            vmail_parser_report(parser, rows[i].line, name,
                                "alias already given above; the first one is used");
        else
            rows[kept++] = rows[i];
    }
    config->alias_count = kept;
}

static size_t sort_addresses(struct vmail_config_parser *parser, struct vmail_address_row *rows,
                             size_t count)
{
    size_t kept = 0;
    if (count > 0)
        qsort(rows, count, sizeof *rows, compare_addresses);
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && vmail_address_compare(&rows[kept - 1].address, &rows[i].address) == 0) {
            char text[VMAIL_ADDRESS_TEXT_MAX + 1];
            vmail_address_format(&rows[i].address, text);
            vmail_parser_report(parser, rows[i].line, text,
                                "address already given above; the first one is used");
        } else {
            rows[kept++] = rows[i];
        }
    }
    return kept;
}

/* If two blocks overlap, the first one in the file is used. */
static size_t sort_blocks(struct vmail_config_parser *parser, struct vmail_ids_row *rows,
                          size_t count)
{
    size_t kept = 0;
    if (count > 0)
        qsort(rows, count, sizeof *rows, compare_blocks);
    for (size_t i = 0; i < count; i++) {
        struct vmail_ids_row *last = kept > 0 ? &rows[kept - 1] : NULL;
        if (last == NULL || rows[i].ids.first > last->ids.last) {
            rows[kept++] = rows[i];
            continue;
        }
        uint32_t line = rows[i].line > last->line ? rows[i].line : last->line;
        vmail_parser_report(parser, line, "ids", "overlaps the block given in another line");
        if (rows[i].line < last->line)
            *last = rows[i];
    }
    return kept;
}

/* Only those whose ranges are used: the users of another domain are then found by id, too. */
static bool mark_owners(struct vmail_config *config)
{
    bool *owns = calloc(config->domain_count + 1, sizeof *owns); /* by number of the section */
    if (owns == NULL)
        return false;
    for (size_t i = 0; i < config->block_count; i++) {
        const char *owner = vmail_config_string(config, config->blocks[i].owner);
        owns[vmail_config_domain(config, owner) - config->domains] = true;
    }
    for (size_t i = 0; i < config->domain_name_count; i++)
        config->domain_names[i].has_block = owns[config->domain_names[i].domain];
    free(owns);
    return true;
}

static void check_blocks(struct vmail_config_parser *parser)
{
    const struct vmail_config *config = parser->config;
    for (size_t i = 0; i < config->block_count; i++)
        if (config->blocks[i].ids.first < config->rules.ids.first ||
            config->blocks[i].ids.last > config->rules.ids.last)
            vmail_parser_report(
                parser, config->blocks[i].line, "ids",
                "is not within `ids` of [vmail]; users with ids outside it do not exist");
}

/* The mailbox of a domain points into the text, or is the default. */
static bool make_domains(struct vmail_config *config)
{
    config->domain_names = calloc(config->domain_count + 1, sizeof *config->domain_names);
    if (config->domain_names == NULL)
        return false;
    for (size_t i = 0; i < config->domain_count; i++) {
        const struct vmail_domain_config *domain = &config->domains[i];
        struct vmail_domain_row *row = &config->domain_names[i];
        row->name = (uint32_t)(domain->name - config->text);
        if (strcmp(domain->mailbox, VMAIL_MAILBOX_DEFAULT) != 0)
            row->mailbox = (uint32_t)(domain->mailbox - config->text);
        row->domain = (uint32_t)i;
        row->line = (uint32_t)domain->line;
    }
    return true;
}

/* Look-ups find domains in a sorted table of names. A second section with the same name is
 * reported, but its aliases, addresses and ids belong to the first section as well. */
bool vmail_config_tables(struct vmail_config_parser *parser)
{
    struct vmail_config *config = parser->config;
    if (!make_domains(config))
        return false;
    sort_domains(parser);
    sort_aliases(parser);
    for (size_t i = 0; i < config->alias_count; i++) {
        const char *name = vmail_config_string(config, config->aliases[i].name);
        if (vmail_config_has_domain(config, name))
            vmail_parser_report(parser, config->aliases[i].line, name,
                                "this alias also has a [domain] section; remove one of them");
    }
    config->address_count = sort_addresses(parser, config->addresses, config->address_count);
    config->block_count = sort_blocks(parser, config->blocks, config->block_count);
    if (config->rules.ids.first <= config->rules.ids.last)
        check_blocks(parser);
    return mark_owners(config);
}
