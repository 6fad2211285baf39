/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "change_log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>

#include "actor.h"
#include "text.h"

__attribute__((format(printf, 3, 0))) static void log_line(int priority, const char *refused,
                                                           const char *format, va_list arguments)
{
    char *text = NULL, *clean = NULL;
    struct actor actor;
    actor_find(&actor);
    if (vasprintf(&text, format, arguments) >= 0)
        clean = text_clean(text);
    openlog("vmailctl", LOG_PID, LOG_AUTHPRIV);
    syslog(priority, "%s(uid %lu)%s: %s%s", actor.name, (unsigned long)actor.uid,
           actor.by_sudo ? " by sudo" : "", refused, clean == NULL ? "?" : clean);
    closelog();
    free(clean);
    free(text);
}

void change_log(const struct context *context, const char *format, ...)
{
    if (context->dry_run)
        return;
    va_list arguments;
    va_start(arguments, format);
    log_line(LOG_NOTICE, "", format, arguments);
    va_end(arguments);
}

void change_log_refusal(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    log_line(LOG_WARNING, "refused: ", format, arguments);
    va_end(arguments);
}
