/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The area "index": whether the indexes answer for the files as they are. */
#include "areas.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "index_all.h"
#include "index_scratch.h"
#include "index_build.h"
#include "table.h"
#include "trust.h"

enum {
    LARGE = 1024 * 1024, /* from here on, a look-up without an index takes its time */
};

static const char how[] = "run vmailctl index";

/** Where NAME, as vmail_index_work tells it, is: a file of the directory, or what has no text. */
struct subject {
    char path[VMAIL_PATH_MAX];
    unsigned kind;
    const char *domain; /* "" for none */
};

static struct subject subject_of(const struct vmail_paths *paths, const char *name)
{
    static const enum vmail_kind kinds[] = { VMAIL_PASSWD, VMAIL_SHADOW, VMAIL_GROUP };
    struct subject subject = { .kind = VMAIL_INDEX_CONFIG, .domain = "" };
    snprintf(subject.path, sizeof subject.path, "%s/%s", paths->directory, name);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const char *kind = vmail_kind_name(kinds[i]);
        const size_t length = strlen(kind);
        if (strncmp(name, kind, length) == 0 && name[length] == '.') {
            subject.kind = kinds[i];
            subject.domain = name + length + 1;
        }
    }
    return subject;
}

/** An edit by hand leaves an index out of date. One that is missing matters where the file is
 * large. The answers are right in any case. */
static void add_unused(struct check *check, const struct finding_place *place,
                       const struct subject *subject)
{
    struct vmail_index index;
    struct vmail_error error = { 0 };
    struct stat status;
    const enum vmail_result result =
        vmail_index_open(check->context->paths, subject->kind, subject->domain, &index, &error);
    const bool is_whole = result == VMAIL_OK && vmail_index_whole(&index);
    if (result == VMAIL_OK)
        vmail_index_close(&index);
    if (result == VMAIL_NO_MEMORY || (result != VMAIL_NOT_FOUND && error.code == EACCES))
        return; /* it is unknown whether there is one */
    if (result == VMAIL_NOT_FOUND && (stat(subject->path, &status) != 0 || status.st_size < LARGE))
        return;
    if (result == VMAIL_NOT_FOUND)
        finding_add(&check->findings, FINDING_NOTE, place,
                    "large file without an index: each look-up reads all of it\n%s", how);
    else if (is_whole)
        finding_add(
            &check->findings, FINDING_NOTE, place,
            "its index is out of date; look-ups read the file instead: correct, but slower\n%s",
            how);
    else if (result != VMAIL_OK)
        finding_add(&check->findings, FINDING_WARNING, place,
                    "its index is not used: %s\n%s; until then, look-ups read the file", error.text,
                    how);
    else
        finding_add(&check->findings, FINDING_WARNING, place,
                    "its index is damaged\n%s; until then, look-ups read the file", how);
}

static void told(void *data, const char *name, enum vmail_index_fate fate,
                 const struct vmail_error *error)
{
    struct check *check = data;
    const struct subject subject = subject_of(check->context->paths, name);
    const struct finding_place place = {
        .domain = subject.domain[0] == '\0' ? NULL : subject.domain,
        .file = subject.path,
    };
    if (access(subject.path, R_OK) != 0)
        return;
    if (fate == VMAIL_INDEX_WRONG)
        finding_add(&check->findings, FINDING_ERROR, &place,
                    "its index is in use, but differs from it: the file changed and its time "
                    "stamps did not\nrun vmailctl index --anew");
    else if (fate == VMAIL_INDEX_FAILED)
        finding_add(&check->findings, FINDING_NOTE, &place,
                    "cannot compare its index with it: %s\nrun vmailctl index --verify",
                    error->text);
    else if (fate == VMAIL_INDEX_MADE)
        add_unused(check, &place, &subject);
}

static void told_left_over(void *data, const char *name, enum vmail_index_fate fate,
                           const struct vmail_error *error)
{
    struct check *check = data;
    char path[VMAIL_PATH_MAX];
    const struct finding_place place = { .file = path };
    (void)error;
    snprintf(path, sizeof path, "%s/%s", check->context->paths->cache, name);
    if (fate == VMAIL_INDEX_REMOVED)
        finding_add(&check->findings, FINDING_NOTE, &place,
                    "unused index: its file is gone, or it was never finished\n%s to remove it",
                    how);
}

/** What `vmailctl index` would do. Root has the indexes that are used compared with their files. */
void check_index(struct check *check)
{
    static const struct vmail_index_effort effort;
    const struct context *context = check->context;
    const bool root = geteuid() == context->paths->owner;
    struct index_scratch scratch;
    struct vmail_index_report report = { 0 };
    struct vmail_index_work work = { .paths = context->paths,
                                     .config = context->config,
                                     .effort = &effort,
                                     .dry_run = true,
                                     .told = told,
                                     .context = check };
    if (context->paths->cache == NULL)
        return;
    if (root && index_scratch_begin(context, &scratch) == EXIT_DONE)
        work.scratch = &scratch.paths;
    vmail_index_domains(&work, &check->domains, &report);
    if (check->everything)
        vmail_index_config(&work, &report);
    if (work.scratch != NULL)
        index_scratch_end(&scratch);
    work.told = told_left_over;
    if (check->everything)
        vmail_index_prune(&work, &report);
}
