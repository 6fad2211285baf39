/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "text_buffer.h"

struct words {
    command_words item;
    size_t count;
    bool good;
};

/* Takes TEXT, which may be NULL: no memory. */
static void add(struct words *words, char *text)
{
    char **new = vmail_array_append(&words->item, &words->count, sizeof *new);
    words->good = words->good && new != NULL &&text != NULL;
    if (new != NULL)
        *new = text;
    else
        free(text);
}

/* Ends the list. */
static command_words finish(struct words *words)
{
    const bool good = words->good;
    for (size_t i = 0; !good && i < words->count; i++)
        free(words->item[i]);
    if (good && vmail_array_append(&words->item, &words->count, sizeof *words->item) != NULL)
        return words->item;
    if (good)
        for (size_t i = 0; i < words->count; i++)
            free(words->item[i]);
    free(words->item);
    return NULL;
}

void command_free(command_words words)
{
    for (size_t i = 0; words != NULL && words[i] != NULL; i++)
        free(words[i]);
    free(words);
}

/* The piece that the escape % LETTER becomes. */
static struct vmail_piece expand(char letter, const struct job *job, const char *sender)
{
    const char *at = strrchr(job->user, '@');
    const char *text = letter == 'u'   ? job->user
                       : letter == 'd' ? at + 1
                       : letter == 'h' ? job->home
                       : letter == 's' ? sender
                       : letter == 'r' ? job->text
                       : letter == 't' ? job->tag
                                       : "%";
    return (struct vmail_piece){ text, letter == 'u' ? (size_t)(at - text) : strlen(text) };
}

/* The word of LENGTH bytes at TEXT, with its escapes expanded. NULL: no memory. */
static char *expand_word(const char *text, size_t length, const struct job *job, const char *sender)
{
    struct vmail_text_buffer word = { 0 };
    bool good = vmail_text_splice(&word, 0, 0, "", 0);
    for (size_t i = 0; good && i < length; i++) {
        struct vmail_piece piece = { text + i, 1 };
        if (text[i] == '%' && i + 1 < length)
            piece = expand(text[++i], job, sender);
        good = vmail_text_splice(&word, word.length, 0, piece.text, piece.length);
    }
    if (good)
        return word.bytes;
    vmail_text_end(&word);
    return NULL;
}

command_words command_of_agent(const char *agent, const struct job *job, const char *sender)
{
    static const char blank[] = " \t";
    struct words words = { .good = true };
    for (agent += strspn(agent, blank); *agent != '\0'; agent += strspn(agent, blank)) {
        const size_t length = strcspn(agent, blank);
        add(&words, expand_word(agent, length, job, sender));
        agent += length;
    }
    return finish(&words);
}

static void set(struct words *words, const char *name, const char *value)
{
    char *text;
    add(words, asprintf(&text, "%s=%s", name, value) < 0 ? NULL : text);
}

/* VALUE has been chosen by somebody else. */
static void set_foreign(struct words *words, const char *name, const char *value)
{
    static const char harmless[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                   "._+@/:,=%-";
    char *text;
    if (asprintf(&text, "%s=%s", name, value) < 0)
        text = NULL;
    for (char *at = text; at != NULL && *(at += strspn(at, harmless)) != '\0';)
        *at = '_';
    add(words, text);
}

command_words command_environment(const struct job *job, const char *sender, const char *recipient)
{
    struct words words = { .good = true };
    set(&words, "PATH", "/usr/local/bin:/usr/bin:/bin");
    set(&words, "SHELL", "/bin/sh");
    set(&words, "HOME", job->home);
    set(&words, "USER", job->user);
    set(&words, "LOGNAME", job->user);
    set_foreign(&words, "SENDER", sender);
    set_foreign(&words, "RECIPIENT", recipient);
    set_foreign(&words, "EXTENSION", job->tag);
    return finish(&words);
}
