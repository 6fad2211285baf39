/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "config_file.h"
#include "include.h"
#include "trust.h"

/* Of text; entries and targets need about ten times as much memory. */
enum { KEPT_MAX = 64 << 20, CONFIG_MAX = 64 << 20 };

void vmail_mail_begin(struct vmail_mail *mail, const struct vmail_paths *paths,
                      const struct vmail_config *config)
{
    *mail = (struct vmail_mail){ .paths = paths, .config = config };
}

static void end_file(struct vmail_mail_file *file)
{
    vmail_alias_file_end(&file->aliases);
    vmail_aliases_end(&file->list);
    vmail_recipients_end(&file->recipients);
    vmail_full_names_end(&file->full_names);
    free(file->path);
    free(file);
}

static size_t size_of(const struct vmail_mail_file *file)
{
    return sizeof *file + (size_t)file->version.state.size;
}

/* Forgets the files that the last question did not need, or all. */
static void forget_files(struct vmail_mail *mail, bool all)
{
    size_t count = 0;
    for (size_t i = 0; i < mail->file_count; i++) {
        if (!all && mail->file[i]->question == mail->question) {
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
    forget_files(mail, true);
    free(mail->file);
    vmail_config_free(mail->own);
    *mail = (struct vmail_mail){ 0 };
}

/* Reads vmail.conf if it has changed. What was read under the old one is forgotten: it says which
 * files are restricted. */
static enum vmail_result read_config(struct vmail_mail *mail, struct vmail_error *error)
{
    struct vmail_trusted_text text;
    struct vmail_config *config;
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", mail->paths->directory, VMAIL_CONFIG_NAME);
    if (mail->own != NULL && vmail_trusted_unchanged(mail->paths, path, &mail->version))
        return VMAIL_OK;
    enum vmail_result result = vmail_trusted_read(mail->paths, path, CONFIG_MAX, &text, error);
    if (result != VMAIL_OK && result != VMAIL_NOT_FOUND)
        return result;
    result =
        vmail_config_parse(result == VMAIL_OK ? text.bytes : "", text.length, &config, NULL, NULL);
    free(text.bytes);
    if (result != VMAIL_OK)
        return result;
    forget_files(mail, true);
    vmail_config_free(mail->own);
    mail->own = config;
    mail->config = config;
    mail->version = text.version;
    return VMAIL_OK;
}

enum vmail_result vmail_mail_question(struct vmail_mail *mail, struct vmail_error *error)
{
    const bool given = mail->config != NULL && mail->own == NULL;
    if (mail->kept > KEPT_MAX)
        forget_files(mail, false);
    mail->question++;
    vmail_error_set(error, 0, "%s", "");
    return given ? VMAIL_OK : read_config(mail, error);
}

enum vmail_result vmail_mail_domain(const struct vmail_mail *mail, const char *name,
                                    struct vmail_identity *identity, struct vmail_error *error)
{
    return vmail_resolve_domain(mail->paths, mail->config, name, identity, error);
}

static int compare_mail_file(const struct vmail_mail_file *file, const char *path,
                             enum vmail_mail_kind kind)
{
    const int order = strcmp(file->path, path);
    return order != 0 ? order : (int)file->kind - (int)kind;
}

/* Where the file is in the list, or would be. */
static size_t place_of(const struct vmail_mail *mail, const char *path, enum vmail_mail_kind kind)
{
    size_t low = 0, high = mail->file_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare_mail_file(mail->file[middle], path, kind) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static enum vmail_result read_mail_file(const struct vmail_mail *mail, struct vmail_mail_file *file,
                                        struct vmail_error *error)
{
    struct vmail_file passwd = { mail->paths, &mail->config->rules, VMAIL_PASSWD, NULL };
    enum vmail_result result = VMAIL_OK;
    switch (file->kind) {
    case VMAIL_MAIL_ALIASES:
        result =
            vmail_alias_file_read(mail->paths, mail->config, file->path, &file->aliases, error);
        file->version = file->aliases.version;
        break;
    case VMAIL_MAIL_LIST:
        result = vmail_include_read(mail->paths, file->path, &file->list, &file->version, error);
        break;
    case VMAIL_MAIL_RECIPIENTS:
        result = vmail_recipients_read(mail->paths, file->path, &file->recipients, &file->version,
                                       error);
        break;
    case VMAIL_MAIL_FULL_NAMES:
        passwd.domain = file->path + strlen(mail->paths->directory) + strlen("/passwd.");
        result =
            vmail_full_names_read(passwd, file->path, &file->full_names, &file->version, error);
        break;
    }
    return result;
}

/* Reads the file and puts it into the list at PLACE. */
static enum vmail_result add_file(struct vmail_mail *mail, size_t place, const char *path,
                                  enum vmail_mail_kind kind, struct vmail_error *error)
{
    struct vmail_mail_file *file = calloc(1, sizeof *file);
    if (file == NULL)
        return VMAIL_NO_MEMORY;
    file->path = strdup(path);
    file->kind = kind;
    enum vmail_result result =
        file->path == NULL ? VMAIL_NO_MEMORY : read_mail_file(mail, file, error);
    if (result == VMAIL_OK &&
        vmail_array_append(&mail->file, &mail->file_count, sizeof *mail->file) == NULL)
        result = VMAIL_NO_MEMORY;
    if (result != VMAIL_OK) {
        end_file(file);
        return result;
    }
    memmove(&mail->file[place + 1], &mail->file[place],
            (mail->file_count - 1 - place) * sizeof *mail->file);
    mail->file[place] = file;
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

enum vmail_result vmail_mail_read(struct vmail_mail *mail, const char *path,
                                  enum vmail_mail_kind kind, const struct vmail_mail_file **file,
                                  struct vmail_error *error)
{
    const size_t place = place_of(mail, path, kind);
    bool known = place < mail->file_count && compare_mail_file(mail->file[place], path, kind) == 0;
    enum vmail_result result = VMAIL_OK;
    if (known && mail->file[place]->question != mail->question &&
        !vmail_trusted_unchanged(mail->paths, path, &mail->file[place]->version)) {
        remove_file(mail, place);
        known = false;
    }
    if (!known)
        result = add_file(mail, place, path, kind, error);
    if (result != VMAIL_OK)
        return result;
    mail->file[place]->question = mail->question;
    *file = mail->file[place];
    return VMAIL_OK;
}
