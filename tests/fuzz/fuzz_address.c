/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See README. The input is an address as text. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vmail_address address, again;
    char out[VMAIL_ADDRESS_TEXT_MAX + 1];
    char *text = malloc(size + 1);
    memcpy(text, data, size);
    text[size] = '\0';
    if (vmail_address_parse(text, &address)) {
        vmail_address_format(&address, out);
        if (!vmail_address_parse(out, &again) || vmail_address_compare(&address, &again) != 0)
            abort();
    }
    free(text);
    return 0;
}
