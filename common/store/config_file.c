/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config_image.h"
#include "file.h"
#include "trust.h"

enum { CONFIG_SIZE_MAX = 64 * 1024 * 1024 };

enum vmail_result vmail_config_read(int fd, struct vmail_config **config,
                                    vmail_config_report *report, void *context,
                                    struct vmail_error *error)
{
    size_t length = 0;
    char *text = vmail_file_read_all(fd, CONFIG_SIZE_MAX, &length);
    if (text == NULL) {
        int code = errno;
        vmail_error_set(error, code, "%s: cannot read: %s", VMAIL_CONFIG_NAME,
                        strerrordesc_np(code));
        return code == ENOMEM ? VMAIL_NO_MEMORY : VMAIL_UNAVAILABLE;
    }
    enum vmail_result result = vmail_config_parse(text, length, config, report, context);
    free(text);
    return result;
}

enum vmail_result vmail_config_load(const struct vmail_paths *paths, struct vmail_config **config,
                                    vmail_config_report *report, void *context,
                                    struct vmail_error *error)
{
    int fd;
    struct stat status;
    enum vmail_result result = vmail_trusted_open(paths, VMAIL_CONFIG_NAME, &fd, &status, error);
    if (result == VMAIL_NOT_FOUND)
        return vmail_config_parse("", 0, config, report, context);
    if (result != VMAIL_OK)
        return result;
    result = vmail_config_read(fd, config, report, context, error);
    close(fd);
    return result;
}

enum vmail_result vmail_config_open(const struct vmail_paths *paths, struct vmail_config **config,
                                    struct vmail_error *error)
{
    int fd;
    struct stat status;
    enum vmail_result result = vmail_trusted_open(paths, VMAIL_CONFIG_NAME, &fd, &status, error);
    if (result == VMAIL_NOT_FOUND)
        return vmail_config_parse("", 0, config, NULL, NULL);
    if (result != VMAIL_OK)
        return result;
    const struct vmail_file_state state = vmail_file_state(&status);
    result = vmail_config_from_image(paths, &state, config);
    if (result != VMAIL_OK)
        result = vmail_config_read(fd, config, NULL, NULL, error);
    close(fd);
    return result;
}
