/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config_guard.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "config.h"

/* Errors of the parser, without their line numbers, which an edit may change. */
struct errors {
    char **text;
    size_t count;
    bool no_memory;
};

struct meaning {
    struct vmail_config *config;
    struct errors errors;
};

struct vmail_config_guard {
    struct meaning before;
    struct meaning after;
    const struct vmail_config_change *changes;
    size_t count;
    struct vmail_error *error;
};

/* --- errors */

/* TEXT is "vmail.conf:LINE: what". */
static void take_error(void *context, const char *text)
{
    struct errors *errors = context;
    const char *what = strstr(text, ": ");
    char *copy = strdup(what == NULL ? text : what + 2);
    char **error =
        copy == NULL ? NULL : vmail_array_append(&errors->text, &errors->count, sizeof *error);
    if (error != NULL)
        *error = copy;
    else
        free(copy);
    errors->no_memory = errors->no_memory || error == NULL;
}

static int compare_errors(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Returns the first new error, or NULL. An error that occurs more often than before is new. */
static const char *find_new_error(const struct errors *before, const struct errors *after)
{
    size_t j = 0;
    for (size_t i = 0; i < after->count; i++) {
        int order = 1;
        while (j < before->count && (order = strcmp(after->text[i], before->text[j])) > 0)
            j++;
        if (j == before->count || order < 0)
            return after->text[i];
        j++;
    }
    return NULL;
}

/* --- settings */

/* Whether a change is about KEY of [SECTION ARGUMENT]; KEY is NULL for the section as a whole. */
static bool is_asked_for(const struct vmail_config_guard *guard, const char *section,
                         const char *argument, const char *key)
{
    for (size_t i = 0; i < guard->count; i++) {
        const struct vmail_config_change *change = &guard->changes[i];
        if (strcmp(change->section, section) == 0 && strcmp(change->argument, argument) == 0 &&
            (key == NULL || (change->key != NULL && strcmp(change->key, key) == 0)))
            return true;
    }
    return false;
}

/* An added or removed domain changes all its keys. */
static bool comes_or_goes(const struct vmail_config_guard *guard, const char *domain)
{
    return (vmail_config_domain(guard->before.config, domain) == NULL) !=
           (vmail_config_domain(guard->after.config, domain) == NULL);
}

/* Whether KEY of [SECTION ARGUMENT] may change its meaning. If not, sets ERROR. */
static bool may_differ(const struct vmail_config_guard *guard, const char *section,
                       const char *argument, const char *key)
{
    bool whole = key == NULL || (strcmp(section, "domain") == 0 && comes_or_goes(guard, argument));
    if (is_asked_for(guard, section, argument, whole ? NULL : key))
        return true;
    vmail_error_set(guard->error, EINVAL,
                    "vmail.conf: not changed: it would change `%s` of [%s%s%s] as well; fix the "
                    "file by hand, vmailctl check shows where",
                    key == NULL ? "" : key, section, *argument == '\0' ? "" : " ", argument);
    return false;
}

/* Judges one row before and after the edit; either may be NULL. */
typedef bool judge_rows(const struct vmail_config_guard *guard, const void *before,
                        const void *after);

struct rows {
    const void *row;
    size_t count;
};

struct row_kind {
    size_t size;
    /* The sort order of both tables; A is a row from before the edit. */
    int (*compare)(const struct vmail_config_guard *guard, const void *a, const void *b);
    judge_rows *judge;
};

/* Goes through two sorted tables side by side. */
static bool judge_all(const struct vmail_config_guard *guard, struct rows before, struct rows after,
                      const struct row_kind *kind)
{
    const char *a = before.row, *b = after.row;
    size_t i = 0, j = 0;
    while (i < before.count || j < after.count) {
        int order = i == before.count ? 1
                    : j == after.count
                        ? -1
                        : kind->compare(guard, a + i * kind->size, b + j * kind->size);
        if (!kind->judge(guard, order <= 0 ? a + i * kind->size : NULL,
                         order >= 0 ? b + j * kind->size : NULL))
            return false;
        i += order <= 0;
        j += order >= 0;
    }
    return true;
}

static const char *before(const struct vmail_config_guard *guard, uint32_t offset)
{
    return vmail_config_string(guard->before.config, offset);
}

static const char *after(const struct vmail_config_guard *guard, uint32_t offset)
{
    return vmail_config_string(guard->after.config, offset);
}

static int compare_domains(const struct vmail_config_guard *guard, const void *a, const void *b)
{
    return strcmp(before(guard, ((const struct vmail_domain_row *)a)->name),
                  after(guard, ((const struct vmail_domain_row *)b)->name));
}

static int compare_names(const struct vmail_config_guard *guard, const void *a, const void *b)
{
    return strcmp(before(guard, ((const struct vmail_name_row *)a)->name),
                  after(guard, ((const struct vmail_name_row *)b)->name));
}

static bool same_words(const struct vmail_words *a, const struct vmail_words *b)
{
    for (size_t i = 0; a->count == b->count && i < a->count; i++)
        if (strcmp(a->item[i], b->item[i]) != 0)
            return false;
    return a->count == b->count;
}

/* Either may be NULL. */
static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool same_ids(const struct vmail_id_range *a, const struct vmail_id_range *b)
{
    return a->first == b->first && a->last == b->last;
}

static bool judge_domain(const struct vmail_config_guard *guard, const void *old_row,
                         const void *new_row)
{
    const struct vmail_domain_row *a = old_row, *b = new_row;
    if (a == NULL || b == NULL)
        return may_differ(guard, "domain",
                          a == NULL ? after(guard, b->name) : before(guard, a->name), NULL);
    const struct vmail_domain_config *old = &guard->before.config->domains[a->domain];
    const struct vmail_domain_config *new = &guard->after.config->domains[b->domain];
    const struct {
        const char *key;
        bool same;
    } keys[] = {
        { "fallback", strcmp(old->fallback, new->fallback) == 0 },
        { "mailbox", strcmp(old->mailbox, new->mailbox) == 0 },
        { "mailbox_limit", old->mailbox_limit == new->mailbox_limit },
        { "max_users", old->max_users == new->max_users },
        { "match_full_name", old->match_full_name == new->match_full_name },
        { "alias_programs", old->alias_programs == new->alias_programs },
        { "alias_user", same_text(old->alias_user, new->alias_user) },
        { "alias_files", same_words(&old->alias_files, &new->alias_files) },
        { "admins", same_words(&old->admins, &new->admins) },
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!keys[i].same && !may_differ(guard, "domain", old->name, keys[i].key))
            return false;
    return true;
}

/* Judges a row of KEY. It belonged to domain A and now belongs to B; one may be NULL. */
static bool judge_owner(const struct vmail_config_guard *guard, const char *key, const char *a,
                        const char *b)
{
    if (a != NULL && b != NULL && strcmp(a, b) == 0)
        return true;
    return (a == NULL || may_differ(guard, "domain", a, key)) &&
           (b == NULL || may_differ(guard, "domain", b, key));
}

static bool judge_alias(const struct vmail_config_guard *guard, const void *old, const void *new)
{
    const struct vmail_name_row *a = old, *b = new;
    return judge_owner(guard, "aliases", a == NULL ? NULL : before(guard, a->owner),
                       b == NULL ? NULL : after(guard, b->owner));
}

static int compare_addresses(const struct vmail_config_guard *guard, const void *a, const void *b)
{
    (void)guard;
    return vmail_address_compare(&((const struct vmail_address_row *)a)->address,
                                 &((const struct vmail_address_row *)b)->address);
}

static bool judge_address(const struct vmail_config_guard *guard, const void *old, const void *new)
{
    const struct vmail_address_row *a = old, *b = new;
    return judge_owner(guard, "address", a == NULL ? NULL : before(guard, a->owner),
                       b == NULL ? NULL : after(guard, b->owner));
}

static int compare_blocks(const struct vmail_config_guard *guard, const void *a, const void *b)
{
    const struct vmail_id_range *one = &((const struct vmail_ids_row *)a)->ids;
    const struct vmail_id_range *other = &((const struct vmail_ids_row *)b)->ids;
    (void)guard;
    if (one->first != other->first)
        return one->first < other->first ? -1 : 1;
    return one->last < other->last ? -1 : one->last > other->last;
}

static bool judge_block(const struct vmail_config_guard *guard, const void *old, const void *new)
{
    const struct vmail_ids_row *a = old, *b = new;
    return judge_owner(guard, "ids", a == NULL ? NULL : before(guard, a->owner),
                       b == NULL ? NULL : after(guard, b->owner));
}

static int order_relays(const void *a, const void *b)
{
    return strcmp(((const struct vmail_relay_config *)a)->name,
                  ((const struct vmail_relay_config *)b)->name);
}

static int compare_relays(const struct vmail_config_guard *guard, const void *a, const void *b)
{
    (void)guard;
    return order_relays(a, b);
}

static bool judge_relay(const struct vmail_config_guard *guard, const void *old, const void *new)
{
    const struct vmail_relay_config *a = old, *b = new;
    if (a == NULL || b == NULL)
        return may_differ(guard, "relay", a == NULL ? b->name : a->name, NULL);
    return (a->subdomains == b->subdomains || may_differ(guard, "relay", a->name, "subdomains")) &&
           (strcmp(a->recipients, b->recipients) == 0 ||
            may_differ(guard, "relay", a->name, "recipients")) &&
           (strcmp(a->primary, b->primary) == 0 || may_differ(guard, "relay", a->name, "primary"));
}

static bool judge_vmail(const struct vmail_config_guard *guard)
{
    const struct vmail_config *a = guard->before.config, *b = guard->after.config;
    return (same_ids(&a->rules.ids, &b->rules.ids) || may_differ(guard, "vmail", "", "ids")) &&
           (strcmp(a->rules.separators, b->rules.separators) == 0 ||
            may_differ(guard, "vmail", "", "separators")) &&
           (strcmp(a->recipient_delimiter, b->recipient_delimiter) == 0 ||
            may_differ(guard, "vmail", "", "recipient_delimiter")) &&
           (same_text(a->delivery_agent, b->delivery_agent) ||
            may_differ(guard, "vmail", "", "delivery_agent")) &&
           (same_text(a->alias_user, b->alias_user) ||
            may_differ(guard, "vmail", "", "alias_user")) &&
           (a->rules.fold_case == b->rules.fold_case ||
            may_differ(guard, "vmail", "", "fold_case")) &&
           (a->enumerate == b->enumerate || may_differ(guard, "vmail", "", "enumerate")) &&
           (a->nss_hashes == b->nss_hashes || may_differ(guard, "vmail", "", "nss_hashes"));
}

static bool judge_tables(const struct vmail_config_guard *guard)
{
    const struct vmail_config *a = guard->before.config, *b = guard->after.config;
    static const struct row_kind domain = { sizeof *a->domain_names, compare_domains,
                                            judge_domain };
    static const struct row_kind alias = { sizeof *a->aliases, compare_names, judge_alias };
    static const struct row_kind address = { sizeof *a->addresses, compare_addresses,
                                             judge_address };
    static const struct row_kind block = { sizeof *a->blocks, compare_blocks, judge_block };
    static const struct row_kind relay = { sizeof *a->relays, compare_relays, judge_relay };
    return judge_all(guard, (struct rows){ a->domain_names, a->domain_name_count },
                     (struct rows){ b->domain_names, b->domain_name_count }, &domain) &&
           judge_all(guard, (struct rows){ a->aliases, a->alias_count },
                     (struct rows){ b->aliases, b->alias_count }, &alias) &&
           judge_all(guard, (struct rows){ a->addresses, a->address_count },
                     (struct rows){ b->addresses, b->address_count }, &address) &&
           judge_all(guard, (struct rows){ a->blocks, a->block_count },
                     (struct rows){ b->blocks, b->block_count }, &block) &&
           judge_all(guard, (struct rows){ a->relays, a->relay_count },
                     (struct rows){ b->relays, b->relay_count }, &relay);
}

/* --- */

static enum vmail_result understand(const struct vmail_text_buffer *text, struct meaning *meaning)
{
    enum vmail_result result =
        vmail_config_parse(text->bytes == NULL ? "" : text->bytes, text->length, &meaning->config,
                           take_error, &meaning->errors);
    if (result != VMAIL_OK)
        return result;
    if (meaning->errors.count > 1)
        qsort(meaning->errors.text, meaning->errors.count, sizeof *meaning->errors.text,
              compare_errors);
    if (meaning->config->relay_count > 1)
        qsort(meaning->config->relays, meaning->config->relay_count,
              sizeof *meaning->config->relays, order_relays);
    return meaning->errors.no_memory ? VMAIL_NO_MEMORY : VMAIL_OK;
}

enum vmail_result vmail_config_guard_start(struct vmail_config_guard **guard,
                                           const struct vmail_text_buffer *text)
{
    *guard = calloc(1, sizeof **guard);
    return *guard == NULL ? VMAIL_NO_MEMORY : understand(text, &(*guard)->before);
}

enum vmail_result vmail_config_guard_judge(struct vmail_config_guard *guard,
                                           const struct vmail_text_buffer *text,
                                           const struct vmail_config_change *changes, size_t count,
                                           struct vmail_error *error)
{
    enum vmail_result result = understand(text, &guard->after);
    if (result != VMAIL_OK)
        return result;
    const char *new_error = find_new_error(&guard->before.errors, &guard->after.errors);
    if (new_error != NULL) {
        vmail_error_set(error, EINVAL, "vmail.conf: not changed: %s", new_error);
        return VMAIL_INVALID;
    }
    guard->changes = changes;
    guard->count = count;
    guard->error = error;
    return judge_vmail(guard) && judge_tables(guard) ? VMAIL_OK : VMAIL_INVALID;
}

static void free_meaning(struct meaning *meaning)
{
    vmail_config_free(meaning->config);
    for (size_t i = 0; i < meaning->errors.count; i++)
        free(meaning->errors.text[i]);
    free(meaning->errors.text);
}

void vmail_config_guard_end(struct vmail_config_guard *guard)
{
    if (guard == NULL)
        return;
    free_meaning(&guard->before);
    free_meaning(&guard->after);
    free(guard);
}
