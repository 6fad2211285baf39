/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The area "index": whether the indexes answer for the files as they are. */
#include "areas.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "index_all.h"
#include "index_build.h"
#include "table.h"
#include "trust.h"

enum {
    LARGE = 1024 * 1024, /* from here on, a look-up without an index takes its time */
};

static const char how[] = "run vmailctl index";

enum index_state { INDEX_NONE, INDEX_CURRENT, INDEX_STALE, INDEX_DAMAGED, INDEX_UNKNOWN };

/** Whether an index of KIND and DOMAIN is there, as far as that can be told. */
static enum index_state look(const struct check *check, unsigned kind, const char *domain,
                             struct vmail_error *error)
{
    struct vmail_index index;
    enum vmail_result result = vmail_index_open(check->context->paths, kind, domain, &index, error);
    if (result == VMAIL_NOT_FOUND)
        return INDEX_NONE;
    if (result != VMAIL_OK)
        return result == VMAIL_NO_MEMORY || error->code == EACCES ? INDEX_UNKNOWN : INDEX_DAMAGED;
    bool whole = vmail_index_whole(&index);
    vmail_index_close(&index);
    return whole ? INDEX_STALE : INDEX_DAMAGED;
}

static void add_bad(struct check *check, const struct finding_place *place, enum index_state state,
                    const struct vmail_error *error)
{
    if (state == INDEX_DAMAGED && error->text[0] != '\0')
        finding_add(&check->findings, FINDING_WARNING, place,
                    "its index is not used: %s\n%s; answers come from the file meanwhile",
                    error->text, how);
    else
        finding_add(&check->findings, FINDING_WARNING, place,
                    "its index is %s\n%s; answers come from the file meanwhile",
                    state == INDEX_DAMAGED ? "damaged" : "out of date", how);
}

static void check_file(struct check *check, enum vmail_kind kind, const char *domain)
{
    const struct context *context = check->context;
    struct vmail_file_state file;
    struct vmail_error error = { 0 };
    char path[VMAIL_PATH_MAX];
    const struct finding_place place = { .area = "index", .domain = domain, .file = path };
    if (!vmail_file_look(context->paths, kind, domain, &file) || file.inode == 0 ||
        !vmail_file_path(path, context->paths, kind, domain) || access(path, R_OK) != 0)
        return;
    if (vmail_index_is_current(context->paths, context->config, kind, domain))
        return;
    const enum index_state state = look(check, kind, domain, &error);
    if (state == INDEX_STALE || state == INDEX_DAMAGED)
        add_bad(check, &place, state, &error);
    else if (state == INDEX_NONE && file.size >= LARGE)
        finding_add(&check->findings, FINDING_NOTE, &place,
                    "it is large, and has no index: a look-up reads all of it\n%s", how);
}

struct told {
    struct check *check;
    bool config; /* what is told of now */
};

static void told_host(void *data, const char *name, enum vmail_index_fate fate,
                      const struct vmail_error *error)
{
    const struct told *told = data;
    struct check *check = told->check;
    char path[VMAIL_PATH_MAX];
    struct vmail_error reason = { 0 };
    const struct finding_place place = { .area = "index", .file = path };
    (void)error;
    snprintf(path, sizeof path, "%s/%s",
             told->config ? check->context->paths->directory : check->context->paths->cache, name);
    if (fate == VMAIL_INDEX_REMOVED) {
        finding_add(&check->findings, FINDING_NOTE, &place,
                    "an index of nothing: its file has gone, or it was not finished\n%s, which "
                    "removes it",
                    how);
        return;
    }
    if (fate != VMAIL_INDEX_MADE)
        return;
    const enum index_state state = look(check, VMAIL_INDEX_CONFIG, "", &reason);
    if (state == INDEX_STALE || state == INDEX_DAMAGED)
        add_bad(check, &place, state, &reason);
}

/** The index of vmail.conf, and those that belong to nothing: what `vmailctl index` would do. */
static void check_host(struct check *check)
{
    static const struct vmail_index_effort effort;
    struct told told = { check, true };
    struct vmail_index_report report = { 0 };
    const struct vmail_index_work work = { .paths = check->context->paths,
                                           .config = check->context->config,
                                           .effort = &effort,
                                           .dry_run = true,
                                           .told = told_host,
                                           .context = &told };
    vmail_index_config(&work, &report);
    told.config = false;
    vmail_index_prune(&work, &report);
}

void check_index(struct check *check)
{
    static const enum vmail_kind kinds[] = { VMAIL_PASSWD, VMAIL_SHADOW, VMAIL_GROUP };
    if (check->context->paths->cache == NULL)
        return;
    if (check->everything)
        check_host(check);
    for (size_t i = 0; i < check->domains.count; i++)
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            check_file(check, kinds[k], check->domains.name[i]);
}
