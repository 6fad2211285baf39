/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Password hashes: classifies stored ones, verifies passwords against them, and makes new ones.
 * libxcrypt computes all hashes; the methods are those in crypt(5) of the machine.
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
 * Classifies STORED, a hash as in crypt(5), with or without one of Dovecot's prefixes for such
 * hashes ({CRYPT}, {SHA512-CRYPT}, {BLF-CRYPT} and so on). For a usable hash, SETTING points to the
 * part of STORED that crypt(3) takes.
 *
 * A log-in may cost about a second and 128 MiB: bcrypt up to a cost of 14, yescrypt, gost_yescrypt
 * and scrypt up to N = 2^15 with r = 32, SHA-256 and SHA-512 up to 200,000 rounds (their cost grows
 * with the length of the password, which the client chooses), SHA-1, SunMD5 and extended DES up to
 * 450,000. Each limit is above the default of crypt_gensalt(3).
 */
enum vmail_hash_kind vmail_hash_classify(const char *stored, const char **setting);

/**
 * Whether PASSWORD matches the usable SETTING, compared in constant time. Also false if the
 * password is too long for crypt(3), or memory is short.
 */
bool vmail_hash_verify(const char *setting, const char *password);

/** Whether the usable SETTING uses a legacy method, or is cheaper than a new hash of its method. */
bool vmail_hash_is_weak(const char *setting);

/** Whether the usable SETTING uses a method that crypt(3) keeps only for old hashes. */
bool vmail_hash_is_legacy(const char *setting);

/**
 * Makes a new hash of PASSWORD. METHOD is NULL for the system's default, or a name: yescrypt,
 * gost_yescrypt, scrypt, bcrypt (or blowfish), sha512, sha256. ROUNDS is the cost in the method's
 * own unit, see crypt_gensalt(3); 0 for its default. If PASSWORD is NULL, makes only a setting (a
 * prefix and a fresh salt), for measuring. A hash that would be too costly is an error. Returns a
 * string that the caller wipes and frees, or NULL with ERROR set.
 */
char *vmail_hash_new(const char *password, const char *method, unsigned long rounds,
                     struct vmail_error *error);

/** Whether METHOD is a name that vmail_hash_new knows. */
bool vmail_hash_method_known(const char *method);

/** Whether A and B are equal; the time depends only on their lengths. */
bool vmail_hash_equal(const char *a, const char *b);

#endif
