/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Sources: the files that an import reads, line by line. They come from another system and may
 * contain anything.
 */
#ifndef VMAILCTL_IMPORT_SOURCE_H
#define VMAILCTL_IMPORT_SOURCE_H

#include <dirent.h>

#include "context.h"
#include "import/plan.h"
#include "lines.h"

/** The longest line that is read; longer ones are rejected. */
enum { SOURCE_LINE_MAX = 64 * 1024 };

struct source {
    struct import_plan *plan;
    struct import_place place; /* of the last line returned */
    int fd;
    struct vmail_lines lines;
    unsigned long seen; /* the last line returned, to notice skipped ones */
};

/**
 * From now on, files opened for PLAN below DIRECTORY must really be below it. Somebody else may
 * have put links in this tree; a link that leads out is refused, so that nobody gets the host's
 * shadow file imported.
 */
void source_enter_tree(struct import_plan *plan, const char *directory);

/**
 * Opens the regular file PATH. EXIT_DONE, and the caller ends SOURCE; EXIT_NO_SUCH without a
 * message if it is missing and MAY_BE_MISSING; otherwise a message, and EXIT_NO_SUCH, EXIT_REFUSED
 * (it leads out of the tree) or EXIT_UNAVAILABLE.
 */
enum exit_code source_open(struct source *source, const struct context *context,
                           struct import_plan *plan, const char *path, bool may_be_missing);

/**
 * Returns the next line as a string that the caller may modify, valid until the next call; NULL at
 * the end. Without COMMENTS, skips empty lines and those that start with '#'. Lines that are too
 * long or contain a NUL byte are rejected.
 */
char *source_next(struct source *source, bool comments);

/** Closes and wipes. EXIT_DONE, or EXIT_UNAVAILABLE with a message if reading failed. */
enum exit_code source_end(struct source *source, const struct context *context);

/** How a whole file is read. */
struct source_reading {
    const char *path;
    bool optional; /* the file may be missing, and PATH may be NULL */
    bool comments; /* for source_next */
    void (*take)(struct source *source, void *data, char *line);
    void *data;
};

/** Calls READING->take with each line. EXIT_DONE, or another code with a message. */
enum exit_code source_read(const struct context *context, struct import_plan *plan,
                           const struct source_reading *reading);

/**
 * Splits LINE at its colons into at most MAXIMUM fields; the last one keeps further colons. Returns
 * the number of fields; the others become NULL.
 */
size_t source_fields(char *line, char **field, size_t maximum);

/** TEXT, which may be NULL, as an id; IMPORT_NO_ID if it is not a 32-bit id. */
int64_t source_id(const char *text);

/** The entries of a directory, sorted by name, without those that start with a dot. */
struct source_names {
    struct dirent **entry;
    size_t count;
};

/** Lists the directory PATH. EXIT_DONE, and the caller frees NAMES; else with a message. */
enum exit_code source_list(const struct context *context, const char *path,
                           struct source_names *names);

void source_names_free(struct source_names *names);

/** Whether PATH is a directory. */
bool source_is_directory(const char *path);

/** Two paths joined with a slash, a string of the plan. */
const char *source_path(struct import_plan *plan, const char *directory, const char *name);

#endif
