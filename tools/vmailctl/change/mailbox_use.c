/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mailbox_use.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file_quota.h"
#include "home.h"
#include "limit.h"
#include "mailbox.h"
#include "message.h"
#include "records.h"
#include "safe_path.h"
#include "text.h"

enum { MAILDIRSIZE_MAX = 8192 }; /* who writes the file makes it anew when it has 5120 bytes */

static const int file_flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC;

/** Opens the directories of PATH below the directory FD, which it closes. -1 if one is missing. */
static int open_below(int fd, const char *path)
{
    char part[NAME_MAX + 1];
    while (fd >= 0 && *(path += strspn(path, "/")) != '\0') {
        const size_t length = strcspn(path, "/");
        int next = -1;
        if (length <= NAME_MAX) {
            memcpy(part, path, length);
            part[length] = '\0';
            next = openat(fd, part, file_flags);
        }
        close(fd);
        fd = next;
        path += length;
    }
    return fd;
}

/** Opens PATH, whose directories belong to root, or -1. */
static int open_safely(const char *path)
{
    char name[NAME_MAX + 1];
    struct vmail_error error;
    const int parent = safe_path_open_parent(path, NULL, name, &error);
    return parent < 0 ? -1 : open_below(parent, name);
}

/** Opens the mailbox PATH of a user who may write to the directories in their HOME, or -1. */
static int open_mailbox(const char *path, const char *home)
{
    const size_t length = strlen(home);
    if (strncmp(path, home, length) == 0 && path[length] == '/')
        return open_below(open_safely(home), path + length);
    return open_safely(path);
}

/** Adds the sizes in the lines "BYTES COUNT" after the first one, which is the limit. */
static bool add_sizes(const char *text, int64_t *sum)
{
    const char *line = strchr(text, '\n');
    *sum = 0;
    for (; line != NULL && line[1] != '\0'; line = strchr(line + 1, '\n')) {
        char *end;
        const long long size = strtoll(line + 1, &end, 10);
        if (end == line + 1 || (*end != ' ' && *end != '\n') ||
            __builtin_add_overflow(*sum, size, sum))
            return false;
    }
    return *sum >= 0;
}

static void read_maildirsize(int maildir, struct mailbox_use *use)
{
    char text[MAILDIRSIZE_MAX];
    struct stat status;
    int64_t sum;
    const int fd = openat(maildir, "maildirsize", file_flags);
    if (fd < 0)
        return;
    const ssize_t size =
        fstat(fd, &status) == 0 && S_ISREG(status.st_mode) ? read(fd, text, sizeof text - 1) : -1;
    close(fd);
    if (size <= 0 || size == sizeof text - 1)
        return;
    text[size] = '\0';
    use->known = strchr(text, '\n') != NULL && add_sizes(text, &sum);
    if (use->known)
        use->used = (uint64_t)sum;
}

static void look_at(int fd, uint32_t uid, struct mailbox_use *use)
{
    struct file_quota quota;
    struct stat status;
    use->quotas = file_quota_enforced(fd);
    if (use->quotas && file_quota_get(fd, uid, &quota) == 0) {
        *use = (struct mailbox_use){ true, quota.limit, true, quota.used };
    } else if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
        use->known = true;
        use->used = (uint64_t)status.st_size;
    } else {
        read_maildirsize(fd, use);
    }
}

/** Opens the mailbox of USER, or the home if there is none yet; -1 if there is neither. */
static int open_of(const struct context *context, const struct vmail_passwd *user,
                   const char *domain)
{
    char standard[VMAIL_HOME_MAX + 1];
    const char *home = context_home(context, user, domain, standard);
    char *path =
        vmail_mailbox_path(vmail_config_mailbox(context->config, domain), user->name, domain, home);
    int fd = path == NULL ? -1 : open_mailbox(path, home);
    free(path);
    return fd >= 0 ? fd : open_safely(home);
}

void mailbox_use_look(const struct context *context, const struct vmail_passwd *user,
                      const char *domain, struct mailbox_use *use)
{
    const int fd = open_of(context, user, domain);
    *use = (struct mailbox_use){ 0 };
    if (fd < 0)
        return;
    look_at(fd, user->uid, use);
    close(fd);
}

void mailbox_use_line(char line[MAILBOX_USE_LINE_MAX + 1], const char *name, uint64_t limit)
{
    snprintf(line, MAILBOX_USE_LINE_MAX + 1,
             "%s:::::::userdb_quota_rule=*:bytes=%llu userdb_quota_storage_size=%lluB\n", name,
             (unsigned long long)limit, (unsigned long long)limit);
}

json_t *mailbox_use_comment(const char *gecos)
{
    char *comment = vmail_limit_put(gecos, NULL);
    json_t *json = comment == NULL ? NULL : text_json(comment);
    free(comment);
    return json;
}

static json_t *number_or_null(bool known, uint64_t number)
{
    return known ? json_integer((json_int_t)number) : json_null();
}

void mailbox_use_put(const struct context *context, const struct vmail_passwd *user,
                     const char *domain, bool always, json_t *object)
{
    struct mailbox_use use = { 0 };
    const uint64_t limit = vmail_limit_of_user(context->config, domain, user->gecos);
    if (always || limit > 0)
        mailbox_use_look(context, user, domain, &use);
    json_object_set_new(object, "mailbox_used", number_or_null(use.known, use.used));
    json_object_set_new(object, "mailbox_limit", number_or_null(limit > 0, limit));
}

static enum exit_code enforce_one(const struct context *context, const struct vmail_passwd *user,
                                  const char *domain, bool clear)
{
    const uint64_t limit = vmail_limit_of_user(context->config, domain, user->gecos);
    uint64_t own;
    const bool wanted = clear || limit > 0 || vmail_limit_own(user->gecos, &own) == VMAIL_LIMIT_SET;
    const int fd = wanted ? open_of(context, user, domain) : -1;
    int error = 0;
    if (fd < 0)
        return EXIT_DONE;
    if (file_quota_enforced(fd))
        error = file_quota_set(fd, user->uid, limit);
    close(fd);
    if (error == 0)
        return EXIT_DONE;
    message_error(context, "%s@%s: cannot set the quota of the file system: %s", user->name, domain,
                  strerrordesc_np(error));
    return EXIT_UNAVAILABLE;
}

enum exit_code mailbox_use_enforce(const struct context *context, const char *domain,
                                   const char *user, bool clear)
{
    struct records users;
    enum exit_code code = EXIT_DONE;
    records_begin(&users, context, VMAIL_PASSWD, domain);
    if (user != NULL && records_find(&users, user))
        code = enforce_one(context, &users.record.passwd, domain, clear);
    while (user == NULL && code == EXIT_DONE && records_next(&users))
        code = enforce_one(context, &users.record.passwd, domain, clear);
    const enum exit_code ended = records_end(&users);
    return code != EXIT_DONE ? code : ended;
}
