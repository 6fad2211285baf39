/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The image of vmail.conf: an index (index_format.h) whose one record holds the parsed text. A
 * short-lived process maps it, reads no text, and touches only a few pages, however many domains
 * exist.
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

/** The number of rows in each table, in image order, and the length of the text. */
struct vmail_config_image {
    uint32_t domain_names;
    uint32_t aliases;
    uint32_t addresses;
    uint32_t blocks;
    uint32_t text;
};

/**
 * Makes a config from the image of vmail.conf if the image is valid for STATE. PATHS must live as
 * long as the config. Returns VMAIL_OK; VMAIL_NOT_FOUND if there is no such image; VMAIL_NO_MEMORY.
 */
enum vmail_result vmail_config_from_image(const struct vmail_paths *paths,
                                          const struct vmail_file_state *state,
                                          struct vmail_config **config);

/** Whether CONFIG has no image, or its image is still in the cache directory of PATHS and has the
 * same length. Makes one system call. */
bool vmail_config_image_intact(const struct vmail_config *config, const struct vmail_paths *paths);

#endif
