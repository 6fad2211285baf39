/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The image of vmail.conf: an index (index_format.h) whose one record is what the parser made of
 * the text. A short-lived process maps it, reads no text, and looks at a few pages however many
 * domains there are.
 *
 *   key      value, from the first place in the file that is a multiple of 4
 *   "conf"   struct vmail_config_image, the four tables, the text and a NUL
 */
#ifndef VMAIL_CONFIG_IMAGE_H
#define VMAIL_CONFIG_IMAGE_H

#include <stdbool.h>

#include "config.h"
#include "index.h"

#define VMAIL_CONFIG_IMAGE_KEY "conf"

enum { VMAIL_CONFIG_IMAGE_ALIGNMENT = 4 };

/** How many rows each table has, in their order in the image, and how long the text is. */
struct vmail_config_image {
    uint32_t domain_names;
    uint32_t aliases;
    uint32_t addresses;
    uint32_t blocks;
    uint32_t text;
};

/**
 * Makes a config of the image of vmail.conf, where there is one that is right for STATE. PATHS must
 * live as long as the config. VMAIL_NOT_FOUND where there is no such image; VMAIL_NO_MEMORY.
 */
enum vmail_result vmail_config_from_image(const struct vmail_paths *paths,
                                          const struct vmail_file_state *state,
                                          struct vmail_config **config);

/** Whether CONFIG has no image, or one that is still in the cache directory of PATHS and as long as
 * it was. One system call. */
bool vmail_config_image_intact(const struct vmail_config *config, const struct vmail_paths *paths);

#endif
