/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "dns.h"

#define CARES_NO_DEPRECATED /* what replaces ares_query is not in Debian 12 */
#include <ares.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "name.h"

enum { TIMEOUT_MILLISECONDS = 2000, TRIES = 2, SOCKETS_MAX = 16, NAMES_MAX = 32, REVERSE_MAX = 80 };

/* RFC 1035. */
enum { CLASS_INTERNET = 1, TYPE_PTR = 12, TYPE_MX = 15 };

struct dns {
    ares_channel channel;
    struct pollfd socket[SOCKETS_MAX];
    nfds_t sockets;
};

/** An answer that is waited for. */
struct answer {
    bool done;
    int status;
    struct dns_names *names;
    struct dns_addresses *addresses;
    bool no_memory;
};

static void socket_changed(void *context, ares_socket_t fd, int readable, int writable)
{
    struct dns *dns = context;
    nfds_t i = 0;
    while (i < dns->sockets && dns->socket[i].fd != fd)
        i++;
    if (!readable && !writable) {
        if (i < dns->sockets)
            dns->socket[i] = dns->socket[--dns->sockets];
        return;
    }
    if (i == dns->sockets) {
        if (dns->sockets == SOCKETS_MAX)
            return; /* the question then ends by its time-out */
        dns->sockets++;
    }
    dns->socket[i].fd = fd;
    dns->socket[i].events = (short)((readable ? POLLIN : 0) | (writable ? POLLOUT : 0));
    dns->socket[i].revents = 0;
}

struct dns *dns_open(const char *server, struct vmail_error *error)
{
    struct dns *dns = calloc(1, sizeof *dns);
    char lookups[] = "b";
    struct ares_options options = {
        .flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES,
        .timeout = TIMEOUT_MILLISECONDS,
        .tries = TRIES,
        .lookups = lookups,
        .sock_state_cb = socket_changed,
        .sock_state_cb_data = dns,
    };
    int status = dns == NULL ? ARES_ENOMEM : ares_library_init(ARES_LIB_INIT_ALL);
    if (status == ARES_SUCCESS)
        status = ares_init_options(&dns->channel, &options,
                                   ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
                                       ARES_OPT_LOOKUPS | ARES_OPT_SOCK_STATE_CB);
    if (status == ARES_SUCCESS && server != NULL) {
        status = ares_set_servers_ports_csv(dns->channel, server);
        if (status != ARES_SUCCESS)
            ares_destroy(dns->channel);
    }
    if (status == ARES_SUCCESS)
        return dns;
    vmail_error_set(error, EINVAL, "cannot ask %s: %s",
                    server == NULL ? "the name servers of this system" : server,
                    ares_strerror(status));
    free(dns);
    return NULL;
}

void dns_close(struct dns *dns)
{
    if (dns == NULL)
        return;
    ares_destroy(dns->channel);
    ares_library_cleanup();
    free(dns);
}

void dns_names_free(struct dns_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->name[i]);
    free(names->name);
    *names = (struct dns_names){ NULL, 0 };
}

/** Lets the library work until ANSWER is there. It ends every question by its own time-outs. */
static void wait_for(struct dns *dns, const struct answer *answer)
{
    while (!answer->done) {
        struct pollfd ready[SOCKETS_MAX]; /* the library changes the others while it works */
        struct timeval longest = { TIMEOUT_MILLISECONDS / 1000, 0 }, room;
        const struct timeval *left = ares_timeout(dns->channel, &longest, &room);
        nfds_t count = dns->sockets;
        memcpy(ready, dns->socket, count * sizeof *ready);
        int found = poll(ready, count, (int)(left->tv_sec * 1000 + left->tv_usec / 1000 + 1));
        if (found <= 0)
            ares_process_fd(dns->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
        for (nfds_t i = 0; found > 0 && i < count; i++)
            if (ready[i].revents != 0)
                ares_process_fd(dns->channel,
                                (ready[i].revents & ~POLLOUT) != 0 ? ready[i].fd : ARES_SOCKET_BAD,
                                (ready[i].revents & POLLOUT) != 0 ? ready[i].fd : ARES_SOCKET_BAD);
    }
}

/** What the library's STATUS comes to; WHAT is what was asked for. */
static enum dns_result result_of(const struct answer *answer, size_t count, const char *what,
                                 struct vmail_error *error)
{
    if (answer->no_memory) {
        vmail_error_set(error, ENOMEM, "DNS: out of memory");
        return DNS_FAILED;
    }
    if (answer->status == ARES_SUCCESS)
        return count > 0 ? DNS_FOUND : DNS_NONE;
    if (answer->status == ARES_ENOTFOUND || answer->status == ARES_ENODATA)
        return DNS_NONE;
    /* The library says ECONNREFUSED of a server's error as well; the text must not say more. */
    vmail_error_set(error, answer->status == ARES_ETIMEOUT ? ETIMEDOUT : 0, "DNS query for %s: %s",
                    what,
                    answer->status == ARES_ECONNREFUSED ? "no name server answers"
                                                        : ares_strerror(answer->status));
    return DNS_FAILED;
}

/** Takes NAME, which a stranger chose: nothing but a domain's name is one. */
static void take_name(struct answer *answer, const char *name)
{
    struct dns_names *names = answer->names;
    size_t length = name == NULL ? 0 : strlen(name);
    if (length > 0 && name[length - 1] == '.')
        length--;
    if (name == NULL || !vmail_domain_valid(name, length) || names->count == NAMES_MAX)
        return;
    char *copy = malloc(length + 1);
    if (copy == NULL) {
        answer->no_memory = true;
        return;
    }
    vmail_fold_copy(copy, name, length);
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->name[i], copy) == 0) {
            free(copy);
            return;
        }
    names->name[names->count++] = copy;
}

/** Asks for the records of TYPE of NAME, which TAKE adds to NAMES; WHAT is what messages call it.
 */
static enum dns_result ask(struct dns *dns, const char *name, int type, ares_callback take,
                           struct dns_names *names, const char *what, struct vmail_error *error)
{
    struct answer answer = { .names = names };
    *names = (struct dns_names){ calloc(NAMES_MAX, sizeof *names->name), 0 };
    if (names->name == NULL) {
        answer.no_memory = true;
        return result_of(&answer, 0, "", error);
    }
    ares_query(dns->channel, name, CLASS_INTERNET, type, take, &answer);
    wait_for(dns, &answer);
    return result_of(&answer, 1, what, error);
}

static void take_reverse_names(void *context, int status, int timeouts, unsigned char *reply,
                               int length)
{
    struct answer *answer = context;
    struct hostent *host = NULL;
    const struct in_addr any = { 0 }; /* the library puts it into HOST, and that is all */
    (void)timeouts;
    if (status == ARES_SUCCESS)
        status = ares_parse_ptr_reply(reply, length, &any, sizeof any, AF_INET, &host);
    answer->status = status;
    answer->done = true;
    for (char **alias = host == NULL ? NULL : host->h_aliases; alias != NULL && *alias != NULL;
         alias++)
        take_name(answer, *alias);
    if (host != NULL)
        ares_free_hostent(host);
}

/** Writes the name under which ADDRESS has its reverse names, RFC 1035 and RFC 3596, to NAME. */
static void reverse_name(const struct vmail_address *address, char name[REVERSE_MAX])
{
    static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
    const unsigned char *byte = address->bytes;
    size_t length = 0;
    if (memcmp(byte, mapped, sizeof mapped) == 0) {
        snprintf(name, REVERSE_MAX, "%u.%u.%u.%u.in-addr.arpa", byte[15], byte[14], byte[13],
                 byte[12]);
        return;
    }
    for (size_t i = sizeof address->bytes; i-- > 0; length += 4)
        snprintf(name + length, REVERSE_MAX - length, "%x.%x.", byte[i] & 0xfu, byte[i] >> 4);
    snprintf(name + length, REVERSE_MAX - length, "ip6.arpa");
}

/* Not by ares_gethostbyaddr, to which a server that does not answer is an address without a name.
 */
enum dns_result dns_reverse(struct dns *dns, const struct vmail_address *address,
                            struct dns_names *names, struct vmail_error *error)
{
    char name[REVERSE_MAX], text[VMAIL_ADDRESS_TEXT_MAX + 1];
    reverse_name(address, name);
    vmail_address_format(address, text);
    enum dns_result result = ask(dns, name, TYPE_PTR, take_reverse_names, names, text, error);
    return result == DNS_FOUND && names->count == 0 ? DNS_NONE : result;
}

static int by_preference(const void *a, const void *b)
{
    const struct ares_mx_reply *const *first = a, *const *second = b;
    return (*first)->priority - (*second)->priority;
}

static void take_mail_hosts(void *context, int status, int timeouts, unsigned char *reply,
                            int length)
{
    struct answer *answer = context;
    struct ares_mx_reply *list = NULL, *host[NAMES_MAX];
    size_t count = 0;
    (void)timeouts;
    if (status == ARES_SUCCESS)
        status = ares_parse_mx_reply(reply, length, &list);
    answer->status = status;
    answer->done = true;
    for (struct ares_mx_reply *one = list; one != NULL && count < NAMES_MAX; one = one->next)
        host[count++] = one;
    qsort(host, count, sizeof *host, by_preference);
    for (size_t i = 0; i < count; i++)
        take_name(answer, host[i]->host);
    ares_free_data(list);
}

enum dns_result dns_mail_hosts(struct dns *dns, const char *domain, struct dns_names *names,
                               struct vmail_error *error)
{
    return ask(dns, domain, TYPE_MX, take_mail_hosts, names, domain, error);
}

static bool take_address(struct dns_addresses *addresses, const struct sockaddr *found)
{
    char text[INET6_ADDRSTRLEN];
    const void *bytes =
        found->sa_family == AF_INET
            ? (const void *)&((const struct sockaddr_in *)(const void *)found)->sin_addr
            : &((const struct sockaddr_in6 *)(const void *)found)->sin6_addr;
    struct vmail_address address;
    if ((found->sa_family != AF_INET && found->sa_family != AF_INET6) ||
        inet_ntop(found->sa_family, bytes, text, sizeof text) == NULL ||
        !vmail_address_parse(text, &address))
        return true;
    struct vmail_address *more =
        reallocarray(addresses->address, addresses->count + 1, sizeof *more);
    if (more == NULL)
        return false;
    addresses->address = more;
    addresses->address[addresses->count++] = address;
    return true;
}

static void take_addresses(void *context, int status, int timeouts, struct ares_addrinfo *found)
{
    struct answer *answer = context;
    (void)timeouts;
    answer->status = status;
    answer->done = true;
    if (status != ARES_SUCCESS || found == NULL)
        return;
    for (const struct ares_addrinfo_node *node = found->nodes; node != NULL; node = node->ai_next)
        if (!take_address(answer->addresses, node->ai_addr))
            answer->no_memory = true;
    ares_freeaddrinfo(found);
}

enum dns_result dns_forward(struct dns *dns, const char *name, struct dns_addresses *addresses,
                            struct vmail_error *error)
{
    const struct ares_addrinfo_hints hints = { .ai_flags = ARES_AI_NOSORT,
                                               .ai_family = AF_UNSPEC,
                                               .ai_socktype = SOCK_STREAM };
    struct answer answer = { .addresses = addresses };
    *addresses = (struct dns_addresses){ NULL, 0 };
    ares_getaddrinfo(dns->channel, name, NULL, &hints, take_addresses, &answer);
    wait_for(dns, &answer);
    return result_of(&answer, addresses->count, name, error);
}
