/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmail-map: answers what mail servers ask about addresses; see vmail-map(8). */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "maps.h"
#include "number.h"
#include "server.h"

enum { FIRST_PASSED = 3 /* sd_listen_fds(3) */ };

static const char usage[] =
    "usage: vmail-map [--tcp MAP]\n"
    "       vmail-map --query MAP KEY...\n"
    "\n"
    "Answers what mail servers ask about the domains and addresses of /etc/vmail, in the "
    "socketmap\n"
    "protocol: on the sockets that systemd passes, else on standard input and output.\n"
    "\n"
    "  --tcp MAP    speak the protocol of tcp_table(5), about MAP only\n"
    "  --query MAP  print the answers for each KEY, and exit\n"
    "  --help, --version\n"
    "\n"
    "Maps: ";

static int fail_to_serve(const char *what)
{
    fprintf(stderr, "vmail-map: %s\n", what);
    return EXIT_FAILURE;
}

static int fail_usage(const char *what, const char *word)
{
    fprintf(stderr, "vmail-map: %s%s; see vmail-map --help\n", what, word);
    return 2;
}

static int print_usage(void)
{
    return printf("%s%s\n", usage, maps_names()) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* How many sockets systemd has passed. */
static unsigned passed_sockets(void)
{
    const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
    uint64_t number, sockets;
    if (pid == NULL || count == NULL ||
        !vmail_number_parse(pid, strlen(pid), UINT32_MAX, &number) ||
        number != (uint64_t)getpid() || !vmail_number_parse(count, strlen(count), 64, &sockets))
        return 0;
    return (unsigned)sockets;
}

/* An option of the socket FD; -1: it is no socket. */
static int socket_option(int fd, int name)
{
    int value = 0;
    socklen_t length = sizeof value;
    return getsockopt(fd, SOL_SOCKET, name, &value, &length) == 0 ? value : -1;
}

static bool is_socket(int fd)
{
    return socket_option(fd, SO_TYPE) >= 0;
}

/* One socket: those who connect to it, or the one peer at its other end. */
static bool add_socket(struct server *server, int fd)
{
    return socket_option(fd, SO_ACCEPTCONN) > 0 ? server_listen(server, fd)
                                                : server_connect(server, fd, fd);
}

static bool add_all(struct server *server)
{
    const unsigned count = passed_sockets();
    for (unsigned i = 0; i < count; i++)
        if (!add_socket(server, FIRST_PASSED + (int)i))
            return false;
    if (count > 0)
        return true;
    return is_socket(STDIN_FILENO) ? add_socket(server, STDIN_FILENO)
                                   : server_connect(server, STDIN_FILENO, STDOUT_FILENO);
}

static int serve(const struct protocol *protocol, const char *map)
{
    struct vmail_mail mail;
    struct server server = { .protocol = protocol, .map = map, .mail = &mail };
    vmail_mail_begin(&mail, &vmail_system_paths, NULL);
    signal(SIGPIPE, SIG_IGN);
    if (!server_begin(&server, passed_sockets() == 0 && !is_socket(STDIN_FILENO)))
        return fail_to_serve("cannot start: out of memory");
    const bool added = add_all(&server), good = added && server_run(&server);
    server_end(&server);
    vmail_mail_end(&mail);
    if (good)
        return EXIT_SUCCESS;
    return fail_to_serve(added ? "cannot wait for connections: out of memory"
                               : "cannot use a socket: out of memory or descriptors");
}

/* For a person: the value, or on standard error why there is none. 0: all found. 1: one is not. 75
 * (EX_TEMPFAIL of sysexits(3)): one cannot be known now. */
static int query(const char *map, char **keys, int count)
{
    struct vmail_mail mail;
    int status = EXIT_SUCCESS;
    vmail_mail_begin(&mail, &vmail_system_paths, NULL);
    for (int i = 0; i < count; i++) {
        struct reply reply;
        maps_answer(&mail, map, keys[i], &reply);
        if (reply.kind == REPLY_FOUND)
            printf("%s\n", reply.text.length == 0 ? "" : reply.text.bytes);
        else if (reply.kind == REPLY_NOT_FOUND && status == EXIT_SUCCESS)
            status = EXIT_FAILURE;
        else if (reply.kind != REPLY_NOT_FOUND) {
            fprintf(stderr, "vmail-map: %s\n",
                    reply.text.length == 0 ? "out of memory" : reply.text.bytes);
            status = 75;
        }
        reply_end(&reply);
    }
    vmail_mail_end(&mail);
    return fflush(stdout) == 0 ? status : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        { "tcp", required_argument, NULL, 't' },
        { "query", required_argument, NULL, 'q' },
        { "help", no_argument, NULL, 'h' },
        { "version", no_argument, NULL, 'V' },
        { NULL, 0, NULL, 0 },
    };
    const struct protocol *protocol = &protocol_socketmap;
    const char *map = NULL, *asked = NULL;
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 't':
            protocol = &protocol_tcp_table;
            map = optarg;
            break;
        case 'q':
            asked = optarg;
            break;
        case 'h':
            return print_usage();
        case 'V':
            return printf("vmail-map %s\n", PACKAGE_VERSION) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
        default:
            return 2; /* getopt_long(3) has said why */
        }
    }
    const char *named = asked != NULL ? asked : map;
    if (named != NULL && !maps_know(named))
        return fail_usage("no such map: ", named);
    if (asked != NULL && optind == argc)
        return fail_usage("--query needs a key", "");
    if (asked == NULL && optind < argc)
        return fail_usage("unexpected argument: ", argv[optind]);
    return asked != NULL ? query(asked, argv + optind, argc - optind) : serve(protocol, map);
}
