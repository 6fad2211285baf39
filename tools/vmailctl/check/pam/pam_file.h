/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Services in /etc/pam.d: their lines, with those of included files. The line of a substack itself
 * is kept before the lines it includes, because it counts when lines are skipped.
 */
#ifndef VMAILCTL_CHECK_PAM_FILE_H
#define VMAILCTL_CHECK_PAM_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum pam_type { PAM_TYPE_AUTH, PAM_TYPE_ACCOUNT, PAM_TYPE_PASSWORD, PAM_TYPE_SESSION, PAM_TYPES };

extern const char *const pam_type_name[PAM_TYPES];

enum { PAM_WORDS_MAX = 64 };

/** The words of a line: type, control, module, options. All zero: none. */
struct pam_words {
    char *text; /* what the words point into */
    char *word[PAM_WORDS_MAX];
    size_t count;
};

struct pam_line {
    struct pam_words words;
    enum pam_type type; /* PAM_TYPES: no such type */
    char *file;         /* its path */
    unsigned long number;
    unsigned level; /* of substack */
};

struct pam_service {
    struct pam_line *line;
    size_t count;
    char *missing; /* an included file that cannot be read; NULL for none */
    bool no_memory;
};

/**
 * Splits TEXT, up to a comment, into WORDS, which the caller frees with pam_words_free. "[...]" is
 * one word; as in Linux-PAM, an option loses the brackets and the control field keeps them. False
 * if there are too many words or memory is short.
 */
bool pam_words_split(const char *text, struct pam_words *words);

void pam_words_free(struct pam_words *words);

/** The type that WORDS begin with, perhaps after "-"; PAM_TYPES for no such type. */
enum pam_type pam_words_type(const struct pam_words *words);

/** The last part of the module's path in WORDS; "" where they have none. */
const char *pam_words_module(const struct pam_words *words);

/** Whether the module is ours. */
bool pam_words_are_ours(const struct pam_words *words);

/** Whether WORDS are "@include SERVICE", which is for all types. */
bool pam_words_include_all(const struct pam_words *words);

/** Whether WORDS are the line of a substack, not a module. */
bool pam_words_are_substack(const struct pam_words *words);

/** The service that WORDS include, by "@include", "include" or "substack"; or NULL. */
const char *pam_words_included(const struct pam_words *words);

/** Opens PATH for reading, if it is a file: a FIFO, for example, would keep its reader waiting.
 * NULL, with errno: it is none, or cannot be opened. */
FILE *pam_open(const char *path);

/**
 * Reads a line, with those that continue it after a backslash, into LINE, as getline(3); adds their
 * number to READ. A comment does not go on, whatever it ends with. False at the end.
 */
bool pam_read_line(FILE *file, char **line, size_t *room, unsigned long *read);

/** Reads the service NAME in DIRECTORY. False, with errno, if its own file cannot be read. */
bool pam_service_read(struct pam_service *service, const char *directory, const char *name);

void pam_service_free(struct pam_service *service);

/** Whether the service has our module in a line of TYPE, or of any type with PAM_TYPES. */
bool pam_service_mentions(const struct pam_service *service, enum pam_type type);

#endif
