/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "idn.h"

#include <idn2.h>
#include <stdlib.h>
#include <string.h>

static bool is_ascii(const char *text)
{
    while (*text != '\0')
        if ((unsigned char)*text++ >= 0x80)
            return false;
    return true;
}

/** Never the transitional mapping, which converts "ß" to "ss": that is a different domain. */
static char *to_ascii(const char *text)
{
    char *ascii = NULL;
    if (idn2_to_ascii_8z(text, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK)
        return NULL;
    return ascii;
}

bool idn_to_ascii(const char *text, char out[VMAIL_DOMAIN_MAX + 1])
{
    if (is_ascii(text))
        return false;
    char *ascii = to_ascii(text);
    bool good = ascii != NULL && strlen(ascii) <= VMAIL_DOMAIN_MAX;
    if (good)
        memcpy(out, ascii, strlen(ascii) + 1);
    idn2_free(ascii);
    return good;
}

char *idn_to_unicode(const char *domain)
{
    char *unicode = NULL, *copy = NULL;
    if (strstr(domain, "xn--") == NULL || idn2_to_unicode_8z8z(domain, &unicode, 0) != IDN2_OK)
        return NULL;
    char *back = to_ascii(unicode);
    if (back != NULL && strcmp(back, domain) == 0 && strcmp(unicode, domain) != 0)
        copy = strdup(unicode);
    idn2_free(back);
    idn2_free(unicode);
    return copy;
}

bool idn_is_sound(const char *domain)
{
    bool international = strncmp(domain, "xn--", 4) == 0 || strstr(domain, ".xn--") != NULL;
    char *unicode = international ? idn_to_unicode(domain) : NULL;
    bool sound = !international || unicode != NULL;
    free(unicode);
    return sound;
}
