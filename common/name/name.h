/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Names: splits USER, USER@DOMAIN and USER@[ADDRESS], checks and folds the parts.
 *
 * Names come from the network. No other part of this project interprets a name, or builds a path
 * from it, before this part has checked it. All text is ASCII; a byte above 0x7e makes a part
 * invalid.
 */
#ifndef VMAIL_NAME_H
#define VMAIL_NAME_H

#include <stdbool.h>
#include <stddef.h>

enum {
    VMAIL_USER_MAX = 64,    /* RFC 5321 section 4.5.3.1.1, octets of a local part */
    VMAIL_DOMAIN_MAX = 253, /* RFC 1035, a domain name in text form */
    VMAIL_LABEL_MAX = 63,
    /* The longest domain that can have files: ".passwd.DOMAIN.new.lock" must be a file name. */
    VMAIL_DOMAIN_FILE_MAX = 255 - 17,
    VMAIL_CANONICAL_MAX = VMAIL_USER_MAX + 1 + VMAIL_DOMAIN_MAX,
};

/** Always a separator, whatever vmail.conf says: canonical names use it. */
#define VMAIL_SEPARATOR '@'

enum vmail_name_form {
    VMAIL_NAME_PLAIN,   /* USER: the domain must come from elsewhere */
    VMAIL_NAME_DOMAIN,  /* USER@DOMAIN */
    VMAIL_NAME_LITERAL, /* USER@[ADDRESS], an address literal as in RFC 5321 section 4.1.3 */
};

struct vmail_name {
    enum vmail_name_form form;
    bool user_valid;                   /* false: no file can hold this user; USER is "" */
    char user[VMAIL_USER_MAX + 1];     /* as typed, or folded on request */
    char domain[VMAIL_DOMAIN_MAX + 1]; /* DOMAIN: valid, in lower case; LITERAL: the ADDRESS */
};

/**
 * Splits TEXT at its first character that is '@' or one of SEPARATORS ("" for none besides '@').
 * FOLD turns the user into lower case; the domain is always in lower case.
 * Returns false if TEXT has a separator but nothing valid after it ("bob@", "a@b@c", "a@."): such
 * a name belongs to nobody here. An invalid user part does not make this function fail, so that
 * the caller still learns the domain; see user_valid.
 */
bool vmail_name_split(const char *text, const char *separators, bool fold, struct vmail_name *name);

/**
 * Whether TEXT could contain a separator under some vmail.conf. This check is cheap and reads no
 * file. False means that TEXT is a plain name under every configuration.
 */
bool vmail_name_may_have_separator(const char *text);

/** Whether the key `separators` of vmail.conf may contain C: punctuation no valid part needs. */
bool vmail_separator_valid(char c);

/**
 * Whether the LENGTH bytes at TEXT are a valid user: 1-64 printable ASCII characters without
 * space, '@', ':', '/', ',', not starting with '-', '+' or '.'. The C library reads a line that
 * starts with '-' or '+' as a NIS entry: fgetpwent(3) gives it uid 0.
 */
bool vmail_user_valid(const char *text, size_t length);

/**
 * Whether the LENGTH bytes at TEXT are a valid domain: labels of 1-63 letters, digits, '-' and '_'
 * joined by dots, 253 in all. A label neither starts nor ends with '-' (RFC 1123). The last label
 * is not a suffix that editors and packaging tools use for leftovers (.bak, .old, .orig, .tmp,
 * .dpkg-new and the like): a copy of a passwd file is not a second domain with the same users.
 */
bool vmail_domain_valid(const char *text, size_t length);

/** Whether the last label of the LENGTH bytes at TEXT is such a suffix. */
bool vmail_domain_is_leftover(const char *text, size_t length);

/** Returns an ASCII letter in lower case, and every other byte unchanged. Ignores the locale. */
static inline char vmail_fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/** Whether the LENGTH bytes at A and B are equal when folded. Unlike strncasecmp(3), no locale. */
bool vmail_equal_folded(const char *a, const char *b, size_t length);

/** Compares A and B, folded, as strcmp(3). */
int vmail_compare_folded(const char *a, const char *b);

/** Copies the LENGTH bytes at TEXT to OUT (LENGTH + 1 bytes), folded, with a final NUL. */
void vmail_fold_copy(char *out, const char *text, size_t length);

/** Writes the canonical name USER@DOMAIN to OUT. Both parts must be valid. */
void vmail_name_join(char out[VMAIL_CANONICAL_MAX + 1], const char *user, const char *domain);

#endif
