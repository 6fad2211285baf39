/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "config_parser.h"
#include "index_format.h"

static int compare_lines(unsigned long a, unsigned long b)
{
    return a < b ? -1 : a > b;
}

static int compare_names(const void *a, const void *b)
{
    const struct vmail_name_row *first = a, *second = b;
    int order = strcmp(first->name, second->name);
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

/* Sorts and drops every row that repeats the one before: the first in the file counts. */
static size_t sort_names(struct vmail_config_parser *parser, struct vmail_name_row *rows,
                         size_t count, const char *what)
{
    size_t kept = 0;
    if (count > 0)
        qsort(rows, count, sizeof *rows, compare_names);
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && strcmp(rows[kept - 1].name, rows[i].name) == 0)
            vmail_parser_report(parser, rows[i].line, rows[i].name, what);
        else
            rows[kept++] = rows[i];
    }
    return kept;
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
                                "address already given above; the first one counts");
        } else {
            rows[kept++] = rows[i];
        }
    }
    return kept;
}

/* Of two blocks that overlap, the one that stands first in the file counts. */
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
        unsigned long line = rows[i].line > last->line ? rows[i].line : last->line;
        vmail_parser_report(parser, line, "ids", "overlaps the block given in another line");
        if (rows[i].line < last->line)
            *last = rows[i];
    }
    return kept;
}

static void check_blocks(struct vmail_config_parser *parser)
{
    const struct vmail_config *config = parser->config;
    for (size_t i = 0; i < config->block_count; i++)
        if (config->blocks[i].ids.first < config->ids.first ||
            config->blocks[i].ids.last > config->ids.last)
            vmail_parser_report(
                parser, config->blocks[i].line, "ids",
                "reaches outside `ids` of [vmail]; users with those ids do not exist");
}

/* Of what the blocks are and whose; not of where they stand in the file. */
static uint64_t sum_of_blocks(const struct vmail_config *config)
{
    uint64_t sum = config->block_count;
    for (size_t i = 0; i < config->block_count; i++) {
        const struct vmail_ids_row *row = &config->blocks[i];
        const char *name = config->domains[row->domain].name;
        sum = vmail_index_sum(sum, &row->ids, sizeof row->ids);
        sum = vmail_index_sum(sum, name, strlen(name));
    }
    return sum;
}

/* Domains are found by a sorted table of names; a second section of one name is reported, and what
 * it said about aliases, addresses and ids stands for the first as well. */
bool vmail_config_tables(struct vmail_config_parser *parser)
{
    struct vmail_config *config = parser->config;
    config->domain_names = calloc(config->domain_count + 1, sizeof *config->domain_names);
    if (config->domain_names == NULL)
        return false;
    for (size_t i = 0; i < config->domain_count; i++)
        config->domain_names[i] =
            (struct vmail_name_row){ config->domains[i].name, i, config->domains[i].line };
    config->domain_name_count =
        sort_names(parser, config->domain_names, config->domain_count,
                   "a second section for this domain; put its keys into the first");
    config->alias_count = sort_names(parser, config->aliases, config->alias_count,
                                     "alias already given above; the first one counts");
    for (size_t i = 0; i < config->alias_count; i++)
        if (vmail_config_domain(config, config->aliases[i].name) != NULL)
            vmail_parser_report(
                parser, config->aliases[i].line, config->aliases[i].name,
                "an alias that has a [domain] section of its own; remove one of them");
    config->address_count = sort_addresses(parser, config->addresses, config->address_count);
    config->block_count = sort_blocks(parser, config->blocks, config->block_count);
    config->blocks_sum = sum_of_blocks(config);
    if (config->ids.first <= config->ids.last)
        check_blocks(parser);
    return true;
}
