/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "number.h"
#include "resolver.h"

enum { ADVICE_MAX = 900, GROUPS_MAX = 64, NARROWEST = 8, NARROWEST_IPV6 = 4 };

void server_judge_domains(struct server *server, const struct server_domains *list)
{
    const struct context *context = server->check->context;
    const char *rest = list->value;
    char word[SETTING_WORD_MAX];
    struct vmail_identity identity;
    while (settings_next_word(&rest, list->separators, word))
        if (word[0] != '[' && vmail_resolve_domain(context->paths, context->config, word, &identity,
                                                   NULL) == VMAIL_OK)
            finding_add(&server->check->findings, FINDING_ERROR, &server->place,
                        "%s is in %s, %s\nremove it from there; %s", word, list->key, list->so,
                        list->to_do);
}

/** Whether WORD is a network so large that it has strangers in it. */
static bool is_wide(const char *word)
{
    const char *slash = strrchr(word, '/');
    uint64_t bits;
    if (word[0] == '!')
        return false;
    if (strcmp(word, "*") == 0)
        return true;
    return slash != NULL && vmail_number_parse(slash + 1, strlen(slash + 1), 128, &bits) &&
           bits < (strchr(word, '.') != NULL ? NARROWEST : NARROWEST_IPV6);
}

void server_judge_networks(struct server *server, const char *key, const char *value,
                           const char *separators)
{
    const char *rest = value;
    char word[SETTING_WORD_MAX];
    while (settings_next_word(&rest, separators, word))
        if (is_wide(word)) {
            finding_add(&server->check->findings, FINDING_ERROR, &server->place,
                        "%s has %s: %s is an open relay, which sends anybody's mail to "
                        "everybody\nlist only your own there",
                        key, word, server->name);
            return;
        }
}

bool server_socket_answers(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof address.sun_path)
        return false;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return false;
    memcpy(address.sun_path, path, strlen(path) + 1);
    bool connected = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    const bool full = !connected && errno == EAGAIN;
    close(fd);
    return connected || full;
}

/** Whether the account USER may connect to the socket; true if there is no such account. */
static bool may_connect(const char *user, const struct stat *status)
{
    const struct passwd *account = getpwnam(user);
    gid_t group[GROUPS_MAX];
    int count = GROUPS_MAX;
    if (account == NULL || account->pw_uid == 0)
        return true;
    if (account->pw_uid == status->st_uid)
        return (status->st_mode & S_IWUSR) != 0;
    if (getgrouplist(user, account->pw_gid, group, &count) < 0)
        count = GROUPS_MAX;
    for (int i = 0; i < count; i++)
        if (group[i] == status->st_gid)
            return (status->st_mode & S_IWGRP) != 0;
    return (status->st_mode & S_IWOTH) != 0;
}

void server_judge_socket(struct server *server, const struct server_socket *use)
{
    struct findings *findings = &server->check->findings;
    const bool is_auth = use->dovecot != NULL && strcmp(use->dovecot, "auth") == 0;
    const char *so = is_auth ? "nobody can log in to send" : "mail waits";
    char to_do[ADVICE_MAX];
    struct stat status;
    if (!seen_add(&server->seen, use->path))
        return;
    if (use->dovecot != NULL)
        snprintf(to_do, sizeof to_do,
                 "start Dovecot, with  unix_listener %s  in its service %s, as in " EXAMPLES,
                 use->path, use->dovecot);
    else
        snprintf(to_do, sizeof to_do,
                 "run systemctl enable --now vmail-map.socket, and compare its ListenStream");
    if (stat(use->path, &status) != 0) {
        if (errno == ENOENT)
            finding_add(findings, FINDING_ERROR, &server->place,
                        "%s = %s: the socket %s does not exist, so %s\n%s", use->key, use->value,
                        use->path, so, to_do);
    } else if (!S_ISSOCK(status.st_mode)) {
        finding_add(findings, FINDING_ERROR, &server->place,
                    "%s = %s: %s is not a socket\nremove it; %s", use->key, use->value, use->path,
                    to_do);
    } else if (!may_connect(server->user, &status)) {
        finding_add(findings, FINDING_ERROR, &server->place,
                    "%s = %s: the user %s may not use the socket %s, so %s\nset its %s to "
                    "%s, as in " EXAMPLES,
                    use->key, use->value, server->user, use->path, so,
                    use->dovecot == NULL ? "SocketUser" : "user", server->user);
    } else if (geteuid() == 0 && !server_socket_answers(use->path)) {
        finding_add(findings, FINDING_ERROR, &server->place,
                    "%s = %s: no program listens on the socket %s, so %s\n%s", use->key, use->value,
                    use->path, so, to_do);
    }
}
