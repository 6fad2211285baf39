/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "scratch.h"

static void an_address_has_one_text(void **state)
{
    static const struct {
        const char *text, *formatted;
    } cases[] = {
        { "192.0.2.1", "192.0.2.1" },
        { "0.0.0.0", "0.0.0.0" },
        { "255.255.255.255", "255.255.255.255" },
        { "::ffff:192.0.2.1", "192.0.2.1" },
        { "::FFFF:c000:201", "192.0.2.1" },
        { "IPv6:::ffff:192.0.2.1", "192.0.2.1" },
        { "::1", "::1" },
        { "::", "::" },
        { "IPv6:::1", "::1" },
        { "ipv6:2001:db8::1", "2001:db8::1" },
        { "IPV6:2001:db8::1", "2001:db8::1" }, /* the case of a tag is ignored, RFC 5321 2.4 */
        { "2001:DB8:0:0:0:0:0:1", "2001:db8::1" },
        { "fe80::1%eth0", "fe80::1" },
        { "fe80::1%1", "fe80::1" },
        { "IPv6:fe80::1%eth0", "fe80::1" },
        { "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
          "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
        { "64:ff9b::192.0.2.1", "64:ff9b::c000:201" }, /* not mapped: another address */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct vmail_address address;
        char text[VMAIL_ADDRESS_TEXT_MAX + 1];
        check(vmail_address_parse(cases[i].text, &address), cases[i].text);
        vmail_address_format(&address, text);
        check_text(text, cases[i].formatted, cases[i].text);
    }
}

static void anything_else_is_no_address(void **state)
{
    static const char *const texts[] = {
        "",
        " ",
        "localhost",
        "va.example",
        "192.0.2",
        "192.0.2.1.1",
        "192.0.2.256",
        "192.0.2.1 ",
        " 192.0.2.1",
        "192.0.2.01",
        "0300.0.2.1",
        "0xc0.0.2.1",
        "3221225985",
        "192.0.2.1/24",
        "192.0.2.1:25",
        "192.0.2.1%eth0",
        "IPv6:192.0.2.1",
        "IPv6:",
        "IPv4:192.0.2.1",
        ":",
        ":::",
        "1::2::3",
        "12345::",
        "::g",
        "[::1]",
        "fe80::1%",
        "%eth0",
        "::1\n",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "IPv6:IPv6:::1",
        "::ffff:192.0.2.256",
        "-1.0.0.0",
        "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.2555", /* one byte longer than any address */
        "00000000000000000000000000000000000000000000000000000000000000000000000000000000::1",
    };
    struct vmail_address address;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check(!vmail_address_parse(texts[i], &address), texts[i]);
}

static void addresses_are_ordered_by_their_bytes(void **state)
{
    struct vmail_address low, high, same;
    (void)state;
    assert_true(vmail_address_parse("192.0.2.1", &low));
    assert_true(vmail_address_parse("192.0.2.2", &high));
    assert_true(vmail_address_parse("::ffff:192.0.2.1", &same));
    assert_true(vmail_address_compare(&low, &high) < 0);
    assert_true(vmail_address_compare(&high, &low) > 0);
    assert_int_equal(vmail_address_compare(&low, &same), 0);
}

/* --- sockets */

static bool has_address(int fd)
{
    struct vmail_address address;
    return vmail_address_of_socket(fd, &address);
}

static void a_closed_descriptor_has_no_address(void **state)
{
    int fd = dup(0);
    (void)state;
    close(fd);
    assert_false(has_address(fd));
    assert_false(has_address(-1));
}

static void a_file_or_pipe_or_directory_has_no_address(void **state)
{
    int pipes[2];
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int directory = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    (void)state;
    assert_int_equal(pipe(pipes), 0);
    assert_false(has_address(null));
    assert_false(has_address(directory));
    assert_false(has_address(pipes[0]));
    assert_false(has_address(pipes[1]));
    close(null);
    close(directory);
    close(pipes[0]);
    close(pipes[1]);
}

static void a_unix_socket_has_no_address(void **state)
{
    int pair[2];
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_false(has_address(pair[0]));
    close(pair[0]);
    close(pair[1]);
}

/* Stores ADDRESS in OUT, with a port that the system chooses. */
static socklen_t make_name(int family, const char *address, struct sockaddr_storage *out)
{
    memset(out, 0, sizeof *out);
    out->ss_family = (sa_family_t)family;
    if (family == AF_INET) {
        assert_int_equal(inet_pton(AF_INET, address, &((struct sockaddr_in *)out)->sin_addr), 1);
        return sizeof(struct sockaddr_in);
    }
    assert_int_equal(inet_pton(AF_INET6, address, &((struct sockaddr_in6 *)out)->sin6_addr), 1);
    return sizeof(struct sockaddr_in6);
}

/* Skips the test if this machine (or its sandbox) does not support FAMILY. */
static int bound_socket(int family, int type, const char *address)
{
    struct sockaddr_storage name;
    socklen_t length = make_name(family, address, &name);
    int off = 0;
    int fd = socket(family, type | SOCK_CLOEXEC, 0);
    if (fd < 0)
        skip();
    if (family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(fd, (struct sockaddr *)&name, length) != 0) {
        close(fd);
        skip();
    }
    return fd;
}

/* Returns the server's end of a connection from a socket of CLIENT to SERVER at LISTEN. */
struct connection {
    int listener, client, server;
};

static struct connection make_connection(int server_family, const char *listen_at,
                                         int client_family, const char *connect_to)
{
    struct connection connection;
    struct sockaddr_storage bound, name;
    socklen_t length = sizeof bound;
    connection.listener = bound_socket(server_family, SOCK_STREAM, listen_at);
    assert_int_equal(listen(connection.listener, 1), 0);
    assert_int_equal(getsockname(connection.listener, (struct sockaddr *)&bound, &length), 0);
    length = make_name(client_family, connect_to, &name);
    in_port_t port = server_family == AF_INET ? ((struct sockaddr_in *)&bound)->sin_port
                                              : ((struct sockaddr_in6 *)&bound)->sin6_port;
    if (client_family == AF_INET)
        ((struct sockaddr_in *)&name)->sin_port = port;
    else
        ((struct sockaddr_in6 *)&name)->sin6_port = port;
    connection.client = socket(client_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(connection.client >= 0);
    assert_int_equal(connect(connection.client, (struct sockaddr *)&name, length), 0);
    connection.server = accept4(connection.listener, NULL, NULL, SOCK_CLOEXEC);
    assert_true(connection.server >= 0);
    return connection;
}

static void end_connection(const struct connection *connection)
{
    close(connection->listener);
    close(connection->client);
    close(connection->server);
}

static void check_local_address(int fd, const char *expected)
{
    struct vmail_address address;
    char text[VMAIL_ADDRESS_TEXT_MAX + 1];
    assert_true(vmail_address_of_socket(fd, &address));
    vmail_address_format(&address, text);
    assert_string_equal(text, expected);
}

static void a_udp_socket_has_no_address(void **state)
{
    struct sockaddr_storage name;
    socklen_t length = sizeof name;
    int fd = bound_socket(AF_INET, SOCK_DGRAM, "127.0.0.1");
    (void)state;
    assert_false(has_address(fd));
    assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &length), 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&name, length), 0);
    assert_false(has_address(fd)); /* even if it is connected */
    close(fd);
}

static void a_socket_that_only_listens_has_no_address(void **state)
{
    int fd = bound_socket(AF_INET, SOCK_STREAM, "127.0.0.1");
    (void)state;
    assert_false(has_address(fd));
    assert_int_equal(listen(fd, 1), 0);
    assert_false(has_address(fd));
    close(fd);
}

static void a_connection_has_the_address_that_the_client_chose(void **state)
{
    struct connection connection = make_connection(AF_INET, "0.0.0.0", AF_INET, "127.0.0.2");
    (void)state;
    check_local_address(connection.server, "127.0.0.2");
    end_connection(&connection);
}

static void a_connection_over_ipv6_has_its_address(void **state)
{
    struct connection connection = make_connection(AF_INET6, "::1", AF_INET6, "::1");
    (void)state;
    check_local_address(connection.server, "::1");
    end_connection(&connection);
}

static void ipv4_on_an_ipv6_socket_is_ipv4(void **state)
{
    struct connection connection = make_connection(AF_INET6, "::", AF_INET, "127.0.0.2");
    (void)state;
    check_local_address(connection.server, "127.0.0.2");
    end_connection(&connection);
}

static void a_client_that_has_said_goodbye_is_still_a_connection(void **state)
{
    struct connection connection = make_connection(AF_INET, "127.0.0.1", AF_INET, "127.0.0.1");
    (void)state;
    assert_int_equal(shutdown(connection.client, SHUT_WR), 0);
    check_local_address(connection.server, "127.0.0.1");
    end_connection(&connection);
}

static void errno_is_kept(void **state)
{
    (void)state;
    errno = ERANGE;
    assert_false(has_address(-1));
    assert_int_equal(errno, ERANGE);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_has_one_text),
        cmocka_unit_test(anything_else_is_no_address),
        cmocka_unit_test(addresses_are_ordered_by_their_bytes),
        cmocka_unit_test(a_closed_descriptor_has_no_address),
        cmocka_unit_test(a_file_or_pipe_or_directory_has_no_address),
        cmocka_unit_test(a_unix_socket_has_no_address),
        cmocka_unit_test(a_udp_socket_has_no_address),
        cmocka_unit_test(a_socket_that_only_listens_has_no_address),
        cmocka_unit_test(a_connection_has_the_address_that_the_client_chose),
        cmocka_unit_test(a_connection_over_ipv6_has_its_address),
        cmocka_unit_test(ipv4_on_an_ipv6_socket_is_ipv4),
        cmocka_unit_test(a_client_that_has_said_goodbye_is_still_a_connection),
        cmocka_unit_test(errno_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
