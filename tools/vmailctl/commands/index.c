/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "argument.h"
#include "domain_rows.h"
#include "index_all.h"
#include "index_scratch.h"
#include "index_watch.h"
#include "message.h"
#include "output_rows.h"
#include "progress.h"
#include "table.h"

/* A file system whose time stamps are whole seconds needs nearly three of patience. */
enum { PATIENCE_MILLISECONDS = 3500, PATIENCE_SECONDS = 60 };

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

static enum exit_code bring(struct job *job, const struct options *options,
                            const struct vmail_domain_list *list, bool all,
                            const struct vmail_paths *scratch)
{
    const struct context *context = job->context;
    const struct vmail_index_effort effort = { .milliseconds = PATIENCE_MILLISECONDS,
                                               .seconds = PATIENCE_SECONDS,
                                               .progress = progressed,
                                               .context = job };
    const struct vmail_index_work work = { .paths = context->paths,
                                           .config = context->config,
                                           .effort = &effort,
                                           .anew = options->anew,
                                           .dry_run = context->dry_run || options->verify,
                                           .scratch = scratch,
                                           .told = told,
                                           .context = job };
    struct vmail_index_report report = { 0 };
    progress_start(&job->progress, context, "indexing", bytes_of(context, list));
    vmail_index_domains(&work, list, &report);
    vmail_index_config(&work, &report);
    if (all && !options->verify)
        vmail_index_prune(&work, &report);
    progress_end(&job->progress);
    enum exit_code code = output_table(context, job->rows, columns);
    if (report.wrong > 0)
        message_warning(context, "an index is wrong, because its file changed and its time stamps "
                                 "did not; run vmailctl index --anew");
    return report.failed > 0 ? EXIT_UNAVAILABLE : report.wrong > 0 ? EXIT_NEGATIVE : code;
}

static enum exit_code run(struct context *context, const struct call *call)
{
    const struct options *options = call->options;
    struct job job = { .context = context, .verify = options->verify };
    struct index_scratch scratch;
    struct vmail_domain_list list;
    if (options->watch && (call->count > 0 || context->dry_run)) {
        message_error(context, "index: --watch cannot be combined with a domain or --dry-run");
        return EXIT_USAGE;
    }
    if (options->watch)
        return index_watch(context);
    enum exit_code code = find_domains(context, call, &list);
    if (code != EXIT_DONE)
        return code;
    job.rows = json_array();
    if (options->verify)
        code = index_scratch_begin(context, &scratch);
    if (code == EXIT_DONE) {
        code =
            bring(&job, options, &list, call->count == 0, options->verify ? &scratch.paths : NULL);
        if (options->verify)
            index_scratch_end(&scratch);
    } else {
        json_decref(job.rows);
    }
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
    .run = run,
};
