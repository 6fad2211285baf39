/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * International domain names (IDNA 2008, RFC 5891): from what people read to what is stored, and
 * back.
 */
#ifndef VMAILCTL_IDN_H
#define VMAILCTL_IDN_H

#include <stdbool.h>

#include "name.h"

/**
 * Writes the ASCII form ("xn--bcher-kva.example") of the UTF-8 TEXT ("bücher.example") to OUT.
 * False where TEXT is ASCII already, or is no domain's name.
 */
bool idn_to_ascii(const char *text, char out[VMAIL_DOMAIN_MAX + 1]);

/**
 * The form of DOMAIN (valid, in lower case) that people read, which the caller frees; NULL where
 * that is DOMAIN itself, or does not lead back to it.
 */
char *idn_to_unicode(const char *domain);

/** Whether every label of DOMAIN that starts with "xn--" stands for something. */
bool idn_is_sound(const char *domain);

#endif
