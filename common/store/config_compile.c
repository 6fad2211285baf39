/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config_compile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config_file.h"
#include "config_image.h"
#include "index_writer.h"
#include "trust.h"

static char *put_rows(char *next, const void *rows, size_t size)
{
    if (size > 0)
        memcpy(next, rows, size);
    return next + size;
}

/* Writes the tables and the text to NEXT, and returns where they end. */
static char *put_tables(char *next, const struct vmail_config *config)
{
    const struct vmail_config_image image = { .domain_names = (uint32_t)config->domain_name_count,
                                              .aliases = (uint32_t)config->alias_count,
                                              .addresses = (uint32_t)config->address_count,
                                              .blocks = (uint32_t)config->block_count,
                                              .text = (uint32_t)config->text_length };
    next = put_rows(next, &image, sizeof image);
    next = put_rows(next, config->domain_names,
                    config->domain_name_count * sizeof *config->domain_names);
    next = put_rows(next, config->aliases, config->alias_count * sizeof *config->aliases);
    next = put_rows(next, config->addresses, config->address_count * sizeof *config->addresses);
    next = put_rows(next, config->blocks, config->block_count * sizeof *config->blocks);
    return put_rows(next, config->text, config->text_length + 1);
}

static size_t size_of_tables(const struct vmail_config *config)
{
    return sizeof(struct vmail_config_image) +
           config->domain_name_count * sizeof *config->domain_names +
           config->alias_count * sizeof *config->aliases +
           config->address_count * sizeof *config->addresses +
           config->block_count * sizeof *config->blocks + config->text_length + 1;
}

static enum vmail_result write_image(struct vmail_index_writer *writer,
                                     const struct vmail_config *config)
{
    static const char key[] = VMAIL_CONFIG_IMAGE_KEY;
    enum { KEY_LENGTH = sizeof key - 1, LENGTHS = 8 /* before the key */ };
    const size_t place = (size_t)writer->position + LENGTHS + KEY_LENGTH;
    const size_t pad = (VMAIL_CONFIG_IMAGE_ALIGNMENT - place % VMAIL_CONFIG_IMAGE_ALIGNMENT) %
                       VMAIL_CONFIG_IMAGE_ALIGNMENT;
    char *value = calloc(1, pad + size_of_tables(config));
    if (value == NULL) {
        vmail_error_set(writer->error, ENOMEM, "out of memory while making an index");
        return VMAIL_NO_MEMORY;
    }
    const char *end = put_tables(value + pad, config);
    enum vmail_result result =
        vmail_index_writer_add(writer, key, KEY_LENGTH, value, (size_t)(end - value));
    free(value);
    return result;
}

static enum vmail_result write_config(const struct vmail_paths *paths,
                                      const struct vmail_config *config, const struct stat *status,
                                      const struct vmail_index_effort *effort,
                                      struct vmail_error *error)
{
    struct vmail_index_writer writer;
    const struct vmail_file_state state = vmail_file_state(status);
    const struct vmail_file file = { paths, &config->rules, (enum vmail_kind)VMAIL_INDEX_CONFIG,
                                     "" };
    enum vmail_result result = vmail_index_writer_start(&writer, file, effort->seconds, error);
    if (result != VMAIL_OK)
        return result;
    writer.header.errors = config->error_count;
    writer.header.settings.enumerate = config->enumerate;
    writer.header.settings.nss_hashes = config->nss_hashes;
    result = write_image(&writer, config);
    if (result == VMAIL_OK)
        return vmail_index_writer_finish(&writer, &state, status->st_mode, status->st_gid);
    vmail_index_writer_abort(&writer);
    return result;
}

enum vmail_result vmail_config_compile(const struct vmail_paths *paths,
                                       const struct vmail_index_effort *effort,
                                       struct vmail_error *error)
{
    struct stat status, after;
    struct vmail_config *config;
    int fd;
    enum vmail_result result = vmail_trusted_open(paths, VMAIL_CONFIG_NAME, &fd, &status, error);
    if (result == VMAIL_NOT_FOUND)
        vmail_index_remove(paths, VMAIL_INDEX_CONFIG, "");
    if (result != VMAIL_OK)
        return result;
    const struct vmail_file_state before = vmail_file_state(&status);
    if (!vmail_file_state_settle(&before, effort->milliseconds)) {
        vmail_error_set(error, 0,
                        "%s/%s: changed just now, or its time stamp is in the future; run touch "
                        "and then vmailctl index",
                        paths->directory, VMAIL_CONFIG_NAME);
        close(fd);
        return VMAIL_UNAVAILABLE;
    }
    result = vmail_config_read(fd, &config, NULL, NULL, error);
    if (result == VMAIL_OK) {
        const bool looked = fstat(fd, &after) == 0;
        const struct vmail_file_state now = vmail_file_state(&after);
        if (looked && vmail_file_state_equal(&now, &before)) {
            result = write_config(paths, config, &status, effort, error);
        } else {
            vmail_error_set(error, 0, "%s/%s: is changing; run vmailctl index later",
                            paths->directory, VMAIL_CONFIG_NAME);
            result = VMAIL_UNAVAILABLE;
        }
        vmail_config_free(config);
    }
    close(fd);
    return result;
}
