/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "connect.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "array.h"
#include "dns_look.h"
#include "message.h"
#include "output_rows.h"
#include "text.h"

static const struct service {
    const char *name;
    uint16_t port;
    bool tls; /* the client speaks first, and in cipher */
} services[] = {
    { "pop3", 110, false }, { "imap", 143, false },       { "ftp", 21, false },
    { "smtp", 25, false },  { "submission", 587, false }, { "pop3s", 995, true },
    { "imaps", 993, true },
};

enum {
    SERVICES = sizeof services / sizeof *services,
    PATIENCE_MILLISECONDS = 2000,
    ADDRESSES_AT_ONCE = 32,
    PROBES = ADDRESSES_AT_ONCE * SERVICES,
};

struct target {
    struct vmail_address address;
    const char *domain; /* NULL for none */
    bool primary;       /* of a relay: it need only take mail */
};

/** One connection that is tried. */
struct probe {
    int fd; /* -1: it is over */
    bool connected;
    bool refused; /* nobody listens there */
    struct greeting greeting;
};

struct targets {
    struct target *target;
    size_t count;
    bool unknown; /* the primary host of a relay was not found */
};

static const struct output_column columns[] = {
    { "domain", "DOMAIN" },   { "address", "ADDRESS" }, { "port", "PORT" },
    { "service", "SERVICE" }, { "state", "STATE" },     { "greeting", "GREETING" },
    { NULL, NULL },
};

void greeting_take(struct greeting *greeting, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count && !greeting->complete; i++) {
        if (bytes[i] == '\n') {
            greeting->complete = true;
            if (greeting->length > 0 && greeting->text[greeting->length - 1] == '\r')
                greeting->text[--greeting->length] = '\0';
        } else {
            greeting->text[greeting->length++] = bytes[i] == '\0' ? '?' : bytes[i];
            greeting->text[greeting->length] = '\0';
            greeting->complete = greeting->length == GREETING_MAX;
        }
    }
}

socklen_t connect_address(const struct vmail_address *address, uint16_t port,
                          struct sockaddr_storage *out)
{
    char text[VMAIL_ADDRESS_TEXT_MAX + 1];
    struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
    struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };
    vmail_address_format(address, text);
    const bool is_four = inet_pton(AF_INET, text, &four.sin_addr) == 1;
    memcpy(&six.sin6_addr, address->bytes, sizeof address->bytes);
    *out = (struct sockaddr_storage){ 0 };
    memcpy(out, is_four ? (const void *)&four : &six, is_four ? sizeof four : sizeof six);
    return is_four ? sizeof four : sizeof six;
}

static void start_probe(struct probe *probe, const struct vmail_address *address, uint16_t port)
{
    struct sockaddr_storage to;
    const socklen_t length = connect_address(address, port, &to);
    *probe = (struct probe){ .fd = -1 };
    probe->fd = socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (connect(probe->fd, (const struct sockaddr *)&to, length) != 0 && errno != EINPROGRESS &&
        probe->fd >= 0) {
        probe->refused = errno == ECONNREFUSED;
        close(probe->fd);
        probe->fd = -1;
    }
}

static void end_probe(struct probe *probe)
{
    if (probe->fd >= 0)
        close(probe->fd);
    probe->fd = -1;
}

/** Goes on with PROBE, whose descriptor is ready. */
static void go_on(struct probe *probe, bool tls)
{
    char bytes[256];
    int error = 0;
    socklen_t length = sizeof error;
    if (!probe->connected) {
        if (getsockopt(probe->fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0 || error != 0) {
            probe->refused = error == ECONNREFUSED;
            end_probe(probe);
            return;
        }
        probe->connected = true;
        if (tls)
            end_probe(probe);
        return;
    }
    ssize_t count = recv(probe->fd, bytes, sizeof bytes, 0);
    if (count > 0)
        greeting_take(&probe->greeting, bytes, (size_t)count);
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) || probe->greeting.complete)
        end_probe(probe);
}

static int milliseconds_left(const struct timespec *began)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t gone =
        (int64_t)(now.tv_sec - began->tv_sec) * 1000 + (now.tv_nsec - began->tv_nsec) / 1000000;
    return gone >= PATIENCE_MILLISECONDS ? 0 : (int)(PATIENCE_MILLISECONDS - gone);
}

/** Goes on with all of the COUNT probes until each is over or time is up. */
static void wait_for_all(struct probe *probe, size_t count)
{
    struct timespec began;
    struct pollfd ready[PROBES];
    int left;
    clock_gettime(CLOCK_MONOTONIC, &began);
    while ((left = milliseconds_left(&began)) > 0) {
        bool some = false;
        for (size_t i = 0; i < count; i++) {
            ready[i] = (struct pollfd){ .fd = probe[i].fd,
                                        .events = probe[i].connected ? POLLIN : POLLOUT };
            some = some || probe[i].fd >= 0;
        }
        if (!some || (poll(ready, count, left) < 0 && errno != EINTR))
            break;
        for (size_t i = 0; i < count; i++)
            if (probe[i].fd >= 0 && ready[i].revents != 0)
                go_on(&probe[i], services[i % SERVICES].tls);
    }
    for (size_t i = 0; i < count; i++)
        end_probe(&probe[i]);
}

static json_t *row_of(const struct target *target, const struct service *service,
                      const struct probe *probe)
{
    char address[VMAIL_ADDRESS_TEXT_MAX + 1];
    bool greets = probe->greeting.length > 0;
    vmail_address_format(&target->address, address);
    const char *state = !probe->connected ? (probe->refused ? "closed" : "no answer")
                        : service->tls    ? "open, TLS"
                        : greets          ? "open"
                                          : "open, says nothing";
    return json_pack("{s:s?, s:s, s:i, s:s, s:s, s:o}", "domain", target->domain, "address",
                     address, "port", service->port, "service", service->name, "state", state,
                     "greeting", greets ? text_json(probe->greeting.text) : json_null());
}

static bool has_service(const struct target *target, const struct service *service)
{
    return !target->primary || service->port == 25;
}

/** Tries COUNT targets at once. Returns whether each has a server at all. */
static bool try_some(const struct target *target, size_t count, struct probe *probe, json_t *rows)
{
    bool all = true;
    for (size_t i = 0; i < count * SERVICES; i++) {
        const struct target *one = &target[i / SERVICES];
        probe[i] = (struct probe){ .fd = -1 };
        if (has_service(one, &services[i % SERVICES]))
            start_probe(&probe[i], &one->address, services[i % SERVICES].port);
    }
    wait_for_all(probe, count * SERVICES);
    for (size_t i = 0; i < count; i++) {
        bool any = false;
        for (size_t s = 0; s < SERVICES; s++) {
            const struct probe *one = &probe[i * SERVICES + s];
            any = any || one->connected;
            if (has_service(&target[i], &services[s]))
                json_array_append_new(rows, row_of(&target[i], &services[s], one));
        }
        all = all && any;
    }
    return all;
}

static bool add_connect_target(struct targets *targets, const struct target *target)
{
    struct target *item = vmail_array_append(&targets->target, &targets->count, sizeof *item);
    if (item != NULL)
        *item = *target;
    return item != NULL;
}

static bool add_addresses_of(const struct context *context, const char *domain,
                             struct targets *targets)
{
    const struct vmail_config *config = context->config;
    for (size_t i = 0; i < config->address_count; i++)
        if (strcmp(config->domains[config->addresses[i].domain].name, domain) == 0 &&
            !add_connect_target(
                targets, &(const struct target){ config->addresses[i].address, domain, false }))
            return false;
    return true;
}

/** Link-local addresses need an interface beside them, and are nobody's service. */
static bool is_link_local(const struct vmail_address *address)
{
    return (address->bytes[0] == 0xfe && (address->bytes[1] & 0xc0) == 0x80) ||
           (address->bytes[0] == 0 && address->bytes[12] == 169 && address->bytes[13] == 254);
}

static bool add_own(const struct context *context, struct targets *targets)
{
    struct interfaces interfaces;
    bool done = interfaces_read(&interfaces);
    for (size_t i = 0; done && i < interfaces.count; i++)
        if (!is_link_local(&interfaces.item[i].address))
            done = add_connect_target(
                targets,
                &(const struct target){
                    interfaces.item[i].address,
                    vmail_config_address(context->config, &interfaces.item[i].address), false });
    interfaces_free(&interfaces);
    return done;
}

/** Adds the hosts to which mail for the relays goes. */
static bool add_primaries(struct check *check, struct targets *targets)
{
    const struct context *context = check->context;
    struct dns_look look;
    bool memory = true;
    check->findings.area = "relays";
    dns_look_start(&look, check);
    for (size_t i = 0; i < context->config->relay_count; i++) {
        const struct vmail_relay_config *relay = &context->config->relays[i];
        struct dns_addresses addresses;
        if (!dns_look_relay(&look, relay, &addresses)) {
            message_warning(context,
                            "no address is known to which mail for %s goes; see vmailctl "
                            "check --area=relays",
                            relay->name);
            targets->unknown = true;
        }
        for (size_t k = 0; k < addresses.count && memory; k++)
            memory = add_connect_target(
                targets, &(const struct target){ addresses.address[k], relay->name, true });
    }
    dns_look_end(&look);
    return memory;
}

static enum exit_code show_targets(const struct context *context, const struct targets *targets)
{
    struct probe *probe = calloc(PROBES, sizeof *probe);
    json_t *rows = json_array();
    bool all = !targets->unknown;
    if (probe == NULL) {
        json_decref(rows);
        return message_no_memory(context);
    }
    for (size_t i = 0; i < targets->count; i += ADDRESSES_AT_ONCE) {
        size_t count = targets->count - i;
        if (!try_some(&targets->target[i], count < ADDRESSES_AT_ONCE ? count : ADDRESSES_AT_ONCE,
                      probe, rows))
            all = false;
    }
    free(probe);
    enum exit_code code = output_table(context, rows, columns);
    return code == EXIT_DONE && !all ? EXIT_NEGATIVE : code;
}

enum exit_code connect_show(struct check *check)
{
    const struct context *context = check->context;
    const struct vmail_domain_list *domains = &check->domains;
    struct targets targets = { 0 };
    bool memory = true;
    for (size_t i = 0; i < domains->count && memory && !check->everything; i++)
        memory = add_addresses_of(context, domains->name[i], &targets);
    if (memory && targets.count == 0) {
        if (!check->everything)
            message_warning(context,
                            "these domains have no address; showing the addresses of this machine");
        memory = add_own(context, &targets);
    }
    if (memory && check->everything && !context->restricted)
        memory = add_primaries(check, &targets);
    enum exit_code code = memory ? show_targets(context, &targets) : message_no_memory(context);
    free(targets.target);
    return code;
}
