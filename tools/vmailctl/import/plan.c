/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "import/plan.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

enum { CHUNK_SIZE = 256 * 1024 };

struct import_chunk {
    struct import_chunk *next;
    size_t size, used;
    char text[];
};

/** Adds an element of SIZE bytes to the array that the pointer at ITEMS points to. */
static void *add_element(struct import_plan *plan, void *items, size_t *count, size_t size)
{
    void *item = vmail_array_append(items, count, size);
    plan->no_memory = plan->no_memory || item == NULL;
    return item;
}

struct import_user *import_plan_user(struct import_plan *plan, struct import_place place)
{
    struct import_user *user = add_element(plan, &plan->users, &plan->user_count, sizeof *user);
    if (user != NULL)
        *user = (struct import_user){ .place = place, .uid = IMPORT_NO_ID, .gid = IMPORT_NO_ID };
    return user;
}

struct import_group *import_plan_group(struct import_plan *plan, struct import_place place)
{
    struct import_group *group =
        add_element(plan, &plan->groups, &plan->group_count, sizeof *group);
    if (group != NULL)
        *group = (struct import_group){ .place = place, .gid = IMPORT_NO_ID };
    return group;
}

void import_plan_alias(struct import_plan *plan, struct import_place place, const char *domain,
                       const char *text)
{
    struct import_alias *alias =
        add_element(plan, &plan->aliases, &plan->alias_count, sizeof *alias);
    if (alias != NULL)
        *alias = (struct import_alias){ .place = place,
                                        .domain = domain,
                                        .text = import_plan_string(plan, text) };
}

void import_plan_address(struct import_plan *plan, struct import_place place, const char *domain,
                         const char *text)
{
    struct import_address *address =
        add_element(plan, &plan->addresses, &plan->address_count, sizeof *address);
    if (address != NULL)
        *address = (struct import_address){ place, domain, import_plan_string(plan, text) };
}

void import_plan_reject(struct import_plan *plan, struct import_place place, const char *reason)
{
    struct import_reject *reject =
        add_element(plan, &plan->rejects, &plan->reject_count, sizeof *reject);
    if (reject != NULL)
        *reject = (struct import_reject){ place, reason };
}

size_t import_plan_domain(struct import_plan *plan, const char *name)
{
    /* Users of one domain are usually adjacent: the last one is tried first. */
    for (size_t i = plan->domain_count; i > 0; i--)
        if (strcmp(plan->domains[i - 1].name, name) == 0)
            return i - 1;
    struct import_domain *domain =
        add_element(plan, &plan->domains, &plan->domain_count, sizeof *domain);
    if (domain == NULL)
        return SIZE_MAX;
    memcpy(domain->name, name, strlen(name) + 1);
    return plan->domain_count - 1;
}

const char *import_plan_text(struct import_plan *plan, const char *text, size_t length)
{
    struct import_chunk *chunk = plan->chunk;
    if (chunk == NULL || chunk->size - chunk->used <= length) {
        size_t size = length < CHUNK_SIZE ? CHUNK_SIZE : length + 1;
        chunk = malloc(sizeof *chunk + size);
        if (chunk == NULL) {
            plan->no_memory = true;
            return NULL;
        }
        *chunk = (struct import_chunk){ .next = plan->chunk, .size = size };
        plan->chunk = chunk;
    }
    char *copy = chunk->text + chunk->used;
    memcpy(copy, text, length);
    copy[length] = '\0';
    chunk->used += length + 1;
    return copy;
}

const char *import_plan_string(struct import_plan *plan, const char *text)
{
    return text == NULL ? NULL : import_plan_text(plan, text, strlen(text));
}

const char *import_plan_format(struct import_plan *plan, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0) {
        plan->no_memory = true;
        return NULL;
    }
    const char *copy = import_plan_text(plan, text, (size_t)length);
    explicit_bzero(text, (size_t)length);
    free(text);
    return copy;
}

void import_plan_free(struct import_plan *plan)
{
    for (struct import_chunk *chunk = plan->chunk, *next; chunk != NULL; chunk = next) {
        next = chunk->next;
        explicit_bzero(chunk->text, chunk->used);
        free(chunk);
    }
    free(plan->users);
    free(plan->groups);
    free(plan->aliases);
    free(plan->addresses);
    free(plan->rejects);
    free(plan->domains);
    *plan = (struct import_plan){ 0 };
}
