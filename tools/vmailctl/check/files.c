/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The area "files": whether the files can be read and believed, and what their names say. Their
 * lines are in file_lines.c. */
#include "areas.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config_file.h"
#include "domain_oddities.h"
#include "leftovers.h"
#include "mailbox.h"
#include "new_file.h"
#include "shell_word.h"
#include "table.h"
#include "trust.h"

/** TEXT without the path that PLACE names already. */
static const char *without_path(const struct finding_place *place, const char *text)
{
    const size_t length = place == NULL ? 0 : strlen(place->file);
    return length > 0 && strncmp(text, place->file, length) == 0 &&
                   strncmp(text + length, ": ", 2) == 0
               ? text + length + 2
               : text;
}

/** What cannot be read is an error, unless it is that the person at hand may not. */
static void add_failure(struct check *check, const struct finding_place *place,
                        const struct vmail_error *error)
{
    if (error->code == EACCES && geteuid() != 0)
        finding_add(&check->findings, FINDING_NOTE, place,
                    "not checked, because you may not read it\nrun vmailctl check as root");
    else
        finding_add_message(&check->findings, FINDING_ERROR, place,
                            without_path(place, error->text));
}

static void check_oddities(struct check *check)
{
    struct vmail_oddity_list list;
    char path[VMAIL_PATH_MAX];
    const struct finding_place place = { .file = path };
    struct vmail_error error = { 0 };
    enum vmail_result result = vmail_domains_oddities(check->context->paths, &list, &error);
    if (result != VMAIL_OK)
        finding_add_message(&check->findings, FINDING_ERROR, NULL, error.text);
    for (size_t i = 0; i < list.count; i++) {
        snprintf(path, sizeof path, "%s/%s", check->context->paths->directory, list.oddity[i].file);
        finding_add_message(&check->findings, FINDING_WARNING, &place, list.oddity[i].reason);
    }
    vmail_oddities_free(&list);
}

static void add_leftover(void *data, int directory, const char *name, const char *domain)
{
    struct check *check = data;
    char path[VMAIL_PATH_MAX];
    const struct finding_place place = { .file = path };
    (void)directory;
    snprintf(path, sizeof path, "%s/%s", check->context->paths->directory, name);
    if (domain == NULL && check->everything)
        finding_add(&check->findings, FINDING_WARNING, &place,
                    "left behind by an interrupted change; the file being changed is intact\nrun "
                    "vmailctl check --repair, or remove it");
}

static void add_half_deleted(void *data, int directory, const char *name, const char *domain)
{
    struct check *check = data;
    char path[VMAIL_PATH_MAX];
    const struct finding_place place = { .domain = domain, .file = path };
    (void)directory;
    snprintf(path, sizeof path, "%s/%s", check->context->paths->directory, name);
    if (domain != NULL && (check->everything || check_covers(check, domain)))
        finding_add(&check->findings, FINDING_WARNING, &place,
                    "the deletion of the domain was interrupted: homes and mailboxes of the users "
                    "in this file may still exist\nrun vmailctl domain del --force --purge %s",
                    domain);
}

/** The mode of a trusted file: others must be able to read it, or must not. */
static void check_mode(struct check *check, const struct finding_place *place, bool secret,
                       const struct stat *status)
{
    char word[VMAIL_SHELL_PATH_MAX];
    const char *path = vmail_shell_word(place->file, word, sizeof word);
    if (!secret && (status->st_mode & S_IROTH) == 0)
        finding_add(&check->findings, FINDING_ERROR, place,
                    "not readable by everybody, so only root can use it\nrun chmod a+r %s", path);
    if (secret && (status->st_mode & (S_IROTH | S_IXOTH)) != 0)
        finding_add(&check->findings, FINDING_ERROR, place,
                    "the password hashes in it are readable by everybody\nrun chmod o= %s, and "
                    "change these passwords: anyone could have read the hashes",
                    path);
    const struct vmail_new_file own = vmail_new_file_shadow();
    if (secret && (status->st_mode & S_IRGRP) != 0 && status->st_gid != own.group &&
        status->st_gid != 0)
        finding_add(&check->findings, FINDING_WARNING, place,
                    "readable by the group %lu\nrun chgrp %lu %s", (unsigned long)status->st_gid,
                    (unsigned long)own.group, path);
}

/** Opens NAME as the modules do. False: it is missing, or that is a finding. */
static bool check_file(struct check *check, const struct finding_place *place, const char *name,
                       bool secret)
{
    struct vmail_error error = { 0 };
    struct stat status;
    int fd;
    enum vmail_result result =
        vmail_trusted_open(check->context->paths, name, &fd, &status, &error);
    if (result == VMAIL_NO_MEMORY)
        check->findings.no_memory = true;
    if (result == VMAIL_NOT_FOUND || result == VMAIL_NO_MEMORY)
        return false;
    if (result != VMAIL_OK) {
        add_failure(check, place, &error);
        return false;
    }
    close(fd);
    check_mode(check, place, secret, &status);
    return true;
}

static void add_config_line(void *data, const char *text)
{
    struct check *check = data;
    char *path;
    if (asprintf(&path, "%s/%s", check->context->paths->directory, text) < 0) {
        check->findings.no_memory = true;
        return;
    }
    finding_add_message(&check->findings, FINDING_ERROR, NULL, path);
    free(path);
}

static void check_config(struct check *check)
{
    struct vmail_error error = { 0 };
    struct vmail_config *config = NULL;
    enum vmail_result result =
        vmail_config_load(check->context->paths, &config, add_config_line, check, &error);
    vmail_config_free(config);
    if (result == VMAIL_NO_MEMORY)
        check->findings.no_memory = true;
    else if (result != VMAIL_OK)
        add_failure(check, NULL, &error);
    else
        check_file(check, &(const struct finding_place){ .file = check->config }, VMAIL_CONFIG_NAME,
                   false);
}

/** A path that users of the same name share. */
static void check_mailbox(struct check *check, const char *domain)
{
    const char *mailbox = vmail_config_mailbox(check->context->config, domain);
    const struct finding_place place = { .domain = domain, .file = check->config };
    if (!vmail_mailbox_is_own(mailbox, domain))
        finding_add(&check->findings, FINDING_WARNING, &place,
                    "mailbox = %s lacks %%d or %%u: users of two domains, or a system user, may "
                    "share a mailbox\nuse both, and move the mailboxes",
                    mailbox);
}

static void check_domain(struct check *check, const char *domain)
{
    static const enum vmail_kind kinds[] = { VMAIL_PASSWD, VMAIL_SHADOW, VMAIL_GROUP };
    const struct vmail_paths *paths = check->context->paths;
    struct vmail_file_state state;
    char path[VMAIL_PATH_MAX], name[VMAIL_FILE_NAME_MAX + 1];
    struct finding_place place = { .domain = domain, .file = path };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        vmail_file_name(name, kinds[i], domain);
        if (vmail_file_path(path, paths, kinds[i], domain) &&
            check_file(check, &place, name, kinds[i] == VMAIL_SHADOW))
            check_lines(check, kinds[i], domain);
        else if (kinds[i] == VMAIL_PASSWD && !vmail_domain_exists(paths, domain, &state))
            finding_add(&check->findings, FINDING_NOTE, &place,
                        "missing: the domain has a section in vmail.conf, but no users\nadd one "
                        "with vmailctl user add");
    }
    check_mailbox(check, domain);
    check_alias_lines(check, domain);
}

/** Programs that are not root, such as mail daemons, also look users up. */
static void check_directory(struct check *check, int fd)
{
    const char *directory = check->context->paths->directory;
    const struct finding_place place = { .file = directory };
    struct stat status;
    if (fstat(fd, &status) == 0 && (status.st_mode & (S_IROTH | S_IXOTH)) != (S_IROTH | S_IXOTH))
        finding_add(&check->findings, FINDING_ERROR, &place,
                    "programs that do not run as root cannot use it: they find no virtual users, "
                    "and mail bounces\nrun chmod 755 %s",
                    directory);
}

void check_files(struct check *check)
{
    struct vmail_error error = { 0 };
    int fd;
    enum vmail_result result = vmail_trusted_open_directory(check->context->paths, &fd, &error);
    if (result != VMAIL_OK) {
        if (result == VMAIL_NOT_FOUND)
            vmail_error_set(
                &error, ENOENT,
                "%s: no such directory; create it and a domain with vmailctl domain add",
                check->context->paths->directory);
        finding_add_message(&check->findings, FINDING_ERROR, NULL, error.text);
        return;
    }
    check_directory(check, fd);
    close(fd);
    if (!check->context->restricted)
        check_config(check);
    if (check->everything)
        check_oddities(check);
    /* One kind after the other, so that many of one kind are summed up. */
    if (!leftovers_each(check->context, add_leftover, check) ||
        !leftovers_each(check->context, add_half_deleted, check))
        check->findings.no_memory = true;
    for (size_t i = 0; i < check->domains.count; i++)
        check_domain(check, check->domains.name[i]);
}
