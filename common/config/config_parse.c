/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "config.h"
#include "config_parser.h"
#include "config_value.h"
#include "ini.h"
#include "name.h"
#include "paths.h"

/* Returns the domain or relay whose section is being read: the last one added. */
static struct vmail_domain_config *this_domain(struct vmail_config_parser *parser)
{
    return &parser->config->domains[parser->config->domain_count - 1];
}

static uint32_t offset_of(const struct vmail_config_parser *parser, const char *text)
{
    return (uint32_t)(text - parser->config->text);
}

static struct vmail_relay_config *this_relay(struct vmail_config_parser *parser)
{
    return &parser->config->relays[parser->config->relay_count - 1];
}

void vmail_parser_report(struct vmail_config_parser *parser, unsigned long line, const char *name,
                         const char *what)
{
    struct vmail_error error;
    parser->config->error_count++;
    if (parser->report == NULL)
        return;
    vmail_error_set(&error, 0, "%s:%lu: %s%s%s", VMAIL_CONFIG_NAME, line, name,
                    *name == '\0' ? "" : ": ", what);
    parser->report(parser->context, error.text);
}

static void report_here(struct vmail_config_parser *parser, const char *what)
{
    vmail_parser_report(parser, parser->item.line, parser->item.name, what);
}

static void *append_item(struct vmail_config_parser *parser, void *array, size_t *count,
                         size_t size)
{
    void *row = vmail_array_append(array, count, size);
    parser->no_memory = parser->no_memory || row == NULL;
    return row;
}

/* Takes the next word from *TEXT; NULL at the end. */
static char *next_word(char **text)
{
    char *word = *text + strspn(*text, " \t");
    if (*word == '\0')
        return NULL;
    char *end = word + strcspn(word, " \t");
    *text = *end == '\0' ? end : end + 1;
    *end = '\0';
    return word;
}

static void add_alias(struct vmail_config_parser *parser, char *word)
{
    if (!vmail_domain_valid(word, strlen(word))) {
        vmail_parser_report(parser, parser->item.line, word, "not a domain name");
        return;
    }
    vmail_fold_copy(word, word, strlen(word));
    struct vmail_name_row *row =
        append_item(parser, &parser->config->aliases, &parser->config->alias_count, sizeof *row);
    if (row != NULL)
        *row = (struct vmail_name_row){ offset_of(parser, word),
                                        offset_of(parser, this_domain(parser)->name),
                                        (uint32_t)parser->config->domain_count - 1,
                                        (uint32_t)parser->item.line };
}

static void add_address(struct vmail_config_parser *parser, char *word)
{
    struct vmail_address address;
    if (!vmail_address_parse(word, &address)) {
        vmail_parser_report(parser, parser->item.line, word, "not an IPv4 or IPv6 address");
        return;
    }
    struct vmail_address_row *row = append_item(parser, &parser->config->addresses,
                                                &parser->config->address_count, sizeof *row);
    if (row != NULL)
        *row = (struct vmail_address_row){ address, offset_of(parser, this_domain(parser)->name),
                                           (uint32_t)parser->config->domain_count - 1,
                                           (uint32_t)parser->item.line };
}

static void add_word(struct vmail_config_parser *parser, struct vmail_words *words,
                     const char *word)
{
    const char **item = append_item(parser, &words->item, &words->count, sizeof *item);
    if (item != NULL)
        *item = word;
}

static void add_alias_file(struct vmail_config_parser *parser, char *word)
{
    const char *expected = vmail_value_path(word);
    if (expected != NULL)
        vmail_parser_report(parser, parser->item.line, word, expected);
    else
        add_word(parser, &this_domain(parser)->alias_files, word);
}

static void add_admin(struct vmail_config_parser *parser, char *word)
{
    if (!vmail_user_valid(word, strlen(word)))
        vmail_parser_report(parser, parser->item.line, word, "not a user name");
    else
        add_word(parser, &this_domain(parser)->admins, word);
}

static void report_unexpected(struct vmail_config_parser *parser, const char *expected)
{
    if (expected != NULL)
        report_here(parser, expected);
}

static void add_ids(struct vmail_config_parser *parser, char *word)
{
    struct vmail_domain_config *domain = this_domain(parser);
    struct vmail_id_range range;
    const char *expected = vmail_value_ids(word, &range);
    if (expected != NULL) {
        report_here(parser, expected);
        return;
    }
    struct vmail_id_range *own =
        append_item(parser, &domain->ids.range, &domain->ids.count, sizeof *own);
    struct vmail_ids_row *row =
        append_item(parser, &parser->config->blocks, &parser->config->block_count, sizeof *row);
    if (own == NULL || row == NULL)
        return;
    while (own > domain->ids.range && own[-1].first > range.first) {
        *own = own[-1];
        own--;
    }
    *own = range;
    *row = (struct vmail_ids_row){ range, offset_of(parser, domain->name),
                                   (uint32_t)parser->config->domain_count - 1,
                                   (uint32_t)parser->item.line };
}

static void set_vmail_ids(struct vmail_config_parser *parser, char *value)
{
    bool lost = parser->config->rules.ids.first > parser->config->rules.ids.last;
    const char *expected = vmail_value_ids(value, &parser->config->rules.ids);
    if (expected != NULL || lost) {
        parser->config->rules.ids = (struct vmail_id_range){ 1, 0 };
        report_here(parser, lost ? "a line above is invalid: there are no users" : expected);
    }
}

static void set_separators(struct vmail_config_parser *parser, char *value)
{
    report_unexpected(parser, vmail_value_separators(value, parser->config->rules.separators,
                                                     sizeof parser->config->rules.separators));
}

static void set_recipient_delimiter(struct vmail_config_parser *parser, char *value)
{
    report_unexpected(parser, vmail_value_delimiter(value, parser->config->recipient_delimiter,
                                                    sizeof parser->config->recipient_delimiter));
}

static void set_fold_case(struct vmail_config_parser *parser, char *value)
{
    report_unexpected(parser, vmail_value_bool(value, &parser->config->rules.fold_case));
}

static void set_enumerate(struct vmail_config_parser *parser, char *value)
{
    report_unexpected(parser, vmail_value_bool(value, &parser->config->enumerate));
}

static void set_nss_hashes(struct vmail_config_parser *parser, char *value)
{
    report_unexpected(parser, vmail_value_bool(value, &parser->config->nss_hashes));
}

static void set_fallback(struct vmail_config_parser *parser, char *value)
{
    const char *expected = vmail_value_fallback(value);
    report_unexpected(parser, expected);
    if (expected == NULL)
        this_domain(parser)->fallback = value;
}

static void set_mailbox(struct vmail_config_parser *parser, char *value)
{
    const char *expected = vmail_value_mailbox(value);
    report_unexpected(parser, expected);
    if (expected == NULL)
        this_domain(parser)->mailbox = value;
}

static void set_mailbox_limit(struct vmail_config_parser *parser, char *value)
{
    report_unexpected(parser, vmail_value_size(value, &this_domain(parser)->mailbox_limit));
}

static void set_max_users(struct vmail_config_parser *parser, char *value)
{
    report_unexpected(parser, vmail_value_count(value, &this_domain(parser)->max_users));
}

static void set_match_full_name(struct vmail_config_parser *parser, char *value)
{
    report_unexpected(parser, vmail_value_bool(value, &this_domain(parser)->match_full_name));
}

static void set_alias_programs(struct vmail_config_parser *parser, char *value)
{
    report_unexpected(parser, vmail_value_bool(value, &this_domain(parser)->alias_programs));
}

/* Returns VALUE if it is valid, else OLD. */
static const char *alias_user(struct vmail_config_parser *parser, const char *value,
                              const char *old)
{
    const char *expected = vmail_value_alias_user(value);
    report_unexpected(parser, expected);
    return expected == NULL ? value : old;
}

static void set_alias_user(struct vmail_config_parser *parser, char *value)
{
    parser->config->alias_user = alias_user(parser, value, parser->config->alias_user);
}

/* An invalid value must not mean the user of [vmail]. */
static void set_domain_alias_user(struct vmail_config_parser *parser, char *value)
{
    this_domain(parser)->alias_user = alias_user(parser, value, "");
}

static void set_delivery_agent(struct vmail_config_parser *parser, char *value)
{
    const char *expected = vmail_value_agent(value);
    report_unexpected(parser, expected);
    if (expected == NULL)
        parser->config->delivery_agent = value;
}

static void set_subdomains(struct vmail_config_parser *parser, char *value)
{
    report_unexpected(parser, vmail_value_bool(value, &this_relay(parser)->subdomains));
}

static void set_recipients(struct vmail_config_parser *parser, char *value)
{
    const char *expected = *value == '\0' ? NULL : vmail_value_path(value);
    report_unexpected(parser, expected);
    if (expected == NULL)
        this_relay(parser)->recipients = value;
}

static void set_primary(struct vmail_config_parser *parser, char *value)
{
    const char *expected = vmail_value_host(value);
    report_unexpected(parser, expected);
    if (expected == NULL)
        this_relay(parser)->primary = value;
}

/* A key takes either its whole value at once or, as a list, word by word. */
static const struct key {
    enum vmail_config_section section;
    const char *name;
    void (*set)(struct vmail_config_parser *, char *value);
    void (*add)(struct vmail_config_parser *, char *word);
} keys[] = {
    { SECTION_VMAIL, "ids", set_vmail_ids, NULL },
    { SECTION_VMAIL, "separators", set_separators, NULL },
    { SECTION_VMAIL, "fold_case", set_fold_case, NULL },
    { SECTION_VMAIL, "enumerate", set_enumerate, NULL },
    { SECTION_VMAIL, "nss_hashes", set_nss_hashes, NULL },
    { SECTION_VMAIL, "recipient_delimiter", set_recipient_delimiter, NULL },
    { SECTION_VMAIL, "delivery_agent", set_delivery_agent, NULL },
    { SECTION_VMAIL, "alias_user", set_alias_user, NULL },
    { SECTION_DOMAIN, "aliases", NULL, add_alias },
    { SECTION_DOMAIN, "address", NULL, add_address },
    { SECTION_DOMAIN, "ids", NULL, add_ids },
    { SECTION_DOMAIN, "fallback", set_fallback, NULL },
    { SECTION_DOMAIN, "alias_files", NULL, add_alias_file },
    { SECTION_DOMAIN, "match_full_name", set_match_full_name, NULL },
    { SECTION_DOMAIN, "mailbox", set_mailbox, NULL },
    { SECTION_DOMAIN, "mailbox_limit", set_mailbox_limit, NULL },
    { SECTION_DOMAIN, "max_users", set_max_users, NULL },
    { SECTION_DOMAIN, "admins", NULL, add_admin },
    { SECTION_DOMAIN, "alias_programs", set_alias_programs, NULL },
    { SECTION_DOMAIN, "alias_user", set_domain_alias_user, NULL },
    { SECTION_RELAY, "subdomains", set_subdomains, NULL },
    { SECTION_RELAY, "recipients", set_recipients, NULL },
    { SECTION_RELAY, "primary", set_primary, NULL },
};

/* An unreadable section may be [vmail]: if it has `ids`, the default range is not safe. */
static void take_lost_key(struct vmail_config_parser *parser)
{
    if (strcmp(parser->item.name, "ids") != 0)
        return;
    parser->config->rules.ids = (struct vmail_id_range){ 1, 0 };
    report_here(parser, "may belong to [vmail]; there are no users until its section is fixed");
}

static bool is_repeated(struct vmail_config_parser *parser, size_t key)
{
    unsigned *seen = parser->section == SECTION_VMAIL ? &parser->seen_vmail : &parser->seen;
    bool repeated = (*seen >> key & 1) != 0;
    *seen |= 1u << key;
    return repeated;
}

static void set_key(struct vmail_config_parser *parser, size_t key, char *value)
{
    if (parser->item.kind == VMAIL_INI_CONTINUE)
        report_here(parser, "must have one value, on one line");
    else if (is_repeated(parser, key))
        report_here(parser, "already given above; the first one is used");
    else
        keys[key].set(parser, value);
}

static bool mentions(const char *line, const char *word)
{
    size_t length = strlen(word);
    for (; strlen(line) >= length; line++)
        if (vmail_equal_folded(line, word, length))
            return true;
    return false;
}

/* No key is ever assigned to the wrong domain. */
void vmail_parser_lose_section(struct vmail_config_parser *parser)
{
    const char *line = parser->item.value;
    bool lost = parser->item.kind == VMAIL_INI_LOST;
    bool wrong = parser->item.kind == VMAIL_INI_ERROR && strchr(line, '=') == NULL;
    if (!lost && !wrong)
        return;
    if (mentions(line, "domain") || mentions(line, "relay"))
        parser->section = SECTION_SKIPPED;
    else if (lost || mentions(line, "vmail"))
        parser->section = SECTION_LOST;
}

static void take_key(struct vmail_config_parser *parser)
{
    const struct vmail_ini_item *item = &parser->item;
    char *value = (char *)(uintptr_t)item->value; /* into config->text, which we own */
    if (parser->section == SECTION_LOST)
        take_lost_key(parser);
    if (parser->section == SECTION_SKIPPED || parser->section == SECTION_LOST)
        return; /* the section was reported */
    if (parser->section == SECTION_NONE) {
        report_here(parser, "is not in a [section]; move it into one");
        return;
    }
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (keys[i].section != parser->section || strcmp(keys[i].name, item->name) != 0)
            continue;
        if (keys[i].set != NULL) {
            set_key(parser, i, value);
        } else {
            for (char *word; (word = next_word(&value)) != NULL;)
                keys[i].add(parser, word);
        }
        return;
    }
    report_here(parser, "unknown key in this section; see vmail.conf(5)");
}

static void start_domain(struct vmail_config_parser *parser, const char *name)
{
    struct vmail_config *config = parser->config;
    struct vmail_domain_config *domain =
        append_item(parser, &config->domains, &config->domain_count, sizeof *domain);
    if (domain == NULL)
        return;
    domain->name = name;
    domain->line = parser->item.line;
    domain->fallback = "";
    domain->mailbox = VMAIL_MAILBOX_DEFAULT;
    parser->section = SECTION_DOMAIN;
}

static void start_relay(struct vmail_config_parser *parser, const char *name)
{
    struct vmail_relay_config *relay =
        append_item(parser, &parser->config->relays, &parser->config->relay_count, sizeof *relay);
    if (relay == NULL)
        return;
    relay->name = name;
    relay->recipients = relay->primary = "";
    relay->line = parser->item.line;
    parser->section = SECTION_RELAY;
}

static void take_section(struct vmail_config_parser *parser)
{
    const char *kind = parser->item.name;
    char *argument = (char *)(uintptr_t)parser->item.value;
    bool domain = strcmp(kind, "domain") == 0;
    parser->section = SECTION_SKIPPED;
    parser->seen = 0;
    if (strcmp(kind, "vmail") == 0 && *argument == '\0') {
        parser->section = SECTION_VMAIL;
    } else if (!domain && strcmp(kind, "relay") != 0) {
        parser->section = SECTION_LOST;
        report_here(parser, "unknown section; expected [vmail], [domain NAME] or [relay NAME]");
    } else if (domain && strlen(argument) > VMAIL_DOMAIN_FILE_MAX) {
        vmail_parser_report(parser, parser->item.line, argument,
                            "too long for a file name; its section is skipped");
    } else if (!vmail_domain_valid(argument, strlen(argument))) {
        vmail_parser_report(parser, parser->item.line, argument,
                            "not a domain name; its section is skipped");
    } else {
        vmail_fold_copy(argument, argument, strlen(argument));
        if (domain)
            start_domain(parser, argument);
        else
            start_relay(parser, argument);
    }
}

enum vmail_result vmail_config_parse(const char *text, size_t length, struct vmail_config **result,
                                     vmail_config_report *report_function, void *context)
{
    struct vmail_config *config = calloc(1, sizeof *config);
    struct vmail_config_parser parser = { .config = config,
                                          .report = report_function,
                                          .context = context };
    struct vmail_ini ini;

    if (config == NULL)
        return VMAIL_NO_MEMORY;
    config->rules.ids = (struct vmail_id_range){ VMAIL_IDS_FIRST, VMAIL_IDS_LAST };
    config->recipient_delimiter[0] = '+';
    config->delivery_agent = VMAIL_AGENT_DEFAULT;
    config->alias_user = "";
    config->rules.fold_case = true;
    config->enumerate = true;
    config->text = malloc(length + 1);
    if (config->text == NULL)
        goto no_memory;
    memcpy(config->text, text, length);
    config->text[length] = '\0';
    config->text_length = length;

    vmail_ini_start(&ini, config->text, length);
    while (!parser.no_memory && vmail_ini_next(&ini, &parser.item)) {
        vmail_parser_lose_section(&parser);
        if (parser.item.kind == VMAIL_INI_ERROR || parser.item.kind == VMAIL_INI_LOST)
            vmail_parser_report(&parser, parser.item.line, "", parser.item.name);
        else if (parser.item.kind == VMAIL_INI_SECTION)
            take_section(&parser);
        else
            take_key(&parser);
    }
    if (parser.no_memory || !vmail_config_tables(&parser))
        goto no_memory;
    *result = config;
    return VMAIL_OK;

no_memory:
    vmail_config_free(config);
    return VMAIL_NO_MEMORY;
}
