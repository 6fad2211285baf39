/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "maps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mailbox.h"
#include "relay.h"
#include "walk.h"

/* The addresses that an alias may lead to here. They take some 0.1 s, in which no other peer is
 * answered, and no protocol has room for as many. */
enum { STEPS_MAX = 10000 };

/* A question while it is answered. */
struct question {
    struct vmail_mail *mail;
    const char *key;
    struct vmail_text_buffer *text; /* of the answer */
    struct vmail_error *error;
    bool no_memory;
};

/* Appends TEXT to the answer; NULL: no memory. */
static void put_text(struct question *question, const char *text)
{
    struct vmail_text_buffer *out = question->text;
    if (text == NULL || !vmail_text_append(out, text, strlen(text)))
        question->no_memory = true;
}

static void put_in_list(struct question *question, const char *text)
{
    if (question->text->length > 0)
        put_text(question, ", ");
    put_text(question, text);
}

/* Calls VISIT for each step on the way from the key. */
static enum vmail_result walk(struct question *question, vmail_walk_visit *visit, void *context)
{
    const struct vmail_walker walker = {
        .mail = question->mail, .visit = visit, .context = context, .steps_max = STEPS_MAX
    };
    return vmail_walk(&walker, question->key, question->error);
}

/* Our domains, also under their other names. */
static enum vmail_result domains(struct question *question)
{
    struct vmail_identity identity;
    const enum vmail_result result =
        question->key[0] == '['
            ? VMAIL_NOT_FOUND
            : vmail_mail_domain(question->mail, question->key, &identity, question->error);
    if (result == VMAIL_OK)
        put_text(question, identity.domain);
    return result;
}

/* What an alias, a fallback, or another name of a user leads to in one step. Programs and files are
 * left out: vmail-deliver(8) runs them. */
struct targets {
    struct question *question;
    bool others; /* there are programs or files */
    unsigned long ends;
};

static void take_target(void *context, const struct vmail_walk_step *step)
{
    struct targets *targets = context;
    if (step->kind == VMAIL_WALK_PROGRAM || step->kind == VMAIL_WALK_FILE)
        targets->others = true;
    else if (step->kind == VMAIL_WALK_ADDRESS && step->depth == 1)
        put_in_list(targets->question, step->text);
    if (step->kind == VMAIL_WALK_ADDRESS && step->depth > 0 &&
        (step->route->kind == VMAIL_ROUTE_USER || step->route->kind == VMAIL_ROUTE_RELAY ||
         step->route->kind == VMAIL_ROUTE_ELSEWHERE))
        targets->ends++;
}

static enum vmail_result find_targets(struct question *question)
{
    struct targets targets = { .question = question };
    const enum vmail_result result = walk(question, take_target, &targets);
    if (result != VMAIL_OK || targets.ends > 0)
        return result;
    vmail_error_set(question->error, 0,
                    "%s leads only to programs or files, which this map cannot run", question->key);
    return VMAIL_UNAVAILABLE;
}

/* The user's own address, if KEY is another name of theirs. */
static enum vmail_result find_other_name(struct question *question, const struct vmail_route *route)
{
    const char *domain = strrchr(question->key, '@') + 1;
    if (vmail_compare_folded(domain, route->domain) == 0 && !route->full_name)
        return VMAIL_NOT_FOUND;
    char *address = vmail_route_address(route, question->key);
    put_text(question, address);
    free(address);
    return VMAIL_OK;
}

/* What ROUTE says about the next step of KEY. */
static enum vmail_result find_next(struct question *question, const struct vmail_route *route)
{
    if (route->kind == VMAIL_ROUTE_USER)
        return find_other_name(question, route);
    return route->kind == VMAIL_ROUTE_ALIAS || route->kind == VMAIL_ROUTE_FALLBACK
               ? find_targets(question)
               : VMAIL_NOT_FOUND;
}

/* For virtual_alias_maps: where mail goes next, if that is another address. An address that leads
 * to nobody is in no map, so that it is refused. */
static enum vmail_result aliases(struct question *question)
{
    struct vmail_route route;
    enum vmail_result result =
        vmail_route_find(question->mail, question->key, &route, question->error);
    return result == VMAIL_OK ? find_next(question, &route) : result;
}

/* Whether Sendmail reads TEXT as it is: what is in parentheses is a comment to it, and it splits at
 * the others. */
static bool plain_to_sendmail(const char *text)
{
    return strpbrk(text, "()<>;") == NULL;
}

/* Sendmail asks its alias file also for owner-NAME after each alias NAME. If there is one, reports
 * about the mail go to it and no longer to the sender. A domain's fallback must not take them. */
static enum vmail_result sendmail_route(struct question *question, struct vmail_route *route)
{
    if (!plain_to_sendmail(question->key))
        return VMAIL_NOT_FOUND;
    const enum vmail_result result =
        vmail_route_find(question->mail, question->key, route, question->error);
    const bool owner = strncmp(question->key, "owner-", strlen("owner-")) == 0;
    return result == VMAIL_OK && owner && route->kind == VMAIL_ROUTE_FALLBACK ? VMAIL_NOT_FOUND
                                                                              : result;
}

static enum vmail_result sendmail_next(struct question *question, const struct vmail_route *route)
{
    const enum vmail_result result = find_next(question, route);
    if (result != VMAIL_OK || question->no_memory || plain_to_sendmail(question->text->bytes))
        return result;
    vmail_error_set(question->error, 0,
                    "%s leads to an address with one of ( ) < > ; which Sendmail would change",
                    question->key);
    return VMAIL_UNAVAILABLE;
}

static enum vmail_result sendmail_aliases(struct question *question)
{
    struct vmail_route route;
    const enum vmail_result result = sendmail_route(question, &route);
    return result == VMAIL_OK ? sendmail_next(question, &route) : result;
}

/* Whether mail for KEY is taken: it is a user's, or in sendmail_aliases. */
static enum vmail_result sendmail_recipients(struct question *question)
{
    struct vmail_route route;
    enum vmail_result result = sendmail_route(question, &route);
    const bool user = result == VMAIL_OK && route.kind == VMAIL_ROUTE_USER;
    if (result == VMAIL_OK)
        result = sendmail_next(question, &route);
    if (user && result == VMAIL_NOT_FOUND)
        result = VMAIL_OK;
    question->text->length = 0;
    if (result == VMAIL_OK)
        put_text(question, "yes");
    return result;
}

static enum vmail_result find_user(struct question *question, struct vmail_route *route)
{
    enum vmail_result result =
        vmail_route_find_user(question->mail, question->key, route, question->error);
    if (result != VMAIL_OK)
        return result;
    return route->kind == VMAIL_ROUTE_USER ? VMAIL_OK : VMAIL_NOT_FOUND;
}

/* For virtual_mailbox_maps, with virtual_mailbox_base = /: a Maildir has a slash at its end. */
static enum vmail_result mailboxes(struct question *question)
{
    struct vmail_route route;
    enum vmail_result result = find_user(question, &route);
    if (result != VMAIL_OK)
        return result;
    const char *mailbox = vmail_config_mailbox(question->mail->config, route.domain);
    char *path = vmail_mailbox_path(mailbox, route.user, route.domain, route.home);
    put_text(question, path == NULL ? NULL : path + strspn(path, "/"));
    free(path);
    if (strncmp(mailbox, "maildir:", 8) == 0)
        put_text(question, "/");
    return VMAIL_OK;
}

static enum vmail_result put_id(struct question *question, bool group)
{
    struct vmail_route route;
    char text[16];
    const enum vmail_result result = find_user(question, &route);
    if (result != VMAIL_OK)
        return result;
    snprintf(text, sizeof text, "%lu", (unsigned long)(group ? route.gid : route.uid));
    put_text(question, text);
    return VMAIL_OK;
}

static enum vmail_result uids(struct question *question)
{
    return put_id(question, false);
}

static enum vmail_result gids(struct question *question)
{
    return put_id(question, true);
}

/* A fallback is for receiving: it makes nobody the owner of an address. */
struct owners {
    struct question *question;
    const char *without; /* owners whose name has one of these characters are left out */
    unsigned fallback;   /* the depth of the fallback that is being followed; 0: none */
};

static void take_owner(void *context, const struct vmail_walk_step *step)
{
    struct owners *owners = context;
    if (owners->fallback > 0 && step->depth >= owners->fallback)
        return;
    owners->fallback = 0;
    if (step->kind != VMAIL_WALK_ADDRESS)
        return;
    if (step->route->kind == VMAIL_ROUTE_FALLBACK)
        owners->fallback = step->depth + 1;
    if (step->route->kind != VMAIL_ROUTE_USER)
        return;
    char name[VMAIL_CANONICAL_MAX + 1];
    vmail_name_join(name, step->route->user, step->route->domain);
    if (strpbrk(name, owners->without) == NULL)
        put_in_list(owners->question, name);
}

static enum vmail_result find_owners(struct question *question, const char *without)
{
    struct owners owners = { .question = question, .without = without };
    const enum vmail_result result = walk(question, take_owner, &owners);
    return result == VMAIL_OK && question->text->length == 0 && !question->no_memory
               ? VMAIL_NOT_FOUND
               : result;
}

/* For smtpd_sender_login_maps: the log-ins that may send as KEY. */
static enum vmail_result senders(struct question *question)
{
    return find_owners(question, "");
}

/* Sendmail would take a(b)c and a%1c for ac, who is somebody else. */
static enum vmail_result sendmail_senders(struct question *question)
{
    return find_owners(question, "()<>;\"\\%");
}

/* The name of a domain, or of the domain of an address. */
static const char *name_of_domain(const struct question *question)
{
    const char *at = strrchr(question->key, '@');
    return at == NULL ? question->key : at + 1;
}

/* Its [relay] section. A domain that is ours, for example below one with `subdomains', has none. */
static enum vmail_result find_relay(struct question *question,
                                    const struct vmail_relay_config **relay)
{
    struct vmail_identity identity;
    const char *name = name_of_domain(question);
    *relay = vmail_relay_find(question->mail->config, name);
    if (*relay == NULL)
        return VMAIL_NOT_FOUND;
    const enum vmail_result result =
        vmail_mail_domain(question->mail, name, &identity, question->error);
    return result == VMAIL_OK ? VMAIL_NOT_FOUND : result == VMAIL_NOT_FOUND ? VMAIL_OK : result;
}

static enum vmail_result relays(struct question *question)
{
    const struct vmail_relay_config *relay;
    if (strchr(question->key, '@') != NULL)
        return VMAIL_NOT_FOUND;
    const enum vmail_result result = find_relay(question, &relay);
    if (result == VMAIL_OK)
        put_text(question, relay->name);
    return result;
}

/* For relay_recipient_maps. */
static enum vmail_result relay_recipients(struct question *question)
{
    const struct vmail_relay_config *relay;
    if (strchr(question->key, '@') == NULL)
        return VMAIL_NOT_FOUND;
    const enum vmail_result result = find_relay(question, &relay);
    if (result != VMAIL_OK)
        return result;
    put_text(question, "yes");
    return vmail_relay_takes(question->mail, relay, question->key, question->error);
}

/* For transport_maps: mail to a relay domain goes to its primary host, or to its own MX, and not to
 * the host that takes all other mail. */
static enum vmail_result transports(struct question *question)
{
    const struct vmail_relay_config *relay;
    struct vmail_address address;
    const enum vmail_result result = find_relay(question, &relay);
    if (result != VMAIL_OK)
        return result;
    const bool host = relay->primary[0] != '\0';
    const bool ipv6 =
        strchr(relay->primary, ':') != NULL && vmail_address_parse(relay->primary, &address);
    put_text(question, host ? ipv6 ? "relay:[ipv6:" : "relay:[" : "relay:");
    put_text(question, host ? relay->primary : name_of_domain(question));
    put_text(question, host ? "]" : "");
    return VMAIL_OK;
}

static const struct map {
    const char *name;
    enum vmail_result (*answer)(struct question *question);
    bool only_addresses; /* a name without a domain is not in it, even if no file can be read */
} maps[] = {
    { "domains", domains, false },
    { "aliases", aliases, false },
    { "mailboxes", mailboxes, false },
    { "uids", uids, false },
    { "gids", gids, false },
    { "senders", senders, false },
    { "relays", relays, false },
    { "relay-recipients", relay_recipients, false },
    { "transports", transports, false },
    { "sendmail-aliases", sendmail_aliases, true },
    { "sendmail-recipients", sendmail_recipients, true },
    { "sendmail-senders", sendmail_senders, true },
};

/* Sendmail's names of maps have no hyphen: vmail_relay_recipients is relay-recipients. */
static bool is_named(const char *map, const char *name)
{
    static const char start[] = "vmail_";
    if (strncmp(name, start, strlen(start)) != 0)
        return strcmp(map, name) == 0;
    name += strlen(start);
    while (*map != '\0' && *name == (*map == '-' ? '_' : *map)) {
        map++;
        name++;
    }
    return *map == *name;
}

static const struct map *find_map(const char *name)
{
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        if (is_named(maps[i].name, name))
            return &maps[i];
    return NULL;
}

bool maps_know(const char *name)
{
    return find_map(name) != NULL;
}

const char *maps_names(void)
{
    return "domains, aliases, mailboxes, uids, gids, senders, relays, "
           "relay-recipients, transports, sendmail-aliases, sendmail-recipients, "
           "sendmail-senders";
}

void maps_answer(struct vmail_mail *mail, const char *name, const char *key, struct reply *reply)
{
    struct vmail_error error = { 0 };
    struct question question = { mail, key, &reply->text, &error, false };
    const struct map *map = find_map(name);
    *reply = (struct reply){ .kind = REPLY_FOUND };
    if (map == NULL) {
        vmail_error_set(&error, 0, "no such map: '%s'; expected %s", name, maps_names());
        reply_set(reply, REPLY_LATER, error.text);
        return;
    }
    enum vmail_result result = VMAIL_NOT_FOUND;
    if (!map->only_addresses || strchr(key, '@') != NULL)
        result = vmail_mail_question(mail, &error);
    if (result == VMAIL_OK)
        result = map->answer(&question);
    if (question.no_memory || result == VMAIL_NO_MEMORY)
        reply_set(reply, REPLY_LATER, "out of memory");
    else if (result == VMAIL_NOT_FOUND)
        reply_set(reply, REPLY_NOT_FOUND, "");
    else if (result != VMAIL_OK)
        reply_set(reply, REPLY_LATER, error.text);
}
