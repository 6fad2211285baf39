/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text_buffer.h"

void command_free(command_words words)
{
    for (size_t i = 0; words != NULL && words[i] != NULL; i++)
        free(words[i]);
    free(words);
}

/* The word of LENGTH bytes at TEXT, with its escapes expanded. NULL: no memory. */
static char *expand_word(const char *text, size_t length, const struct vmail_escape *escapes)
{
    struct vmail_text_buffer word = { 0 };
    if (vmail_text_splice(&word, 0, 0, "", 0) && vmail_text_expand(&word, text, length, escapes))
        return word.bytes;
    vmail_text_end(&word);
    return NULL;
}

command_words command_of_agent(const char *agent, const struct job *job, const char *sender)
{
    static const char blank[] = " \t";
    const char *at = strrchr(job->user, '@');
    const struct vmail_escape escapes[] = { { 'u', { job->user, (size_t)(at - job->user) } },
                                            { 'd', { at + 1, strlen(at + 1) } },
                                            { 'h', { job->home, strlen(job->home) } },
                                            { 's', { sender, strlen(sender) } },
                                            { 'r', { job->text, strlen(job->text) } },
                                            { 't', { job->tag, strlen(job->tag) } },
                                            { '%', { "%", 1 } },
                                            { '\0', { NULL, 0 } } };
    command_words words = calloc(strlen(agent) / 2 + 2, sizeof *words);
    agent += strspn(agent, blank);
    for (size_t i = 0; words != NULL && *agent != '\0'; i++) {
        const size_t length = strcspn(agent, blank);
        words[i] = expand_word(agent, length, escapes);
        if (words[i] == NULL) {
            command_free(words);
            return NULL;
        }
        agent += length + strspn(agent + length, blank);
    }
    return words;
}

/* "NAME=VALUE". FOREIGN: the value has been chosen by somebody else. NULL: no memory. */
static char *make_variable(const char *name, const char *value, bool foreign)
{
    static const char harmless[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                   "._+@/:,=%-";
    char *text;
    if (asprintf(&text, "%s=%s", name, value) < 0)
        return NULL;
    for (char *at = text; foreign && *(at += strspn(at, harmless)) != '\0';)
        *at = '_';
    return text;
}

command_words command_environment(const struct job *job, const char *sender, const char *recipient)
{
    const struct {
        const char *name, *value;
        bool foreign;
    } variables[] = {
        { "PATH", "/usr/local/bin:/usr/bin:/bin", false },
        { "SHELL", "/bin/sh", false },
        { "HOME", job->home, false },
        { "USER", job->user, false },
        { "LOGNAME", job->user, false },
        { "SENDER", sender, true },
        { "RECIPIENT", recipient, true },
        { "EXTENSION", job->tag, true },
    };
    const size_t count = sizeof variables / sizeof *variables;
    command_words words = calloc(count + 1, sizeof *words);
    for (size_t i = 0; words != NULL && i < count; i++) {
        words[i] = make_variable(variables[i].name, variables[i].value, variables[i].foreign);
        if (words[i] == NULL) {
            command_free(words);
            return NULL;
        }
    }
    return words;
}
