/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * vmailctl on a pretended host. Commands run in the test program, and the linker gives them a world
 * of their own: /etc, /vhome, /run, /var/spool and /usr/sbin are directories of the scratch, and
 * `modules` is that of the PAM modules; the NSS module is the one just made. The caller seems to be
 * root, and to own everything there that was not given to somebody. What goes to the log is kept.
 * Programs that use this link with $(host_ldflags).
 */
#ifndef TEST_HOST_H
#define TEST_HOST_H

#include <stdbool.h>
#include <sys/types.h>

#include "scratch.h"

/** A record of the name servers: DATA is a name, or an IPv4 address if TYPE is 1 (A); the
 * preference may stand before the name if TYPE is 15 (MX). A TYPE of -1: they do not answer. */
struct host_record {
    const char *name;
    int type;
    const char *data;
};

struct host {
    struct scratch *scratch;
    uid_t uid;              /* the caller; 0 at first */
    bool restricted;        /* the program is vmail-admin */
    const char *input;      /* its standard input; NULL for none */
    const char *answers[2]; /* typed at its terminal, one at each prompt; none: it has none */
    int code;               /* what the last command ended with */
    char out[1 << 16];      /* what it printed; the path of the scratch is left out */
    char err[1 << 16];
    char shown[1 << 10]; /* what the terminal showed; only with answers */
    struct host_record dns[6];
    unsigned short pop3; /* the port where connections to port 110 go; 0: they are refused */
    char log[1 << 12];   /* since the test began */
};
extern struct host host;

/**
 * For cmocka; the scratch is the working directory. There are va.example (bob, alice, eve, the
 * group staff; ids 70000-70999, an address and aliases; ada is its co-administrator) and vb.example
 * (bob; ids 71000-71999).
 */
int host_setup(void **state);
int host_teardown(void **state);

#define ON_HOST(test) cmocka_unit_test_setup_teardown(test, host_setup, host_teardown)

/** Runs a command line; a word may stand between two '. */
void ctl(const char *line);

/** Runs LINE, and ends the test unless it ends with CODE and prints TEXT: to standard output if
 * CODE is EXIT_DONE or EXIT_NEGATIVE, else to standard error. "": nothing there; NULL: anything. */
void check_ctl(const char *line, int code, const char *text);

struct ctl_row {
    const char *line;
    int code;
    const char *text;
};

/** check_ctl for each of COUNT rows, one after the other; tells all that are wrong. */
void check_ctl_rows(const struct ctl_row *rows, size_t count);
#define ROWS(rows) rows, sizeof(rows) / sizeof *(rows)

/** Writes a file and makes its directories; PATH is relative to the scratch: etc/shells. */
void put_file(const char *path, const char *text);

/** Same as put_file, for a program that runs. */
void put_program(const char *path, const char *text);

/** Where PATH of the host is in reality; PATH itself, if that is no part of the pretended host.
 * Valid until the 4th next call. */
const char *host_place(const char *path);

/** Ends the test unless the file NAME of /etc/vmail, or "../NAME", contains TEXT. */
void check_file_has(const char *name, const char *text);
void check_file_lacks(const char *name, const char *text);

#endif
