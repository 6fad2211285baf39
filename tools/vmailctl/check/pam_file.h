/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Services of /etc/pam.d: their lines, with those of the files that they include. A substack's own
 * line stays, in front of those that it brings, since it counts as one when lines are jumped over.
 */
#ifndef VMAILCTL_CHECK_PAM_FILE_H
#define VMAILCTL_CHECK_PAM_FILE_H

#include <stdbool.h>
#include <stddef.h>

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
    char *missing; /* a file that is included and cannot be read; NULL for none */
    bool no_memory;
};

/**
 * Splits TEXT, up to a comment, into WORDS, which the caller frees with pam_words_free. "[...]" is
 * one word; an option loses the brackets, as in Linux-PAM, and the control field keeps them. False
 * where there are too many words, or memory is short.
 */
bool pam_words_split(const char *text, struct pam_words *words);

void pam_words_free(struct pam_words *words);

/** The last part of the module's path in LINE; "" where it has none. */
const char *pam_line_module(const struct pam_line *line);

/** Whether LINE is a substack's own, and no module. */
bool pam_line_is_substack(const struct pam_line *line);

/** Reads the service NAME in DIRECTORY. False, with errno, where its own file cannot be read. */
bool pam_service_read(struct pam_service *service, const char *directory, const char *name);

void pam_service_free(struct pam_service *service);

/** Whether the service has our module in a line of TYPE, or of any type with PAM_TYPES. */
bool pam_service_mentions(const struct pam_service *service, enum pam_type type);

#endif
