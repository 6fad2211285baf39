/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See README. The input is what the second field of a shadow line holds. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *setting;
    char *stored = malloc(size + 1);
    memcpy(stored, data, size);
    stored[size] = '\0';
    enum vmail_hash_kind kind = vmail_hash_classify(stored, &setting);
    if ((kind == VMAIL_HASH_USABLE) != (setting != NULL))
        abort();
    if (kind == VMAIL_HASH_USABLE) {
        if (setting < stored || setting > stored + strlen(stored))
            abort();
        /* Not verified: a setting may ask for a cost of hours. */
        vmail_hash_is_weak(setting);
    }
    free(stored);
    return 0;
}
