/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Aliases that lead back to themselves. Part of the area "aliases". */
#include "alias_graph.h"

#include <stdlib.h>
#include <string.h>

/** A search in depth, with a stack of its own: a chain of aliases may be as long as a file. */
struct search {
    struct alias_graph *graph;
    struct step {
        struct alias_node *node;
        size_t target; /* the next one to look at */
    } * step;
    size_t depth;
};

/** Mail to TARGET of FROM comes back to TO, which is on the way to FROM. */
static void add_loop(struct search *search, const struct alias_node *from, const char *target,
                     const struct alias_node *to)
{
    struct alias_graph *graph = search->graph;
    const struct alias_node *shown = graph->domain[from->domain].looked_at ? from : to;
    if (!graph->domain[shown->domain].looked_at)
        return;
    const struct finding_place place = { .domain = graph->names->name[shown->domain],
                                         .file = shown->file->path,
                                         .line = shown->alias->line };
    if (from == to)
        finding_add(&graph->check->findings, FINDING_ERROR, &place,
                    "%s leads to itself, and no user has that name\nfix the target",
                    shown->alias->name);
    else
        finding_add(
            &graph->check->findings, FINDING_ERROR, &place,
            "%s: mail loops: %s@%s leads to %s, which leads back\nremove one of them from the loop",
            shown->alias->name, from->alias->name, graph->names->name[from->domain], target);
}

static void enter(struct search *search, struct alias_node *node)
{
    node->state = ALIAS_OPEN;
    search->step[search->depth++] = (struct step){ node, 0 };
}

static void look_at(struct search *search, struct alias_node *from, const char *target)
{
    struct alias_node *node;
    if (alias_graph_target(search->graph, from->domain, target, &node) != ALIAS_TARGET_ALIAS)
        return;
    if (node == from && alias_graph_is_user(search->graph, node))
        return; /* the user keeps a copy */
    if (node->state == ALIAS_OPEN)
        add_loop(search, from, target, node);
    else if (node->state == ALIAS_NEW)
        enter(search, node);
}

static void search_from(struct search *search, struct alias_node *start)
{
    enter(search, start);
    while (search->depth > 0) {
        struct step *step = &search->step[search->depth - 1];
        const struct vmail_alias *alias = step->node->alias;
        if (step->target < alias->target_count) {
            look_at(search, step->node, alias->target[step->target++].text);
        } else {
            step->node->state = ALIAS_DONE;
            search->depth--;
        }
    }
}

void check_alias_loops(struct alias_graph *graph)
{
    struct search search = { .graph = graph };
    search.step = calloc(graph->count + 1, sizeof *search.step);
    if (search.step == NULL) {
        graph->check->findings.no_memory = true;
        return;
    }
    for (size_t i = 0; i < graph->count; i++) {
        struct alias_node *node = &graph->node[i];
        if (node->state == ALIAS_NEW && node->before == NULL &&
            graph->domain[node->domain].looked_at)
            search_from(&search, node);
    }
    free(search.step);
}
