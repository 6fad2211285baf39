/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The area "users": whether users, passwords, homes, mailboxes and groups belong together. */
#include "ageing.h"
#include "areas.h"

#include <string.h>
#include <unistd.h>

#include "hash.h"
#include "homes.h"
#include "limit.h"
#include "reader.h"
#include "shared_files.h"

/** The files of one domain, and who is in them. */
struct domain_users {
    struct check *check;
    const struct shared_files *shared;
    const char *domain;
    struct marks users;     /* to whom lines of the current file may belong; see shared_files.h */
    struct marks passwords; /* of the shadow file */
    bool users_known, passwords_known;
};

static void check_password(struct domain_users *domain, const struct reader *reader)
{
    struct findings *findings = &domain->check->findings;
    const char *setting, *hash = reader->record.passwd.hash;
    if (strcmp(hash, "x") == 0) {
        if (domain->passwords_known && marks_find(&domain->passwords, reader->key) == NULL)
            finding_add(findings, FINDING_WARNING, &reader->place,
                        "the user has no line in the shadow file, and cannot log in\nset a "
                        "password with vmailctl user passwd");
        return;
    }
    switch (vmail_hash_classify(hash, &setting)) {
    case VMAIL_HASH_USABLE:
        finding_add(findings, FINDING_WARNING, &reader->place,
                    "the hash is in the passwd file, which everybody can read\nset a new password "
                    "with vmailctl user passwd, which writes to the shadow file");
        break;
    case VMAIL_HASH_EMPTY:
        finding_add(findings, FINDING_ERROR, &reader->place,
                    "the password field is empty\nset a password with vmailctl user passwd, which "
                    "writes an x here");
        break;
    default:
        break; /* locked, on purpose */
    }
}

static void check_limit(struct domain_users *domain, const struct reader *reader)
{
    uint64_t limit;
    if (vmail_limit_own(reader->record.passwd.gecos, &limit) == VMAIL_LIMIT_BROKEN)
        finding_add(&domain->check->findings, FINDING_WARNING, &reader->place,
                    "the user's own mailbox_limit is not a size, so the limit of the domain is in "
                    "force\nset it with vmailctl user set --mailbox-limit");
}

static void check_passwd(struct domain_users *domain)
{
    struct check *check = domain->check;
    struct reader reader;
    struct homes homes = {
        .check = check,
        .domain = domain->domain,
        .mailbox = vmail_config_mailbox(check->context->config, domain->domain),
    };
    if (reader_open(&reader, check, VMAIL_PASSWD, domain->domain) != VMAIL_OK)
        return;
    while (reader_next_good(&reader)) {
        check_password(domain, &reader);
        check_limit(domain, &reader);
        check_home(&homes, &reader);
    }
    if (homes.refused) {
        struct finding_place place = reader.place;
        place.line = 0;
        place.user = NULL;
        finding_add(&check->findings, FINDING_NOTE, &place,
                    "some homes and mailboxes were not checked, because you may not read them\nrun "
                    "vmailctl check as root");
    }
    reader_close(&reader);
}

/** Finds the users to whom lines of KIND.DOMAIN may belong. */
static void read_users(struct domain_users *domain, enum vmail_kind kind)
{
    marks_free(&domain->users);
    domain->users_known = shared_files_users(domain->check, domain->shared, kind, domain->domain,
                                             &domain->users) == VMAIL_OK;
}

/** Checks the hash of a line, without showing it. */
static void check_hash(struct domain_users *domain, const struct reader *reader)
{
    const char *setting;
    struct findings *findings = &domain->check->findings;
    switch (vmail_hash_classify(reader->record.shadow.hash, &setting)) {
    case VMAIL_HASH_EMPTY:
        finding_add(findings, FINDING_WARNING, &reader->place,
                    "the password field is empty, so the user cannot log in\nset a password with "
                    "vmailctl user passwd, or lock the user with vmailctl user lock");
        break;
    case VMAIL_HASH_USABLE:
        if (vmail_hash_is_legacy(setting))
            finding_add(findings, FINDING_NOTE, &reader->place,
                        "the hash uses an old method that is quick to crack\nset the password "
                        "again with vmailctl user passwd");
        break;
    case VMAIL_HASH_LOCKED:
        break;
    case VMAIL_HASH_TOO_COSTLY:
        finding_add(findings, FINDING_WARNING, &reader->place,
                    "the hash takes too long to check, so the user cannot log in\nset a password "
                    "with vmailctl user passwd");
        break;
    default:
        finding_add(
            findings, FINDING_WARNING, &reader->place,
            "crypt(3) does not support this hash, so the user cannot log in\nset a password with "
            "vmailctl user passwd; if this is a clear-text password, do not use it again");
    }
}

static void check_shadow_line(struct domain_users *domain, const struct reader *reader)
{
    const struct vmail_shadow *shadow = &reader->record.shadow;
    const long today = vmail_ageing_today();
    check_hash(domain, reader);
    if (shadow->last_change > today + 1) /* in other time zones it may be tomorrow */
        finding_add(&domain->check->findings, FINDING_WARNING, &reader->place,
                    "the date of the last password change is in the future (day %ld since 1970, "
                    "today is %ld), so the password does not age\nset the clock, or set the "
                    "password with vmailctl user passwd",
                    shadow->last_change, today);
}

static void check_shadow(struct domain_users *domain)
{
    struct reader reader;
    if (reader_open(&reader, domain->check, VMAIL_SHADOW, domain->domain) != VMAIL_OK)
        return;
    read_users(domain, VMAIL_SHADOW);
    while (reader_next_good(&reader))
        if (domain->users_known && marks_find(&domain->users, reader.key) == NULL)
            finding_add(&domain->check->findings, FINDING_WARNING, &reader.place,
                        "the passwd file has no such user; perhaps a change was interrupted\nrun "
                        "vmailctl check --repair, or remove the line");
        else
            check_shadow_line(domain, &reader);
    reader_close(&reader);
}

/** Everybody skips members of a group that are not valid names. */
static void check_member_names(struct domain_users *domain, const struct reader *reader)
{
    const char *rest = reader->record.group.members;
    while (*rest != '\0') {
        const size_t length = strcspn(rest, ",");
        if (length > 0 && !vmail_user_valid(rest, length)) {
            finding_add(&domain->check->findings, FINDING_WARNING, &reader->place,
                        "the group %s has a member that is not a valid name: %.*s\nwrite only "
                        "names, separated by commas",
                        reader->record.group.name, (int)(length > 200 ? 200 : length), rest);
            return;
        }
        rest += length + (rest[length] == ',' ? 1 : 0);
    }
}

static void check_members(struct domain_users *domain, const struct reader *reader)
{
    const char *rest = reader->record.group.members, *member;
    char name[VMAIL_USER_MAX + 1];
    size_t length;
    while (vmail_group_next_member(&rest, &member, &length))
        if (marks_find(&domain->users, reader_name_key(domain->check, member, length, name)) ==
            NULL)
            finding_add(&domain->check->findings, FINDING_WARNING, &reader->place,
                        "the group %s has the member %s, who does not exist\nrun vmailctl check "
                        "--repair, or vmailctl group member del",
                        reader->record.group.name, name);
}

static void check_groups(struct domain_users *domain)
{
    struct reader reader;
    if (reader_open(&reader, domain->check, VMAIL_GROUP, domain->domain) != VMAIL_OK)
        return;
    read_users(domain, VMAIL_GROUP);
    while (reader_next_good(&reader)) {
        check_member_names(domain, &reader);
        if (domain->users_known)
            check_members(domain, &reader);
    }
    reader_close(&reader);
}

static bool has_users(const struct domain_users *domain)
{
    struct reader reader;
    if (reader_open(&reader, domain->check, VMAIL_PASSWD, domain->domain) != VMAIL_OK)
        return false;
    const bool has = reader_next_good(&reader);
    reader_close(&reader);
    return has;
}

/** Without a shadow file nobody can log in; that is one finding, not one a user. */
static void read_passwords(struct domain_users *domain)
{
    struct check *check = domain->check;
    struct finding_place place = { .domain = domain->domain };
    char path[VMAIL_PATH_MAX];
    enum vmail_result result =
        reader_names(check, VMAIL_SHADOW, domain->domain, false, &domain->passwords);
    domain->passwords_known = result == VMAIL_OK;
    if (!vmail_file_path(path, check->context->paths, VMAIL_SHADOW, domain->domain))
        return;
    place.file = path;
    if (result == VMAIL_NOT_FOUND && has_users(domain))
        finding_add(&check->findings, FINDING_WARNING, &place,
                    "missing: nobody in this domain can log in with a hash from it\nset a password "
                    "with vmailctl user passwd, which creates the file");
    else if (result == VMAIL_UNAVAILABLE)
        finding_add(&check->findings, FINDING_NOTE, &place,
                    "cannot be read, so passwords are not checked%s",
                    geteuid() == 0 ? "" : "\nrun vmailctl check as root");
}

static void check_domain(struct check *check, const struct shared_files *shared, const char *name)
{
    struct domain_users domain = { .check = check, .shared = shared, .domain = name };
    read_passwords(&domain);
    check_passwd(&domain);
    check_shadow(&domain);
    check_groups(&domain);
    marks_free(&domain.users);
    marks_free(&domain.passwords);
}

void check_users(struct check *check)
{
    struct shared_files shared;
    if (!shared_files_read(check, &shared))
        check->findings.no_memory = true;
    for (size_t i = 0; i < check->domains.count && !check->findings.no_memory; i++)
        check_domain(check, &shared, check->domains.name[i]);
    shared_files_free(&shared);
}
