/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The maps: what a mail server can ask about a domain or an address.
 */
#ifndef VMAIL_MAP_MAPS_H
#define VMAIL_MAP_MAPS_H

#include <stdbool.h>

#include "reply.h"
#include "mail.h"

/** Whether there is a map NAME. */
bool maps_know(const char *name);

/** Returns the names of all maps, separated by ", ". */
const char *maps_names(void);

/**
 * Answers what the map NAME says about KEY, from the files as they are now. Whatever cannot be
 * known now is REPLY_LATER with the reason, never REPLY_NOT_FOUND. The caller ends REPLY.
 */
void maps_answer(struct vmail_mail *mail, const char *name, const char *key, struct reply *reply);

#endif
