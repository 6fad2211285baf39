/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Findings: the results of `vmailctl check`, collected by the areas and printed at the end.
 */
#ifndef VMAILCTL_CHECK_FINDING_H
#define VMAILCTL_CHECK_FINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "context.h"

enum finding_severity {
    FINDING_ERROR,   /* something does not work, or is not safe */
    FINDING_WARNING, /* it works, but not as intended, or not for long */
    FINDING_NOTE,    /* good to know; does not change the exit code */
};

/** What a finding is about. Unused members are NULL, "" or 0. */
struct finding_place {
    const char *domain; /* NULL: the host */
    const char *file;   /* its path */
    unsigned long line;
    const char *user; /* without the domain */
    bool not_set_up;  /* not a problem: something is not set up. Printed last */
};

struct finding {
    enum finding_severity severity;
    const char *area;
    char *domain, *file, *user; /* NULL for none; these and the rest are owned by the list */
    unsigned long line;
    char *what;     /* NULL: stands for UNSHOWN more findings */
    char *to_do;    /* NULL if there is nothing to do */
    size_t unshown; /* of the same kind */
    bool not_set_up;
    size_t order; /* the order in which they were found */
};

enum {
    /*
     * The maximum of one kind that is printed; the rest is only counted. If the file system with
     * the homes is not mounted, each of a million users has a finding.
     */
    FINDINGS_SHOWN = 100,
    FINDING_SEVERITIES = FINDING_NOTE + 1,
    FINDING_KINDS_MAX = 64, /* per area and domain; more are only distinguished by severity */
};

/** What is reported, and its severity, in the current area and domain. */
struct finding_kind {
    const char *format; /* the format of finding_add, compared by address */
    enum finding_severity severity;
    size_t last, count; /* the index of the last one, and the number so far */
};

/** All zero: none. */
struct findings {
    const char *area; /* of those that are added now, as in --area; a constant */
    struct finding *finding;
    size_t count;
    size_t total[FINDING_SEVERITIES];
    struct finding_kind kind[FINDING_KINDS_MAX];
    size_t kinds;
    bool all;     /* print all, for programs */
    bool summary; /* print one line */
    bool no_memory;
};

/**
 * Adds a finding. The text, made as by printf(3), says what is wrong and, after a newline, what to
 * do: "owned by uid 7\nrun chown root PATH". Neither part starts with a capital letter or ends with
 * a full stop. Strings are copied. PLACE may be NULL: the host.
 */
void finding_add(struct findings *findings, enum finding_severity severity,
                 const struct finding_place *place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/**
 * Whether a finding added now with this FORMAT would be printed, so that the data for its text is
 * worth looking up.
 */
bool finding_is_shown(struct findings *findings, enum finding_severity severity,
                      const struct finding_place *place, const char *format);

/**
 * As finding_add, for a message of common/: "PATH: WHAT; WHAT TO DO" or "PATH:LINE: WHAT; ...".
 * Path and line go into PLACE's members that are unset.
 */
void finding_add_message(struct findings *findings, enum finding_severity severity,
                         const struct finding_place *place, const char *message);

/**
 * Prints the findings by domain and area, and last what is not set up; or an array with --json.
 * EXIT_DONE if there is neither an error nor a warning, otherwise EXIT_NEGATIVE; EXIT_UNAVAILABLE
 * with a message if memory is short.
 */
enum exit_code findings_print(const struct context *context, struct findings *findings);

void findings_free(struct findings *findings);

/** What was reported already. All zero: nothing. */
struct seen {
    char **text;
    size_t count;
};

/** Adds TEXT. False: it was seen before. */
bool seen_add(struct seen *seen, const char *text);

void seen_free(struct seen *seen);

#endif
