/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "file.h"
#include "index_build.h"

static void must(bool done, const char *what, const char *path)
{
    if (!done) {
        perror(path);
        fail_msg("%s: cannot %s", path, what);
    }
}

int scratch_setup(void **state)
{
    struct scratch *scratch = calloc(1, sizeof *scratch);
    if (scratch == NULL)
        return -1;
    memcpy(scratch->root, "/tmp/vmail-unit-XXXXXX", sizeof "/tmp/vmail-unit-XXXXXX");
    if (mkdtemp(scratch->root) == NULL) {
        free(scratch);
        return -1;
    }
    snprintf(scratch->directory, sizeof scratch->directory, "%s/vmail", scratch->root);
    snprintf(scratch->system_passwd, sizeof scratch->system_passwd, "%s/passwd", scratch->root);
    snprintf(scratch->cache, sizeof scratch->cache, "%s/cache", scratch->root);
    snprintf(scratch->system_group, sizeof scratch->system_group, "%s/group", scratch->root);
    scratch->paths = (struct vmail_paths){ .directory = scratch->directory,
                                           .cache = scratch->cache,
                                           .system_passwd = scratch->system_passwd,
                                           .system_group = scratch->system_group,
                                           .owner = geteuid() };
    *state = scratch;
    /* Trust depends on modes: use a usual umask, which gives others no unusual rights. */
    umask(022);
    scratch_chmod(scratch, "..", 0755);
    scratch_mkdir(scratch, ".", 0755);
    scratch_write(scratch, "../passwd", "root:x:0:0:root:/root:/bin/sh\n");
    scratch_write(scratch, "../group", "root:x:0:\n");
    return 0;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    return remove(path);
}

static int open_up(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)where;
    return kind == FTW_D || kind == FTW_DNR ? chmod(path, 0700) : 0;
}

int scratch_teardown(void **state)
{
    struct scratch *scratch = *state;
    vmail_config_free(scratch->config);
    nftw(scratch->root, open_up, 8, FTW_PHYS);
    int result = nftw(scratch->root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(scratch);
    return result;
}

const char *scratch_path(const struct scratch *scratch, const char *name)
{
    static char paths[16][PATH_MAX];
    static size_t next;
    char *path = paths[next++ % 16];
    int length = strcmp(name, ".") == 0
                     ? snprintf(path, PATH_MAX, "%s", scratch->directory)
                     : snprintf(path, PATH_MAX, "%s/%s", scratch->directory, name);
    must(length > 0 && length < PATH_MAX, "name", name);
    return path;
}

void scratch_write_bytes(const struct scratch *scratch, const char *name, const void *text,
                         size_t length, mode_t mode)
{
    const char *path = scratch_path(scratch, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    must(fd >= 0, "create", path);
    must(vmail_file_write_all(fd, text, length) == 0, "write", path);
    must(fchmod(fd, mode) == 0, "chmod", path);
    must(close(fd) == 0, "close", path);
}

void scratch_write(const struct scratch *scratch, const char *name, const char *text)
{
    scratch_write_bytes(scratch, name, text, strlen(text), 0644);
}

char *scratch_read(const struct scratch *scratch, const char *name, size_t *length)
{
    enum { MAXIMUM = 16 * 1024 * 1024 };
    size_t ignored;
    const char *path = scratch_path(scratch, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    must(fd >= 0, "open", path);
    char *text = vmail_file_read_all(fd, MAXIMUM, length == NULL ? &ignored : length);
    must(text != NULL, "read", path);
    close(fd);
    return text;
}

void scratch_check(const struct scratch *scratch, const char *name, const char *text)
{
    size_t length;
    char *actual = scratch_read(scratch, name, &length);
    check_text(actual, text, name);
    assert_int_equal(length, strlen(text));
    free(actual);
}

size_t scratch_count(const struct scratch *scratch, const char *ending)
{
    size_t count = 0, ending_length = strlen(ending);
    DIR *directory = opendir(scratch->directory);
    must(directory != NULL, "open", scratch->directory);
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        size_t length = strlen(entry->d_name);
        count +=
            length >= ending_length && strcmp(entry->d_name + length - ending_length, ending) == 0;
    }
    closedir(directory);
    return count;
}

void scratch_chmod(const struct scratch *scratch, const char *name, mode_t mode)
{
    const char *path = strcmp(name, "..") == 0 ? scratch->root : scratch_path(scratch, name);
    must(chmod(path, mode) == 0, "chmod", path);
}

void scratch_mkdir(const struct scratch *scratch, const char *name, mode_t mode)
{
    const char *path = scratch_path(scratch, name);
    must(mkdir(path, 0700) == 0, "mkdir", path);
    must(chmod(path, mode) == 0, "chmod", path);
}

void scratch_link(const struct scratch *scratch, const char *name, const char *target)
{
    const char *path = scratch_path(scratch, name);
    must(symlink(target, path) == 0, "link", path);
}

static void fail_on_report(void *context, const char *text)
{
    (void)context;
    fail_msg("%s", text);
}

const struct vmail_config *scratch_config(struct scratch *scratch, const char *text)
{
    vmail_config_free(scratch->config);
    scratch->config = NULL;
    enum vmail_result result =
        vmail_config_parse(text, strlen(text), &scratch->config, fail_on_report, NULL);
    check_result(result, VMAIL_OK, NULL);
    return scratch->config;
}

struct vmail_file scratch_file(const struct scratch *scratch, enum vmail_kind kind,
                               const char *domain)
{
    return (struct vmail_file){ &scratch->paths, &scratch->config->rules, kind, domain };
}

void scratch_index(const struct scratch *scratch, enum vmail_kind kind, const char *domain)
{
    const struct vmail_index_effort effort = { .milliseconds = 10000, .seconds = 10 };
    struct vmail_error error = { 0 };
    enum vmail_result result =
        vmail_index_build(scratch_file(scratch, kind, domain), &effort, &error);
    check_result(result, VMAIL_OK, &error);
}

char *scratch_repeat(char c, size_t length)
{
    char *text = malloc(length + 1);
    must(text != NULL, "allocate", "text");
    memset(text, c, length);
    text[length] = '\0';
    return text;
}

void scratch_skip_as_root(void)
{
    if (geteuid() == 0)
        skip();
}

size_t scratch_open_descriptors(void)
{
    size_t count = 0;
    DIR *directory = opendir("/proc/self/fd");
    must(directory != NULL, "open", "/proc/self/fd");
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count - 3; /* ".", ".." and the directory itself */
}

void check(bool condition, const char *input)
{
    if (!condition)
        fail_msg("wrong for \"%s\"", input);
}

void check_text(const char *actual, const char *expected, const char *input)
{
    if (actual == NULL || strcmp(actual, expected) != 0)
        fail_msg("\"%s\", expected \"%s\", for \"%s\"", actual == NULL ? "(null)" : actual,
                 expected, input);
}

void check_result(enum vmail_result result, enum vmail_result expected,
                  const struct vmail_error *error)
{
    static const char *const names[] = {
        [VMAIL_OK] = "VMAIL_OK",
        [VMAIL_UNFINISHED] = "VMAIL_UNFINISHED",
        [VMAIL_NOT_FOUND] = "VMAIL_NOT_FOUND",
        [VMAIL_EXISTS] = "VMAIL_EXISTS",
        [VMAIL_INVALID] = "VMAIL_INVALID",
        [VMAIL_BROKEN] = "VMAIL_BROKEN",
        [VMAIL_CHANGED] = "VMAIL_CHANGED",
        [VMAIL_UNAVAILABLE] = "VMAIL_UNAVAILABLE",
        [VMAIL_NO_MEMORY] = "VMAIL_NO_MEMORY",
    };
    if (result != expected)
        fail_msg("%s, expected %s; %s", names[result], names[expected],
                 error == NULL ? "" : error->text);
}

__attribute__((format(printf, 3, 0))) static size_t print(char *text, size_t size,
                                                          const char *format, va_list arguments)
{
    int length = vsnprintf(text, size, format, arguments);
    assert_true(length >= 0 && (size_t)length < size);
    return (size_t)length;
}

size_t scratch_print(char *text, const char *end, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    size_t length = print(text, (size_t)(end - text), format, arguments);
    va_end(arguments);
    return length;
}

void scratch_append(char *text, size_t size, const char *format, ...)
{
    va_list arguments;
    size_t used = strnlen(text, size);
    va_start(arguments, format);
    print(text + used, size - used, format, arguments);
    va_end(arguments);
}

static char steps[64];
static bool watched;

void scratch_step(const char *step)
{
    if (watched)
        scratch_append(steps, sizeof steps, "%s, ", step);
}

void scratch_watch(void)
{
    steps[0] = '\0';
    watched = true;
}

void scratch_check_steps(const char *expected)
{
    watched = false;
    assert_string_equal(steps, expected);
}

int scratch_redirect(int fd, int file)
{
    const int saved = fcntl(fd, F_DUPFD_CLOEXEC, 10);
    assert_true(saved >= 0 && file >= 0);
    assert_int_equal(dup2(file, fd), fd);
    close(file);
    return saved;
}

void scratch_restore(int fd, int saved)
{
    assert_int_equal(dup2(saved, fd), fd);
    close(saved);
}
