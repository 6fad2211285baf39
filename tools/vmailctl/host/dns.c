/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "dns.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "name.h"

enum { TIMEOUT_SECONDS = 2, TRIES = 2, REVERSE_MAX = 80 };

struct dns {
    struct __res_state resolver;
    unsigned char reply[NS_MAXMSG];
};

struct question {
    const char *name;
    ns_type type;
    const char *what; /* what messages call it */
    /** Takes one record of the answer into OUT. */
    void (*take)(void *out, const ns_msg *message, const ns_rr *record);
    void *out;
};

/** Reads SERVER, as dns_open takes it. */
static bool read_server(const char *server, struct sockaddr_storage *address)
{
    const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
                                    .ai_socktype = SOCK_DGRAM };
    struct addrinfo *found;
    char host[64], port[6] = "53";
    int end = 0;
    if (server[0] == '[')
        sscanf(server, "[%63[^]]]%n:%5[0-9]%n", host, &end, port, &end);
    else if (strchr(server, ':') == strrchr(server, ':'))
        sscanf(server, "%63[^:]%n:%5[0-9]%n", host, &end, port, &end);
    else
        sscanf(server, "%63s%n", host, &end);
    if (end == 0 || server[end] != '\0' || getaddrinfo(host, port, &hints, &found) != 0)
        return false;
    memcpy(address, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return true;
}

/** Lets RESOLVER ask the server at ADDRESS alone. The C library keeps those of IPv6 elsewhere. */
static bool set_server(struct __res_state *resolver, const struct sockaddr_storage *address)
{
    struct sockaddr_in6 **ipv6 = &resolver->_u._ext.nsaddrs[0]; /* which res_nclose frees */
    resolver->nscount = 1;
    memset(&resolver->nsaddr_list[0], 0, sizeof resolver->nsaddr_list[0]);
    if (address->ss_family == AF_INET)
        memcpy(&resolver->nsaddr_list[0], address, sizeof resolver->nsaddr_list[0]);
    else if (*ipv6 != NULL || (*ipv6 = malloc(sizeof **ipv6)) != NULL)
        memcpy(*ipv6, address, sizeof **ipv6);
    return address->ss_family == AF_INET || *ipv6 != NULL;
}

struct dns *dns_open(const char *server, struct vmail_error *error)
{
    struct sockaddr_storage address;
    if (server != NULL && !read_server(server, &address)) {
        vmail_error_set(error, EINVAL, "cannot ask %s: not an IP address", server);
        return NULL;
    }
    struct dns *dns = calloc(1, sizeof *dns);
    if (dns == NULL || res_ninit(&dns->resolver) != 0 ||
        (server != NULL && !set_server(&dns->resolver, &address))) {
        vmail_error_set(error, ENOMEM, "DNS: out of memory");
        dns_close(dns);
        return NULL;
    }
    /* All that RES_OPTIONS sets, which sudo may leave to the caller. No TCP by the C library, which
     * has no time limit for it. */
    dns->resolver.options &= RES_INIT | RES_ROTATE;
    dns->resolver.options |= RES_RECURSE | RES_IGNTC | RES_NORELOAD;
    dns->resolver.retrans = TIMEOUT_SECONDS;
    dns->resolver.retry = TRIES;
    return dns;
}

void dns_close(struct dns *dns)
{
    if (dns != NULL)
        res_nclose(&dns->resolver);
    free(dns);
}

/** Sends QUERY, its length in front, to one server by TCP. The length of the reply, or -1. */
static ssize_t ask_by_tcp(struct dns *dns, int server, const unsigned char *query, size_t size)
{
    const struct timeval limit = { TIMEOUT_SECONDS, 0 }; /* with MSG_WAITALL, for all of it */
    const struct sockaddr_in *ipv4 = &dns->resolver.nsaddr_list[server];
    const bool is_ipv4 = ipv4->sin_family == AF_INET;
    const void *address = is_ipv4 ? (const void *)ipv4 : dns->resolver._u._ext.nsaddrs[server];
    unsigned char head[NS_INT16SZ] = { 0 };
    ssize_t length = -1;
    int fd = socket(is_ipv4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0 &&
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0 &&
        connect(fd, address, is_ipv4 ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6)) ==
            0 &&
        send(fd, query, size, MSG_NOSIGNAL) == (ssize_t)size &&
        recv(fd, head, sizeof head, MSG_WAITALL) == sizeof head)
        length = recv(fd, dns->reply, ns_get16(head), MSG_WAITALL);
    close(fd);
    return length == (ssize_t)ns_get16(head) && memcmp(dns->reply, query + sizeof head, 2) == 0
               ? length
               : -1;
}

static enum dns_result query_failed(struct vmail_error *error, int code, const char *what,
                                    const char *why)
{
    vmail_error_set(error, code, "DNS query for %s: %s", what, why);
    return DNS_FAILED;
}

/** Lets QUESTION take the records in dns->reply. */
static enum dns_result read_reply(const struct dns *dns, size_t length,
                                  const struct question *question, struct vmail_error *error)
{
    enum dns_result result = DNS_NONE;
    ns_msg message;
    ns_rr record;
    if (ns_initparse(dns->reply, (int)length, &message) != 0)
        return query_failed(error, 0, question->what, "Misformatted DNS reply");
    if (ns_msg_getflag(message, ns_f_rcode) == ns_r_nxdomain)
        return DNS_NONE;
    if (ns_msg_getflag(message, ns_f_rcode) != ns_r_noerror)
        return query_failed(error, 0, question->what, "no name server answers");
    for (int i = 0; i < ns_msg_count(message, ns_s_an); i++) {
        if (ns_parserr(&message, ns_s_an, i, &record) != 0)
            return query_failed(error, 0, question->what, "Misformatted DNS reply");
        if (ns_rr_type(record) == question->type && ns_rr_class(record) == ns_c_in) {
            question->take(question->out, &message, &record);
            result = DNS_FOUND;
        }
    }
    return result;
}

static enum dns_result ask_question(struct dns *dns, const struct question *question,
                                    struct vmail_error *error)
{
    unsigned char query[NS_INT16SZ + NS_PACKETSZ], *const id = query + NS_INT16SZ;
    unsigned char *const reply = dns->reply, *const flags = dns->reply + 2;
    int size = res_nmkquery(&dns->resolver, ns_o_query, question->name, ns_c_in,
                            (int)question->type, NULL, 0, NULL, id, NS_PACKETSZ);
    if (size < 0)
        return query_failed(error, 0, question->what, "Misformatted domain name");
    memset(reply, 0, NS_HFIXEDSZ);
    ssize_t length = res_nsend(&dns->resolver, id, size, reply, sizeof dns->reply);
    /* The C library says that, too, of a reply that it does not like. */
    if (length < 0 && errno == ETIMEDOUT && ((*flags & 0x80) == 0 || memcmp(reply, id, 2) != 0))
        return query_failed(error, ETIMEDOUT, question->what,
                            "Timeout while contacting DNS servers");
    if (length >= NS_HFIXEDSZ && (*flags & 0x02) != 0) { /* too long for UDP */
        ns_put16((unsigned)size, query);
        length = -1;
        for (int i = 0; i < dns->resolver.nscount && length < 0; i++)
            length = ask_by_tcp(dns, i, query, NS_INT16SZ + (size_t)size);
    }
    if (length < 0)
        return query_failed(error, 0, question->what, "no name server answers");
    return read_reply(dns, (size_t)length, question, error);
}

/** Takes the name of a PTR or MX record, which a stranger chose: it must be a domain's. The most
 * preferred is first. */
static void take_name(void *out, const ns_msg *message, const ns_rr *record)
{
    struct dns_names *names = out;
    unsigned *rank = names->preference;
    const size_t skip = ns_rr_type(*record) == ns_t_mx ? NS_INT16SZ : 0;
    const unsigned preference =
        ns_rr_rdlen(*record) > skip && skip > 0 ? ns_get16(ns_rr_rdata(*record)) : 0;
    char name[NS_MAXDNAME];
    size_t same = 0, place = 0;
    if (ns_rr_rdlen(*record) <= skip ||
        ns_name_uncompress(ns_msg_base(*message), ns_msg_end(*message), ns_rr_rdata(*record) + skip,
                           name, sizeof name) < 0 ||
        !vmail_domain_valid(name, strlen(name)))
        return;
    vmail_fold_copy(name, name, strlen(name));
    while (same < names->count && strcmp(names->name[same], name) != 0)
        same++;
    while (place < names->count && rank[place] <= preference)
        place++;
    if (same < place || same == DNS_NAMES_MAX)
        return;
    names->count += same == names->count ? 1 : 0;
    memmove(names->name[place + 1], names->name[place], (same - place) * sizeof names->name[0]);
    memmove(rank + place + 1, rank + place, (same - place) * sizeof *rank);
    memcpy(names->name[place], name, strlen(name) + 1);
    rank[place] = preference;
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

enum dns_result dns_reverse(struct dns *dns, const struct vmail_address *address,
                            struct dns_names *names, struct vmail_error *error)
{
    char name[REVERSE_MAX], text[VMAIL_ADDRESS_TEXT_MAX + 1];
    const struct question question = { name, ns_t_ptr, text, take_name, names };
    names->count = 0;
    reverse_name(address, name);
    vmail_address_format(address, text);
    enum dns_result result = ask_question(dns, &question, error);
    return result == DNS_FOUND && names->count == 0 ? DNS_NONE : result;
}

enum dns_result dns_mail_hosts(struct dns *dns, const char *domain, struct dns_names *names,
                               struct vmail_error *error)
{
    const struct question question = { domain, ns_t_mx, domain, take_name, names };
    names->count = 0;
    return ask_question(dns, &question, error);
}

static void take_address(void *out, const ns_msg *message, const ns_rr *record)
{
    struct dns_addresses *addresses = out;
    struct vmail_address address = { .bytes = { [10] = 0xff, [11] = 0xff } }; /* IPv4-mapped */
    const size_t length = ns_rr_type(*record) == ns_t_a ? NS_INADDRSZ : NS_IN6ADDRSZ;
    (void)message;
    if (ns_rr_rdlen(*record) != length || addresses->count == DNS_ADDRESSES_MAX)
        return;
    memcpy(address.bytes + sizeof address.bytes - length, ns_rr_rdata(*record), length);
    addresses->address[addresses->count++] = address;
}

enum dns_result dns_forward(struct dns *dns, const char *name, struct dns_addresses *addresses,
                            struct vmail_error *error)
{
    struct question question = { name, ns_t_a, name, take_address, addresses };
    struct vmail_error failed = { 0 };
    addresses->count = 0;
    enum dns_result ipv4 = ask_question(dns, &question, &failed), ipv6 = DNS_FAILED;
    question.type = ns_t_aaaa;
    if (ipv4 != DNS_FAILED || failed.code != ETIMEDOUT)
        ipv6 = ask_question(dns, &question, &failed);
    if (addresses->count > 0)
        return DNS_FOUND;
    if (ipv4 != DNS_FAILED && ipv6 != DNS_FAILED)
        return DNS_NONE;
    if (error != NULL)
        *error = failed;
    return DNS_FAILED;
}
