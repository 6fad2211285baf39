/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "context.h"

#include <stdio.h>
#include <sys/stat.h>

#include "config_file.h"
#include "message.h"
#include "table.h"

static void warn_of_line(void *context, const char *text)
{
    message_warning(context, "%s", text);
}

/** Called before the file is read: a change in between makes the config look outdated. */
static struct vmail_file_state look_at_config(const struct context *context)
{
    char path[VMAIL_PATH_MAX];
    struct stat status;
    int length = snprintf(path, sizeof path, "%s/" VMAIL_CONFIG_NAME, context->paths->directory);
    if (length < 0 || (size_t)length >= sizeof path || stat(path, &status) != 0)
        return (struct vmail_file_state){ 0 };
    return vmail_file_state(&status);
}

bool context_config_is_current(const struct context *context)
{
    const struct vmail_file_state file = look_at_config(context);
    return vmail_file_state_equal(&context->config_file, &file);
}

static enum exit_code load(struct context *context, vmail_config_report *warn)
{
    struct vmail_error error = { 0 };
    struct vmail_config *config = NULL;
    const struct vmail_file_state file = look_at_config(context);
    enum vmail_result result = vmail_config_load(context->paths, &config, warn, context, &error);
    if (result != VMAIL_OK)
        return message_result(context, result, &error);
    vmail_config_free(context->config);
    context->config = config;
    context->config_file = file;
    return EXIT_DONE;
}

enum exit_code context_load_config(struct context *context)
{
    return load(context, context->restricted ? NULL : warn_of_line); /* lines of other domains */
}

enum exit_code context_reread_config(struct context *context)
{
    return load(context, NULL);
}

void context_try_config(struct context *context)
{
    context_free(context);
    context->config_file = look_at_config(context);
    if (vmail_config_load(context->paths, &context->config, NULL, NULL, NULL) != VMAIL_OK)
        context->config = NULL;
}

struct vmail_file context_file(const struct context *context, enum vmail_kind kind,
                               const char *domain)
{
    return (struct vmail_file){ context->paths, &context->config->rules, kind, domain };
}

const char *context_home(const struct context *context, const struct vmail_passwd *user,
                         const char *domain, char standard[VMAIL_HOME_MAX + 1])
{
    return user->home[0] != '\0'
               ? user->home
               : vmail_default_home(standard, user->name, domain, context->config->rules.fold_case);
}

const char *context_program(const struct context *context)
{
    return context->restricted ? "vmail-admin" : "vmailctl";
}

void context_free(struct context *context)
{
    vmail_config_free(context->config);
    context->config = NULL;
}
