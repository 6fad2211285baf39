/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "maps.h"

enum {
    SPARE_DESCRIPTORS = 32, /* for the files that an answer is read from */
    CONNECTIONS_MAX = 4096,
    IDLE_SECONDS = 3600,  /* Postfix closes a connection long before */
    OUTPUT_MAX = 1 << 20, /* of unread answers: then no more requests are taken */
    PAUSE_MILLISECONDS = 100,
};

struct connection {
    struct server *server;
    struct connection *before, *after;
    struct bufferevent *in, *out; /* the same for a socket */
    bool ending;                  /* closes when all answers are written */
};

static void unlink_connection(struct connection *connection)
{
    struct server *server = connection->server;
    *(connection->before == NULL ? &server->first : &connection->before->after) = connection->after;
    *(connection->after == NULL ? &server->last : &connection->after->before) = connection->before;
    connection->before = connection->after = NULL;
}

static void link_connection(struct connection *connection)
{
    struct server *server = connection->server;
    connection->before = server->last;
    *(server->last == NULL ? &server->first : &server->last->after) = connection;
    server->last = connection;
}

static void close_connection(struct connection *connection)
{
    struct server *server = connection->server;
    unlink_connection(connection);
    server->count--;
    if (connection->out != connection->in && connection->out != NULL)
        bufferevent_free(connection->out);
    if (connection->in != NULL)
        bufferevent_free(connection->in);
    free(connection);
    if (server->count == 0 && server->listeners == 0)
        event_base_loopbreak(server->base);
}

static bool answer(struct server *server, const struct request *request, struct evbuffer *output)
{
    struct vmail_text_buffer text = { 0 };
    struct answer found = { 0 };
    if (request->valid)
        maps_answer(server->mail, server->map != NULL ? server->map : request->map, request->key,
                    &found);
    else
        answer_set(&found, ANSWER_WRONG, "the request is not valid");
    const bool good =
        server->protocol->put(&text, &found) && evbuffer_add(output, text.bytes, text.length) == 0;
    answer_end(&found);
    vmail_text_end(&text);
    return good;
}

/* Answers the requests that have come in whole. Returns false if the connection must be closed. */
static bool answer_all(struct connection *connection)
{
    struct server *server = connection->server;
    struct evbuffer *input = bufferevent_get_input(connection->in);
    struct evbuffer *output = bufferevent_get_output(connection->out);
    while (evbuffer_get_length(output) < OUTPUT_MAX) {
        const size_t length = evbuffer_get_length(input);
        const char *text = length == 0 ? NULL : (const char *)evbuffer_pullup(input, -1);
        struct request request;
        size_t used = 0;
        if (text == NULL)
            return length == 0;
        const enum taken taken = server->protocol->take(text, length, &request, &used);
        if (taken != TAKEN_ONE)
            return taken == TAKEN_MORE;
        const bool good = answer(server, &request, output);
        free(request.key);
        evbuffer_drain(input, used);
        if (!good)
            return false;
    }
    return true;
}

static void end(struct connection *connection)
{
    connection->ending = true;
    bufferevent_disable(connection->in, EV_READ);
    if (evbuffer_get_length(bufferevent_get_output(connection->out)) == 0)
        close_connection(connection);
}

static void take_requests(struct connection *connection)
{
    if (!answer_all(connection)) {
        end(connection);
        return;
    }
    if (evbuffer_get_length(bufferevent_get_output(connection->out)) >= OUTPUT_MAX)
        bufferevent_disable(connection->in, EV_READ);
}

static void on_read(struct bufferevent *events, void *context)
{
    struct connection *connection = context;
    (void)events;
    unlink_connection(connection);
    link_connection(connection);
    take_requests(connection);
}

/* All answers are written. */
static void on_written(struct bufferevent *events, void *context)
{
    struct connection *connection = context;
    (void)events;
    if (connection->ending) {
        close_connection(connection);
        return;
    }
    bufferevent_enable(connection->in, EV_READ);
    take_requests(connection);
}

/* The peer has closed, is silent for too long, or there was an error. */
static void on_event(struct bufferevent *events, short what, void *context)
{
    struct connection *connection = context;
    (void)events;
    if ((what & BEV_EVENT_EOF) != 0 && (what & BEV_EVENT_READING) != 0)
        end(connection);
    else
        close_connection(connection);
}

static struct bufferevent *make_events(struct connection *connection, int fd)
{
    return evutil_make_socket_nonblocking(fd) != 0
               ? NULL
               : bufferevent_socket_new(connection->server->base, fd, BEV_OPT_CLOSE_ON_FREE);
}

bool server_connect(struct server *server, int in, int out)
{
    const struct timeval idle = { .tv_sec = IDLE_SECONDS };
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL)
        return false;
    if (server->count >= server->count_max)
        close_connection(server->first);
    connection->server = server;
    link_connection(connection);
    server->count++;
    connection->in = make_events(connection, in);
    connection->out = in == out ? connection->in : make_events(connection, out);
    if (connection->in == NULL || connection->out == NULL) {
        close_connection(connection);
        return false;
    }
    bufferevent_setcb(connection->in, on_read, NULL, on_event, connection);
    bufferevent_setcb(connection->out, in == out ? on_read : NULL, on_written, on_event,
                      connection);
    bufferevent_set_timeouts(connection->in, &idle, NULL);
    bufferevent_set_timeouts(connection->out, in == out ? &idle : NULL, &idle);
    bufferevent_setwatermark(connection->in, EV_READ, 0, REQUEST_MAX + 64);
    bufferevent_enable(connection->in, EV_READ);
    bufferevent_enable(connection->out, in == out ? EV_READ | EV_WRITE : EV_WRITE);
    return true;
}

static void on_connect(struct evconnlistener *listener, evutil_socket_t fd,
                       struct sockaddr *address, int length, void *context)
{
    (void)listener, (void)address, (void)length;
    if (!server_connect(context, fd, fd))
        close(fd);
}

static void resume(evutil_socket_t fd, short what, void *listener)
{
    (void)fd, (void)what;
    evconnlistener_enable(listener);
}

/* A shortage, of descriptors or memory: the peers wait in the queue of the socket. */
static void on_accept_error(struct evconnlistener *listener, void *context)
{
    const struct timeval pause = { .tv_usec = PAUSE_MILLISECONDS * 1000 };
    struct server *server = context;
    if (event_base_once(server->base, -1, EV_TIMEOUT, resume, listener, &pause) == 0)
        evconnlistener_disable(listener);
}

bool server_listen(struct server *server, int fd)
{
    struct evconnlistener *listener = NULL;
    if (evutil_make_socket_nonblocking(fd) == 0)
        listener = evconnlistener_new(server->base, on_connect, server,
                                      LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
    if (listener == NULL)
        return false;
    evconnlistener_set_error_cb(listener, on_accept_error);
    server->listeners++;
    return true;
}

/* As many connections as there are descriptors, but for some. */
static unsigned connections_max(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 1;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 && getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 1;
    if (limit.rlim_cur > CONNECTIONS_MAX + SPARE_DESCRIPTORS)
        return CONNECTIONS_MAX;
    return limit.rlim_cur > SPARE_DESCRIPTORS ? (unsigned)(limit.rlim_cur - SPARE_DESCRIPTORS) : 1;
}

bool server_begin(struct server *server)
{
    struct event_config *config = event_config_new();
    if (config != NULL)
        event_config_avoid_method(config, "epoll"); /* it takes no regular file as an input */
    server->base = config == NULL ? NULL : event_base_new_with_config(config);
    if (config != NULL)
        event_config_free(config);
    server->first = server->last = NULL;
    server->count = server->listeners = 0;
    server->count_max = connections_max();
    return server->base != NULL;
}

void server_run(struct server *server)
{
    if (server->count > 0 || server->listeners > 0)
        event_base_dispatch(server->base);
}

void server_end(struct server *server)
{
    while (server->first != NULL)
        close_connection(server->first);
    event_base_free(server->base);
    server->base = NULL;
}
