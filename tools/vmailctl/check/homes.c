/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "homes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "home.h"
#include "mailbox.h"
#include "safe_path.h"
#include "shell_word.h"

/** What is said of a path of the user at hand. */
struct place {
    struct homes *homes;
    const struct reader *reader;
    const char *what; /* "home" or "mailbox" */
    const char *path;
};

static void add(const struct place *place, enum finding_severity severity, const char *wrong,
                const char *to_do)
{
    finding_add(&place->homes->check->findings, severity, &place->reader->place, "the %s %s %s\n%s",
                place->what, place->path, wrong, to_do);
}

static void check_owner(const struct place *place, const struct stat *status)
{
    const struct vmail_passwd *user = &place->reader->record.passwd;
    char word[VMAIL_SHELL_PATH_MAX];
    if (status->st_uid == user->uid)
        return;
    finding_add(
        &place->homes->check->findings, FINDING_ERROR, &place->reader->place,
        "the %s %s is owned by uid %lu, and the user is %lu\nrun chown -R %lu:%lu %s, where "
        "all in it is his",
        place->what, place->path, (unsigned long)status->st_uid, (unsigned long)user->uid,
        (unsigned long)user->uid, (unsigned long)user->gid,
        vmail_shell_word(place->path, word, sizeof word));
}

static void check_writers(const struct place *place, const struct stat *status, mode_t bits)
{
    if (S_ISLNK(status->st_mode) || (status->st_mode & bits) == 0)
        return;
    const bool others = (status->st_mode & S_IWOTH) != 0;
    char word[VMAIL_SHELL_PATH_MAX];
    finding_add(&place->homes->check->findings, FINDING_ERROR, &place->reader->place,
                "the %s %s is writable by %s\nrun chmod go-w %s", place->what, place->path,
                others ? "everybody" : "its group",
                vmail_shell_word(place->path, word, sizeof word));
}

/** Looks at the path. False where it is not there, or that cannot be told. */
static bool look(const struct place *place, struct stat *status)
{
    if (lstat(place->path, status) == 0)
        return true;
    if (errno == EACCES) {
        place->homes->refused = true;
        return false;
    }
    if (errno != ENOENT && errno != ENOTDIR)
        add(place, FINDING_ERROR, "cannot be looked at", strerrordesc_np(errno));
    else if (strcmp(place->what, "home") == 0)
        add(place, FINDING_WARNING, "is missing",
            "make it, 0700 and the user's, or change it by "
            "vmailctl user set --home");
    else
        add(place, FINDING_NOTE, "is missing",
            "the first mail makes it; where mail was in it, "
            "look for it now");
    return false;
}

/** A mailbox may be open to a group, as the spool files of the system are. */
static void check_mailbox(struct place place)
{
    struct stat status;
    if (!look(&place, &status))
        return;
    check_owner(&place, &status);
    check_writers(&place, &status, S_IWOTH);
}

void check_home(struct homes *homes, const struct reader *reader)
{
    const struct vmail_passwd *user = &reader->record.passwd;
    const bool fold = homes->check->context->config->fold_case;
    char standard[VMAIL_HOME_MAX + 1];
    struct stat status;
    const char *home = user->home[0] != '\0'
                           ? user->home
                           : vmail_default_home(standard, user->name, homes->domain, fold);
    struct place place = { homes, reader, "home", home };
    if (!safe_path_is_plain(home)) {
        add(&place, FINDING_ERROR, "is not a plain absolute path",
            "change it by vmailctl user set --home");
        return;
    }
    bool there = look(&place, &status);
    /* A link that root has made stands for what it leads to. */
    if (there && S_ISLNK(status.st_mode) && status.st_uid == 0 && stat(home, &status) != 0) {
        add(&place, FINDING_WARNING, "is a link to nothing", "make what it leads to, or a home");
        return;
    }
    if (there && !S_ISDIR(status.st_mode)) {
        add(&place, FINDING_ERROR, "is no directory", "move it away and make one");
        return;
    }
    if (there) {
        check_owner(&place, &status);
        check_writers(&place, &status, S_IWGRP | S_IWOTH);
    }
    char *mailbox = vmail_mailbox_path(homes->mailbox, reader->name, homes->domain, home);
    const size_t length = strlen(home);
    if (mailbox == NULL)
        homes->check->findings.no_memory = true;
    else if (there || strncmp(mailbox, home, length) != 0 || mailbox[length] != '/')
        check_mailbox((struct place){ homes, reader, "mailbox", mailbox });
    free(mailbox);
}
