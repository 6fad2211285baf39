/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "argument.h"
#include "domain_rows.h"
#include "index_all.h"
#include "index_scratch.h"
#include "message.h"
#include "output_rows.h"
#include "progress.h"

/* A file system whose time stamps are whole seconds needs nearly three of patience. */
enum { PATIENCE_MILLISECONDS = 3500, PATIENCE_SECONDS = 60, GATHER_MILLISECONDS = 500 };

struct options {
    bool anew;
    bool verify;
    bool watch;
};

/** The data for the callbacks. */
struct job {
    const struct context *context;
    bool verify;
    struct progress progress;
    uint64_t done; /* bytes of the current file */
    json_t *rows;
};

static const char one_way[] = "--anew, --verify and --watch cannot be combined";

static const struct command_option index_options[] = {
    { "anew", NULL, "Rebuild all indexes, even current ones", .at = offsetof(struct options, anew),
      .excludes = one_way },
    { "verify", NULL, "Compare each index with its file; change nothing",
      .at = offsetof(struct options, verify), .excludes = one_way },
    { "watch", NULL, "Keep running, and update indexes when files change",
      .at = offsetof(struct options, watch), .excludes = one_way },
    { 0 },
};

static const struct output_column columns[] = {
    { "index", "INDEX OF" },
    { "state", "STATE" },
    { NULL, NULL },
};

static void progressed(void *context, uint64_t done, uint64_t total)
{
    struct job *job = context;
    (void)total;
    if (done > job->done)
        progress_step(&job->progress, done - job->done);
    job->done = done;
}

static void told(void *context, const char *name, enum vmail_index_fate fate,
                 const struct vmail_error *error)
{
    static const char *const states[] = { "made", "current", "removed", "failed", "wrong" };
    struct job *job = context;
    const char *const state = fate == VMAIL_INDEX_MADE && job->verify ? "not used" : states[fate];
    job->done = 0;
    if (fate == VMAIL_INDEX_FAILED) {
        progress_end(&job->progress);
        message_error(job->context, "%s", error->text);
    }
    json_array_append_new(job->rows, json_pack("{s:s, s:s}", "index", name, "state", state));
}

static uint64_t bytes_of(const struct context *context, const struct vmail_domain_list *list)
{
    static const enum vmail_kind kinds[] = { VMAIL_PASSWD, VMAIL_SHADOW, VMAIL_GROUP };
    struct vmail_file_state state;
    uint64_t bytes = 0;
    for (size_t i = 0; i < list->count; i++)
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            if (vmail_file_look(context->paths, kinds[k], list->name[i], &state))
                bytes += (uint64_t)state.size;
    return bytes;
}

/** The given domains, or all that have files. */
static enum exit_code find_domains(const struct context *context, const struct call *call,
                                   struct vmail_domain_list *list)
{
    char domain[VMAIL_DOMAIN_MAX + 1];
    if (call->count == 0)
        return domain_rows_names(context, list);
    list->name = calloc(call->count, sizeof *list->name);
    list->count = 0;
    if (list->name == NULL)
        return message_no_memory(context);
    for (size_t i = 0; i < call->count; i++) {
        enum exit_code code = argument_domain(context, call->argument[i], domain);
        if (code == EXIT_DONE && (list->name[i] = strdup(domain)) == NULL)
            code = message_no_memory(context);
        if (code != EXIT_DONE) {
            vmail_domains_free(list);
            return code;
        }
        list->count++;
    }
    return EXIT_DONE;
}

/** Builds the indexes of LIST, or compares them with those that it builds in SCRATCH. */
static enum exit_code build_or_compare(const struct context *context, const struct options *options,
                                       const struct vmail_domain_list *list, bool all,
                                       const struct vmail_paths *scratch)
{
    struct job job = { .context = context, .verify = options->verify, .rows = json_array() };
    const struct vmail_index_effort effort = { .milliseconds = PATIENCE_MILLISECONDS,
                                               .seconds = PATIENCE_SECONDS,
                                               .progress = progressed,
                                               .context = &job };
    const struct vmail_index_work work = { .paths = context->paths,
                                           .config = context->config,
                                           .effort = &effort,
                                           .anew = options->anew,
                                           .dry_run = context->dry_run || options->verify,
                                           .scratch = scratch,
                                           .told = told,
                                           .context = &job };
    struct vmail_index_report report = { 0 };
    progress_start(&job.progress, context, "indexing", bytes_of(context, list));
    vmail_index_domains(&work, list, &report);
    vmail_index_config(&work, &report);
    if (all)
        vmail_index_prune(&work, &report);
    progress_end(&job.progress);
    enum exit_code code = output_table(context, job.rows, columns);
    if (report.wrong > 0)
        message_warning(context, "an index is wrong, because its file changed and its time stamps "
                                 "did not; run vmailctl index --anew");
    return report.failed > 0 ? EXIT_UNAVAILABLE : report.wrong > 0 ? EXIT_NEGATIVE : code;
}

static enum exit_code compare_indexes(const struct context *context, const struct options *options,
                                      const struct vmail_domain_list *list)
{
    struct index_scratch scratch;
    enum exit_code code = index_scratch_begin(context, &scratch);
    if (code != EXIT_DONE)
        return code;
    code = build_or_compare(context, options, list, false, &scratch.paths);
    index_scratch_end(&scratch);
    return code;
}

/* --watch: keeps the indexes up to date while files are edited by hand. */

static enum exit_code watch_failed(const struct context *context, const char *what)
{
    message_error(context, "%s: %s: %s", context->paths->directory, what, strerrordesc_np(errno));
    return EXIT_UNAVAILABLE;
}

static int start_watch(const struct context *context)
{
    const uint32_t events = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVE | IN_ATTRIB |
                            IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
    int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (fd >= 0 && inotify_add_watch(fd, context->paths->directory, events) < 0) {
        const int code = errno;
        close(fd);
        errno = code;
        return -1;
    }
    return fd;
}

/** In a separate process, so that a failure or its memory ends with it. */
static bool spawn_index(void)
{
    char name[] = "vmailctl", command[] = "index";
    char *const arguments[] = { name, command, NULL };
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status;
    int code = posix_spawn_file_actions_init(&actions);
    if (code == 0)
        code = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (code == 0)
        code = posix_spawn(&child, "/proc/self/exe", &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    errno = code;
    if (code != 0)
        return false;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return true;
}

/** Reads all pending events. False: the directory no longer exists. */
static bool take_events(int fd)
{
    _Alignas(struct inotify_event) char buffer[16 * 1024];
    ssize_t length;
    while ((length = read(fd, buffer, sizeof buffer)) > 0)
        for (ssize_t at = 0; at < length;) {
            const struct inotify_event *event = (const struct inotify_event *)(buffer + at);
            if ((event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT)) != 0)
                return false;
            at += (ssize_t)(sizeof *event + event->len);
        }
    return true;
}

/**
 * Runs `vmailctl index' now, and again when something in the directory changes, until a signal ends
 * it. Changes in quick succession are handled together; none is missed, because the directory is
 * watched (inotify(7)) before it is first read. Errors in files are printed at each run.
 * EXIT_UNAVAILABLE, with a message, if the directory cannot be watched or was moved away.
 */
static enum exit_code watch_directory(const struct context *context)
{
    const struct timespec gather = { .tv_nsec = GATHER_MILLISECONDS * 1000000L };
    struct pollfd watched = { .fd = start_watch(context), .events = POLLIN };
    if (watched.fd < 0)
        return watch_failed(context, "cannot watch it");
    enum exit_code code = EXIT_DONE;
    while (code == EXIT_DONE) {
        if (!spawn_index())
            code = watch_failed(context, "cannot run vmailctl index");
        else if (poll(&watched, 1, -1) < 0 && errno != EINTR)
            code = watch_failed(context, "cannot watch it");
        nanosleep(&gather, NULL);
        if (code == EXIT_DONE && !take_events(watched.fd)) {
            message_error(context, "%s: moved away or removed", context->paths->directory);
            code = EXIT_UNAVAILABLE;
        }
    }
    close(watched.fd);
    return code;
}

static enum exit_code run_index(struct context *context, const struct call *call)
{
    const struct options *options = call->options;
    struct vmail_domain_list list;
    if (options->watch && (call->count > 0 || context->dry_run)) {
        message_error(context, "index: --watch cannot be combined with a domain or --dry-run");
        return EXIT_USAGE;
    }
    if (options->watch)
        return watch_directory(context);
    enum exit_code code = find_domains(context, call, &list);
    if (code != EXIT_DONE)
        return code;
    code = options->verify ? compare_indexes(context, options, &list)
                           : build_or_compare(context, options, &list, call->count == 0, NULL);
    vmail_domains_free(&list);
    return code;
}

const struct command index_command = {
    .path = "index",
    .summary = "Update the indexes",
    .arguments = "[DOMAIN...]",
    .help = "Builds missing, outdated and damaged indexes of the given domains, or of all, and "
            "removes unused ones. Indexes speed up look-ups in large domains; they do not change "
            "the results. With --verify, shows whether each index is current (same content as its "
            "file), wrong, or not used (missing, outdated or damaged).",
    .options = index_options,
    .options_size = sizeof(struct options),
    .run = run_index,
};
