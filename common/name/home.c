/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "home.h"

#include <string.h>

const char *vmail_default_home(char out[VMAIL_HOME_MAX + 1], const char *user, const char *domain,
                               bool fold)
{
    static const char root[] = VMAIL_HOME_ROOT "/";
    size_t domain_length = strnlen(domain, VMAIL_DOMAIN_MAX);
    size_t user_length = strnlen(user, VMAIL_USER_MAX);
    char *end = out;
    memcpy(end, root, sizeof root - 1);
    end += sizeof root - 1;
    memcpy(end, domain, domain_length);
    end += domain_length;
    *end++ = '/';
    for (size_t i = 0; i < user_length; i++)
        *end++ = fold ? vmail_fold(user[i]) : user[i];
    *end = '\0';
    return out;
}
