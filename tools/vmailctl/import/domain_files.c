/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "import/domain_files.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ageing.h"
#include "file_state.h"
#include "lock.h"
#include "transaction.h"

/* The order of writing: no user is visible without a password. */
enum { SHADOW, GROUP, ALIASES, PASSWD, FILES };

static enum vmail_result add(struct vmail_edit *edit, struct vmail_error *error, const char *format,
                             ...) __attribute__((format(printf, 3, 4)));

static enum vmail_result add(struct vmail_edit *edit, struct vmail_error *error, const char *format,
                             ...)
{
    char *line;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&line, format, arguments);
    va_end(arguments);
    if (length < 0)
        return VMAIL_NO_MEMORY;
    enum vmail_result result = vmail_edit_append_line(edit, line, error);
    explicit_bzero(line, (size_t)length);
    free(line);
    return result;
}

static enum vmail_result add_user(struct vmail_edit *edit, const struct import_user *user,
                                  struct vmail_error *error)
{
    enum vmail_result result =
        add(&edit[PASSWD], error, "%s:x:%lu:%lu:%s:%s:%s", user->name, (unsigned long)user->new_uid,
            (unsigned long)user->new_gid, user->gecos, user->home, user->shell);
    if (result != VMAIL_OK)
        return result;
    if (user->ageing != NULL)
        return add(&edit[SHADOW], error, "%s:%s:%s", user->name, user->hash, user->ageing);
    return add(&edit[SHADOW], error, "%s:%s:%ld:0:99999:7:::", user->name, user->hash,
               vmail_ageing_today());
}

static bool is_taken(const struct import_decision *decision, size_t domain)
{
    return decision->skipped == NULL && decision->domain == domain;
}

static enum vmail_result add_groups(struct vmail_edit *edit, const struct import_part *part,
                                    struct vmail_error *error)
{
    enum vmail_result result = VMAIL_OK;
    for (size_t i = 0; result == VMAIL_OK && i < part->plan->group_count; i++) {
        const struct import_group *group = &part->plan->groups[i];
        if (is_taken(&group->decision, part->domain))
            result = add(edit, error, "%s:x:%lu:%s", group->name, (unsigned long)group->new_gid,
                         group->members);
    }
    return result;
}

static enum vmail_result add_aliases(struct vmail_edit *edit, const struct import_part *part,
                                     struct vmail_error *error)
{
    enum vmail_result result = VMAIL_OK;
    for (size_t i = 0; result == VMAIL_OK && i < part->plan->alias_count; i++) {
        const struct import_alias *alias = &part->plan->aliases[i];
        if (is_taken(&alias->decision, part->domain))
            result = vmail_edit_append_line(edit, alias->text, error);
    }
    return result;
}

/** Whether the file of EDIT is the one that the plan was made for. */
static bool is_as_planned(const struct vmail_edit *edit, const struct vmail_file_state *expected,
                          struct vmail_error *error)
{
    static const struct vmail_file_state none = { 0 };
    const struct vmail_file_state now =
        edit->place.fd < 0 ? none : vmail_file_state(&edit->place.status);
    if (vmail_file_state_equal(&now, expected))
        return true;
    vmail_error_set(error, EAGAIN, "%s: changed during the import; run the command again",
                    edit->name);
    return false;
}

static enum vmail_result add_all(struct vmail_edit *edit, void *context, struct vmail_error *error)
{
    const struct import_part *part = context;
    const struct import_domain *domain = &part->plan->domains[part->domain];
    if (!is_as_planned(&edit[SHADOW], &domain->shadow, error) ||
        !is_as_planned(&edit[GROUP], &domain->group, error) ||
        !is_as_planned(&edit[PASSWD], &domain->passwd, error) ||
        (domain->aliases > 0 && !is_as_planned(&edit[ALIASES], &domain->aliases_file, error)))
        return VMAIL_UNAVAILABLE;
    enum vmail_result result = vmail_edit_splice(&edit[PASSWD], 0, 0, NULL, 0);
    for (size_t i = 0; result == VMAIL_OK && i < part->user_count; i++)
        result = add_user(edit, &part->plan->users[part->user[i]], error);
    if (result == VMAIL_OK && domain->groups > 0)
        result = add_groups(&edit[GROUP], part, error);
    if (result == VMAIL_OK && domain->aliases > 0)
        result = add_aliases(&edit[ALIASES], part, error);
    return result;
}

enum vmail_result import_part_write(const struct vmail_paths *paths, const struct import_part *part,
                                    struct vmail_error *error)
{
    static const char *const kinds[FILES] = {
        [SHADOW] = "shadow", [GROUP] = "group", [ALIASES] = "aliases", [PASSWD] = "passwd"
    };
    /* Before the lock: NSS may be slow. */
    const struct vmail_new_file secret = vmail_new_file_shadow(), public = vmail_new_file_public();
    const char *domain = part->plan->domains[part->domain].name;
    struct import_part own = *part;
    char name[FILES][NAME_MAX + 1];
    struct vmail_transaction transaction = { .function = add_all,
                                             .context = &own,
                                             .seconds = VMAIL_LOCK_SECONDS_ADMIN };
    struct vmail_lock lock;
    for (size_t i = 0; i < FILES; i++) {
        snprintf(name[i], sizeof name[i], "%s.%s", kinds[i], domain);
        transaction.file[i] =
            (struct vmail_transaction_file){ .name = name[i],
                                             .make = i == SHADOW ? &secret : &public };
    }
    enum vmail_result result =
        vmail_lock_domain(paths, domain, VMAIL_LOCK_SECONDS_ADMIN, &lock, error);
    if (result != VMAIL_OK)
        return result;
    result = vmail_transaction_run(paths, &transaction, error);
    vmail_lock_release(&lock);
    return result;
}
