/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Dovecot's variables, as 2.3 ("%Lu") and 2.4 ("%{user | lower}") spell them.
 */
#ifndef VMAILCTL_CHECK_DOVECOT_FORMAT_H
#define VMAILCTL_CHECK_DOVECOT_FORMAT_H

#include "settings.h"

enum { DOVECOT_PATH_MAX = 1024 };

/** Whose path is expanded. */
struct dovecot_user {
    const char *user, *domain, *home;
};

/** Whether a name has its domain after FORMAT, the value of auth_username_format. "" changes
 * nothing. */
bool dovecot_format_keeps_domain(const char *format);

/** Whether FORMAT adds the address that a client is connected to. */
bool dovecot_format_has_address(const char *format);

/**
 * Writes to VALUE where SETTINGS have the inbox: "maildir:PATH" or "mbox:PATH". False if they do
 * not say, or in another format.
 */
bool dovecot_location(const struct settings *settings, char value[DOVECOT_PATH_MAX]);

/** Writes TEXT to OUT with the variables of USER. False if it has others, or is too long. */
bool dovecot_format_expand(const char *text, const struct dovecot_user *user,
                           char out[DOVECOT_PATH_MAX]);

#endif
