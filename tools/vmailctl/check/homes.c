/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "homes.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "home.h"
#include "mailbox.h"
#include "safe_path.h"
#include "shell_word.h"
#include "store.h"

/** What is said of a path of the user at hand. */
struct place {
    struct homes *homes;
    const struct reader *reader;
    bool is_home; /* or the mailbox */
    const char *path;
    bool home_is_roots; /* a chroot: what is missing there stays missing */
};

static const char *what(const struct place *place)
{
    return place->is_home ? "home" : "mailbox";
}

static void add_place_finding(const struct place *place, enum finding_severity severity,
                              const char *wrong, const char *to_do)
{
    finding_add(&place->homes->check->findings, severity, &place->reader->place, "the %s %s %s\n%s",
                what(place), place->path, wrong, to_do);
}

static bool is_same_user(const struct place *place, const char *name, const char *domain)
{
    return strcmp(domain, place->homes->domain) == 0 &&
           strcmp(name, place->reader->record.passwd.name) == 0;
}

/** Whether another user, in this domain or any, also has the uid. */
static bool is_shared(const struct place *place, uint32_t uid)
{
    const struct context *context = place->homes->check->context;
    struct vmail_found found;
    struct vmail_table table;
    struct vmail_record record;
    bool shared = false;
    if (vmail_store_find_uid_anywhere(context->paths, context->config, uid, &found) == VMAIL_OK) {
        shared = !is_same_user(place, found.record.passwd.name, found.domain);
        vmail_found_end(&found);
    }
    if (shared ||
        vmail_table_open(&table, context_file(context, VMAIL_PASSWD, place->homes->domain), NULL) !=
            VMAIL_OK)
        return shared;
    while (!shared && vmail_table_next(&table, &record) == VMAIL_OK)
        shared = record.passwd.uid == uid &&
                 !is_same_user(place, record.passwd.name, place->homes->domain);
    vmail_table_close(&table);
    return shared;
}

/** Does not advise a chown that would give the files to another user. */
static void check_owner(const struct place *place, const struct stat *status)
{
    static const char owned[] = "the %s %s is owned by uid %lu, but the user has uid %lu\n%s";
    const struct vmail_passwd *user = &place->reader->record.passwd;
    struct findings *findings = &place->homes->check->findings;
    char word[VMAIL_SHELL_PATH_MAX], *advice = NULL;
    if (status->st_uid == user->uid || (place->is_home && safe_path_is_roots(status)))
        return;
    const char *path = vmail_shell_word(place->path, word, sizeof word);
    const bool shared = finding_is_shown(findings, FINDING_ERROR, &place->reader->place, owned) &&
                        is_shared(place, user->uid);
    const int length =
        shared
            ? asprintf(&advice,
                       "another user also has uid %lu: first give this user a different uid (the "
                       "owner's, if the files are theirs)",
                       (unsigned long)user->uid)
            : asprintf(&advice, "if everything in it belongs to the user, run chown -R %lu:%lu %s",
                       (unsigned long)user->uid, (unsigned long)user->gid, path);
    if (length < 0) {
        findings->no_memory = true;
        return;
    }
    finding_add(findings, FINDING_ERROR, &place->reader->place, owned, what(place), place->path,
                (unsigned long)status->st_uid, (unsigned long)user->uid, advice);
    free(advice);
}

static void check_writers(const struct place *place, const struct stat *status, mode_t bits)
{
    if (S_ISLNK(status->st_mode) || (status->st_mode & bits) == 0)
        return;
    const bool others = (status->st_mode & S_IWOTH) != 0;
    char word[VMAIL_SHELL_PATH_MAX];
    finding_add(&place->homes->check->findings, FINDING_ERROR, &place->reader->place,
                "the %s %s is writable by %s\nrun chmod go-w %s", what(place), place->path,
                others ? "everybody" : "its group",
                vmail_shell_word(place->path, word, sizeof word));
}

/** Looks at the path. False if it is missing or this is unknown. */
static bool look_at_place(const struct place *place, struct stat *status)
{
    if (lstat(place->path, status) == 0)
        return true;
    if (errno == EACCES) {
        place->homes->refused = true;
        return false;
    }
    if (errno != ENOENT && errno != ENOTDIR)
        add_place_finding(place, FINDING_ERROR, "cannot be checked", strerrordesc_np(errno));
    else if (place->is_home)
        add_place_finding(
            place, FINDING_WARNING, "is missing",
            "create it with mode 0700, owned by the user, or set another with vmailctl user set "
            "--home");
    else if (place->home_is_roots)
        add_place_finding(place, FINDING_ERROR,
                          "is missing, and the user cannot create it, because root owns the home",
                          "create it with mode 0700, owned by the user");
    else
        add_place_finding(
            place, FINDING_NOTE, "is missing",
            "the first mail creates it; if it existed before, find out where its mail is");
    return false;
}

/** A mailbox may be open to a group, as the spool files of the system are. */
static void check_mailbox(struct place place)
{
    struct stat status;
    if (!look_at_place(&place, &status))
        return;
    check_owner(&place, &status);
    check_writers(&place, &status, S_IWOTH);
}

static bool is_below(const char *path, const char *directory)
{
    const size_t length = strlen(directory);
    return strncmp(path, directory, length) == 0 && path[length] == '/';
}

static bool is_in_group(const struct place *place, gid_t group)
{
    const struct vmail_passwd *user = &place->reader->record.passwd;
    gid_t groups[64];
    int count = sizeof groups / sizeof *groups;
    char name[VMAIL_USER_MAX + 1 + VMAIL_DOMAIN_MAX + 1];
    if (user->gid == group)
        return true;
    snprintf(name, sizeof name, "%s@%s", place->reader->name, place->homes->domain);
    if (getgrouplist(name, user->gid, groups, &count) < 0)
        return true; /* more than that: unknown */
    while (count > 0 && groups[count - 1] != group)
        count--;
    return count > 0;
}

static bool may_enter_directory(const struct place *place, const struct stat *status)
{
    if (status->st_uid == place->reader->record.passwd.uid)
        return (status->st_mode & S_IXUSR) != 0;
    return (status->st_mode & (is_in_group(place, status->st_gid) ? S_IXGRP : S_IXOTH)) != 0;
}

/** Whether the user can come to the home, through all that is above it. */
static void check_way(struct homes *homes, const struct place *place)
{
    char path[VMAIL_HOME_MAX + 1], word[VMAIL_SHELL_PATH_MAX];
    struct stat status;
    const char *last = strrchr(place->path, '/');
    const size_t above = (size_t)(last - place->path);
    bool everybody = true;
    if (above == 0 || above > VMAIL_HOME_MAX ||
        (strlen(homes->open) == above && strncmp(homes->open, place->path, above) == 0))
        return;
    for (size_t length = 1; length <= above; length++) {
        if (length < above && place->path[length] != '/')
            continue;
        memcpy(path, place->path, length);
        path[length] = '\0';
        if (stat(path, &status) != 0)
            return; /* what is missing or not readable for us is reported elsewhere */
        everybody = everybody && (status.st_mode & 0111) == 0111;
        if (everybody || may_enter_directory(place, &status))
            continue;
        if (strcmp(homes->closed, path) == 0)
            return;
        memcpy(homes->closed, path, length + 1);
        finding_add(&homes->check->findings, FINDING_ERROR, &place->reader->place,
                    "the home %s is below %s, which the user cannot enter: mail bounces and "
                    "log-ins fail, perhaps for other users too\nrun chmod o+x %s",
                    place->path, path, vmail_shell_word(path, word, sizeof word));
        return;
    }
    if (everybody)
        memcpy(homes->open, path, above + 1);
}

void check_home(struct homes *homes, const struct reader *reader)
{
    const struct vmail_passwd *user = &reader->record.passwd;
    const bool fold = homes->check->context->config->rules.fold_case;
    char standard[VMAIL_HOME_MAX + 1];
    struct stat status;
    const char *home = user->home[0] != '\0'
                           ? user->home
                           : vmail_default_home(standard, user->name, homes->domain, fold);
    struct place place = { .homes = homes, .reader = reader, .is_home = true, .path = home };
    if (!safe_path_is_plain(home)) {
        add_place_finding(&place, FINDING_ERROR, "is not a plain absolute path",
                          "change it with vmailctl user set --home");
        return;
    }
    check_way(homes, &place);
    bool there = look_at_place(&place, &status);
    /* A link created by root stands for its target. */
    if (there && S_ISLNK(status.st_mode) && status.st_uid == 0 && stat(home, &status) != 0) {
        add_place_finding(&place, FINDING_WARNING, "is a dangling symbolic link",
                          "create its target, or replace it with a directory");
        return;
    }
    if (there && !S_ISDIR(status.st_mode)) {
        add_place_finding(&place, FINDING_ERROR, "is not a directory",
                          "move it away and create a directory");
        return;
    }
    if (there) {
        check_owner(&place, &status);
        check_writers(&place, &status, S_IWGRP | S_IWOTH);
    }
    char *mailbox = vmail_mailbox_path(homes->mailbox, reader->name, homes->domain, home);
    if (mailbox == NULL)
        homes->check->findings.no_memory = true;
    else if (there || !is_below(mailbox, home))
        check_mailbox((struct place){ .homes = homes,
                                      .reader = reader,
                                      .path = mailbox,
                                      .home_is_roots = there && safe_path_is_roots(&status) &&
                                                       is_below(mailbox, home) });
    free(mailbox);
}
