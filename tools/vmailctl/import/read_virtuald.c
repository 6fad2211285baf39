/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virtuald: a tree with one chroot for each domain, DIRECTORY/DOMAIN/etc/passwd; or its
 * configuration, lines "IP directory", which name these trees and the addresses. */
#include "import/readers.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "address.h"
#include "import/unix_files.h"
#include "message.h"

enum { LOWEST_USER = 500 }; /* the lowest uid of users in distributions of these years */

static enum exit_code read_tree(const struct context *context, const struct import_input *input,
                                const char *root, const char *domain, struct import_plan *plan)
{
    struct unix_files files = {
        .domain = domain,
        .passwd = source_path(plan, root, "etc/passwd"),
        .shadow = source_path(plan, root, "etc/shadow"),
        .group = source_path(plan, root, "etc/group"),
        .aliases = source_path(plan, root, "etc/aliases"),
        .root = root,
        .lowest_id = input->lowest_uid >= 0 ? input->lowest_uid : LOWEST_USER,
    };
    source_enter_tree(plan, root);
    return read_unix_files(context, &files, plan);
}

static enum exit_code read_directory(const struct context *context,
                                     const struct import_input *input, struct import_plan *plan)
{
    struct source_names names;
    enum exit_code code = source_list(context, input->path, &names);
    for (size_t i = 0; code == EXIT_DONE && i < names.count; i++) {
        struct stat status;
        const char *root = source_path(plan, input->path, names.entry[i]->d_name);
        const char *domain = domain_of_file(plan, names.entry[i]->d_name);
        struct import_place place = { root, 0 };
        if (root == NULL || lstat(root, &status) != 0)
            continue;
        if (S_ISLNK(status.st_mode))
            import_plan_reject(plan, place, "a link is an alias of a domain; add it to `aliases'");
        else if (S_ISDIR(status.st_mode) && domain == NULL)
            import_plan_reject(plan, place, "not a valid domain name");
        else if (S_ISDIR(status.st_mode))
            code = read_tree(context, input, root, domain, plan);
    }
    source_names_free(&names);
    return code;
}

/** As read_directory; homes start with the path of the tree. */
static enum exit_code read_absolute(const struct context *context, const struct import_input *input,
                                    struct import_plan *plan)
{
    struct import_input absolute = *input;
    char *path = realpath(input->path, NULL);
    if (path == NULL) {
        message_error(context, "%s: %s", input->path, strerrordesc_np(errno));
        return EXIT_UNAVAILABLE;
    }
    absolute.path = path;
    enum exit_code code = read_directory(context, &absolute, plan);
    free(path);
    return code;
}

/** Whether an earlier line named DOMAIN, so that its tree was already read. */
static bool was_read(const struct import_plan *plan, const char *domain)
{
    for (size_t i = 0; i < plan->address_count; i++)
        if (strcmp(plan->addresses[i].domain, domain) == 0)
            return true;
    return false;
}

static enum exit_code take_virtuald_line(const struct context *context,
                                         const struct import_input *input, struct source *source,
                                         char *line)
{
    struct import_plan *plan = source->plan;
    struct vmail_address parsed;
    char *rest = NULL, *text = strtok_r(line, " \t", &rest);
    char *directory = text == NULL ? NULL : strtok_r(NULL, " \t", &rest);
    if (text == NULL)
        return EXIT_DONE;
    if (directory == NULL || directory[0] != '/') {
        import_plan_reject(plan, source->place, "the format is an address and a directory");
        return EXIT_DONE;
    }
    if (!vmail_address_parse(text, &parsed)) {
        import_plan_reject(plan, source->place,
                           "not an address: `default' means the host's own users");
        return EXIT_DONE;
    }
    char *copy = strdup(directory);
    const char *root = import_plan_string(plan, directory);
    const char *domain = copy == NULL ? NULL : domain_of_file(plan, basename(copy));
    free(copy);
    if (domain == NULL || root == NULL) {
        import_plan_reject(plan, source->place,
                           "the name of the directory is not a valid domain name");
        return EXIT_DONE;
    }
    bool again = was_read(plan, domain);
    import_plan_address(plan, source->place, domain, text);
    return again ? EXIT_DONE : read_tree(context, input, root, domain, plan);
}

enum exit_code read_virtuald(const struct context *context, const struct import_input *input,
                             struct import_plan *plan)
{
    struct source source;
    char *line;
    if (source_is_directory(input->path))
        return read_absolute(context, input, plan);
    enum exit_code code = source_open(&source, context, plan, input->path, false);
    if (code != EXIT_DONE)
        return code;
    while (code == EXIT_DONE && (line = source_next(&source, false)) != NULL)
        code = take_virtuald_line(context, input, &source, line);
    enum exit_code end = source_end(&source, context);
    return code != EXIT_DONE ? code : end;
}
