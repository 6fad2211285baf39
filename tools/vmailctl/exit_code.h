/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * How vmailctl ends. Scripts rely on these numbers; vmailctl(8) documents them.
 */
#ifndef VMAILCTL_EXIT_CODE_H
#define VMAILCTL_EXIT_CODE_H

enum exit_code {
    EXIT_DONE = 0,        /* what was asked for is so */
    EXIT_NEGATIVE = 1,    /* the answer is no: `check` found problems, or the person said no */
    EXIT_USAGE = 2,       /* the command line is wrong */
    EXIT_NO_SUCH = 3,     /* no such domain, user, group, alias ... */
    EXIT_EXISTS = 4,      /* there already is one */
    EXIT_REFUSED = 5,     /* not allowed, to this person or at all */
    EXIT_UNAVAILABLE = 6, /* a file cannot be read, written or believed, or is busy; try again */
    EXIT_BAD_DATA = 7,    /* what a file or the input says makes no sense */
};

#endif
