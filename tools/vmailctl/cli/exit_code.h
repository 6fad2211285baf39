/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Exit codes of vmailctl. Scripts rely on these numbers; vmailctl(8) documents them.
 */
#ifndef VMAILCTL_EXIT_CODE_H
#define VMAILCTL_EXIT_CODE_H

enum exit_code {
    EXIT_DONE = 0,        /* the request is fulfilled */
    EXIT_NEGATIVE = 1,    /* the answer is no: `check` found problems, or the person said no */
    EXIT_USAGE = 2,       /* the command line is wrong */
    EXIT_NO_SUCH = 3,     /* no such domain, user, group, alias ... */
    EXIT_EXISTS = 4,      /* it already exists */
    EXIT_REFUSED = 5,     /* not allowed, for this person or at all */
    EXIT_UNAVAILABLE = 6, /* a file cannot be read or written, is not trusted, or is busy */
    EXIT_BAD_DATA = 7,    /* a file or the input is not valid */
};

#endif
