/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "module_scratch.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "tick.h"

/* Replaces the constant in common/name/paths.c. Only at run time do we know which user runs the
 * tests and must own the trusted files. The linker takes this one because it comes first. */
struct vmail_paths module_paths __asm__("vmail_system_paths");

static int saved_stdin = -1;

void module_next_tick(void)
{
    for (uint64_t tick = vmail_tick(); vmail_tick() == tick;)
        nanosleep(&(const struct timespec){ .tv_nsec = 1000000 }, NULL);
}

int module_setup(void **state)
{
    int result = scratch_setup(state);
    const struct scratch *scratch = *state;
    if (result != 0)
        return result;
    saved_stdin = fcntl(0, F_DUPFD_CLOEXEC, 10);
    module_paths = scratch->paths;
    module_paths.directory =
        VMAIL_DIRECTORY; /* the same directory, by its name in config_cache.c */
    scratch_write(scratch, "vmail.conf",
                  "[domain va.example]\naliases = va.example.org\naddress = 127.0.0.2\n");
    scratch_write(scratch, "passwd.va.example",
                  "Bob:HASH:70001:70001:Bob B:/home/bob:/bin/sh\nalice:x:70002:70000:::\n");
    scratch_write(scratch, "passwd.vb.example", "bob:x:80001:80001:::/bin/false\n");
    scratch_write(scratch, "shadow.va.example",
                  "bob:$6$s$h:19000:0:99999:7:::\nalice:!:19001::::::\n");
    scratch_write(scratch, "group.va.example", "Staff:x:70000:Bob,alice,-x\n");
    module_next_tick();
    return chdir(scratch->root);
}

int module_teardown(void **state)
{
    if (saved_stdin >= 0) {
        dup2(saved_stdin, 0);
        close(saved_stdin);
        saved_stdin = -1;
    }
    return chdir("/") != 0 ? -1 : scratch_teardown(state);
}

void module_connect(const char *address)
{
    struct sockaddr_in name = { .sin_family = AF_INET };
    socklen_t length = sizeof name;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(inet_pton(AF_INET, address, &name.sin_addr), 1);
    if (bind(listener, (const struct sockaddr *)&name, sizeof name) != 0)
        skip(); /* no network here, not even a loopback */
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&name, &length), 0);
    assert_int_equal(connect(client, (const struct sockaddr *)&name, sizeof name), 0);
    int server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    assert_true(server >= 0);
    assert_int_equal(dup2(server, 0), 0);
    close(server);
    close(listener);
    shutdown(client, SHUT_WR);
    close(client); /* nothing was sent: the connection is only half closed */
}
