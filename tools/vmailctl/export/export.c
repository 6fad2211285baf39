/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "argument.h"
#include "authority.h"
#include "change_log.h"
#include "domain_rows.h"
#include "export/forms.h"
#include "message.h"
#include "progress.h"
#include "suggest.h"

struct export_options {
    const char *output, *base;
    bool with_hashes;
};

static bool is_ascii(const char *value, const void *at, struct vmail_error *error)
{
    (void)at;
    for (const char *c = value; *c != '\0'; c++)
        if (*c < ' ' || *c > 0x7e) {
            vmail_error_set(error, 0, "--base must be a DN in ASCII");
            return false;
        }
    return true;
}

static const struct command_option option_list[] = {
    { "output", "FILE", "Write to the new FILE with mode 0600", .letter = 'o',
      .at = offsetof(struct export_options, output) },
    { "with-hashes", NULL, "dovecot, json, ldif: include password hashes",
      .at = offsetof(struct export_options, with_hashes) },
    { "base", "DN", "ldif: base DN of the entries (ou=vmail)", .accept = is_ascii,
      .at = offsetof(struct export_options, base) },
    { 0 },
};

static const struct export_form *find_form(const struct context *context, const char *name)
{
    struct suggestion suggestion = { .word = name };
    char hint[SUGGEST_TEXT_MAX + 1];
    for (const struct export_form *form = export_forms; form->name != NULL; form++) {
        if (strcmp(form->name, name) == 0)
            return form;
        suggest_consider(&suggestion, form->name);
    }
    message_error(context, "unknown format: '%s'%s", name, suggest_text(&suggestion, hint));
    return NULL;
}

static enum exit_code check_permission(const struct context *context,
                                       const struct export_form *form,
                                       const struct export_options *options)
{
    if (options->with_hashes && !form->takes_hashes) {
        message_error(context, "the format %s has no hashes", form->name);
        return EXIT_USAGE;
    }
    if (context->restricted) /* it could write anywhere as root */
        return authority_refuse(context, "export: only root may do that; run sudo vmailctl export");
    if (options->with_hashes && geteuid() != 0) {
        message_error(context, "only root may export hashes");
        return EXIT_REFUSED;
    }
    if (!options->with_hashes)
        return EXIT_DONE;
    if (options->output == NULL && isatty(STDOUT_FILENO)) {
        message_error(context, "cannot write hashes to a terminal; use -o FILE");
        return EXIT_REFUSED;
    }
    return EXIT_DONE;
}

/** Standard output, or the new file. NULL with a message. */
static FILE *open_output(const struct context *context, const char *path, enum exit_code *code)
{
    const int make = context->dry_run ? 0 : O_CREAT | O_EXCL | O_NOFOLLOW;
    if (context->dry_run)
        path = "/dev/null";
    if (path == NULL)
        return stdout;
    int fd = open(path, O_WRONLY | O_CLOEXEC | make, 0600);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    if (out != NULL)
        return out;
    *code = errno == EEXIST ? EXIT_EXISTS : EXIT_UNAVAILABLE;
    message_error(context, "%s: %s", path,
                  errno == EEXIST ? "already exists; it was not overwritten"
                                  : strerrordesc_np(errno));
    if (fd >= 0)
        close(fd);
    if (fd >= 0 && make != 0)
        unlink(path);
    return NULL;
}

static enum exit_code close_output(const struct context *context, FILE *out, const char *path,
                                   enum exit_code code)
{
    if (out == stdout)
        return code;
    bool good = fflush(out) == 0 && !ferror(out) && (context->dry_run || fsync(fileno(out)) == 0);
    int number = errno;
    good = fclose(out) == 0 && good;
    if (!good && code == EXIT_DONE) {
        message_error(context, "%s: cannot write: %s", path, strerrordesc_np(number));
        code = EXIT_UNAVAILABLE;
    }
    /* Half an export would look like a complete one. */
    if (code != EXIT_DONE && path != NULL && !context->dry_run)
        unlink(path);
    return code;
}

static enum exit_code print_domain(struct export_job *job, const struct export_form *form,
                                   const char *domain)
{
    enum exit_code code =
        job->with_hashes ? shadow_rows_load(&job->shadow, job->context, domain) : EXIT_DONE;
    job->domain = domain;
    if (code == EXIT_DONE)
        code = form->domain(job);
    shadow_rows_free(&job->shadow);
    job->domain_count++;
    return code;
}

/** The given domains, by their own names, or all that have a passwd file. */
static enum exit_code print_domains(struct export_job *job, const struct export_form *form,
                                    const struct call *call)
{
    struct vmail_domain_list list = { 0 };
    struct progress progress;
    char domain[VMAIL_DOMAIN_MAX + 1];
    enum exit_code code = EXIT_DONE;
    struct vmail_error error = { 0 };
    size_t named = call->count - 1;
    if (named == 0)
        code = message_result(job->context, vmail_domains_list(job->context->paths, &list, &error),
                              &error);
    size_t count = named > 0 ? named : list.count;
    progress_start(&progress, job->context, "exporting domains", count);
    for (size_t i = 0; code == EXIT_DONE && i < count; i++) {
        if (named > 0)
            code = argument_domain(job->context, call->argument[i + 1], domain);
        if (code != EXIT_DONE)
            break;
        code = print_domain(job, form, named > 0 ? domain : list.name[i]);
        progress_step(&progress, 1);
    }
    progress_end(&progress);
    vmail_domains_free(&list);
    return code;
}

static enum exit_code run_export(struct context *context, const struct call *call)
{
    const struct export_options *options = call->options;
    const struct export_form *form = find_form(context, call->argument[0]);
    if (form == NULL)
        return EXIT_USAGE;
    enum exit_code code = check_permission(context, form, options);
    if (code != EXIT_DONE)
        return code;
    struct config_rows rows;
    struct export_job job = { .context = context,
                              .rows = &rows,
                              .with_hashes = options->with_hashes,
                              .base = options->base != NULL ? options->base : "ou=vmail" };
    code = EXIT_UNAVAILABLE;
    job.out = open_output(context, options->output, &code);
    if (job.out == NULL)
        return code;
    if (form->begin != NULL)
        form->begin(&job);
    code = config_rows_make(&rows, context->config) ? print_domains(&job, form, call)
                                                    : message_no_memory(context);
    config_rows_free(&rows);
    if (code == EXIT_DONE && form->end != NULL)
        form->end(&job);
    code = close_output(context, job.out, options->output, code);
    if (code != EXIT_DONE)
        return code;
    if (job.with_hashes)
        change_log(context, "export %s of %zu domains with hashes", form->name, job.domain_count);
    return job.left_out > 0 ? EXIT_NEGATIVE : EXIT_DONE;
}

const struct command export_command = {
    .path = "export",
    .summary = "Export users and domains to another system",
    .arguments = "FORMAT [DOMAIN...]",
    .help = "FORMAT is dovecot (passwd-file with full names), ldif (RFC 2307), json (for `vmailctl "
            "import json'), "
            "dovecot-limits (passwd-file with the limits of mailboxes), or a map for postmap(1): "
            "postfix-domains (virtual_mailbox_domains), "
            "postfix-mailboxes (virtual_mailbox_maps, with virtual_mailbox_base = /), "
            "postfix-uids, postfix-gids or "
            "postfix-aliases (virtual_alias_maps). Without a DOMAIN, exports all domains.",
    .options = option_list,
    .options_size = sizeof(struct export_options),
    .run = run_export,
    .needs = NEEDS_DOMAIN_READER,
};
