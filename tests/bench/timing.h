/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What the programs of the bench share: a clock, medians, and the keys (names or uids) that they
 * look up.
 */
#ifndef TIMING_H
#define TIMING_H

#include <stddef.h>
#include <sys/types.h>

/** Nanoseconds since some moment. */
double timing_now(void);

/** Figures, as many as have come. All zero to begin with; the caller frees VALUES. */
struct timing_series {
    double *values;
    size_t count, room;
};

void timing_add(struct timing_series *series, double value);

/** The value below which PART (0 to 1) of the others lie: 0.5 is the median. Sorts them. NaN if
 * there are none. */
double timing_quantile(struct timing_series *series, double part);

/** What is looked up, and as a number where it is one. The caller frees nothing; they live as long
 * as the process. */
struct timing_keys {
    char **names;
    uid_t *ids;
    size_t count;
};

/** Reads a file of one key a line. Ends the process, with a message, where that fails or there is
 * none. */
struct timing_keys timing_read_keys(const char *path);

/** Makes the C library ask the services LINE (as in nsswitch.conf) for passwd and shadow, from now
 * on; or ends the process. */
void timing_use_services(const char *line);

/** Ends the process with the message WHAT and the word of errno. */
__attribute__((noreturn)) void timing_die(const char *what);

#endif
