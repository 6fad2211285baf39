/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hash.h"

#include <crypt.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "name.h"

/* The schemes of Dovecot whose hashes are in crypt(5); it has its own format for the others. */
static const char *const crypt_schemes[] = {
    "CRYPT", "DES-CRYPT", "MD5-CRYPT", "MD5", "BLF-CRYPT", "SHA256-CRYPT", "SHA512-CRYPT",
};

static const struct {
    const char *name;
    const char *prefix; /* as for crypt_gensalt(3) */
} methods[] = {
    { "yescrypt", "$y$" },  { "gost_yescrypt", "$gy$" }, { "scrypt", "$7$" }, { "bcrypt", "$2b$" },
    { "blowfish", "$2b$" }, { "sha512", "$6$" },         { "sha256", "$5$" },
};

/* Skips a known {SCHEME}; NULL for an unknown one. */
static const char *skip_scheme(const char *stored)
{
    const char *end = stored[0] == '{' ? strchr(stored, '}') : NULL;
    if (stored[0] != '{')
        return stored;
    if (end == NULL)
        return NULL;
    size_t length = (size_t)(end - stored - 1);
    for (size_t i = 0; i < sizeof crypt_schemes / sizeof *crypt_schemes; i++)
        if (strlen(crypt_schemes[i]) == length &&
            vmail_equal_folded(crypt_schemes[i], stored + 1, length))
            return end + 1;
    return NULL;
}

/* The most that a log-in may cost, in the units of crypt(5); see hash.h. */
enum {
    BCRYPT_MAX = 14,
    SHA_ROUNDS_MAX = 200000, /* ten times as slow for a password of 500 bytes */
    OLD_ROUNDS_MAX = 450000, /* of SHA-1, SunMD5 and extended DES */
    MEMORY_LOG2_MAX = 15,    /* N of yescrypt and scrypt */
    MEMORY_R_MAX = 32,
};

/* The value of a digit as crypt(5) writes numbers; 64 for any other character. */
static unsigned long digit_of(char c)
{
    static const char digits[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const char *found = c == '\0' ? NULL : strchr(digits, c);
    return found == NULL ? 64 : (unsigned long)(found - digits);
}

/* crypt(3) accepts any two digits as a salt of DES, so a clear-text password would look like a
 * hash. */
static bool has_form_of_hash(const char *hash)
{
    enum { DES_LENGTH = 13, EXTENDED_LENGTH = 20 };
    const bool extended = hash[0] == '_';
    const size_t length = strlen(hash);
    if (hash[0] == '$')
        return true;
    for (size_t i = extended ? 1 : 0; i < length; i++)
        if (digit_of(hash[i]) == 64)
            return false;
    return length == (extended ? EXTENDED_LENGTH : DES_LENGTH);
}

/* Reads COUNT digits, the lowest first; ULONG_MAX if there are fewer. */
static unsigned long number_of(const char *text, size_t count)
{
    unsigned long number = 0;
    for (size_t i = 0; i < count; i++) {
        const unsigned long digit = digit_of(text[i]);
        if (digit == 64)
            return ULONG_MAX;
        number |= digit << (6 * i);
    }
    return number;
}

static const char *behind(const char *setting, const char *prefix)
{
    const size_t length = strlen(prefix);
    return strncmp(setting, prefix, length) == 0 ? setting + length : NULL;
}

/* "j", N and r in one digit each, and no further parameter: all that crypt_gensalt(3) makes. */
static bool yescrypt_is_costly(const char *parameters)
{
    return parameters[0] != 'j' || digit_of(parameters[1]) + 1 > MEMORY_LOG2_MAX ||
           digit_of(parameters[2]) + 1 > MEMORY_R_MAX || parameters[3] != '$';
}

/* N in one digit, r and p in five each. */
static bool scrypt_is_costly(const char *parameters)
{
    if (digit_of(parameters[0]) > MEMORY_LOG2_MAX)
        return true;
    const unsigned long r = number_of(parameters + 1, 5);
    const unsigned long p = r > MEMORY_R_MAX ? ULONG_MAX : number_of(parameters + 6, 5);
    return p > MEMORY_R_MAX || r * p > MEMORY_R_MAX;
}

/* A number that does not fit an unsigned long becomes ULONG_MAX, which is too large. */
static bool is_too_costly(const char *setting)
{
    const char *rest;
    if ((rest = behind(setting, "$y$")) != NULL || (rest = behind(setting, "$gy$")) != NULL)
        return yescrypt_is_costly(rest);
    if ((rest = behind(setting, "$7$")) != NULL)
        return scrypt_is_costly(rest);
    if (strncmp(setting, "$2", 2) == 0 && setting[2] != '\0' && setting[3] == '$')
        return strtoul(setting + 4, NULL, 10) > BCRYPT_MAX;
    if ((rest = behind(setting, "$5$rounds=")) != NULL ||
        (rest = behind(setting, "$6$rounds=")) != NULL ||
        (rest = behind(setting, "$sha1$")) != NULL)
        return strtoul(rest, NULL, 10) > SHA_ROUNDS_MAX;
    if ((rest = behind(setting, "$md5,rounds=")) != NULL)
        return strtoul(rest, NULL, 10) > OLD_ROUNDS_MAX;
    if ((rest = behind(setting, "_")) != NULL)
        return number_of(rest, 4) > OLD_ROUNDS_MAX;
    return false;
}

enum vmail_hash_kind vmail_hash_classify(const char *stored, const char **setting)
{
    *setting = NULL;
    if (*stored == '\0')
        return VMAIL_HASH_EMPTY;
    const char *hash = skip_scheme(stored);
    if (hash == NULL)
        return VMAIL_HASH_UNSUPPORTED;
    if (*hash == '!' || *hash == '*')
        return VMAIL_HASH_LOCKED;
    int salt = has_form_of_hash(hash) ? crypt_checksalt(hash) : CRYPT_SALT_INVALID;
    if (salt == CRYPT_SALT_INVALID || salt == CRYPT_SALT_METHOD_DISABLED)
        return VMAIL_HASH_UNSUPPORTED;
    if (is_too_costly(hash))
        return VMAIL_HASH_TOO_COSTLY;
    *setting = hash;
    return VMAIL_HASH_USABLE;
}

bool vmail_hash_equal(const char *a, const char *b)
{
    size_t length = strlen(a);
    unsigned char difference = 0;
    if (strlen(b) != length)
        return false;
    for (size_t i = 0; i < length; i++)
        difference |= (unsigned char)(a[i] ^ b[i]);
    return difference == 0;
}

bool vmail_hash_verify(const char *setting, const char *password)
{
    struct crypt_data *data = calloc(1, sizeof *data);
    if (data == NULL)
        return false;
    const char *result = crypt_rn(password, setting, data, sizeof *data);
    bool match = result != NULL && *result != '*' && vmail_hash_equal(result, setting);
    explicit_bzero(data, sizeof *data);
    free(data);
    return match;
}

bool vmail_hash_is_legacy(const char *setting)
{
    return crypt_checksalt(setting) != CRYPT_SALT_OK;
}

/* Returns the cost in a setting, comparable only within one method; 0: not given. Formats:
 * crypt(5). */
static unsigned long cost_of(const char *setting)
{
    if (strncmp(setting, "$2", 2) == 0 && setting[2] != '\0' && setting[3] == '$')
        return strtoul(setting + 4, NULL, 10);
    if (strncmp(setting, "$5$", 3) == 0 || strncmp(setting, "$6$", 3) == 0)
        return strncmp(setting + 3, "rounds=", 7) == 0 ? strtoul(setting + 10, NULL, 10) : 5000;
    if (strncmp(setting, "$y$j", 4) == 0 && digit_of(setting[4]) < 64)
        return digit_of(setting[4]) + 1;
    return 0;
}

static const char *prefix_of(const char *setting)
{
    if (strncmp(setting, "$2", 2) == 0)
        return "$2b$"; /* $2a$ and $2y$ are the same method */
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (strncmp(setting, methods[i].prefix, strlen(methods[i].prefix)) == 0)
            return methods[i].prefix;
    return NULL;
}

bool vmail_hash_is_weak(const char *setting)
{
    unsigned long cost = cost_of(setting);
    const char *prefix = prefix_of(setting);
    if (vmail_hash_is_legacy(setting))
        return true;
    if (cost == 0 || prefix == NULL)
        return false;
    char *fresh = crypt_gensalt_ra(prefix, 0, NULL, 0);
    bool weak = fresh != NULL && cost < cost_of(fresh);
    free(fresh);
    return weak;
}

static const char *prefix_of_method(const char *method)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (strcmp(method, methods[i].name) == 0)
            return methods[i].prefix;
    return NULL;
}

bool vmail_hash_method_known(const char *method)
{
    return prefix_of_method(method) != NULL;
}

char *vmail_hash_new(const char *password, const char *method, unsigned long rounds,
                     struct vmail_error *error)
{
    const char *prefix = method == NULL ? NULL : prefix_of_method(method);
    if (method != NULL && prefix == NULL) {
        vmail_error_set(error, EINVAL, "%s: unknown hashing method", method);
        return NULL;
    }
    char *setting = crypt_gensalt_ra(prefix, rounds, NULL, 0);
    if (setting == NULL) {
        vmail_error_set(error, errno, "crypt_gensalt: method %s with cost %lu is not possible",
                        method == NULL ? "(default)" : method, rounds);
        return NULL;
    }
    if (is_too_costly(setting)) {
        vmail_error_set(error, EINVAL,
                        "method %s with cost %lu: log-ins would take too long; use a lower cost",
                        method == NULL ? "(default)" : method, rounds);
        free(setting);
        return NULL;
    }
    if (password == NULL)
        return setting;
    struct crypt_data *data = calloc(1, sizeof *data);
    const char *result = data == NULL ? NULL : crypt_rn(password, setting, data, sizeof *data);
    char *hash = result == NULL || *result == '*' ? NULL : strdup(result);
    if (hash == NULL)
        vmail_error_set(error, errno, "crypt: cannot hash this password");
    if (data != NULL)
        explicit_bzero(data, sizeof *data);
    free(data);
    free(setting);
    return hash;
}
