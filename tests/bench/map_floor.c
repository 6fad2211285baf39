/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The least that a server of socketmap can do: it gives one peer at a time the same answer to whatever it asks, with one read(2)
 * and one write(2) for each. Descriptor 0 is the listening socket. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    static const char answer[] = "22:OK vhome/example/user/,";
    static char question[100000];
    for (int peer; (peer = accept(STDIN_FILENO, NULL, NULL)) >= 0; close(peer))
        while (read(peer, question, sizeof question) > 0 &&
               write(peer, answer, strlen(answer)) == (ssize_t)strlen(answer))
            continue;
    return 1;
}
