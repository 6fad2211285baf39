/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmail-map as its peers see it: the command line, and the loop. A peer is the other end of a
 * socket in this process; the loop ends when all connections have. */
#include <event2/event.h>
#include <event2/listener.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "mains.h"
#include "module_scratch.h"
#include "paths.h"
#include "server.h"

enum { STATUS_NOT_FOUND = 1, STATUS_USAGE = 2, STATUS_LATER = 75, WORDS_MAX = 8 };

static char out[1 << 14], err[1 << 12];

static int map_setup(void **state)
{
    const int result = module_setup(state);
    if (result == 0)
        scratch_write(*state, "aliases.va.example", "sales: bob, alice\n");
    return result;
}

#define ON_MAPS(test) cmocka_unit_test_setup_teardown(test, map_setup, module_teardown)

/* --- the command line */

static int new_file(const char *path)
{
    return open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

static void take(const char *path, char *text, size_t size)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    const ssize_t length = read(fd, text, size - 1);
    assert_true(length >= 0);
    text[length] = '\0';
    close(fd);
}

/* Runs vmail-map with the words of LINE and IN, which it closes, as its standard input. */
static int run_with(const char *line, int in)
{
    char copy[256], *words[WORDS_MAX + 1], *rest = NULL;
    int count = 0;
    snprintf(copy, sizeof copy, "vmail-map %s", line);
    for (char *word = strtok_r(copy, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        assert_true(count < WORDS_MAX);
        words[count++] = word;
    }
    words[count] = NULL;
    fflush(stdout);
    const int old_in = scratch_redirect(STDIN_FILENO, in),
              old_out = scratch_redirect(STDOUT_FILENO, new_file("out")),
              old_err = scratch_redirect(STDERR_FILENO, new_file("err"));
    optind = 0;
    const int status = vmail_map_main(count, words);
    fflush(stdout);
    scratch_restore(STDIN_FILENO, old_in);
    scratch_restore(STDOUT_FILENO, old_out);
    scratch_restore(STDERR_FILENO, old_err);
    take("out", out, sizeof out);
    take("err", err, sizeof err);
    return status;
}

static int run(const char *line)
{
    return run_with(line, open("/dev/null", O_RDONLY | O_CLOEXEC));
}

static void a_query_prints_the_value_of_each_key(void **state)
{
    (void)state;
    assert_int_equal(run("--query uids bob@va.example alice@va.example"), 0);
    check_text(out, "70001\n70002\n", "two keys");
}

static void a_query_ends_with_1_if_a_key_is_not_found(void **state)
{
    (void)state;
    assert_int_equal(run("--query uids nosuch@va.example bob@va.example"), STATUS_NOT_FOUND);
    check_text(out, "70001\n", "the other key");
    check_text(err, "", "no message");
}

static void a_query_ends_with_75_if_a_key_cannot_be_known_now(void **state)
{
    scratch_chmod(*state, "passwd.va.example", 0666);
    assert_int_equal(run("--query uids bob@va.example nosuch@vb.example"), STATUS_LATER);
    check(strstr(err, "vmail-map: ") != NULL && strstr(err, "writable by others") != NULL, err);
}

static void a_wrong_command_line_is_refused(void **state)
{
    static const char *const rows[][2] = {
        { "--query nosuch x", "vmail-map: no such map: nosuch; see vmail-map --help\n" },
        { "--tcp nosuch", "vmail-map: no such map: nosuch; see vmail-map --help\n" },
        { "--query uids", "vmail-map: --query needs a key; see vmail-map --help\n" },
        { "uids", "vmail-map: unexpected argument: uids; see vmail-map --help\n" },
        { "--nosuch", "vmail-map: unrecognized option" }, /* the rest is the C library's */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const int status = run(rows[i][0]);
        check(strncmp(err, rows[i][1], strlen(rows[i][1])) == 0, err);
        assert_int_equal(status, STATUS_USAGE);
    }
}

static void help_names_the_maps(void **state)
{
    (void)state;
    assert_int_equal(run("--help"), 0);
    check(strncmp(out, "usage: vmail-map [--tcp MAP]\n", 29) == 0, out);
    check(strstr(out, "\nMaps: domains, ") != NULL, out);
}

static void version_is_that_of_the_package(void **state)
{
    (void)state;
    assert_int_equal(run("--version"), 0);
    check_text(out, "vmail-map " PACKAGE_VERSION "\n", "--version");
}

static int file_with(const char *text)
{
    const int fd = new_file("requests");
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

static void requests_on_standard_input_are_answered_on_standard_output(void **state)
{
    (void)state;
    assert_int_equal(run_with("", file_with("19:uids bob@va.example,9:domains x,")), 0);
    check_text(out, "8:OK 70001,9:NOTFOUND ,", "the first two");
}

static void tcp_speaks_the_other_protocol_about_one_map(void **state)
{
    (void)state;
    assert_int_equal(run_with("--tcp uids", file_with("get bob@va.example\nget x\nput x y\n")), 0);
    check_text(out, "200 70001\n500 -\n400 the%20request%20is%20not%20valid\n", "three lines");
}

/* A pair of sockets: one end for vmail-map, and PEER, on which TEXT has been written. */
static int pair(int *peer, const char *text)
{
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    assert_int_equal(write(ends[1], text, strlen(text)), strlen(text));
    *peer = ends[1];
    return ends[0];
}

/* Ends the test unless PEER, which is then closed, reads EXPECTED and the end. */
static void check_answers(int peer, const char *expected)
{
    char text[1 << 12] = "";
    size_t length = 0;
    ssize_t count;
    while ((count = recv(peer, text + length, sizeof text - 1 - length, MSG_DONTWAIT)) > 0)
        length += (size_t)count;
    check_text(text, expected, expected);
    assert_int_equal(count, 0);
    close(peer);
}

static void a_socket_as_standard_input_is_one_peer(void **state)
{
    int peer;
    (void)state;
    const int end = pair(&peer, "19:uids bob@va.example,");
    shutdown(peer, SHUT_WR);
    assert_int_equal(run_with("", end), 0);
    check_answers(peer, "8:OK 70001,");
}

static void sockets_that_systemd_passes_are_served(void **state)
{
    char pid[32];
    int pairs[2], peer;
    (void)state;
    const int saved = fcntl(3, F_DUPFD_CLOEXEC, 10);
    pairs[0] = pair(&pairs[1], "19:uids bob@va.example,");
    peer = fcntl(pairs[1], F_DUPFD_CLOEXEC, 10); /* out of the way of descriptor 3 */
    shutdown(peer, SHUT_WR);
    close(pairs[1]);
    if (pairs[0] != 3) {
        assert_int_equal(dup2(pairs[0], 3), 3);
        close(pairs[0]);
    }
    snprintf(pid, sizeof pid, "%ld", (long)getpid());
    setenv("LISTEN_PID", pid, 1);
    setenv("LISTEN_FDS", "1", 1);
    const int status = run("");
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    if (saved >= 0)
        scratch_restore(3, saved);
    assert_int_equal(status, 0);
    check_answers(peer, "8:OK 70001,");
}

/* --- the loop */

struct loop {
    struct server server;
    struct vmail_mail mail;
};

static void begin(struct loop *loop)
{
    vmail_mail_begin(&loop->mail, &vmail_system_paths, NULL);
    loop->server = (struct server){ .protocol = &protocol_socketmap, .mail = &loop->mail };
    assert_true(server_begin(&loop->server, false));
}

static void run_loop(struct loop *loop)
{
    assert_true(server_run(&loop->server));
}

static void finish(struct loop *loop)
{
    server_end(&loop->server);
    vmail_mail_end(&loop->mail);
}

/* A connection whose peer has sent TEXT, and nothing more. */
static int connect_peer(struct loop *loop, const char *text)
{
    int peer;
    const int end = pair(&peer, text);
    shutdown(peer, SHUT_WR);
    assert_true(server_connect(&loop->server, end, end));
    return peer;
}

static void each_peer_gets_its_own_answers(void **state)
{
    struct loop loop;
    (void)state;
    begin(&loop);
    const int bob = connect_peer(&loop, "19:uids bob@va.example,19:gids bob@va.example,"),
              alice = connect_peer(&loop, "21:gids alice@va.example,"),
              nobody = connect_peer(&loop, "");
    run_loop(&loop);
    check_answers(bob, "8:OK 70001,8:OK 70001,");
    check_answers(alice, "8:OK 70000,");
    check_answers(nobody, "");
    finish(&loop);
}

static void a_request_that_is_not_whole_has_no_answer(void **state)
{
    struct loop loop;
    (void)state;
    begin(&loop);
    const int peer = connect_peer(&loop, "19:uids bob@va.example,19:uids bob@va.exa");
    run_loop(&loop);
    check_answers(peer, "8:OK 70001,");
    finish(&loop);
}

/* The peer would go on. */
static void broken_bytes_end_a_connection_after_the_answers_before_them(void **state)
{
    struct loop loop;
    int peer;
    (void)state;
    begin(&loop);
    const int end = pair(&peer, "19:uids bob@va.example,x");
    assert_true(server_connect(&loop.server, end, end));
    run_loop(&loop);
    check_answers(peer, "8:OK 70001,");
    finish(&loop);
}

static void many_requests_at_once_are_all_answered(void **state)
{
    enum { COUNT = 100 };
    char requests[COUNT * 24] = "", expected[COUNT * 12] = "";
    struct loop loop;
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        scratch_append(requests, sizeof requests, "19:uids bob@va.example,");
        scratch_append(expected, sizeof expected, "8:OK 70001,");
    }
    begin(&loop);
    const int peer = connect_peer(&loop, requests), other = connect_peer(&loop, "9:domains x,");
    run_loop(&loop);
    check_answers(peer, expected);
    check_answers(other, "9:NOTFOUND ,");
    finish(&loop);
}

static void a_peer_that_is_gone_ends_its_connection_alone(void **state)
{
    struct loop loop;
    int gone;
    (void)state;
    begin(&loop);
    const int end = pair(&gone, "19:uids bob@va.example,");
    assert_true(server_connect(&loop.server, end, end));
    close(gone);
    const int peer = connect_peer(&loop, "19:uids bob@va.example,");
    run_loop(&loop);
    check_answers(peer, "8:OK 70001,");
    finish(&loop);
}

static void the_connection_that_was_silent_longest_makes_room(void **state)
{
    struct loop loop;
    int silent;
    (void)state;
    begin(&loop);
    loop.server.count_max = 2;
    const int end = pair(&silent, "");
    assert_true(server_connect(&loop.server, end, end));
    const int first = connect_peer(&loop, "19:uids bob@va.example,"),
              second = connect_peer(&loop, "19:gids bob@va.example,");
    check_answers(silent, "");
    run_loop(&loop);
    check_answers(first, "8:OK 70001,");
    check_answers(second, "8:OK 70001,");
    finish(&loop);
}

static struct evconnlistener *made; /* the process ends with it, but this one goes on */

struct evconnlistener *__real_evconnlistener_new(struct event_base *base, evconnlistener_cb on,
                                                 void *context, unsigned flags, int backlog,
                                                 evutil_socket_t fd);
struct evconnlistener *__wrap_evconnlistener_new(struct event_base *base, evconnlistener_cb on,
                                                 void *context, unsigned flags, int backlog,
                                                 evutil_socket_t fd);

struct evconnlistener *__wrap_evconnlistener_new(struct event_base *base, evconnlistener_cb on,
                                                 void *context, unsigned flags, int backlog,
                                                 evutil_socket_t fd)
{
    made = __real_evconnlistener_new(base, on, context, flags, backlog, fd);
    return made;
}

static void stop(evutil_socket_t fd, short what, void *base)
{
    (void)fd, (void)what;
    event_base_loopbreak(base);
}

static void whoever_connects_is_served(void **state)
{
    struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "socket" };
    struct loop loop;
    (void)state;
    const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0),
              peer = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (const struct sockaddr *)&name, sizeof name), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(connect(peer, (const struct sockaddr *)&name, sizeof name), 0);
    assert_int_equal(write(peer, "19:uids bob@va.example,", 23), 23);
    begin(&loop);
    assert_true(server_listen(&loop.server, listener));
    assert_int_equal(event_base_once(loop.server.base, peer, EV_READ, stop, loop.server.base, NULL),
                     0);
    run_loop(&loop); /* until there is an answer: a listening socket never ends it */
    evconnlistener_free(made);
    finish(&loop);
    check_answers(peer, "8:OK 70001,");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_MAPS(a_query_prints_the_value_of_each_key),
        ON_MAPS(a_query_ends_with_1_if_a_key_is_not_found),
        ON_MAPS(a_query_ends_with_75_if_a_key_cannot_be_known_now),
        ON_MAPS(a_wrong_command_line_is_refused),
        ON_MAPS(help_names_the_maps),
        ON_MAPS(version_is_that_of_the_package),
        ON_MAPS(requests_on_standard_input_are_answered_on_standard_output),
        ON_MAPS(tcp_speaks_the_other_protocol_about_one_map),
        ON_MAPS(a_socket_as_standard_input_is_one_peer),
        ON_MAPS(sockets_that_systemd_passes_are_served),
        ON_MAPS(each_peer_gets_its_own_answers),
        ON_MAPS(a_request_that_is_not_whole_has_no_answer),
        ON_MAPS(broken_bytes_end_a_connection_after_the_answers_before_them),
        ON_MAPS(many_requests_at_once_are_all_answered),
        ON_MAPS(a_peer_that_is_gone_ends_its_connection_alone),
        ON_MAPS(the_connection_that_was_silent_longest_makes_room),
        ON_MAPS(whoever_connects_is_served),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
