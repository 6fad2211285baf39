/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "alias_graph.h"

#include <stdlib.h>
#include <string.h>

#include "domain_rows.h"
#include "reader.h"

static bool find_domain(const struct alias_graph *graph, const char *name, size_t *number)
{
    char **found = check_find_domain(graph->names, name);
    if (found != NULL)
        *number = (size_t)(found - graph->names->name);
    return found != NULL;
}

static size_t count_nodes(const struct alias_graph *graph)
{
    size_t count = 0;
    for (size_t i = 0; i < graph->names->count; i++)
        for (size_t k = 0; k < graph->domain[i].set.count; k++)
            count += graph->domain[i].set.file[k].aliases.count;
    return count;
}

static bool add_nodes(struct alias_graph *graph, size_t domain, const struct vmail_alias_file *file)
{
    for (size_t i = 0; i < file->aliases.count; i++) {
        const struct vmail_alias *alias = &file->aliases.alias[i];
        if (alias->reason != NULL)
            continue; /* the area "files" tells of it */
        const struct mark mark = { .key = mark_key(alias->name, strlen(alias->name)),
                                   .domain = (uint32_t)domain,
                                   .line = (uint32_t)graph->count,
                                   .offset = (int64_t)graph->count };
        graph->node[graph->count++] =
            (struct alias_node){ .alias = alias, .file = file, .domain = domain };
        if (!marks_add(&graph->marks, &mark))
            return false;
    }
    return true;
}

/** The entry of NAME, in lower case, that is used in the domain. */
static struct alias_node *find_node(const struct alias_graph *graph, size_t domain,
                                    const char *name)
{
    const struct mark *mark = marks_find(&graph->marks, mark_key(name, strlen(name)));
    for (; mark != NULL; mark = marks_next(&graph->marks, mark)) {
        struct alias_node *node = &graph->node[mark->offset];
        if (mark->domain == domain && strcmp(node->alias->name, name) == 0)
            return node;
    }
    return NULL;
}

bool alias_graph_read(struct check *check, struct alias_graph *graph)
{
    *graph = (struct alias_graph){ .check = check };
    graph->names = check_all_domains(check, &graph->all);
    graph->domain = calloc(graph->names->count + 1, sizeof *graph->domain);
    for (size_t i = 0; graph->domain != NULL && i < graph->names->count; i++) {
        struct alias_domain *domain = &graph->domain[i];
        domain->looked_at = check_covers(check, graph->names->name[i]);
        if (vmail_alias_set_read(check->context->paths, check->context->config,
                                 graph->names->name[i], &domain->set, NULL) == VMAIL_NO_MEMORY)
            return false;
    }
    if (graph->domain == NULL ||
        (graph->node = calloc(count_nodes(graph) + 1, sizeof *graph->node)) == NULL)
        return false;
    for (size_t i = 0; i < graph->names->count; i++)
        for (size_t k = 0; k < graph->domain[i].set.count; k++)
            if (!add_nodes(graph, i, &graph->domain[i].set.file[k]))
                return false;
    marks_sort(&graph->marks);
    for (size_t i = 0; i < graph->count; i++) {
        struct alias_node *node = &graph->node[i];
        const struct alias_node *first = find_node(graph, node->domain, node->alias->name);
        node->before = first == node ? NULL : first;
    }
    return true;
}

void alias_graph_end(struct alias_graph *graph)
{
    for (size_t i = 0; graph->domain != NULL && i < graph->names->count; i++) {
        vmail_alias_set_end(&graph->domain[i].set);
        marks_free(&graph->domain[i].users);
    }
    free(graph->domain);
    free(graph->node);
    marks_free(&graph->marks);
    vmail_domains_free(&graph->all);
}

/** Users are read once somebody asks for one of the domain. */
static bool is_user(struct alias_graph *graph, size_t number, const char *name)
{
    struct alias_domain *domain = &graph->domain[number];
    if (!domain->users_read) {
        enum vmail_result result = reader_names(graph->check, VMAIL_PASSWD,
                                                graph->names->name[number], false, &domain->users);
        domain->users_known = result == VMAIL_OK || result == VMAIL_NOT_FOUND;
        domain->users_read = true;
    }
    return !domain->users_known || marks_find(&domain->users, mark_key(name, strlen(name))) != NULL;
}

bool alias_graph_is_user(struct alias_graph *graph, const struct alias_node *node)
{
    return is_user(graph, node->domain, node->alias->name) &&
           graph->domain[node->domain].users_known;
}

/** Whom TARGET of an alias in domain number DOMAIN means. The resolver is asked only where the
 * domain's name is none in the list: it looks into the directory each time. */
static bool resolve(const struct alias_graph *graph, size_t domain, const char *target,
                    struct vmail_name *name, size_t *number)
{
    const struct context *context = graph->check->context;
    const struct vmail_context here = { .domain = graph->names->name[domain], .mail = true };
    struct vmail_identity found;
    if (!vmail_name_split(target, context->config->rules.separators,
                          context->config->rules.fold_case, name))
        return false;
    *number = domain;
    if (name->form == VMAIL_NAME_PLAIN ||
        (name->form == VMAIL_NAME_DOMAIN && find_domain(graph, name->domain, number)))
        return true;
    return vmail_resolve(context->paths, context->config, target, &here, &found) == VMAIL_OK &&
           find_domain(graph, found.domain, number);
}

enum alias_target_kind alias_graph_target(struct alias_graph *graph, size_t domain,
                                          const char *target, struct alias_node **node)
{
    const enum vmail_alias_kind kind = vmail_alias_kind(target);
    struct vmail_name name;
    char folded[VMAIL_USER_MAX + 1];
    size_t number;
    if ((kind != VMAIL_ALIAS_LOCAL && kind != VMAIL_ALIAS_ADDRESS) ||
        !resolve(graph, domain, target, &name, &number))
        return ALIAS_TARGET_ELSEWHERE;
    vmail_fold_copy(folded, name.user, strlen(name.user));
    *node = find_node(graph, number, folded);
    if (*node != NULL)
        return ALIAS_TARGET_ALIAS;
    if (name.user_valid && is_user(graph, number, name.user))
        return ALIAS_TARGET_USER;
    return vmail_config_has_fallback(graph->check->context->config, graph->names->name[number])
               ? ALIAS_TARGET_FALLBACK
               : ALIAS_TARGET_NOBODY;
}
