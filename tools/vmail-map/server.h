/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Connections: takes requests from many peers and gives each its answer. No peer keeps another one
 * waiting, whatever it sends or does not read.
 */
#ifndef VMAIL_MAP_SERVER_H
#define VMAIL_MAP_SERVER_H

#include <stdbool.h>

#include "mail.h"
#include "protocol.h"

struct event_base;
struct connection;

struct server {
    const struct protocol *protocol;
    const char *map; /* of all requests, if the protocol names none; else NULL */
    struct vmail_mail *mail;
    struct event_base *base;
    struct connection *first, *last; /* the one that was silent longest, and the one heard last */
    unsigned count, count_max; /* of connections; the limit follows from that of descriptors */
    unsigned listeners;
};

/** Fills in what server_run needs, except for the first three members. FILES: a connection may read
 * or write a regular file. False if that is not possible. */
bool server_begin(struct server *server, bool files);

/** Serves those who connect to the listening socket FD. False: no memory. */
bool server_listen(struct server *server, int fd);

/** Serves one peer: IN reads from it, OUT writes to it; they may be the same. False: no
 * memory. Closes both, then or at the end of the connection. */
bool server_connect(struct server *server, int in, int out);

/** Serves until there is neither a connection nor a listening socket. False: it cannot wait for
 * them. */
bool server_run(struct server *server);

void server_end(struct server *server);

#endif
