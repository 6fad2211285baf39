/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The area "aliases": where mail to aliases goes, or does not. */
#include "areas.h"

#include <string.h>

#include "alias_graph.h"
#include "name.h"
#include "table.h"

/** If nobody may run what an alias names: what to do. */
static const char *hint_of_user(const struct context *context, const char *domain)
{
    return vmail_config_alias_user(context->config, domain)[0] != '\0'
               ? ""
               : "\nset `alias_user' in vmail.conf, or vmail-deliver(8) keeps mail to it waiting";
}

/** An entry at hand, of a domain that is checked. */
struct entry {
    struct alias_graph *graph;
    const struct alias_node *node;
    struct findings *findings;
    struct finding_place place;
};

static void check_target(struct entry *entry, const char *target)
{
    struct alias_node *node;
    const char *name = entry->node->alias->name;
    const char *hint = hint_of_user(entry->graph->check->context, entry->place.domain);
    switch (vmail_alias_kind(target)) {
    case VMAIL_ALIAS_WRONG:
        finding_add(entry->findings, FINDING_ERROR, &entry->place,
                    "%s: the target %s is not valid\nfix it; see aliases(5)", name, target);
        return;
    case VMAIL_ALIAS_PROGRAM:
        finding_add(entry->findings, FINDING_NOTE, &entry->place,
                    "%s: mail goes to a program: %s%s", name, target, hint);
        return;
    case VMAIL_ALIAS_FILE:
        finding_add(entry->findings, FINDING_NOTE, &entry->place, "%s: mail goes to a file: %s%s",
                    name, target, hint);
        return;
    case VMAIL_ALIAS_INCLUDE:
        finding_add(entry->findings, FINDING_NOTE, &entry->place,
                    "%s: mail goes to the addresses listed in a file: %s", name, target);
        return;
    case VMAIL_ALIAS_LOCAL:
    case VMAIL_ALIAS_ADDRESS:
        break;
    }
    if (alias_graph_target(entry->graph, entry->node->domain, target, &node) == ALIAS_TARGET_NOBODY)
        finding_add(entry->findings, FINDING_WARNING, &entry->place,
                    "%s: the target %s is neither a user nor an alias\nfix or remove it", name,
                    target);
}

static void check_ignored(struct entry *entry)
{
    const struct vmail_alias *alias = entry->node->alias;
    const char *domain = entry->place.domain;
    for (size_t i = 0; i < alias->ignored_count; i++)
        finding_add(entry->findings, FINDING_WARNING, &entry->place,
                    "%s: the target %s is ignored, because co-administrators may edit this "
                    "file\nremove it, or allow it with vmailctl domain set %s alias_programs yes",
                    alias->name, alias->target[alias->target_count + i].text, domain);
}

/**
 * If an alias and a user have the same name, the alias takes precedence, and the user gets only
 * what it says.
 */
static void check_user(struct entry *entry)
{
    const struct vmail_alias *alias = entry->node->alias;
    struct alias_node *node;
    if (!alias_graph_is_user(entry->graph, entry->node))
        return;
    for (size_t i = 0; i < alias->target_count; i++)
        if (alias_graph_target(entry->graph, entry->node->domain, alias->target[i].text, &node) ==
                ALIAS_TARGET_ALIAS &&
            node == entry->node)
            return; /* the user keeps a copy */
    finding_add(entry->findings, FINDING_NOTE, &entry->place,
                "%s is also a user; the alias takes precedence, so the user gets no mail\nif the "
                "user should keep a copy, add %s to the targets",
                alias->name, alias->name);
}

static void check_entry(struct entry *entry)
{
    const struct vmail_alias *alias = entry->node->alias;
    const struct alias_node *before = entry->node->before;
    if (before != NULL) {
        finding_add(entry->findings, FINDING_WARNING, &entry->place,
                    "%s is already defined in %s:%lu; that one is used\nremove one of the two",
                    alias->name, before->file->path, before->alias->line);
        return;
    }
    if (!vmail_user_valid(alias->name, strlen(alias->name)))
        finding_add(entry->findings, FINDING_WARNING, &entry->place,
                    "%s is not a valid name for a mail address\nrename the alias", alias->name);
    check_user(entry);
    for (size_t i = 0; i < alias->target_count; i++)
        check_target(entry, alias->target[i].text);
    check_ignored(entry);
}

static void check_entries(struct alias_graph *graph)
{
    for (size_t i = 0; i < graph->count; i++) {
        const struct alias_node *node = &graph->node[i];
        struct entry entry = { .graph = graph, .node = node, .findings = &graph->check->findings };
        if (!graph->domain[node->domain].looked_at)
            continue;
        entry.place.domain = graph->names->name[node->domain];
        entry.place.file = node->file->path;
        entry.place.line = node->alias->line;
        check_entry(&entry);
    }
}

/** The key `fallback` of a domain: where mail to nobody goes. */
static void check_fallback(struct alias_graph *graph, size_t domain)
{
    const struct context *context = graph->check->context;
    const struct vmail_domain_config *section =
        vmail_config_domain(context->config, graph->names->name[domain]);
    struct alias_node *node;
    if (section == NULL || section->fallback == NULL || section->fallback[0] == '\0' ||
        section->fallback[0] == '@')
        return;
    /* Of this very domain the answer to nobody is the fallback itself. */
    const enum alias_target_kind kind = alias_graph_target(graph, domain, section->fallback, &node);
    const bool own = strchr(section->fallback, '@') == NULL;
    if (kind != ALIAS_TARGET_NOBODY && (kind != ALIAS_TARGET_FALLBACK || !own))
        return;
    const struct finding_place place = { .domain = section->name,
                                         .file = graph->check->config,
                                         .line = section->line };
    finding_add(&graph->check->findings, FINDING_WARNING, &place,
                "the fallback %s is neither a user nor an alias\nfix it with vmailctl domain set",
                section->fallback);
}

void check_aliases(struct check *check)
{
    struct alias_graph graph;
    if (alias_graph_read(check, &graph)) {
        check_entries(&graph);
        check_alias_loops(&graph);
        for (size_t i = 0; i < graph.names->count; i++)
            if (graph.domain[i].looked_at)
                check_fallback(&graph, i);
    } else {
        check->findings.no_memory = true;
    }
    alias_graph_end(&graph);
}
