/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "name.h"

static const uint8_t mapped_prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

static void set_ipv4(struct vmail_address *address, const struct in_addr *ipv4)
{
    memcpy(address->bytes, mapped_prefix, sizeof mapped_prefix);
    memcpy(address->bytes + sizeof mapped_prefix, ipv4, sizeof *ipv4);
}

bool vmail_address_parse(const char *text, struct vmail_address *address)
{
    char copy[VMAIL_ADDRESS_TEXT_MAX + 1];
    struct in_addr ipv4;
    struct in6_addr ipv6;

    if (strnlen(text, 5) == 5 && vmail_equal_folded(text, "IPv6:", 5))
        text += 5;
    else if (inet_pton(AF_INET, text, &ipv4) == 1) {
        set_ipv4(address, &ipv4);
        return true;
    }
    size_t length = strcspn(text, "%");
    if (length >= sizeof copy || (text[length] == '%' && text[length + 1] == '\0'))
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (inet_pton(AF_INET6, copy, &ipv6) != 1)
        return false;
    memcpy(address->bytes, &ipv6, sizeof address->bytes);
    return true;
}

void vmail_address_format(const struct vmail_address *address, char out[VMAIL_ADDRESS_TEXT_MAX + 1])
{
    if (memcmp(address->bytes, mapped_prefix, sizeof mapped_prefix) == 0)
        inet_ntop(AF_INET, address->bytes + sizeof mapped_prefix, out, VMAIL_ADDRESS_TEXT_MAX + 1);
    else
        inet_ntop(AF_INET6, address->bytes, out, VMAIL_ADDRESS_TEXT_MAX + 1);
}

/* After the peer resets the connection or both sides close it, getpeername(2) fails, but the socket
 * still has its local address. Received segments show that the socket was once connected. A call
 * that fails (a seccomp filter) proves nothing: the address then decides. */
static bool is_connected_stream(int fd)
{
    int type = SOCK_STREAM, listens = 0;
    socklen_t length = sizeof type;
    struct sockaddr_storage peer;
    socklen_t peer_length = sizeof peer;
    struct tcp_info info;
    socklen_t info_length = sizeof info;
    memset(&info, 0, sizeof info);
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type != SOCK_STREAM)
        return false;
    if (getpeername(fd, (struct sockaddr *)&peer, &peer_length) == 0)
        return true;
    length = sizeof listens;
    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) == 0 && listens != 0)
        return false;
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &info_length) != 0 || info.tcpi_segs_in > 0;
}

static bool local_address(int fd, struct vmail_address *address)
{
    struct sockaddr_storage local;
    socklen_t length = sizeof local;
    memset(&local, 0, sizeof local);
    if (getsockname(fd, (struct sockaddr *)&local, &length) != 0)
        return false;
    if (local.ss_family == AF_INET)
        set_ipv4(address, &((const struct sockaddr_in *)&local)->sin_addr);
    else if (local.ss_family == AF_INET6)
        memcpy(address->bytes, &((const struct sockaddr_in6 *)&local)->sin6_addr,
               sizeof address->bytes);
    else
        return false;
    return is_connected_stream(fd);
}

bool vmail_address_of_socket(int fd, struct vmail_address *address)
{
    int saved = errno;
    bool found = local_address(fd, address);
    errno = saved;
    return found;
}

int vmail_address_compare(const struct vmail_address *a, const struct vmail_address *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}
