/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "context.h"

#include <stddef.h>

#include "message.h"

static void warn_of_line(void *context, const char *text)
{
    message_warning(context, "%s", text);
}

enum exit_code context_load_config(struct context *context)
{
    struct vmail_error error = { 0 };
    struct vmail_config *config = NULL;
    enum vmail_result result =
        vmail_config_load(context->paths, &config, warn_of_line, context, &error);
    if (result != VMAIL_OK)
        return message_result(context, result, &error);
    vmail_config_free(context->config);
    context->config = config;
    return EXIT_DONE;
}

void context_try_config(struct context *context)
{
    context_free(context);
    if (vmail_config_load(context->paths, &context->config, NULL, NULL, NULL) != VMAIL_OK)
        context->config = NULL;
}

void context_free(struct context *context)
{
    vmail_config_free(context->config);
    context->config = NULL;
}
