/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What config_parse.c (lines to values) and config_tables.c (values to sorted tables) share.
 */
#ifndef VMAIL_CONFIG_PARSER_H
#define VMAIL_CONFIG_PARSER_H

#include <stdbool.h>

#include "config.h"
#include "ini.h"

enum vmail_config_section {
    SECTION_NONE,    /* before the first one */
    SECTION_SKIPPED, /* reported as invalid */
    SECTION_LOST,    /* the same, but may have been meant as [vmail] */
    SECTION_VMAIL,
    SECTION_DOMAIN,
    SECTION_RELAY,
};

struct vmail_config_parser {
    struct vmail_config *config;
    vmail_config_report *report;
    void *context;
    enum vmail_config_section section;
    bool no_memory;
    unsigned seen;       /* the keys of this section, as bits in the order of the table of keys */
    unsigned seen_vmail; /* the keys of [vmail], which may have several parts */
    struct vmail_ini_item item; /* the current item */
};

/** Counts an error in LINE, about NAME (may be ""), and passes its text to the reporter. */
void vmail_parser_report(struct vmail_config_parser *parser, unsigned long line, const char *name,
                         const char *what);

/** An invalid line that may have started a section ends the section before it. If the parser's item
 * is such a line, its section becomes SECTION_SKIPPED or SECTION_LOST. */
void vmail_parser_lose_section(struct vmail_config_parser *parser);

/**
 * Sorts the tables of the parser's config and reports duplicates. The first entry in the file is
 * used. Returns false if memory is short.
 */
bool vmail_config_tables(struct vmail_config_parser *parser);

#endif
