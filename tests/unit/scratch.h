/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Scratch: a temporary directory that stands for /etc, made anew for each test and removed after
 * it. It starts with an empty `vmail` (mode 0755) and with a `passwd` and a `group` of the system.
 * Every function ends the test where the system refuses.
 */
#ifndef TEST_SCRATCH_H
#define TEST_SCRATCH_H

#include <stddef.h>
#include <sys/types.h>

#include "config.h"
#include "error.h"
#include "paths.h"
#include "record.h"

struct scratch {
    char root[64];      /* absolute */
    char directory[80]; /* ROOT/vmail */
    char cache[80];     /* ROOT/cache; does not exist at first */
    char system_passwd[80];
    char system_group[80];
    struct vmail_paths paths;    /* of the above, owned by whoever runs the test */
    struct vmail_config *config; /* see scratch_config; NULL at first */
};

/** For cmocka's setup and teardown; *STATE is a struct scratch. */
int scratch_setup(void **state);
int scratch_teardown(void **state);

/** An entry for cmocka: TEST, between the two above. A macro, since it takes the name apart. */
#define ON_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

/** An absolute path of NAME in the vmail directory; lives until the 16th next call. */
const char *scratch_path(const struct scratch *scratch, const char *name);

/** Writes TEXT into the file NAME of the vmail directory, with mode 0644, in place of what is
 * there. */
void scratch_write(const struct scratch *scratch, const char *name, const char *text);

/** As scratch_write, the LENGTH bytes at TEXT, with MODE. NAME may start with "../". */
void scratch_write_bytes(const struct scratch *scratch, const char *name, const void *text,
                         size_t length, mode_t mode);

/** What NAME holds, with a NUL behind it; the caller frees it. LENGTH may be NULL. */
char *scratch_read(const struct scratch *scratch, const char *name, size_t *length);

/** Ends the test where NAME does not hold exactly TEXT. */
void scratch_check(const struct scratch *scratch, const char *name, const char *text);

/** How many files the vmail directory holds whose names end in ENDING. */
size_t scratch_count(const struct scratch *scratch, const char *ending);

/** Gives NAME (".": the directory itself) MODE, whatever the umask. */
void scratch_chmod(const struct scratch *scratch, const char *name, mode_t mode);

/** Makes the directory NAME with MODE. */
void scratch_mkdir(const struct scratch *scratch, const char *name, mode_t mode);

/** Makes the symbolic link NAME with TARGET in it, as it is. */
void scratch_link(const struct scratch *scratch, const char *name, const char *target);

/**
 * Reads TEXT as vmail.conf into scratch->config, which must have no errors, and returns it; it
 * is freed with the scratch directory, or by the next call.
 */
const struct vmail_config *scratch_config(struct scratch *scratch, const char *text);

/** Makes the index of KIND.DOMAIN by scratch->config, waiting until its text has settled. */
void scratch_index(const struct scratch *scratch, enum vmail_kind kind, const char *domain);

/** LENGTH times C; the caller frees it. */
char *scratch_repeat(char c, size_t length);

/** How many descriptors the process has open. */
size_t scratch_open_descriptors(void);

/** Ends the test, saying which INPUT it was about, where CONDITION is false. */
void check(bool condition, const char *input);

/** Ends the test where ACTUAL is not EXPECTED; INPUT says in which case. */
void check_text(const char *actual, const char *expected, const char *input);

/** Ends the test where RESULT is not EXPECTED, with the text of ERROR (may be NULL). */
void check_result(enum vmail_result result, enum vmail_result expected,
                  const struct vmail_error *error);

/**
 * Prints to TEXT, up to END, one behind what it may fill; fails the test where it does not fit.
 * Returns how many characters there are, for going on behind them.
 */
size_t scratch_print(char *text, const char *end, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Prints behind the string in TEXT, a buffer of SIZE bytes; fails the test where it does not fit.
 */
void scratch_append(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
