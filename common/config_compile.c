/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config_compile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config_index.h"
#include "index_writer.h"
#include "trust.h"

/* LENGTH bytes of DATA behind their checksum, as a new record. */
static enum vmail_result add(struct vmail_index_writer *writer, char type, const void *name,
                             size_t name_length, const void *data, size_t length,
                             struct vmail_index_reference *reference)
{
    char key[1 + VMAIL_DOMAIN_MAX] = { type };
    uint64_t sum = vmail_index_sum(0, data, length);
    char *value = malloc(sizeof sum + length);
    uint32_t position;
    if (value == NULL) {
        vmail_error_set(writer->error, ENOMEM, "out of memory while making an index");
        return VMAIL_NO_MEMORY;
    }
    memcpy(key + 1, name, name_length);
    memcpy(value, &sum, sizeof sum);
    memcpy(value + sizeof sum, data, length);
    enum vmail_result result =
        vmail_index_writer_add(writer, key, 1 + name_length, value, sizeof sum + length, &position);
    free(value);
    if (reference != NULL)
        *reference = (struct vmail_index_reference){ position, (uint32_t)(sizeof sum + length) };
    return result;
}

static enum vmail_result add_string(struct vmail_index_writer *writer, char type, const void *name,
                                    size_t name_length, const char *text,
                                    struct vmail_index_reference *reference)
{
    return add(writer, type, name, name_length, text, strlen(text) + 1, reference);
}

static enum vmail_result add_names(struct vmail_index_writer *writer,
                                   const struct vmail_config *config)
{
    enum vmail_result result = VMAIL_OK;
    for (size_t i = 0; i < config->domain_name_count && result == VMAIL_OK; i++) {
        const struct vmail_name_row *row = &config->domain_names[i];
        result = add_string(writer, 'd', row->name, strlen(row->name),
                            config->domains[row->domain].mailbox, NULL);
    }
    for (size_t i = 0; i < config->alias_count && result == VMAIL_OK; i++) {
        const struct vmail_name_row *row = &config->aliases[i];
        result = add_string(writer, 'a', row->name, strlen(row->name),
                            config->domains[row->domain].name, NULL);
    }
    for (size_t i = 0; i < config->address_count && result == VMAIL_OK; i++) {
        const struct vmail_address_row *row = &config->addresses[i];
        result = add_string(writer, 'A', row->address.bytes, sizeof row->address.bytes,
                            config->domains[row->domain].name, NULL);
    }
    return result;
}

static enum vmail_result add_blocks(struct vmail_index_writer *writer,
                                    const struct vmail_config *config)
{
    enum vmail_result result = VMAIL_OK;
    struct vmail_block_row *rows = calloc(config->block_count + 1, sizeof *rows);
    if (rows == NULL) {
        vmail_error_set(writer->error, ENOMEM, "out of memory while making an index");
        return VMAIL_NO_MEMORY;
    }
    for (size_t i = 0; i < config->block_count && result == VMAIL_OK; i++) {
        const struct vmail_ids_row *block = &config->blocks[i];
        const char *name = config->domains[block->domain].name;
        rows[i].first = block->ids.first;
        rows[i].last = block->ids.last;
        result = add_string(writer, 'N', name, strlen(name), name, &rows[i].domain);
    }
    if (result == VMAIL_OK)
        result = add(writer, 'B', "", 0, rows, config->block_count * sizeof *rows, NULL);
    free(rows);
    return result;
}

static enum vmail_result write_config(const struct vmail_paths *paths,
                                      const struct vmail_config *config, const struct stat *status,
                                      const struct vmail_index_effort *effort,
                                      struct vmail_error *error)
{
    struct vmail_index_writer writer;
    const struct vmail_index_settings settings = vmail_index_settings(config);
    const struct vmail_file_state state = vmail_file_state(status);
    enum vmail_result result = vmail_index_writer_start(&writer, paths, VMAIL_INDEX_CONFIG, "",
                                                        &settings, effort->seconds, error);
    if (result != VMAIL_OK)
        return result;
    writer.header.errors = config->error_count;
    result = add_names(&writer, config);
    if (result == VMAIL_OK)
        result = add_blocks(&writer, config);
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
                        "%s/%s: changed just now, or its time stamp lies in the future; run touch "
                        "and then vmailctl index",
                        paths->directory, VMAIL_CONFIG_NAME);
        close(fd);
        return VMAIL_UNAVAILABLE;
    }
    result = vmail_config_read(paths, fd, &config, NULL, NULL, error);
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
