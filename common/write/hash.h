/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Hashes of passwords: what a stored one is, whether a password matches it, new ones. All of the
 * arithmetic is libxcrypt's; what crypt(5) of the machine lists is what there is.
 */
#ifndef VMAIL_HASH_H
#define VMAIL_HASH_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"

enum vmail_hash_kind {
    VMAIL_HASH_USABLE,
    VMAIL_HASH_EMPTY,       /* no password at all */
    VMAIL_HASH_LOCKED,      /* starts with '!' or '*': no password matches */
    VMAIL_HASH_UNSUPPORTED, /* a scheme or method that this machine's crypt(3) does not know, or no
                               hash at all */
    VMAIL_HASH_TOO_COSTLY,  /* checking a password against it takes more than a log-in may cost */
};

/**
 * Tells what STORED is, a hash as in crypt(5), with or without one of Dovecot's prefixes for such
 * hashes ({CRYPT}, {SHA512-CRYPT}, {BLF-CRYPT} and so on). For a usable one SETTING points, within
 * STORED, to what crypt(3) takes.
 *
 * A log-in may cost about a second and 128 MiB: bcrypt up to a cost of 14, yescrypt, gost_yescrypt
 * and scrypt up to N = 2^15 with r = 32, SHA-256 and SHA-512 up to 200,000 rounds (whose cost grows
 * with the password, and the client chooses how long that is), SHA-1, SunMD5 and extended DES up to
 * 450,000. Each is above the defaults of crypt_gensalt(3).
 */
enum vmail_hash_kind vmail_hash_classify(const char *stored, const char **setting);

/**
 * Whether PASSWORD matches the usable SETTING, compared in constant time. False too where the
 * password is longer than crypt(3) takes, or memory is short.
 */
bool vmail_hash_verify(const char *setting, const char *password);

/** Whether the usable SETTING is of a legacy method, or cheaper than a new hash of its method. */
bool vmail_hash_is_weak(const char *setting);

/** Whether the usable SETTING is of a method that crypt(3) only keeps for old hashes. */
bool vmail_hash_is_legacy(const char *setting);

/**
 * Makes a new hash of PASSWORD. METHOD is NULL for the system's default one, or a name: yescrypt,
 * gost_yescrypt, scrypt, bcrypt (or blowfish), sha512, sha256. ROUNDS is the cost in the method's
 * own unit, see crypt_gensalt(3); 0 for its default. PASSWORD NULL makes a setting only, for
 * measuring: a prefix and a fresh salt. A hash that would be too costly is an error.
 * Returns a string that the caller wipes and frees, or NULL with ERROR set.
 */
char *vmail_hash_new(const char *password, const char *method, unsigned long rounds,
                     struct vmail_error *error);

/** Whether METHOD is a name that vmail_hash_new knows. */
bool vmail_hash_method_known(const char *method);

/** Whether A and B are equal; takes as long for any two of the same lengths. */
bool vmail_hash_equal(const char *a, const char *b);

#endif
