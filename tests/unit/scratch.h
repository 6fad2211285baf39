/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Scratch: a temporary directory that replaces /etc. Each test gets a new one, which is removed
 * after the test. It starts with an empty `vmail` (mode 0755) and with the system's `passwd` and
 * `group`. Every function ends the test if a system call fails.
 */
#ifndef TEST_SCRATCH_H
#define TEST_SCRATCH_H

#include <stddef.h>
#include <sys/types.h>

#include "config.h"
#include "error.h"
#include "paths.h"
#include "record.h"
#include "table.h"

struct scratch {
    char root[64];      /* absolute */
    char directory[80]; /* ROOT/vmail */
    char cache[80];     /* ROOT/cache; does not exist at first */
    char system_passwd[80];
    char system_group[80];
    struct vmail_paths paths;    /* of the above; owned by the user who runs the test */
    struct vmail_config *config; /* see scratch_config; NULL at first */
};

/** For cmocka's setup and teardown; *STATE is a struct scratch. */
int scratch_setup(void **state);
int scratch_teardown(void **state);

/** A cmocka entry: TEST, between the two above. It is a macro because cmocka needs TEST's name. */
#define ON_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

/** Returns the absolute path of NAME in the vmail directory; valid until the 16th next call. */
const char *scratch_path(const struct scratch *scratch, const char *name);

/** Writes TEXT into the file NAME of the vmail directory, with mode 0644. Replaces the old
 * content. */
void scratch_write(const struct scratch *scratch, const char *name, const char *text);

/** Same as scratch_write, for LENGTH bytes at TEXT and MODE. NAME may start with "../". */
void scratch_write_bytes(const struct scratch *scratch, const char *name, const void *text,
                         size_t length, mode_t mode);

/** Returns the content of NAME and a NUL; the caller frees it. LENGTH may be NULL. */
char *scratch_read(const struct scratch *scratch, const char *name, size_t *length);

/** Ends the test unless NAME contains exactly TEXT. */
void scratch_check(const struct scratch *scratch, const char *name, const char *text);

/** Counts the files in the vmail directory whose names end in ENDING. */
size_t scratch_count(const struct scratch *scratch, const char *ending);

/** Sets the mode of NAME (".": the directory itself) to MODE; ignores the umask. */
void scratch_chmod(const struct scratch *scratch, const char *name, mode_t mode);

/** Creates the directory NAME with MODE. */
void scratch_mkdir(const struct scratch *scratch, const char *name, mode_t mode);

/** Creates the symbolic link NAME to TARGET, which is used unchanged. */
void scratch_link(const struct scratch *scratch, const char *name, const char *target);

/**
 * Reads TEXT, a vmail.conf without errors, into scratch->config and returns it. The teardown or the
 * next call frees it.
 */
const struct vmail_config *scratch_config(struct scratch *scratch, const char *text);

/** The file KIND.DOMAIN, with scratch->config. */
struct vmail_file scratch_file(const struct scratch *scratch, enum vmail_kind kind,
                               const char *domain);

/** Waits until KIND.DOMAIN has settled, then builds its index with scratch->config. */
void scratch_index(const struct scratch *scratch, enum vmail_kind kind, const char *domain);

/** Returns C, LENGTH times; the caller frees it. */
char *scratch_repeat(char c, size_t length);

/** Records STEP, a system call that a test wraps, after scratch_watch and until the check. */
void scratch_step(const char *step);
void scratch_watch(void);

/** Ends the test unless the steps were EXPECTED: "file, name, ". */
void scratch_check_steps(const char *expected);

/** Skips the test if root runs it, because modes do not stop root. */
void scratch_skip_as_root(void);

/** Counts the open descriptors of the process. */
size_t scratch_open_descriptors(void);

/** Ends the test and prints INPUT if CONDITION is false. */
void check(bool condition, const char *input);

/** Ends the test and prints INPUT if ACTUAL is not EXPECTED. */
void check_text(const char *actual, const char *expected, const char *input);

/** Ends the test and prints the text of ERROR (may be NULL) if RESULT is not EXPECTED. */
void check_result(enum vmail_result result, enum vmail_result expected,
                  const struct vmail_error *error);

/**
 * Prints to TEXT; END is one byte after the buffer. Fails the test if the output does not fit.
 * Returns the number of characters, so that the caller can print after them.
 */
size_t scratch_print(char *text, const char *end, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Appends to the string in TEXT, a buffer of SIZE bytes; fails the test if it does not fit. */
void scratch_append(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Puts FILE, which is closed, in the place of the descriptor FD. Returns what FD was, for
 * scratch_restore. */
int scratch_redirect(int fd, int file);
void scratch_restore(int fd, int saved);

#endif
