/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mail.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config_file.h"
#include "trust.h"

struct vmail_mail_file {
    struct vmail_alias_file aliases;
    unsigned long question; /* the last one that looked at the file */
};

/* Of text; entries and targets need about ten times as much memory. */
enum { KEPT_MAX = 64 << 20 };

void vmail_mail_begin(struct vmail_mail *mail, const struct vmail_paths *paths,
                      const struct vmail_config *config)
{
    *mail = (struct vmail_mail){ .paths = paths, .config = config };
}

static void end_file(struct vmail_mail_file *file)
{
    vmail_alias_file_end(&file->aliases);
    free(file);
}

static size_t size_of(const struct vmail_mail_file *file)
{
    return sizeof *file + (size_t)file->aliases.state.size;
}

static void forget_files(struct vmail_mail *mail)
{
    for (size_t i = 0; i < mail->file_count; i++)
        end_file(mail->file[i]);
    free(mail->file);
    mail->file = NULL;
    mail->file_count = mail->kept = 0;
}

/* Forgets the files that the last question did not need. */
static void forget_unused_files(struct vmail_mail *mail)
{
    size_t count = 0;
    for (size_t i = 0; i < mail->file_count; i++) {
        if (mail->file[i]->question == mail->question) {
            mail->file[count++] = mail->file[i];
            continue;
        }
        mail->kept -= size_of(mail->file[i]);
        end_file(mail->file[i]);
    }
    mail->file_count = count;
}

void vmail_mail_end(struct vmail_mail *mail)
{
    forget_files(mail);
    vmail_config_free(mail->own);
    *mail = (struct vmail_mail){ 0 };
}

/* Reads vmail.conf if it has changed. What was read under the old one is forgotten: it says which
 * files are restricted. */
static enum vmail_result read_config(struct vmail_mail *mail, struct vmail_error *error)
{
    struct vmail_file_state state = { 0 };
    struct stat status;
    int fd = -1;
    enum vmail_result result =
        vmail_trusted_open(mail->paths, VMAIL_CONFIG_NAME, &fd, &status, error);
    if (result != VMAIL_OK && result != VMAIL_NOT_FOUND)
        return result;
    if (result == VMAIL_OK)
        state = vmail_file_state(&status);
    if (mail->own == NULL || !mail->settled || !vmail_file_state_equal(&state, &mail->state)) {
        struct vmail_config *config;
        const bool settled = result == VMAIL_OK && vmail_file_state_settled(&state);
        result = result == VMAIL_OK ? vmail_config_read(fd, &config, NULL, NULL, error)
                                    : vmail_config_parse("", 0, &config, NULL, NULL);
        if (result == VMAIL_OK) {
            forget_files(mail);
            vmail_config_free(mail->own);
            mail->own = config;
            mail->config = config;
            mail->state = state;
            mail->settled = settled;
        }
    }
    if (fd >= 0)
        close(fd);
    return result == VMAIL_NOT_FOUND ? VMAIL_OK : result;
}

enum vmail_result vmail_mail_question(struct vmail_mail *mail, struct vmail_error *error)
{
    const bool given = mail->config != NULL && mail->own == NULL;
    if (mail->kept > KEPT_MAX)
        forget_unused_files(mail);
    mail->question++;
    vmail_error_set(error, 0, "%s", "");
    return given ? VMAIL_OK : read_config(mail, error);
}

/* Where PATH is in the list, or would be. */
static size_t place_of(const struct vmail_mail *mail, const char *path)
{
    size_t low = 0, high = mail->file_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (strcmp(mail->file[middle]->aliases.path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Whether what was read from the file is still all of it. */
static enum vmail_result is_current(const struct vmail_mail *mail,
                                    const struct vmail_mail_file *file, bool *current,
                                    struct vmail_error *error)
{
    struct vmail_file_state now;
    int fd;
    enum vmail_result result =
        vmail_alias_file_open(mail->paths, file->aliases.path, &fd, &now, error);
    if (result == VMAIL_OK && fd >= 0)
        close(fd);
    *current = file->aliases.settled && vmail_file_state_equal(&now, &file->aliases.state);
    return result;
}

/* Reads the file PATH and puts it into the list at PLACE. */
static enum vmail_result add_file(struct vmail_mail *mail, size_t place, const char *path,
                                  struct vmail_error *error)
{
    struct vmail_mail_file *file = calloc(1, sizeof *file);
    struct vmail_mail_file **files =
        reallocarray(mail->file, mail->file_count + 1, sizeof *mail->file);
    if (files != NULL)
        mail->file = files;
    if (files == NULL || file == NULL) {
        free(file);
        return VMAIL_NO_MEMORY;
    }
    enum vmail_result result =
        vmail_alias_file_read(mail->paths, mail->config, path, &file->aliases, error);
    if (result != VMAIL_OK) {
        end_file(file);
        return result;
    }
    file->question = mail->question;
    memmove(&files[place + 1], &files[place], (mail->file_count - place) * sizeof *files);
    files[place] = file;
    mail->file_count++;
    mail->kept += size_of(file);
    return VMAIL_OK;
}

static void remove_file(struct vmail_mail *mail, size_t place)
{
    mail->kept -= size_of(mail->file[place]);
    end_file(mail->file[place]);
    mail->file_count--;
    memmove(&mail->file[place], &mail->file[place + 1],
            (mail->file_count - place) * sizeof *mail->file);
}

enum vmail_result vmail_mail_aliases(struct vmail_mail *mail, const char *path,
                                     const struct vmail_alias_file **file,
                                     struct vmail_error *error)
{
    const size_t place = place_of(mail, path);
    bool current = place < mail->file_count && strcmp(mail->file[place]->aliases.path, path) == 0;
    enum vmail_result result = VMAIL_OK;
    if (current && mail->file[place]->question != mail->question) {
        result = is_current(mail, mail->file[place], &current, error);
        if (result != VMAIL_OK || !current)
            remove_file(mail, place);
        else
            mail->file[place]->question = mail->question;
    }
    if (result == VMAIL_OK && !current)
        result = add_file(mail, place, path, error);
    if (result == VMAIL_OK)
        *file = &mail->file[place]->aliases;
    return result;
}
