/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "user_files.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "home.h"
#include "mailbox.h"
#include "message.h"
#include "safe_path.h"
#include "tree_remove.h"

static const int directory_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

static enum exit_code path_failed(const struct context *context, const char *path, int code)
{
    message_error(context, "%s: %s", path,
                  code == EPERM ? "already exists and is owned by somebody else"
                                : strerrordesc_np(code));
    return EXIT_UNAVAILABLE;
}

/** As safe_path_open_parent, with a message unless a directory is missing and MAKE is NULL. */
static int open_parent(const struct context *context, const char *path,
                       const struct safe_path_make *make, char name[NAME_MAX + 1])
{
    struct vmail_error error = { 0 };
    const int parent = safe_path_open_parent(path, make, name, &error);
    if (parent < 0 && (make != NULL || error.code != ENOENT))
        message_error(context, "%s", error.text);
    errno = error.code;
    return parent;
}

/** Looks at PATH without following a link; whether it EXISTS. */
static enum exit_code look_at(const struct context *context, const char *path, bool *exists,
                              struct stat *status)
{
    char name[NAME_MAX + 1];
    *exists = false;
    const int parent = open_parent(context, path, NULL, name);
    if (parent < 0)
        return errno == ENOENT ? EXIT_DONE : errno == EINVAL ? EXIT_USAGE : EXIT_UNAVAILABLE;
    const int code = fstatat(parent, name, status, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : errno;
    close(parent);
    *exists = code == 0;
    return code == 0 || code == ENOENT ? EXIT_DONE : path_failed(context, path, code);
}

enum exit_code user_files_look(const struct context *context, const char *home, bool *exists,
                               uint32_t *owner)
{
    struct stat status;
    const enum exit_code code = look_at(context, home, exists, &status);
    if (code == EXIT_DONE && *exists)
        *owner = status.st_uid;
    return code;
}

/** The user for whom files are created. */
struct maker {
    const struct vmail_passwd *user;
    struct made_files *made;
    /*
     * Only root can have been here, so what root owns may be used too: an interrupted vmailctl
     * leaves such files.
     */
    bool safe;
};

/**
 * Whether the directory FD may be given to the user. Even one that we MADE may have been replaced,
 * if somebody else owns the directory above: it must be empty and owned by root.
 */
static bool may_be_given(int fd, const struct maker *maker, bool made)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return false;
    if (status.st_uid == maker->user->uid)
        return true;
    return status.st_uid == 0 && (maker->safe || (made && safe_path_is_empty(fd, ".") == 1));
}

/**
 * Creates the directory NAME in PARENT, or opens an existing one that the user owns; -1 with errno.
 */
static int make_own(int parent, const char *name, const struct maker *maker)
{
    bool made = mkdirat(parent, name, 0700) == 0;
    if (!made && errno != EEXIST)
        return -1;
    if (made)
        made_files_add(maker->made, parent, name);
    int fd = openat(parent, name, directory_flags);
    if (fd < 0 || may_be_given(fd, maker, made))
        return fd;
    close(fd);
    errno = EPERM;
    return -1;
}

static void close_and_keep_errno(int fd)
{
    const int code = errno;
    if (fd >= 0)
        close(fd);
    errno = code;
}

/** Gives FD to the user if root still owns it, and closes it. */
static bool give(int fd, const struct vmail_passwd *user)
{
    struct stat status;
    bool good = fstat(fd, &status) == 0 &&
                (status.st_uid == user->uid || fchown(fd, user->uid, user->gid) == 0);
    close_and_keep_errno(fd);
    return good;
}

static bool make_maildir(int parent, const char *name, const struct maker *maker)
{
    static const char *const parts[] = { "tmp", "new", "cur" };
    int maildir = make_own(parent, name, maker);
    bool good = maildir >= 0;
    for (size_t i = 0; good && i < sizeof parts / sizeof *parts; i++) {
        int fd = make_own(maildir, parts[i], maker);
        good = fd >= 0 && give(fd, maker->user);
    }
    if (!good) {
        close_and_keep_errno(maildir);
        return false;
    }
    return give(maildir, maker->user);
}

/** The same for an mbox, which is created empty; an interrupted run may have left it empty. */
static bool make_mbox(int parent, const char *name, const struct maker *maker)
{
    const int flags = O_WRONLY | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
    struct stat status;
    int fd = openat(parent, name, flags | O_CREAT | O_EXCL, 0600);
    if (fd >= 0) {
        made_files_add(maker->made, parent, name);
        return give(fd, maker->user);
    }
    if (errno != EEXIST || (fd = openat(parent, name, flags)) < 0)
        return false;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
        (status.st_uid == maker->user->uid ||
         (maker->safe && status.st_uid == 0 && status.st_size == 0 && status.st_nlink == 1)))
        return give(fd, maker->user);
    close(fd);
    errno = EPERM;
    return false;
}

static bool make_mailbox_at(int parent, const char *name, const char *mailbox,
                            const struct maker *maker)
{
    return strncmp(mailbox, "mbox:", 5) == 0 ? make_mbox(parent, name, maker)
                                             : make_maildir(parent, name, maker);
}

/** Creates the mailbox at REST below the home FD, and the directories in between. */
static bool make_mailbox_in_home(int fd, const char *rest, const char *mailbox,
                                 const struct maker *maker)
{
    char part[NAME_MAX + 1];
    size_t length = strcspn(rest, "/");
    if (length > NAME_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(part, rest, length);
    part[length] = '\0';
    if (rest[length] == '\0')
        return make_mailbox_at(fd, part, mailbox, maker);
    int below = make_own(fd, part, maker);
    if (below < 0)
        return false;
    if (make_mailbox_in_home(below, rest + length + 1, mailbox, maker))
        return give(below, maker->user);
    close_and_keep_errno(below);
    return false;
}

/** Creates the spool of a domain like the system's, root:mail 2775. */
static bool make_spool(const struct context *context, const char *path, const char *mailbox,
                       const struct maker *maker)
{
    const struct group *mail = getgrnam("mail");
    const struct safe_path_make make = { mail == NULL ? 0755 : 02775,
                                         mail == NULL ? 0 : mail->gr_gid };
    char name[NAME_MAX + 1];
    int parent = open_parent(context, path, &make, name);
    if (parent < 0)
        return false;
    bool good = make_mailbox_at(parent, name, mailbox, maker);
    if (!good)
        path_failed(context, path, errno);
    close(parent);
    return good;
}

/** If the path MAILBOX is below HOME, the rest of it, otherwise NULL. */
static const char *below(const char *mailbox, const char *home)
{
    size_t length = strlen(home);
    return strncmp(mailbox, home, length) == 0 && mailbox[length] == '/' ? mailbox + length + 1
                                                                         : NULL;
}

/** Creates the home, or opens an existing one owned by root or the user. -1 with a message. */
static int open_home(const struct context *context, const struct maker *maker)
{
    const char *path = maker->user->home;
    char name[NAME_MAX + 1];
    int parent = open_parent(context, path, &safe_path_plain, name);
    if (parent < 0)
        return -1;
    int home = make_own(parent, name, maker);
    if (home < 0)
        path_failed(context, path, errno);
    close(parent);
    return home;
}

/** Creates the home, and the mailbox if PATH is in it. */
static bool make_home(const struct context *context, struct maker *maker, const char *mailbox,
                      const char *path)
{
    const char *rest = below(path, maker->user->home);
    struct stat status;
    maker->safe = true;
    int home = open_home(context, maker);
    if (home < 0)
        return false;
    /* While root owns the home, nobody else can be in it. */
    maker->safe = fstat(home, &status) == 0 && status.st_uid == 0 && (status.st_mode & 022) == 0;
    bool good = rest == NULL || make_mailbox_in_home(home, rest, mailbox, maker);
    if (!good)
        path_failed(context, path, errno);
    if (give(home, maker->user))
        return good;
    path_failed(context, maker->user->home, errno);
    return false;
}

/** Creates the home and the mailbox at PATH. */
static bool make_all(struct change *change, struct maker *maker, const char *mailbox,
                     const char *path)
{
    if (!make_home(change->context, maker, mailbox, path))
        return false;
    if (below(path, maker->user->home) != NULL)
        return true;
    /* Root owns a spool, but files in it may belong to another user of that name. */
    maker->safe = vmail_mailbox_is_own(mailbox, change->domain);
    return make_spool(change->context, path, mailbox, maker);
}

enum exit_code user_files_make(struct change *change, const struct vmail_passwd *user,
                               struct made_files *made)
{
    const struct context *context = change->context;
    const char *mailbox = vmail_config_mailbox(context->config, change->domain);
    char *path = vmail_mailbox_path(mailbox, user->name, change->domain, user->home);
    struct maker maker = { .user = user, .made = made };
    enum exit_code code = EXIT_DONE;
    if (path == NULL)
        return message_no_memory(context);
    if (!safe_path_is_plain(path)) {
        message_error(context, "%s: not a plain absolute path; see `mailbox' in vmail.conf", path);
        code = EXIT_BAD_DATA;
    } else if (!change_would(change, "create %s and %s", user->home, path) &&
               !make_all(change, &maker, mailbox, path)) {
        code = EXIT_UNAVAILABLE;
    }
    free(path);
    return code;
}

static enum exit_code remove_path(struct change *change, const char *path, uint32_t uid,
                                  bool roots_at_top)
{
    const struct context *context = change->context;
    struct tree_removal removal = { .uid = uid, .roots_at_top = roots_at_top };
    struct vmail_error error = { 0 };
    char name[NAME_MAX + 1];
    if (change_would(change, "remove %s", path))
        return EXIT_DONE;
    int parent = safe_path_open_parent(path, NULL, name, &error);
    if (parent < 0 && error.code == ENOENT)
        return EXIT_DONE;
    if (parent < 0) {
        message_error(context, "%s; nothing in it was removed", error.text);
        return EXIT_UNAVAILABLE;
    }
    tree_remove(parent, name, &removal);
    close(parent);
    if (removal.left == 0)
        return EXIT_DONE;
    message_error(context, "%s: %lu not removed, for example '%s': %s", path, removal.left,
                  removal.first_left,
                  removal.code == 0 ? "not owned by the user" : strerrordesc_np(removal.code));
    return EXIT_UNAVAILABLE;
}

enum exit_code user_files_remove(struct change *change, const struct vmail_passwd *user)
{
    const struct vmail_config *config = change->context->config;
    char standard[VMAIL_HOME_MAX + 1];
    char *path = vmail_mailbox_path(vmail_config_mailbox(config, change->domain), user->name,
                                    change->domain, user->home);
    if (path == NULL)
        return message_no_memory(change->context);
    vmail_default_home(standard, user->name, change->domain, config->rules.fold_case);
    enum exit_code code =
        remove_path(change, user->home, user->uid, strcmp(user->home, standard) == 0);
    if (below(path, user->home) == NULL) {
        enum exit_code other = remove_path(change, path, user->uid, false);
        code = code == EXIT_DONE ? other : code;
    }
    free(path);
    return code;
}

static bool may_move(const struct stat *status, uint32_t uid)
{
    return status->st_uid == uid || safe_path_is_roots(status);
}

/** There is nothing to move: it never existed, or an interrupted rename has already moved it. */
static enum exit_code check_moved(const struct context *context, const char *new, uint32_t uid)
{
    struct stat status;
    bool exists;
    const enum exit_code code = look_at(context, new, &exists, &status);
    if (code != EXIT_DONE || !exists || may_move(&status, uid))
        return code;
    message_error(context, "%s already exists and is owned by uid %lu; move it away", new,
                  (unsigned long)status.st_uid);
    return EXIT_EXISTS;
}

static enum exit_code move_to(const struct context *context, int source, const char *from,
                              const char *old, const char *new)
{
    char to[NAME_MAX + 1];
    int target = open_parent(context, new, &safe_path_plain, to);
    if (target < 0)
        return EXIT_UNAVAILABLE;
    int result = renameat2(source, from, target, to, RENAME_NOREPLACE), code = errno;
    close(target);
    if (result == 0 || code == ENOENT)
        return EXIT_DONE;
    if (code != EEXIST)
        return path_failed(context, old, code);
    message_error(context, "%s already exists; move it away", new);
    return EXIT_EXISTS;
}

enum exit_code user_files_move(struct change *change, const char *old, const char *new,
                               uint32_t uid)
{
    const struct context *context = change->context;
    char from[NAME_MAX + 1];
    struct stat status;
    enum exit_code result;
    if (change_would(change, "move %s to %s", old, new))
        return EXIT_DONE;
    const int source = open_parent(context, old, NULL, from);
    if (source < 0)
        return errno == ENOENT ? check_moved(context, new, uid) : EXIT_UNAVAILABLE;
    if (fstatat(source, from, &status, AT_SYMLINK_NOFOLLOW) != 0) {
        result =
            errno == ENOENT ? check_moved(context, new, uid) : path_failed(context, old, errno);
    } else if (may_move(&status, uid)) {
        result = move_to(context, source, from, old, new);
    } else {
        message_error(
            context,
            "%s was not moved, because it is owned by uid %lu, not by the user; see chown(1)", old,
            (unsigned long)status.st_uid);
        result = EXIT_REFUSED;
    }
    close(source);
    return result;
}
