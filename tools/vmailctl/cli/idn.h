/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * International domain names (IDNA 2008, RFC 5891): converts between the readable and the stored
 * form.
 */
#ifndef VMAILCTL_IDN_H
#define VMAILCTL_IDN_H

#include <stdbool.h>

#include "name.h"

/**
 * Writes the ASCII form ("xn--bcher-kva.example") of the UTF-8 TEXT ("bücher.example") to OUT.
 * False if TEXT is already ASCII, or is not a domain name.
 */
bool idn_to_ascii(const char *text, char out[VMAIL_DOMAIN_MAX + 1]);

/**
 * The readable form of DOMAIN (valid, in lower case), which the caller frees; NULL if it is DOMAIN
 * itself, or does not convert back to it.
 */
char *idn_to_unicode(const char *domain);

/** Whether every label of DOMAIN that starts with "xn--" is a valid international name. */
bool idn_is_sound(const char *domain);

#endif
