/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The settings of a mail server as its own program prints them: postconf(1), doveconf(1) and
 * `exim4 -bP`.
 */
#ifndef VMAILCTL_CHECK_SETTINGS_H
#define VMAILCTL_CHECK_SETTINGS_H

#include "areas.h"

struct setting {
    const char *key; /* with the blanks before it, which doveconf prints in a section */
    const char *value;
};

/** All zero: none. */
struct settings {
    char *text; /* what the rows point into */
    struct setting *row;
    size_t count;
};

enum { SETTING_WORD_MAX = 512 };

/**
 * Runs ARGUMENTS (see ask_program) and splits what it prints into rows, a line each: "KEY = VALUE",
 * or a line without "=", which is a key. False if the program of SERVER fails, which is added as a
 * note. The caller frees the settings with settings_free.
 */
bool settings_ask(struct check *check, const char *server, const char *const *arguments,
                  struct settings *settings);

/**
 * Reads the files PATHS, up to a NULL, and splits their lines into rows as settings_ask does, but
 * at SEPARATOR; a newline separates nothing. Comments, and files that do not exist, have no rows.
 * False if a file cannot be read, which is added as a note. The caller frees the settings in either
 * case.
 */
bool settings_read(struct check *check, const char *const *paths, char separator,
                   struct settings *settings);

void settings_free(struct settings *settings);

/** Returns the value of the last row with KEY, which counts in all these files, or NULL if there is
 * none. */
const char *settings_find(const struct settings *settings, const char *key);

/** As settings_find, but returns "" if there is none. */
const char *settings_value(const struct settings *settings, const char *key);

/**
 * Copies the next word at *REST to WORD and moves *REST behind it. Words stand between characters
 * of SEPARATORS. False at the end. A word that is too long is cut.
 */
bool settings_next_word(const char **rest, const char *separators, char word[SETTING_WORD_MAX]);

/** The words between blanks and commas, as in lists of Postfix. */
#define SETTING_BLANKS ", \t"

/** Whether VALUE is a number above the first id in vmail.conf. */
bool settings_is_above_ids(const struct check *check, const char *value);

#endif
