/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What `vmailctl setup` can set up, and by which files of examples/.
 */
#ifndef VMAILCTL_SETUP_PARTS_H
#define VMAILCTL_SETUP_PARTS_H

#include <stdbool.h>
#include <stddef.h>

/** What a step makes of its target. */
enum setup_kind {
    SETUP_END,      /* no more steps */
    SETUP_FILE,     /* the example, whole */
    SETUP_PAM,      /* see pam_lines.h */
    SETUP_NSSWITCH, /* see nsswitch_lines.h; there is no example */
    SETUP_VALUES,   /* see setting_lines.h: SETTING_KEY_EQUALS, */
    SETUP_POSTFIX,  /* SETTING_KEY_POSTFIX, */
    SETUP_SERVICES, /* SETTING_KEY_TWO_WORDS, */
    SETUP_INETD,    /* SETTING_KEY_THREE_WORDS */
};

struct setup_step {
    enum setup_kind kind;
    const char *example; /* below examples/; "VERSION" in it stands for Dovecot's version */
    const char *target;  /* a path */
    const char *where;   /* the step is made only if this file exists; NULL for always */
    const char *unless;  /* and not if this one does */
};

enum { SETUP_NEEDS_MAX = 2, SETUP_STEPS_MAX = 13, SETUP_COMMANDS_MAX = 4 };

struct setup_part {
    const char *name, *summary;
    const char *program;                    /* runs here if this exists; NULL for always */
    const char *needs[SETUP_NEEDS_MAX + 1]; /* parts that are set up first, if they run here */
    struct {
        const char *path, *package;
    } requires[SETUP_NEEDS_MAX + 1]; /* files of packages without which it would not work */
    struct setup_step step[SETUP_STEPS_MAX + 1];
    const char *trial[4];                        /* a command that must not begin to fail */
    const char *areas;                           /* of `vmailctl check`, which look only at files */
    const char *enable[SETUP_COMMANDS_MAX + 1];  /* commands to run after the first setup, */
    const char *restart[SETUP_COMMANDS_MAX + 1]; /* after each one, and after an undo, */
    const char *disable;                         /* and before that one; NULL for none */
};

extern const struct setup_part *const setup_parts[]; /* those needed come first; ends with NULL */

/** The part NAME, or NULL. */
const struct setup_part *setup_part_find(const char *name);

/** Whether the program of PART is installed. */
bool setup_part_is_here(const struct setup_part *part);

#endif
