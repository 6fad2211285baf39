/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "id_choice.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authority.h"
#include "domains.h"
#include "home.h"
#include "mailbox.h"
#include "message.h"
#include "number_set.h"
#include "subordinate_ids.h"
#include "table.h"

/** What is known of the ids that are not free. */
struct taken {
    const struct context *context;
    struct vmail_id_range range; /* where a new one may lie */
    struct vmail_number_set used, files;
    uint32_t highest; /* within the range; 0 for none */
    bool no_memory;
};

static void take(struct taken *taken, struct vmail_number_set *set, uint32_t id)
{
    if (vmail_number_set_add(set, id) == VMAIL_SET_NO_MEMORY)
        taken->no_memory = true;
    if (id >= taken->range.first && id <= taken->range.last && id > taken->highest)
        taken->highest = id;
}

static void take_file(struct taken *taken, enum vmail_kind kind, const char *domain)
{
    struct vmail_table table;
    struct vmail_record record;
    struct vmail_error error = { 0 };
    enum vmail_result result = vmail_table_open(&table, taken->context->paths,
                                                taken->context->config, kind, domain, &error);
    if (result == VMAIL_OK) {
        while ((result = vmail_table_next(&table, &record)) == VMAIL_OK) {
            take(taken, &taken->used, vmail_record_id(&record));
            if (kind == VMAIL_PASSWD)
                take(taken, &taken->used, record.passwd.gid);
        }
        vmail_table_close(&table);
    }
    if (result != VMAIL_NOT_FOUND)
        message_warning(taken->context, "%s; its ids are not known",
                        error.text[0] == '\0' ? "a file cannot be read" : error.text);
}

static enum exit_code take_domains(struct taken *taken)
{
    struct vmail_domain_list list;
    struct vmail_error error = { 0 };
    enum vmail_result result = vmail_domains_list(taken->context->paths, &list, &error);
    if (result != VMAIL_OK)
        return message_result(taken->context, result, &error);
    for (size_t i = 0; i < list.count; i++) {
        take_file(taken, VMAIL_PASSWD, list.name[i]);
        take_file(taken, VMAIL_GROUP, list.name[i]);
    }
    vmail_domains_free(&list);
    return EXIT_DONE;
}

/** The owners of what is in the directory FD, which is closed, and DEPTH levels below. */
static void take_owners(struct taken *taken, int fd, int depth)
{
    struct dirent *entry;
    struct stat status;
    DIR *directory = fdopendir(fd);
    if (directory == NULL) {
        close(fd);
        return;
    }
    while ((entry = readdir(directory)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            fstatat(dirfd(directory), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        take(taken, &taken->files, status.st_uid);
        take(taken, &taken->files, status.st_gid);
        int below = depth == 0 || !S_ISDIR(status.st_mode)
                        ? -1
                        : openat(dirfd(directory), entry->d_name,
                                 O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (below >= 0)
            take_owners(taken, below, depth - 1);
    }
    closedir(directory);
}

static void take_owners_in(struct taken *taken, const char *path, int depth)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0)
        take_owners(taken, fd, depth);
}

/** Homes and mailboxes: of DOMAIN, or of all where it has no block of its own. */
static void take_files(struct taken *taken, const char *domain, bool all)
{
    char home[VMAIL_HOME_MAX + 1];
    if (all) {
        take_owners_in(taken, VMAIL_HOME_ROOT, 1);
    } else {
        vmail_default_home(home, "", domain, false);
        take_owners_in(taken, home, 0);
    }
    const char *mailbox = vmail_config_mailbox(taken->context->config, domain);
    const char *colon = strchr(mailbox, ':');
    if (colon == NULL || colon[1] != '/')
        return;
    char *path = vmail_mailbox_path(mailbox, "", domain, "");
    char *slash = path == NULL ? NULL : strrchr(path, '/');
    if (slash != NULL && slash != path) {
        *slash = '\0';
        take_owners_in(taken, path, 0);
    }
    free(path);
}

static bool known_to_the_system(uint32_t id)
{
    return getpwuid(id) != NULL || getgrgid(id) != NULL;
}

static bool is_domains(const struct taken *taken, const char *domain, uint32_t id)
{
    const char *owner = vmail_config_block(taken->context->config, id);
    return vmail_config_id_allowed(taken->context->config, id) &&
           (owner == NULL || strcmp(owner, domain) == 0);
}

/** The first free id of FIRST to LAST. */
static bool find_free(struct taken *taken, const char *domain, uint64_t first, uint64_t last,
                      uint32_t *id)
{
    for (uint64_t candidate = first; candidate <= last; candidate++) {
        *id = (uint32_t)candidate;
        if (is_domains(taken, domain, *id) &&
            vmail_number_set_add(&taken->used, *id) == VMAIL_SET_NEW &&
            vmail_number_set_add(&taken->files, *id) == VMAIL_SET_NEW && !known_to_the_system(*id))
            return true;
    }
    return false;
}

static enum exit_code choose_any(struct taken *taken, const char *domain, uint32_t *id)
{
    const struct vmail_id_range *range = &taken->range;
    uint64_t next = taken->highest < range->first ? range->first : (uint64_t)taken->highest + 1;
    if (range->first <= range->last && (find_free(taken, domain, next, range->last, id) ||
                                        find_free(taken, domain, range->first, next - 1, id)))
        return EXIT_DONE;
    message_error(taken->context,
                  "no id is free for %s; give it another block of `ids' in vmail.conf", domain);
    return EXIT_UNAVAILABLE;
}

static enum exit_code check_wish(struct taken *taken, const char *domain,
                                 const struct id_wish *wish, bool has_block)
{
    const struct context *context = taken->context;
    const char *owner = vmail_config_block(context->config, wish->id);
    bool inside = has_block && wish->id >= taken->range.first && wish->id <= taken->range.last;
    if (!vmail_config_id_allowed(context->config, wish->id)) {
        message_error(context, "%lu is not within `ids' of vmail.conf", (unsigned long)wish->id);
        return EXIT_REFUSED;
    }
    if (owner != NULL && strcmp(owner, domain) != 0) {
        message_error(context, "%lu lies in the block of %s", (unsigned long)wish->id, owner);
        return EXIT_REFUSED;
    }
    if (context->restricted && !inside)
        return authority_refuse(context, "id %lu, which is not in the block of %s",
                                (unsigned long)wish->id, domain);
    if (vmail_number_set_add(&taken->used, wish->id) != VMAIL_SET_NEW ||
        known_to_the_system(wish->id)) {
        message_error(context, "the id %lu is taken", (unsigned long)wish->id);
        return EXIT_EXISTS;
    }
    if (wish->files_may_be || vmail_number_set_add(&taken->files, wish->id) == VMAIL_SET_NEW)
        return EXIT_DONE;
    if (context->restricted)
        return authority_refuse(context, "id %lu, whose former user left files",
                                (unsigned long)wish->id);
    message_warning(context,
                    "files of a former user with the id %lu remain: they are now this one's",
                    (unsigned long)wish->id);
    return EXIT_DONE;
}

enum exit_code id_choose(const struct context *context, const char *domain,
                         const struct id_wish *wish, uint32_t *id)
{
    const struct vmail_domain_config *section = vmail_config_domain(context->config, domain);
    bool has_block = section != NULL && section->ids.first <= section->ids.last;
    struct taken taken = { .context = context,
                           .range = has_block ? section->ids : context->config->ids };
    enum exit_code code = take_domains(&taken);
    if (code == EXIT_DONE) {
        take_files(&taken, domain, !has_block);
        if (taken.no_memory)
            code = message_no_memory(context);
    }
    *id = wish->id;
    if (code == EXIT_DONE)
        code = wish->id != 0 ? check_wish(&taken, domain, wish, has_block)
                             : choose_any(&taken, domain, id);
    if (code == EXIT_DONE)
        subordinate_ids_warn(context, *id);
    vmail_number_set_free(&taken.used);
    vmail_number_set_free(&taken.files);
    return code;
}
