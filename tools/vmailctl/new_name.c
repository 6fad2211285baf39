/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "new_name.h"

#include "authority.h"
#include "message.h"
#include "shell_word.h"

char new_name_oddity(const char *name)
{
    return vmail_shell_oddity(name);
}

enum exit_code new_name_check(const struct context *context, const char *name)
{
    const char oddity = new_name_oddity(name);
    if (oddity == '\0')
        return EXIT_DONE;
    if (context->restricted)
        return authority_refuse(context,
                                "the name %s: it has a %c, which means something to a shell; a "
                                "co-administrator gives names without",
                                name, oddity);
    message_warning(context,
                    "the name %s has a %c, which means something to a shell: quote it in every "
                    "command",
                    name, oddity);
    return EXIT_DONE;
}
