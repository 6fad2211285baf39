/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "file_owners.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "home.h"
#include "mailbox.h"

struct walk {
    file_owner_function *function;
    void *data;
};

static bool walk_directory(const struct walk *walk, int fd, int depth);

static bool walk_entry(const struct walk *walk, int directory, const char *name, int depth)
{
    struct stat status;
    if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return true;
    if (!walk->function(walk->data, status.st_uid) || !walk->function(walk->data, status.st_gid))
        return false;
    if (depth == 0 || !S_ISDIR(status.st_mode))
        return true;
    int below = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return below < 0 || walk_directory(walk, below, depth - 1);
}

/** The owners of what is in the directory FD, which is closed, and DEPTH levels below. */
static bool walk_directory(const struct walk *walk, int fd, int depth)
{
    struct dirent *entry;
    bool good = true;
    DIR *directory = fdopendir(fd);
    if (directory == NULL) {
        close(fd);
        return true;
    }
    while (good && (entry = readdir(directory)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            good = walk_entry(walk, dirfd(directory), entry->d_name, depth);
    closedir(directory);
    return good;
}

static bool walk_path(const struct walk *walk, const char *path, int depth)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 || walk_directory(walk, fd, depth);
}

bool file_owners_walk(const struct context *context, const char *domain, bool all,
                      file_owner_function *function, void *data)
{
    const struct walk walk = { function, data };
    char home[VMAIL_HOME_MAX + 1];
    bool good = all ? walk_path(&walk, VMAIL_HOME_ROOT, 1)
                    : walk_path(&walk, vmail_default_home(home, "", domain, false), 0);
    const char *mailbox = vmail_config_mailbox(context->config, domain);
    const char *colon = strchr(mailbox, ':');
    if (!good || colon == NULL || colon[1] != '/')
        return good;
    char *path = vmail_mailbox_path(mailbox, "", domain, "");
    char *slash = path == NULL ? NULL : strrchr(path, '/');
    if (slash != NULL && slash != path) {
        *slash = '\0';
        good = walk_path(&walk, path, 0);
    }
    free(path);
    return good;
}

static bool has_block(const struct context *context, const char *domain)
{
    const struct vmail_domain_config *section = vmail_config_domain(context->config, domain);
    return section != NULL && section->ids.first <= section->ids.last;
}

static bool walk_former(const struct walk *walk, const struct context *context, const char *domain,
                        const char *root)
{
    struct dirent *entry;
    bool good = true;
    DIR *directory = opendir(root);
    if (directory == NULL)
        return true;
    while (good && (entry = readdir(directory)) != NULL) {
        const char *name = entry->d_name;
        if (name[0] == '.' || strcmp(name, domain) == 0 || has_block(context, name))
            continue;
        int below = openat(dirfd(directory), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        good = below < 0 || walk_directory(walk, below, 0);
    }
    closedir(directory);
    return good;
}

bool file_owners_walk_former(const struct context *context, const char *domain,
                             file_owner_function *function, void *data)
{
    const struct walk walk = { function, data };
    return walk_former(&walk, context, domain, VMAIL_HOME_ROOT) &&
           walk_former(&walk, context, domain, VMAIL_SPOOL_ROOT);
}
