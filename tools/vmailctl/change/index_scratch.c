/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "index_scratch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"

/*
 * Not /tmp, which is in memory on many machines: the index of a large domain can take over 240 MB.
 */
static const char pattern[] = "/var/tmp/vmail-index-XXXXXX";

enum exit_code index_scratch_begin(const struct context *context, struct index_scratch *scratch)
{
    memcpy(scratch->directory, pattern, sizeof pattern);
    if (mkdtemp(scratch->directory) == NULL) {
        int code = errno;
        message_error(context, "%s: cannot create this directory to compare indexes: %s",
                      scratch->directory, strerrordesc_np(code));
        return EXIT_UNAVAILABLE;
    }
    scratch->paths = *context->paths;
    scratch->paths.cache = scratch->directory;
    return EXIT_DONE;
}

void index_scratch_end(struct index_scratch *scratch)
{
    (void)rmdir(scratch->directory);
}
