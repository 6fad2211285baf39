/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What areas of `vmailctl check` ask name servers. If nobody answers, nothing more is asked, and
 * there is one finding for it.
 */
#ifndef VMAILCTL_CHECK_DNS_LOOK_H
#define VMAILCTL_CHECK_DNS_LOOK_H

#include "areas.h"
#include "dns.h"
#include "interfaces.h"

struct dns_look {
    struct check *check;
    struct findings *findings;  /* of CHECK */
    struct finding_place place; /* of what is looked at; the caller changes it */
    struct dns *dns;            /* for the functions of dns.h; NULL if `stop` is set */
    struct interfaces interfaces;
    struct vmail_error failed; /* what was not answered last: for these functions, too */
    struct vmail_error early;  /* the first one, where nothing had been answered before */
    bool any;                  /* something was answered */
    size_t failures;           /* questions without an answer, in a row */
    bool stop;                 /* nothing more may be asked */
};

/** Begins. The caller ends LOOK in each case. */
void dns_look_start(struct dns_look *look, struct check *check);

/** Adds what is wrong with the name servers, if nothing else tells of it, and releases LOOK. */
void dns_look_end(struct dns_look *look);

/** Whether RESULT, of a function of dns.h that got &look->failed, is an answer. */
bool dns_look_answered(struct dns_look *look, enum dns_result result);

/** Whether connections to ADDRESS come here: an interface has it, or vmail.conf says so. */
bool dns_look_is_here(const struct dns_look *look, const struct vmail_address *address);

/** What a host's name leads to. */
enum dns_leads { DNS_LEADS_NOWHERE, DNS_LEADS_ELSEWHERE, DNS_LEADS_HERE };

/** Asks for the addresses of HOST. False: there is no answer. */
bool dns_look_host(struct dns_look *look, const char *host, enum dns_leads *leads);

/**
 * The addresses of RELAY's primary host or, without one, of the best MX of the domain that is not
 * this machine. False, with no ADDRESSES, if none is known.
 */
bool dns_look_relay(struct dns_look *look, const struct vmail_relay_config *relay,
                    struct dns_addresses *addresses);

#endif
