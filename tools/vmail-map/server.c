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
    OUTPUT_MAX = 1 << 16, /* of unread answers: then no more requests are taken */
    TURN_REQUESTS = 32,   /* answered before it is the turn of the next connection */
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

/* libevent itself would close the descriptor later, but the next connection may need it now. */
static void end_events(struct bufferevent *events)
{
    const int fd = bufferevent_getfd(events);
    bufferevent_disable(events, EV_READ | EV_WRITE);
    bufferevent_free(events);
    close(fd);
}

static void close_connection(struct connection *connection)
{
    struct server *server = connection->server;
    unlink_connection(connection);
    server->count--;
    if (connection->out != connection->in && connection->out != NULL)
        end_events(connection->out);
    if (connection->in != NULL)
        end_events(connection->in);
    free(connection);
    if (server->count == 0 && server->listeners == 0)
        event_base_loopbreak(server->base);
}

/* Appends the answer to OUT, or nothing. */
static bool answer(struct server *server, const struct request *request,
                   struct vmail_text_buffer *out)
{
    const size_t before = out->length;
    struct reply reply = { 0 };
    if (request->valid)
        maps_answer(server->mail, server->map != NULL ? server->map : request->map, request->key,
                    &reply);
    else
        reply_set(&reply, REPLY_WRONG, "the request is not valid");
    const bool good = server->protocol->put(out, &reply);
    if (!good)
        vmail_text_splice(out, before, out->length - before, NULL, 0);
    reply_end(&reply);
    return good;
}

enum progress {
    WAIT,  /* for the rest of a request */
    PAUSE, /* until these answers are written: others have their turn meanwhile */
    CLOSE,
};

/* Answers some of the requests that have come in whole, into OUT. */
static enum progress answer_some(struct connection *connection, struct vmail_text_buffer *out)
{
    struct server *server = connection->server;
    struct evbuffer *input = bufferevent_get_input(connection->in);
    const size_t unread = evbuffer_get_length(bufferevent_get_output(connection->out));
    for (int i = 0; i < TURN_REQUESTS && unread + out->length < OUTPUT_MAX; i++) {
        const size_t length = evbuffer_get_length(input);
        const char *text = length == 0 ? NULL : (const char *)evbuffer_pullup(input, -1);
        struct request request;
        size_t used = 0;
        if (text == NULL)
            return length == 0 ? WAIT : CLOSE;
        const enum taken taken = server->protocol->take(text, length, &request, &used);
        if (taken != TAKEN_ONE)
            return taken == TAKEN_MORE ? WAIT : CLOSE;
        const bool good = answer(server, &request, out);
        free(request.key);
        evbuffer_drain(input, used);
        if (!good)
            return CLOSE;
    }
    return PAUSE;
}

/* Writes the LENGTH bytes at TEXT as far as the peer takes them. After an error none are written,
 * and the loop sees the same error when it writes. */
static size_t write_some(const struct connection *connection, const char *text, size_t length)
{
    const ssize_t count = length == 0 ? 0 : write(bufferevent_getfd(connection->out), text, length);
    return count < 0 ? 0 : (size_t)count;
}

/* Writes the answers, at once if that keeps nobody waiting: the loop would wait for the socket
 * first, which takes longer than most answers. */
static bool give(struct connection *connection, const struct vmail_text_buffer *answers,
                 enum progress progress)
{
    struct evbuffer *output = bufferevent_get_output(connection->out);
    size_t done = 0;
    if (progress == WAIT && evbuffer_get_length(output) == 0)
        done = write_some(connection, answers->bytes, answers->length);
    return done == answers->length ||
           evbuffer_add(output, answers->bytes + done, answers->length - done) == 0;
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
    struct vmail_text_buffer answers = { 0 };
    enum progress progress = answer_some(connection, &answers);
    const bool reads = (bufferevent_get_enabled(connection->in) & EV_READ) != 0;
    if (!give(connection, &answers, progress))
        progress = CLOSE;
    vmail_text_end(&answers);
    if (progress == CLOSE)
        end(connection);
    else if (progress == PAUSE)
        bufferevent_disable(connection->in, EV_READ);
    else if (!reads && bufferevent_enable(connection->in, EV_READ) != 0)
        close_connection(connection);
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

/* Closes FD if it fails. */
static struct bufferevent *make_events(struct connection *connection, int fd)
{
    struct bufferevent *events = NULL;
    if (evutil_make_socket_nonblocking(fd) == 0)
        events = bufferevent_socket_new(connection->server->base, fd, 0);
    if (events == NULL)
        close(fd);
    return events;
}

static bool start_connection(struct connection *connection)
{
    const struct timeval idle = { .tv_sec = IDLE_SECONDS };
    struct bufferevent *in = connection->in, *out = connection->out;
    if (in == NULL || out == NULL)
        return false;
    bufferevent_setcb(in, on_read, in == out ? on_written : NULL, on_event, connection);
    if (in != out)
        bufferevent_setcb(out, NULL, on_written, on_event, connection);
    bufferevent_set_timeouts(in, &idle, in == out ? &idle : NULL);
    if (in != out)
        bufferevent_set_timeouts(out, NULL, &idle);
    bufferevent_setwatermark(in, EV_READ, 0, REQUEST_MAX + 64);
    return bufferevent_enable(in, EV_READ) == 0 && bufferevent_enable(out, EV_WRITE) == 0;
}

bool server_connect(struct server *server, int in, int out)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL) {
        close(in);
        if (out != in)
            close(out);
        return false;
    }
    if (server->count >= server->count_max)
        close_connection(server->first);
    connection->server = server;
    link_connection(connection);
    server->count++;
    connection->in = make_events(connection, in);
    connection->out = in == out ? connection->in : make_events(connection, out);
    if (start_connection(connection))
        return true;
    close_connection(connection);
    return false;
}

static void on_connect(struct evconnlistener *listener, evutil_socket_t fd,
                       struct sockaddr *address, int length, void *context)
{
    (void)listener, (void)address, (void)length;
    server_connect(context, fd, fd);
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

bool server_begin(struct server *server, bool files)
{
    struct event_config *config = event_config_new();
    if (config != NULL && files)
        event_config_avoid_method(config, "epoll"); /* it takes no regular file */
    server->base = config == NULL ? NULL : event_base_new_with_config(config);
    if (config != NULL)
        event_config_free(config);
    server->first = server->last = NULL;
    server->count = server->listeners = 0;
    server->count_max = connections_max();
    return server->base != NULL;
}

bool server_run(struct server *server)
{
    return (server->count == 0 && server->listeners == 0) || event_base_dispatch(server->base) >= 0;
}

void server_end(struct server *server)
{
    while (server->first != NULL)
        close_connection(server->first);
    event_base_free(server->base);
    server->base = NULL;
}
