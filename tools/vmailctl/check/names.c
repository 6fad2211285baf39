/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The area "names": users and groups whose names mean somebody else as well. */
#include "areas.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "marks.h"
#include "reader.h"

/** The names of the system, folded; see system_account.h for which. */
struct system_names {
    struct marks users, groups;
    bool no_memory;
};

static void add(struct system_names *names, struct marks *marks, const char *name, uint32_t id)
{
    char folded[VMAIL_USER_MAX + 1];
    const size_t length = strlen(name);
    if (id >= VMAIL_IDS_LOWEST || length > VMAIL_USER_MAX)
        return;
    vmail_fold_copy(folded, name, length);
    if (!marks_add(marks, &(struct mark){ .key = mark_key(folded, length) }))
        names->no_memory = true;
}

static void read_names(const struct vmail_paths *paths, struct system_names *names)
{
    const struct passwd *user;
    const struct group *group;
    FILE *file = fopen(paths->system_passwd, "re");
    add(names, &names->users, "root", 0);
    add(names, &names->groups, "root", 0);
    while (file != NULL && (user = fgetpwent(file)) != NULL)
        add(names, &names->users, user->pw_name, user->pw_uid);
    if (file != NULL)
        fclose(file);
    file = fopen(paths->system_group, "re");
    while (file != NULL && (group = fgetgrent(file)) != NULL)
        add(names, &names->groups, group->gr_name, group->gr_gid);
    if (file != NULL)
        fclose(file);
    marks_sort(&names->users);
    marks_sort(&names->groups);
}

static void check_name(const struct system_names *names, const struct reader *reader)
{
    struct findings *findings = &reader->check->findings;
    const char *name = vmail_record_name(&reader->record);
    const bool group = reader->record.kind == VMAIL_GROUP;
    const struct marks *taken = group ? &names->groups : &names->users;
    char folded[VMAIL_USER_MAX + 1];
    const size_t length = strnlen(name, VMAIL_USER_MAX);
    if (strpbrk(name, reader->check->context->config->separators) != NULL) {
        finding_add(findings, FINDING_ERROR, &reader->place,
                    "the name %s holds one of `separators` of vmail.conf: the line counts for "
                    "nothing\nrename the %s, or give up the separator",
                    name, group ? "group" : "user");
        return;
    }
    vmail_fold_copy(folded, name, length);
    if (marks_find(taken, mark_key(folded, length)) != NULL)
        finding_add(findings, FINDING_NOTE, &reader->place,
                    "the system has a %s %s as well: a plain %s means that one, whatever the "
                    "address\nwrite %s@%s everywhere, or rename him",
                    group ? "group" : "user", name, name, name, reader->place.domain);
}

static void check_file(struct check *check, const struct system_names *names, enum vmail_kind kind,
                       const char *domain)
{
    struct reader reader;
    if (reader_open(&reader, check, "names", kind, domain, NULL) != VMAIL_OK)
        return;
    while (reader_next(&reader))
        if (reader.broken == NULL)
            check_name(names, &reader);
    reader_close(&reader);
}

void check_names(struct check *check)
{
    struct system_names names = { 0 };
    read_names(check->context->paths, &names);
    for (size_t i = 0; i < check->domains.count; i++) {
        check_file(check, &names, VMAIL_PASSWD, check->domains.name[i]);
        check_file(check, &names, VMAIL_GROUP, check->domains.name[i]);
    }
    if (names.no_memory)
        check->findings.no_memory = true;
    marks_free(&names.users);
    marks_free(&names.groups);
}
