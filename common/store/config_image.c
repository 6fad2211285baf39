/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config_image.h"

#include <stdlib.h>
#include <string.h>

/* Takes COUNT rows of SIZE bytes from *NEXT; NULL if END comes first. */
static void *take_rows(const char **next, const char *end, size_t count, size_t size)
{
    const char *rows = *next;
    if ((size_t)(end - rows) / size < count)
        return NULL;
    *next = rows + count * size;
    return (void *)(uintptr_t)rows; /* nobody writes to a config */
}

static bool take_tables(struct vmail_config *config, const char *value, size_t length)
{
    const char *end = value + length;
    const size_t misaligned = (uintptr_t)value % VMAIL_CONFIG_IMAGE_ALIGNMENT;
    const char *next = value + (misaligned == 0 ? 0 : VMAIL_CONFIG_IMAGE_ALIGNMENT - misaligned);
    if (length < VMAIL_CONFIG_IMAGE_ALIGNMENT)
        return false;
    const struct vmail_config_image *image = take_rows(&next, end, 1, sizeof *image);
    if (image == NULL)
        return false;
    config->domain_name_count = image->domain_names;
    config->alias_count = image->aliases;
    config->address_count = image->addresses;
    config->block_count = image->blocks;
    config->text_length = image->text;
    config->domain_names =
        take_rows(&next, end, config->domain_name_count, sizeof *config->domain_names);
    if (config->domain_names != NULL)
        config->aliases = take_rows(&next, end, config->alias_count, sizeof *config->aliases);
    if (config->aliases != NULL)
        config->addresses = take_rows(&next, end, config->address_count, sizeof *config->addresses);
    if (config->addresses != NULL)
        config->blocks = take_rows(&next, end, config->block_count, sizeof *config->blocks);
    if (config->blocks != NULL)
        config->text = take_rows(&next, end, config->text_length + 1, 1);
    return config->text != NULL && next == end && config->text[config->text_length] == '\0';
}

static void take_settings(struct vmail_config *config)
{
    const struct vmail_index_header *header = config->image->header;
    const struct vmail_index_settings *settings = &header->settings;
    config->rules.ids = (struct vmail_id_range){ settings->ids_first, settings->ids_last };
    memcpy(config->rules.separators, settings->separators, sizeof config->rules.separators - 1);
    config->rules.fold_case = settings->fold_case != 0;
    config->enumerate = settings->enumerate != 0;
    config->nss_hashes = settings->nss_hashes != 0;
    config->error_count = (unsigned long)header->errors;
}

static void release(struct vmail_config *config)
{
    vmail_index_close(config->image);
    free(config->image);
}

enum vmail_result vmail_config_from_image(const struct vmail_paths *paths,
                                          const struct vmail_file_state *state,
                                          struct vmail_config **result)
{
    struct vmail_config *config = calloc(1, sizeof *config);
    struct vmail_index *image = calloc(1, sizeof *image);
    const void *value;
    size_t length;
    if (config == NULL || image == NULL ||
        vmail_index_open(paths, VMAIL_INDEX_CONFIG, "", image, NULL) != VMAIL_OK) {
        free(config);
        free(image);
        return VMAIL_NOT_FOUND;
    }
    config->image = image;
    config->release = release;
    if (vmail_index_is_of(image, state) &&
        vmail_index_get(image, VMAIL_CONFIG_IMAGE_KEY, strlen(VMAIL_CONFIG_IMAGE_KEY), &value,
                        &length) == VMAIL_INDEX_HIT &&
        take_tables(config, value, length)) {
        take_settings(config);
        *result = config;
        return VMAIL_OK;
    }
    vmail_config_free(config);
    return VMAIL_NOT_FOUND;
}

bool vmail_config_image_intact(const struct vmail_config *config, const struct vmail_paths *paths)
{
    return config->image == NULL ||
           vmail_index_intact(config->image, paths, VMAIL_INDEX_CONFIG, "");
}
