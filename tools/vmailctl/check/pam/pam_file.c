/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pam_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "array.h"

enum { DEPTH_MAX = 16, LINES_MAX = 4096 };

const char *const pam_type_name[PAM_TYPES] = { "auth", "account", "password", "session" };

static const char blanks[] = " \t\r\n";

/** Copies the "[...]" at TEXT to OUT; "\]" is a bracket that does not end it. */
static const char *copy_brackets(const char *text, char **out, bool keep)
{
    for (text++; *text != '\0' && *text != ']'; text++) {
        if (text[0] == '\\' && text[1] == ']')
            text++;
        *(*out)++ = *text;
    }
    if (*text == '\0')
        return text;
    if (keep)
        *(*out)++ = ']';
    return text + 1;
}

bool pam_words_split(const char *text, struct pam_words *words)
{
    *words = (struct pam_words){ .text = malloc(strlen(text) + PAM_WORDS_MAX + 1) };
    char *out = words->text;
    if (out == NULL)
        return false;
    while (*(text += strspn(text, blanks)) != '\0' && *text != '#') {
        bool control = words->count == 1;
        if (words->count == PAM_WORDS_MAX)
            return false;
        words->word[words->count++] = out;
        if (*text == '[') {
            if (control)
                *out++ = '[';
            text = copy_brackets(text, &out, control);
        } else {
            size_t length = strcspn(text, " \t\r\n#");
            memcpy(out, text, length);
            out += length;
            text += length;
        }
        *out++ = '\0';
    }
    return true;
}

void pam_words_free(struct pam_words *words)
{
    free(words->text);
    *words = (struct pam_words){ 0 };
}

enum pam_type pam_words_type(const struct pam_words *words)
{
    enum pam_type type = words->count == 0 ? PAM_TYPES : PAM_TYPE_AUTH;
    const char *word = words->word[0];
    while (type < PAM_TYPES && strcasecmp(word + (*word == '-'), pam_type_name[type]) != 0)
        type++;
    return type;
}

const char *pam_words_module(const struct pam_words *words)
{
    if (words->count < 3 || pam_words_are_substack(words))
        return "";
    const char *slash = strrchr(words->word[2], '/');
    return slash == NULL ? words->word[2] : slash + 1;
}

bool pam_words_are_ours(const struct pam_words *words)
{
    return strcmp(pam_words_module(words), "pam_vmail.so") == 0;
}

bool pam_words_include_all(const struct pam_words *words)
{
    return words->count > 1 && strcasecmp(words->word[0], "@include") == 0;
}

bool pam_words_are_substack(const struct pam_words *words)
{
    return words->count > 2 && strcasecmp(words->word[1], "substack") == 0;
}

const char *pam_words_included(const struct pam_words *words)
{
    if (pam_words_include_all(words))
        return words->word[1];
    return pam_words_are_substack(words) ||
                   (words->count > 2 && strcasecmp(words->word[1], "include") == 0)
               ? words->word[2]
               : NULL;
}

/** Where a file is read into. */
struct reader {
    struct pam_service *service;
    const char *directory;
    int depth;
    unsigned level;
    enum pam_type only; /* lines of this type; PAM_TYPES: all */
};

static bool read_file(struct reader *reader, const char *name);

static void include(const struct reader *reader, const char *name, enum pam_type only,
                    unsigned level)
{
    struct reader deeper = *reader;
    deeper.depth++;
    deeper.level += level;
    if (only != PAM_TYPES)
        deeper.only = only;
    if (deeper.depth <= DEPTH_MAX && read_file(&deeper, name))
        return;
    if (reader->service->missing == NULL)
        reader->service->missing = strdup(name);
}

static bool add_line(const struct reader *reader, struct pam_words *words, enum pam_type type,
                     const char *file, unsigned long number)
{
    struct pam_service *service = reader->service;
    char *name = service->count == LINES_MAX ? NULL : strdup(file);
    struct pam_line *line =
        name == NULL ? NULL : vmail_array_append(&service->line, &service->count, sizeof *line);
    if (line == NULL) {
        service->no_memory = true;
        pam_words_free(words);
        free(name);
        return false;
    }
    *line = (struct pam_line){ *words, type, name, number, reader->level };
    return true;
}

static void take_pam_line(const struct reader *reader, const char *text, const char *file,
                          unsigned long number)
{
    struct pam_words words;
    if (!pam_words_split(text, &words)) {
        reader->service->no_memory = words.text == NULL;
        pam_words_free(&words);
        return;
    }
    const enum pam_type type = pam_words_type(&words);
    const char *included = pam_words_included(&words); /* lives as long as the words */
    const bool is_wanted = words.count > 0 && (reader->only == PAM_TYPES || reader->only == type);
    const bool is_kept = is_wanted && (included == NULL || pam_words_are_substack(&words));
    if (pam_words_include_all(&words))
        include(reader, included, PAM_TYPES, 0);
    else if (is_wanted && !is_kept)
        include(reader, included, type, 0);
    if (!is_kept)
        pam_words_free(&words);
    else if (add_line(reader, &words, type, file, number) && included != NULL)
        include(reader, included, type, 1);
}

FILE *pam_open(const char *path)
{
    struct stat status;
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
        return fdopen(fd, "r");
    close(fd);
    errno = EINVAL;
    return NULL;
}

bool pam_read_line(FILE *file, char **line, size_t *room, unsigned long *read)
{
    char *more = NULL;
    size_t more_room = 0, length;
    if (getline(line, room, file) < 0)
        return false;
    ++*read;
    while ((length = strcspn(*line, "\n")) > 0 && (*line)[length - 1] == '\\' &&
           strchr(*line, '#') == NULL && getline(&more, &more_room, file) >= 0) {
        char *joined = NULL;
        ++*read;
        if (asprintf(&joined, "%.*s %s", (int)(length - 1), *line, more) < 0)
            break;
        free(*line);
        *line = joined;
        *room = strlen(joined) + 1;
    }
    free(more);
    return true;
}

static bool read_file(struct reader *reader, const char *name)
{
    char *path = NULL, *line = NULL;
    size_t room = 0;
    unsigned long read = 0, number;
    if (*name == '/')
        path = strdup(name);
    else if (asprintf(&path, "%s/%s", reader->directory, name) < 0)
        path = NULL;
    FILE *file = path == NULL ? NULL : pam_open(path);
    while (file != NULL && (number = read + 1, pam_read_line(file, &line, &room, &read)))
        take_pam_line(reader, line, path, number);
    int error = errno;
    bool done = file != NULL;
    if (file != NULL)
        fclose(file);
    free(line);
    free(path);
    errno = error;
    return done;
}

bool pam_service_read(struct pam_service *service, const char *directory, const char *name)
{
    struct reader reader = { service, directory, 0, 0, PAM_TYPES };
    *service = (struct pam_service){ 0 };
    return read_file(&reader, name);
}

void pam_service_free(struct pam_service *service)
{
    for (size_t i = 0; i < service->count; i++) {
        pam_words_free(&service->line[i].words);
        free(service->line[i].file);
    }
    free(service->line);
    free(service->missing);
    *service = (struct pam_service){ 0 };
}

bool pam_service_mentions(const struct pam_service *service, enum pam_type type)
{
    for (size_t i = 0; i < service->count; i++)
        if ((type == PAM_TYPES || service->line[i].type == type) &&
            pam_words_are_ours(&service->line[i].words))
            return true;
    return false;
}
