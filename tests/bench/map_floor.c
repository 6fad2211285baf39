/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The least that a server of socketmap can do: a process for each peer, with one read(2) and one
 * write(2) for each question. It knows no alias, and gives all other questions the same answer.
 * Descriptor 0 is the listening socket. */
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void serve(int peer)
{
    static const char none[] = "9:NOTFOUND ,", found[] = "22:OK vhome/example/user/,";
    char question[100000];
    ssize_t count;
    while ((count = read(peer, question, sizeof question - 1)) > 0) {
        question[count] = '\0';
        const char *answer = strstr(question, ":aliases ") != NULL ? none : found;
        if (write(peer, answer, strlen(answer)) != (ssize_t)strlen(answer))
            return;
    }
}

int main(void)
{
    signal(SIGCHLD, SIG_IGN);
    for (int peer; (peer = accept(STDIN_FILENO, NULL, NULL)) >= 0; close(peer))
        if (fork() == 0) {
            serve(peer);
            _exit(0);
        }
    return 1;
}
