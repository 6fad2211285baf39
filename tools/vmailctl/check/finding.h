/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Findings: what `vmailctl check` has to say, collected by the areas and printed at the end.
 */
#ifndef VMAILCTL_CHECK_FINDING_H
#define VMAILCTL_CHECK_FINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "context.h"

enum finding_severity {
    FINDING_ERROR,   /* something does not work, or is not safe */
    FINDING_WARNING, /* it works, but not as it was meant, or not for long */
    FINDING_NOTE,    /* worth knowing; does not count for the exit code */
};

/** What a finding is about. Whatever does not apply is NULL, "" or 0. */
struct finding_place {
    const char *area;   /* as in --area; lives for ever */
    const char *domain; /* NULL: the host */
    const char *file;   /* its path */
    unsigned long line;
    const char *user; /* without the domain */
    bool not_set_up;  /* nothing is wrong: something is merely not there. Printed last */
};

struct finding {
    enum finding_severity severity;
    const char *area;
    char *domain, *file, *user; /* NULL for none; they and what follows belong to the list */
    unsigned long line;
    char *what;     /* NULL: this one stands for UNSHOWN further ones */
    char *to_do;    /* NULL where nothing is to be done */
    size_t unshown; /* of the same kind */
    bool not_set_up;
    size_t order; /* in which they were found */
};

enum {
    /* Of one kind; the rest is only counted: a directory of homes that is not mounted has a finding
     * for each of a million users. */
    FINDINGS_SHOWN = 100,
    FINDING_SEVERITIES = FINDING_NOTE + 1,
    FINDING_KINDS_MAX = 64, /* of an area and a domain; more are told apart by severity only */
};

/** What is said, and how bad it is, in the area and the domain at hand. */
struct finding_kind {
    const char *format; /* of finding_add, by its address */
    enum finding_severity severity;
    size_t last, count; /* where the last one is, and how many there were */
};

/** All zero: none. */
struct findings {
    struct finding *finding;
    size_t count;
    size_t total[FINDING_SEVERITIES];
    struct finding_kind kind[FINDING_KINDS_MAX];
    size_t kinds;
    bool all; /* none is only counted: for programs */
    bool no_memory;
};

/**
 * Adds a finding. The text, made as by printf(3), is what is wrong, and behind a newline what to
 * do: "owned by uid 7\nrun chown root PATH". Neither begins with a capital letter nor ends with a
 * full stop. Strings are copied.
 */
void finding_add(struct findings *findings, enum finding_severity severity,
                 const struct finding_place *place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** Whether a finding added now with this FORMAT would be printed, so that it is worth to look up
 * what it says. */
bool finding_is_shown(struct findings *findings, enum finding_severity severity,
                      const struct finding_place *place, const char *format);

/**
 * As finding_add, for a message of common/, "PATH: WHAT; WHAT TO DO" or "PATH:LINE: WHAT; ...":
 * path and line go where PLACE has none.
 */
void finding_add_message(struct findings *findings, enum finding_severity severity,
                         const struct finding_place *place, const char *message);

/**
 * Prints the findings by domain and area, and last what is not set up, or as an array with --json.
 * EXIT_DONE where there is neither an error nor a warning, else EXIT_NEGATIVE; EXIT_UNAVAILABLE
 * with a message where memory is short.
 */
enum exit_code findings_print(const struct context *context, struct findings *findings);

void findings_free(struct findings *findings);

#endif
