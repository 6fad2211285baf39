/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Builds the index of vmail.conf.
 */
#ifndef VMAIL_CONFIG_COMPILE_H
#define VMAIL_CONFIG_COMPILE_H

#include "index_build.h"

/**
 * Builds the index of vmail.conf again from the text. Without vmail.conf there is no index. Returns
 * as vmail_index_build.
 */
enum vmail_result vmail_config_compile(const struct vmail_paths *paths,
                                       const struct vmail_index_effort *effort,
                                       struct vmail_error *error);

#endif
