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

#include "mailbox.h"
#include "message.h"
#include "safe_path.h"
#include "tree_remove.h"

static const int directory_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

static enum exit_code failed(const struct context *context, const char *path, int code)
{
    message_error(context, "%s: %s", path,
                  code == EPERM ? "there already, and somebody else's" : strerrordesc_np(code));
    return EXIT_UNAVAILABLE;
}

enum exit_code user_files_look(const struct context *context, const char *home, bool *exists,
                               uint32_t *owner)
{
    char name[NAME_MAX + 1];
    struct vmail_error error = { 0 };
    struct stat status;
    *exists = false;
    int parent = safe_path_open_parent(home, NULL, name, &error);
    if (parent < 0 && error.code == ENOENT)
        return EXIT_DONE;
    if (parent < 0) {
        message_error(context, "%s", error.text);
        return error.code == EINVAL ? EXIT_USAGE : EXIT_UNAVAILABLE;
    }
    int result = fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW), code = errno;
    close(parent);
    if (result != 0)
        return code == ENOENT ? EXIT_DONE : failed(context, home, code);
    *exists = true;
    *owner = status.st_uid;
    return EXIT_DONE;
}

/**
 * Makes the directory NAME in PARENT, or takes the one that is there and his; -1 with errno. With
 * SAFE, where nobody but root can have been, it may be root's as well: so does a vmailctl leave it
 * that was killed.
 */
static int make_own(int parent, const char *name, const struct vmail_passwd *user, bool safe)
{
    struct stat status;
    bool made = mkdirat(parent, name, 0700) == 0;
    if (!made && errno != EEXIST)
        return -1;
    int fd = openat(parent, name, directory_flags);
    if (fd < 0)
        return -1;
    if (fstat(fd, &status) != 0 ||
        (status.st_uid != user->uid && (status.st_uid != 0 || (!made && !safe)))) {
        close(fd);
        errno = EPERM;
        return -1;
    }
    return fd;
}

/** Gives FD to the user where it is still root's, and closes it. */
static bool give(int fd, const struct vmail_passwd *user)
{
    struct stat status;
    bool good = fstat(fd, &status) == 0 &&
                (status.st_uid == user->uid || fchown(fd, user->uid, user->gid) == 0);
    int code = errno;
    close(fd);
    errno = code;
    return good;
}

static bool make_maildir(int parent, const char *name, const struct vmail_passwd *user, bool safe)
{
    static const char *const parts[] = { "tmp", "new", "cur" };
    int maildir = make_own(parent, name, user, safe);
    bool good = maildir >= 0;
    for (size_t i = 0; good && i < sizeof parts / sizeof *parts; i++) {
        int fd = make_own(maildir, parts[i], user, safe);
        good = fd >= 0 && give(fd, user);
    }
    if (!good) {
        int code = errno;
        if (maildir >= 0)
            close(maildir);
        errno = code;
        return false;
    }
    return give(maildir, user);
}

/** The same for an mbox, which is made empty; a former run may have left it so. */
static bool make_mbox(int parent, const char *name, const struct vmail_passwd *user, bool safe)
{
    const int flags = O_WRONLY | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
    struct stat status;
    int fd = openat(parent, name, flags | O_CREAT | O_EXCL, 0600);
    if (fd >= 0)
        return give(fd, user);
    if (errno != EEXIST || (fd = openat(parent, name, flags)) < 0)
        return false;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
        (status.st_uid == user->uid ||
         (safe && status.st_uid == 0 && status.st_size == 0 && status.st_nlink == 1)))
        return give(fd, user);
    close(fd);
    errno = EPERM;
    return false;
}

static bool make_mailbox_at(int parent, const char *name, const char *mailbox,
                            const struct vmail_passwd *user, bool safe)
{
    return strncmp(mailbox, "mbox:", 5) == 0 ? make_mbox(parent, name, user, safe)
                                             : make_maildir(parent, name, user, safe);
}

/** Makes the mailbox at REST below the home FD, with the directories on the way. */
static bool make_mailbox_in_home(int fd, const char *rest, const char *mailbox,
                                 const struct vmail_passwd *user, bool safe)
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
        return make_mailbox_at(fd, part, mailbox, user, safe);
    int below = make_own(fd, part, user, safe);
    if (below < 0)
        return false;
    if (make_mailbox_in_home(below, rest + length + 1, mailbox, user, safe))
        return give(below, user);
    int code = errno;
    close(below);
    errno = code;
    return false;
}

/** The spool of a domain is made as the system's own, root:mail 2775. */
static bool make_spool(const struct context *context, const char *path, const char *mailbox,
                       const struct vmail_passwd *user)
{
    const struct group *mail = getgrnam("mail");
    const struct safe_path_make make = { mail == NULL ? 0755 : 02775,
                                         mail == NULL ? 0 : mail->gr_gid };
    struct vmail_error error = { 0 };
    char name[NAME_MAX + 1];
    int parent = safe_path_open_parent(path, &make, name, &error);
    if (parent < 0) {
        message_error(context, "%s", error.text);
        return false;
    }
    bool good = make_mailbox_at(parent, name, mailbox, user, true);
    if (!good)
        failed(context, path, errno);
    close(parent);
    return good;
}

/** Where MAILBOX, a path, lies below HOME: the rest of it, else NULL. */
static const char *below(const char *mailbox, const char *home)
{
    size_t length = strlen(home);
    return strncmp(mailbox, home, length) == 0 && mailbox[length] == '/' ? mailbox + length + 1
                                                                         : NULL;
}

static enum exit_code make_home(struct change *change, const struct vmail_passwd *user,
                                const char *mailbox, const char *path)
{
    const struct safe_path_make make = { 0755, 0 };
    const struct context *context = change->context;
    const char *rest = below(path, user->home);
    struct vmail_error error = { 0 };
    char name[NAME_MAX + 1];
    int parent = safe_path_open_parent(user->home, &make, name, &error);
    if (parent < 0) {
        message_error(context, "%s", error.text);
        return EXIT_UNAVAILABLE;
    }
    int home = make_own(parent, name, user, true);
    int code = errno;
    close(parent);
    if (home < 0)
        return failed(context, user->home, code);
    /* While the home is root's nobody else can be in it. */
    struct stat status;
    bool safe = fstat(home, &status) == 0 && status.st_uid == 0 && (status.st_mode & 022) == 0;
    bool good = rest == NULL || make_mailbox_in_home(home, rest, mailbox, user, safe);
    if (!good)
        failed(context, path, errno);
    if (!give(home, user))
        return failed(context, user->home, errno);
    return good && (rest != NULL || make_spool(context, path, mailbox, user)) ? EXIT_DONE
                                                                              : EXIT_UNAVAILABLE;
}

enum exit_code user_files_make(struct change *change, const struct vmail_passwd *user)
{
    const struct context *context = change->context;
    const char *mailbox = vmail_config_mailbox(context->config, change->domain);
    char *path = vmail_mailbox_path(mailbox, user->name, change->domain, user->home);
    enum exit_code code = EXIT_DONE;
    if (path == NULL)
        return message_no_memory(context);
    if (!safe_path_is_plain(path)) {
        message_error(context, "%s: not a plain path; see `mailbox' in vmail.conf", path);
        code = EXIT_BAD_DATA;
    } else if (context->dry_run) {
        change_would(change, "make %s and %s", user->home, path);
    } else {
        code = make_home(change, user, mailbox, path);
    }
    free(path);
    return code;
}

static enum exit_code remove_path(struct change *change, const char *path, uint32_t uid)
{
    const struct context *context = change->context;
    struct tree_removal removal = { .uid = uid };
    struct vmail_error error = { 0 };
    char name[NAME_MAX + 1];
    if (context->dry_run) {
        change_would(change, "remove %s", path);
        return EXIT_DONE;
    }
    int parent = safe_path_open_parent(path, NULL, name, &error);
    if (parent < 0 && error.code == ENOENT)
        return EXIT_DONE;
    if (parent < 0) {
        message_error(context, "%s; nothing was removed there", error.text);
        return EXIT_UNAVAILABLE;
    }
    tree_remove(parent, name, &removal);
    close(parent);
    if (removal.left == 0)
        return EXIT_DONE;
    message_error(context, "%s: %lu left, '%s' for one: %s", path, removal.left, removal.first_left,
                  removal.code == 0 ? "not the user's" : strerrordesc_np(removal.code));
    return EXIT_UNAVAILABLE;
}

enum exit_code user_files_remove(struct change *change, const struct vmail_passwd *user)
{
    char *path = vmail_mailbox_path(vmail_config_mailbox(change->context->config, change->domain),
                                    user->name, change->domain, user->home);
    if (path == NULL)
        return message_no_memory(change->context);
    enum exit_code code = remove_path(change, user->home, user->uid);
    if (below(path, user->home) == NULL) {
        enum exit_code other = remove_path(change, path, user->uid);
        code = code == EXIT_DONE ? other : code;
    }
    free(path);
    return code;
}

enum exit_code user_files_move(struct change *change, const char *old, const char *new)
{
    const struct context *context = change->context;
    const struct safe_path_make make = { 0755, 0 };
    struct vmail_error error = { 0 };
    char from[NAME_MAX + 1], to[NAME_MAX + 1];
    if (context->dry_run) {
        change_would(change, "move %s to %s", old, new);
        return EXIT_DONE;
    }
    int source = safe_path_open_parent(old, NULL, from, &error);
    if (source < 0 && error.code == ENOENT)
        return EXIT_DONE;
    int target = source < 0 ? -1 : safe_path_open_parent(new, &make, to, &error);
    int result = target < 0 ? -1 : renameat2(source, from, target, to, RENAME_NOREPLACE);
    int code = errno;
    if (source >= 0)
        close(source);
    if (target >= 0)
        close(target);
    if (target < 0) {
        message_error(context, "%s", error.text);
        return EXIT_UNAVAILABLE;
    }
    if (result == 0 || code == ENOENT)
        return EXIT_DONE;
    if (code != EEXIST)
        return failed(context, old, code);
    message_error(context, "%s exists already; move it away", new);
    return EXIT_EXISTS;
}
