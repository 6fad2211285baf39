/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The area "names": names that mean somebody else as well, or nobody. */
#include "areas.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader.h"
#include "resolver.h"
#include "system_account.h"
#include "table.h"

/** Adds the names of the system to NAMES, folded; see system_account.h for which. False: no memory.
 */
static bool read_names(const struct vmail_paths *paths, struct marks *names)
{
    char folded[VMAIL_USER_MAX + 1];
    const struct passwd *user;
    FILE *file = fopen(paths->system_passwd, "re");
    bool good = marks_add(names, &(struct mark){ .key = mark_key("root", 4) });
    while (good && file != NULL && (user = fgetpwent(file)) != NULL) {
        const size_t length = strlen(user->pw_name);
        if (!vmail_id_is_system(user->pw_uid) || length > VMAIL_USER_MAX)
            continue;
        vmail_fold_copy(folded, user->pw_name, length);
        good = marks_add(names, &(struct mark){ .key = mark_key(folded, length) });
    }
    if (file != NULL)
        fclose(file);
    marks_sort(names);
    return good;
}

/** Names of groups are hardly ever typed, and many a domain has its own `staff` and `users`. */
static void check_name(const struct marks *names, const struct reader *reader)
{
    struct findings *findings = &reader->check->findings;
    const char *name = vmail_record_name(&reader->record);
    const bool group = reader->record.kind == VMAIL_GROUP;
    char folded[VMAIL_USER_MAX + 1];
    const size_t length = strnlen(name, VMAIL_USER_MAX);
    if (strpbrk(name, reader->check->context->config->rules.separators) != NULL) {
        finding_add(findings, FINDING_ERROR, &reader->place,
                    "the name %s contains one of `separators` of vmail.conf: this line is "
                    "ignored\nrename the %s, or remove the separator",
                    name, group ? "group" : "user");
        return;
    }
    vmail_fold_copy(folded, name, length);
    if (!group && marks_find(names, mark_key(folded, length)) != NULL)
        finding_add(findings, FINDING_NOTE, &reader->place,
                    "a system user is also called %s: a plain %s always means the system user\nuse "
                    "%s@%s everywhere, or rename the user",
                    name, name, name, reader->place.domain);
}

static void check_file(struct check *check, const struct marks *names, enum vmail_kind kind,
                       const char *domain)
{
    struct reader reader;
    if (reader_open(&reader, check, kind, domain) != VMAIL_OK)
        return;
    while (reader_next(&reader))
        if (reader.broken == NULL)
            check_name(names, &reader);
    reader_close(&reader);
}

static bool user_exists(const struct context *context, const struct vmail_identity *identity)
{
    struct vmail_table table;
    struct vmail_record record;
    if (vmail_table_open(&table, context_file(context, VMAIL_PASSWD, identity->domain), NULL) !=
        VMAIL_OK)
        return true; /* other areas tell why */
    enum vmail_result result = vmail_table_find_name(&table, identity->user, &record, NULL);
    vmail_table_close(&table);
    return result != VMAIL_NOT_FOUND && result != VMAIL_BROKEN;
}

/** A MEMBER of a system group works only if written as programs look it up. */
static void check_member(struct check *check, const struct finding_place *place, const char *group,
                         const char *member)
{
    static const struct vmail_context nothing = { 0 };
    const struct context *context = check->context;
    struct vmail_identity identity;
    char canonical[VMAIL_USER_MAX + 1 + VMAIL_DOMAIN_MAX + 1];
    if (vmail_resolve(context->paths, context->config, member, &nothing, &identity) != VMAIL_OK)
        return;
    snprintf(canonical, sizeof canonical, "%s@%s", identity.user, identity.domain);
    if (strcmp(member, canonical) != 0)
        finding_add(&check->findings, FINDING_WARNING, place,
                    "the member %s of the group %s is ignored: programs look up %s\nwrite %s there",
                    member, group, canonical, canonical);
    else if (!user_exists(context, &identity))
        finding_add(&check->findings, FINDING_WARNING, place,
                    "the group %s has the member %s, who does not exist: a new user with that name "
                    "would be in the group\nrun gpasswd -d %s %s",
                    group, member, member, group);
}

/** REST is what follows the name of GROUP in a line as in group(5); it is taken apart. */
static void check_members(struct check *check, const struct finding_place *place, const char *group,
                          char *rest)
{
    for (int i = 0; i < 2 && rest != NULL; i++) {
        rest = strchr(rest, ':');
        rest = rest == NULL ? NULL : rest + 1;
    }
    for (char *member; (member = strsep(&rest, ",")) != NULL;)
        check_member(check, place, group, member);
}

/** Lines of the system's own file that have the name of a domain's user or group, and members of
 * its groups that are users of domains. */
static void check_system_file(struct check *check, enum vmail_kind kind)
{
    const struct context *context = check->context;
    const bool group = kind == VMAIL_GROUP;
    const struct vmail_context nothing = { .group = group };
    struct finding_place place = { .file = group ? context->paths->system_group
                                                 : context->paths->system_passwd };
    struct vmail_identity identity;
    char *line = NULL;
    size_t room = 0;
    FILE *file = fopen(place.file, "re");
    while (file != NULL && getline(&line, &room, file) >= 0) {
        place.line++;
        line[strcspn(line, "\n")] = '\0';
        char *rest = strchr(line, ':');
        if (rest != NULL)
            *rest++ = '\0';
        if (vmail_resolve(context->paths, context->config, line, &nothing, &identity) == VMAIL_OK)
            finding_add(&check->findings, FINDING_ERROR, &place,
                        "the system %s %s has a name of the domain %s: programs treat it as a "
                        "virtual one\nrun %s %s, or rename it",
                        group ? "group" : "user", line, identity.domain,
                        group ? "groupdel" : "userdel", line);
        if (group)
            check_members(check, &place, line, rest);
    }
    free(line);
    if (file != NULL)
        fclose(file);
}

void check_names(struct check *check)
{
    struct marks names = { 0 };
    if (!read_names(check->context->paths, &names))
        check->findings.no_memory = true;
    for (size_t i = 0; i < check->domains.count; i++) {
        check_file(check, &names, VMAIL_PASSWD, check->domains.name[i]);
        check_file(check, &names, VMAIL_GROUP, check->domains.name[i]);
    }
    marks_free(&names);
    if (check->everything && !check->context->restricted && check->context->config != NULL) {
        check_system_file(check, VMAIL_PASSWD);
        check_system_file(check, VMAIL_GROUP);
    }
}
