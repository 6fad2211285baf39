/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain_purge.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "home.h"
#include "index_build.h"
#include "message.h"
#include "safe_path.h"
#include "replace.h"
#include "store.h"
#include "user_files.h"
#include "records.h"

bool domain_purge_has_begun(const struct context *context, const char *domain)
{
    char name[VMAIL_ASIDE_NAME_MAX + 1], path[VMAIL_PATH_MAX];
    struct stat status;
    vmail_aside_name(name, VMAIL_PASSWD, domain);
    int length = snprintf(path, sizeof path, "%s/%s", context->paths->directory, name);
    return length > 0 && (size_t)length < sizeof path && lstat(path, &status) == 0;
}

enum exit_code domain_purge_count(const struct context *context, const char *domain,
                                  unsigned long *count)
{
    struct records users;
    records_begin_aside(&users, context, domain);
    return records_end_count(&users, count);
}

static enum exit_code purge_user(struct change *change, struct vmail_passwd user)
{
    const struct context *context = change->context;
    struct vmail_found other;
    char home[VMAIL_HOME_MAX + 1];
    bool stays = false;
    user.home = context_home(context, &user, change->domain, home);
    if (!context->dry_run && vmail_store_find_uid_anywhere(context->paths, context->config,
                                                           user.uid, &other) == VMAIL_OK) {
        stays = strcmp(other.domain, change->domain) != 0; /* else it is deleted too */
        if (stays)
            message_error(context, "%s@%s also has the uid %lu of %s: the files of both were kept",
                          other.record.passwd.name, other.domain, (unsigned long)user.uid,
                          user.name);
        vmail_found_end(&other);
    }
    return stays ? EXIT_REFUSED : user_files_remove(change, &user);
}

static enum exit_code purge_users(struct change *change, bool aside, enum exit_code *left)
{
    struct records users;
    if (aside)
        records_begin_aside(&users, change->context, change->domain);
    else
        records_begin(&users, change->context, VMAIL_PASSWD, change->domain);
    while (records_next(&users)) {
        enum exit_code one = purge_user(change, users.record.passwd);
        *left = *left == EXIT_DONE ? one : *left;
    }
    return records_end(&users);
}

/**
 * Removes /vhome/DOMAIN, if it is empty and safe to reach; reports if it is not empty, unless
 * something was reported before.
 */
static void remove_directory(const struct change *change, enum exit_code *left)
{
    char home[VMAIL_HOME_MAX + 1], name[NAME_MAX + 1];
    vmail_default_home(home, "x", change->domain, false);
    *strrchr(home, '/') = '\0';
    int fd = safe_path_open_parent(home, NULL, name, NULL);
    if (fd < 0)
        return;
    if (unlinkat(fd, name, AT_REMOVEDIR) != 0 && safe_path_is_empty(fd, name) == 0 &&
        *left == EXIT_DONE) {
        message_error(change->context,
                      "%s is not empty: the remaining files are not in a home of a user of "
                      "passwd.%s; check and remove them",
                      home, change->domain);
        *left = EXIT_UNAVAILABLE;
    }
    close(fd);
}

enum exit_code domain_purge_forget(struct change *change)
{
    const struct context *context = change->context;
    struct vmail_error error = { 0 };
    if (context->dry_run)
        return EXIT_DONE;
    enum vmail_result result = vmail_set_aside_remove(context->paths, VMAIL_PASSWD, change->domain,
                                                      VMAIL_LOCK_SECONDS_ADMIN, &error);
    return result == VMAIL_NOT_FOUND ? EXIT_DONE : message_result(context, result, &error);
}

static enum exit_code set_aside(struct change *change)
{
    const struct context *context = change->context;
    struct vmail_error error = { 0 };
    enum vmail_result result = vmail_set_aside(context->paths, VMAIL_PASSWD, change->domain,
                                               VMAIL_LOCK_SECONDS_ADMIN, &error);
    if (vmail_is_done(result))
        vmail_index_remove(context->paths, VMAIL_PASSWD, change->domain);
    return result == VMAIL_NOT_FOUND ? EXIT_DONE : message_result(context, result, &error);
}

enum exit_code domain_purge_begin(struct change *change, enum exit_code *left)
{
    const struct context *context = change->context;
    struct vmail_file_state state;
    enum exit_code code = EXIT_DONE;
    bool has_file =
        !vmail_file_look(context->paths, VMAIL_PASSWD, change->domain, &state) || state.inode != 0;
    *left = EXIT_DONE;
    /* Users added since an earlier run now replace those that it knew. */
    if (context->dry_run || has_file)
        code = purge_users(change, true, left);
    if (code != EXIT_DONE)
        return code;
    return context->dry_run ? purge_users(change, false, left) : set_aside(change);
}

enum exit_code domain_purge(struct change *change, enum exit_code *left)
{
    if (change->context->dry_run)
        return EXIT_DONE;
    enum exit_code code = purge_users(change, true, left);
    if (code == EXIT_DONE && *left == EXIT_UNAVAILABLE)
        code = *left; /* files that could not be removed: the next run finds them by this file */
    if (code != EXIT_DONE)
        return code;
    remove_directory(change, left);
    return domain_purge_forget(change);
}
