/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Makes the index of the ids that do not lie in their own domain's block (see ids_index.h).
 */
#ifndef VMAIL_IDS_COMPILE_H
#define VMAIL_IDS_COMPILE_H

#include "index_build.h"

/**
 * Makes the index anew, from the files of all domains. A domain whose files cannot be read or
 * believed, or have changed just now, is left out: it will be asked each time. Returns VMAIL_OK, or
 * VMAIL_UNAVAILABLE or VMAIL_NO_MEMORY with ERROR.
 */
enum vmail_result vmail_ids_compile(const struct vmail_paths *paths,
                                    const struct vmail_config *config,
                                    const struct vmail_index_effort *effort,
                                    struct vmail_error *error);

#endif
