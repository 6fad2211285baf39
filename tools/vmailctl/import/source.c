/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "import/source.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "message.h"
#include "number.h"

void source_enter_tree(struct import_plan *plan, const char *directory)
{
    plan->tree = directory[0] == '\0' ? "" : source_path(plan, directory, "");
}

/** Does not wait for a FIFO: it is refused, because it is not a regular file. */
static int open_path(const struct import_plan *plan, const char *path)
{
    const uint64_t flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    const struct open_how how = { .flags = flags,
                                  .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
    const char *tree = plan->tree;
    size_t length = tree == NULL ? 0 : strlen(tree);
    if (tree == NULL || strncmp(path, tree, length) != 0 || (length == 0 && path[0] == '/'))
        return open(path, (int)flags);
    int root = open(length == 0 ? "." : tree, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return -1;
    int fd = (int)syscall(SYS_openat2, root, path + length, &how, sizeof how), code = errno;
    close(root);
    errno = code;
    return fd;
}

enum exit_code source_open(struct source *source, const struct context *context,
                           struct import_plan *plan, const char *path, bool may_be_missing)
{
    struct stat status;
    *source = (struct source){ .plan = plan, .place.file = import_plan_string(plan, path) };
    source->fd = open_path(plan, path);
    if (source->fd < 0 && errno == ENOENT && may_be_missing)
        return EXIT_NO_SUCH;
    if (source->fd < 0 && errno == EXDEV) {
        message_error(context,
                      "%s is a symbolic link out of the imported tree; replace it with the file, "
                      "or remove it",
                      path);
        return EXIT_REFUSED;
    }
    if (source->fd < 0 || fstat(source->fd, &status) != 0) {
        int code = errno;
        message_error(context, "%s: cannot open: %s", path, strerrordesc_np(code));
        if (source->fd >= 0)
            close(source->fd);
        return code == ENOENT ? EXIT_NO_SUCH : EXIT_UNAVAILABLE;
    }
    if (!S_ISREG(status.st_mode)) {
        message_error(context, "%s: not a regular file", path);
        close(source->fd);
        return EXIT_UNAVAILABLE;
    }
    if (!vmail_lines_start(&source->lines, source->fd, 0)) {
        close(source->fd);
        return message_no_memory(context);
    }
    return EXIT_DONE;
}

static void reject_passed_over(struct source *source, unsigned long number)
{
    while (++source->seen < number) {
        source->place.line = source->seen;
        import_plan_reject(source->plan, source->place, "the line is too long");
    }
}

char *source_next(struct source *source, bool comments)
{
    struct vmail_line line;
    while (vmail_lines_next(&source->lines, &line)) {
        reject_passed_over(source, line.number);
        source->place.line = line.number;
        const char *wrong = NULL;
        if (line.length > SOURCE_LINE_MAX)
            wrong = "the line is too long";
        else if (memchr(line.text, '\0', line.length) != NULL)
            wrong = "the line contains a NUL byte";
        if (wrong != NULL) {
            import_plan_reject(source->plan, source->place, wrong);
            continue;
        }
        if (line.length > 0 && line.text[line.length - 1] == '\r')
            line.text[--line.length] = '\0';
        if (comments || (line.length > 0 && line.text[0] != '#'))
            return line.text;
    }
    if (source->lines.error == 0)
        reject_passed_over(source, source->lines.number + 1);
    return NULL;
}

enum exit_code source_end(struct source *source, const struct context *context)
{
    enum exit_code code = EXIT_DONE;
    if (source->lines.error != 0) {
        message_error(context, "%s: cannot read: %s", source->place.file,
                      strerrordesc_np(source->lines.error));
        code = EXIT_UNAVAILABLE;
    }
    vmail_lines_end(&source->lines);
    close(source->fd);
    return code;
}

enum exit_code source_read(const struct context *context, struct import_plan *plan,
                           const struct source_reading *reading)
{
    struct source source;
    char *line;
    if (reading->path == NULL)
        return EXIT_DONE;
    enum exit_code code = source_open(&source, context, plan, reading->path, reading->optional);
    if (code != EXIT_DONE)
        return code == EXIT_NO_SUCH && reading->optional ? EXIT_DONE : code;
    while ((line = source_next(&source, reading->comments)) != NULL)
        reading->take(&source, reading->data, line);
    return source_end(&source, context);
}

size_t source_fields(char *line, char **field, size_t maximum)
{
    size_t count = 0;
    for (size_t i = 0; i < maximum; i++)
        field[i] = NULL;
    while (line != NULL && count < maximum) {
        field[count++] = line;
        line = count < maximum ? strchr(line, ':') : NULL;
        if (line != NULL)
            *line++ = '\0';
    }
    return count;
}

int64_t source_id(const char *text)
{
    uint64_t value;
    if (text == NULL || !vmail_number_parse(text, strlen(text), UINT32_MAX, &value))
        return IMPORT_NO_ID;
    return (int64_t)value;
}

static int compare_names(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int not_hidden(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

enum exit_code source_list(const struct context *context, const char *path,
                           struct source_names *names)
{
    *names = (struct source_names){ 0 };
    int count = scandir(path, &names->entry, not_hidden, compare_names);
    if (count < 0) {
        int code = errno;
        message_error(context, "%s: cannot list: %s", path, strerrordesc_np(code));
        return code == ENOENT ? EXIT_NO_SUCH : EXIT_UNAVAILABLE;
    }
    names->count = (size_t)count;
    return EXIT_DONE;
}

void source_names_free(struct source_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->entry[i]);
    free(names->entry);
    *names = (struct source_names){ 0 };
}

bool source_is_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

const char *source_path(struct import_plan *plan, const char *directory, const char *name)
{
    size_t length = strlen(directory);
    bool slash = length > 0 && directory[length - 1] == '/';
    return import_plan_format(plan, "%s%s%s", directory, slash ? "" : "/", name);
}
