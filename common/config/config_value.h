/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The kinds of value in vmail.conf. Each function reads one kind and returns NULL or, if TEXT is
 * invalid, the end of a message that says what is valid: "expected yes or no".
 */
#ifndef VMAIL_CONFIG_VALUE_H
#define VMAIL_CONFIG_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"

const char *vmail_value_bool(const char *text, bool *value);

/** FIRST-LAST, both decimal, FIRST not above LAST, within VMAIL_IDS_LOWEST to 2^32-2. */
const char *vmail_value_ids(const char *text, struct vmail_id_range *value);

/** A number of bytes, optionally followed by K, M, G or T (powers of 1024). */
const char *vmail_value_size(const char *text, uint64_t *value);

const char *vmail_value_count(const char *text, uint32_t *value);

/** Separator characters. SIZE is the size of VALUE; '@' itself is left out. */
const char *vmail_value_separators(const char *text, char *value, size_t size);

/** Up to SIZE - 1 characters that separate a user from a tag; "" for none. */
const char *vmail_value_delimiter(const char *text, char *value, size_t size);

/** Checks only: "", "user@domain", "@domain" or "user". */
const char *vmail_value_fallback(const char *text);

/** Checks only: "maildir:PATH" or "mbox:PATH", PATH starting with '/' or "~/". */
const char *vmail_value_mailbox(const char *text);

/** Checks only: "" or the name of a system user other than root. */
const char *vmail_value_alias_user(const char *text);

/** Checks only: the path of a program and its arguments, with escapes; see vmail.conf(5). */
const char *vmail_value_agent(const char *text);

/** Checks only: "", a host's name, or an IP address. */
const char *vmail_value_host(const char *text);

/** Checks only: an absolute path without "..". */
const char *vmail_value_path(const char *text);

#endif
