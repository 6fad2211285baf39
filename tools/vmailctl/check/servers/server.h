/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Mistakes that are the same in each mail server: domains that it takes for its own, networks that
 * may send anything, and sockets that it cannot use.
 */
#ifndef VMAILCTL_CHECK_SERVER_H
#define VMAILCTL_CHECK_SERVER_H

#include "name.h"
#include "settings.h"

/** A mail server that is checked. */
struct server {
    struct check *check;
    const char *name; /* "Postfix" */
    const char *user; /* the account of the processes that use its sockets */
    struct finding_place place;
    struct seen seen; /* sockets that were judged; seen_free frees them */
};

/** A setting that lists domains which the server does not serve by /etc/vmail. */
struct server_domains {
    const char *key, *value, *separators;
    const char *so;    /* what the server does with their mail: "so Postfix gives ..." */
    const char *to_do; /* besides removing them */
};

/** Adds an error for each of our domains, and their aliases, in LIST. */
void server_judge_domains(struct server *server, const struct server_domains *list);

/** Adds an error if the list of networks in VALUE is open to strangers: they could send to anyone.
 */
void server_judge_networks(struct server *server, const char *key, const char *value,
                           const char *separators);

/** A Unix socket that a server connects to. */
struct server_socket {
    const char *key, *value; /* the setting that names it */
    const char *path;
    const char *dovecot; /* Dovecot's service that makes it; NULL for vmail-map */
};

/** Adds an error if the server cannot use the socket. Judges each path only once. */
void server_judge_socket(struct server *server, const struct server_socket *use);

/** Whether a process listens on the Unix socket PATH. */
bool server_socket_answers(const char *path);

#endif
