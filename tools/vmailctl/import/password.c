/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "import/steps.h"

enum { SCHEME_MAX = 24, CLEAR_MAX = 511 };

/** What follows {PLAIN} or one of its synonyms; NULL for another scheme or none. */
static const char *clear_in(const char *password)
{
    static const char *const names[] = { "{PLAIN}", "{CLEARTEXT}", "{CLEAR}" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t length = strlen(names[i]);
        if (strlen(password) >= length && vmail_equal_folded(password, names[i], length))
            return password + length;
    }
    return NULL;
}

/** Names only the scheme: what follows is a secret. */
static const char *unsupported(struct import_plan *plan, const char *password)
{
    if (password[0] == '{') {
        size_t length = strspn(password + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                             "0123456789-.");
        if (length > 0 && length <= SCHEME_MAX && password[length + 1] == '}')
            return import_plan_format(plan, "hash not supported by crypt(3): scheme %.*s",
                                      (int)length, password + 1);
    } else if (password[0] == '$') {
        size_t length = strspn(password + 1, "abcdefghijklmnopqrstuvwxyz0123456789");
        if (length > 0 && length <= SCHEME_MAX && password[length + 1] == '$')
            return import_plan_format(plan, "hash not supported by crypt(3): $%.*s$", (int)length,
                                      password + 1);
    }
    return "not a hash supported by crypt(3); if this is a clear-text password, see --scheme";
}

static void lock(struct import_user *user, const char *note)
{
    user->hash = "!";
    if (user->decision.note == NULL)
        user->decision.note = note;
}

static void take_clear(struct import_user *user, const char *clear)
{
    if (*clear == '\0')
        lock(user, "locked: had no password");
    else if (strlen(clear) > CLEAR_MAX)
        user->decision.skipped = "the password is too long";
    else
        user->clear = clear;
}

void import_password_decide(struct import_plan *plan, struct import_user *user)
{
    const char *setting, *password = user->password;
    const char *clear = user->clear;
    user->clear = NULL;
    if (password != NULL && clear_in(password) != NULL)
        clear = clear_in(password);
    bool bad_text = password != NULL && !import_text_valid(password);
    enum vmail_hash_kind kind =
        password == NULL || bad_text ? VMAIL_HASH_EMPTY : vmail_hash_classify(password, &setting);
    if (bad_text && clear == NULL)
        user->decision.skipped = "the password contains an invalid character";
    else if (kind == VMAIL_HASH_LOCKED)
        user->hash = password;
    else if (kind == VMAIL_HASH_USABLE)
        user->hash = plan->exact ? password : setting;
    else if (clear != NULL)
        take_clear(user, clear);
    else if (kind == VMAIL_HASH_TOO_COSTLY)
        user->decision.skipped = "the hash takes too long to check";
    else if (kind == VMAIL_HASH_EMPTY)
        lock(user,
             password == NULL ? "locked: the password is not known" : "locked: had no password");
    else
        user->decision.skipped = unsupported(plan, password);
    if (user->hash != NULL && kind == VMAIL_HASH_LOCKED && user->hash[0] == '{')
        user->hash = "!";
}

bool import_password_make(struct import_plan *plan, struct import_user *user,
                          struct vmail_error *error)
{
    char *hash = vmail_hash_new(user->clear, NULL, 0, error);
    if (hash == NULL)
        return false;
    user->hash = import_plan_string(plan, hash);
    explicit_bzero(hash, strlen(hash));
    free(hash);
    return user->hash != NULL;
}
