/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "change_config.h"

#include <unistd.h>

#include "config_compile.h"
#include "config_edit.h"
#include "config_write.h"
#include "message.h"

/* For a file system whose time stamps are whole seconds. */
enum { PATIENCE_MILLISECONDS = 3500 };

static void show_config(const struct vmail_edit *edit, void *context)
{
    change_show(context, edit, DIFF_PLAIN);
}

/** The change is made, whatever happens to the image: if it is wrong, the text is read instead. */
static void compile(const struct context *context)
{
    const struct vmail_index_effort effort = { .milliseconds = PATIENCE_MILLISECONDS,
                                               .seconds = VMAIL_LOCK_SECONDS_ADMIN };
    struct vmail_error error = { 0 };
    if (context->paths->cache == NULL || access(context->paths->cache, F_OK) != 0)
        return;
    enum vmail_result result = vmail_config_compile(context->paths, &effort, &error);
    if (result != VMAIL_OK)
        message_warning(context, "%s; the change was made, but run vmailctl index",
                        message_reason(result, &error));
}

enum exit_code change_config(struct change *change, const struct vmail_config_change *changes,
                             size_t count)
{
    const struct context *context = change->context;
    struct vmail_error error = { 0 };
    const struct vmail_config_request request = {
        .changes = changes,
        .count = count,
        .show = show_config,
        .context = change,
        .seconds = VMAIL_LOCK_SECONDS_ADMIN,
        .dry_run = context->dry_run,
    };
    enum vmail_result result = vmail_config_edit_file(context->paths, &request, &error);
    if (vmail_is_done(result) && !context->dry_run)
        compile(context);
    return message_result(context, result, &error);
}

enum exit_code change_config_check(const struct context *context,
                                   const struct vmail_config_change *changes, size_t count)
{
    struct vmail_error error = { 0 };
    const struct vmail_config_request request = { .changes = changes,
                                                  .count = count,
                                                  .dry_run = true };
    enum vmail_result result = vmail_config_edit_file(context->paths, &request, &error);
    return message_result(context, result, &error);
}
