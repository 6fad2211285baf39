/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "index_format.h"

#include <string.h>

static const uint64_t factor = 0x9e3779b97f4a7c15u; /* odd, its bits well mixed */

static uint64_t mix(uint64_t sum, uint64_t word)
{
    sum = (sum ^ word) * factor;
    return sum ^ (sum >> 29);
}

uint64_t vmail_index_sum(uint64_t sum, const void *data, size_t length)
{
    const unsigned char *bytes = data;
    const unsigned char *end = bytes + length;
    uint64_t word = 0;
    sum = mix(sum, length + 1);
    for (; (size_t)(end - bytes) >= sizeof word; bytes += sizeof word) {
        memcpy(&word, bytes, sizeof word);
        sum = mix(sum, word);
    }
    if (length >= sizeof word) { /* the rest, read as one word that overlaps the bytes before it */
        memcpy(&word, end - sizeof word, sizeof word);
        return mix(mix(sum, word), factor);
    }
    for (; bytes < end; bytes++)
        word = word << 8 | *bytes;
    return mix(mix(sum, word), factor);
}

uint64_t vmail_index_file_sum(const unsigned char *memory, size_t size)
{
    const size_t before = VMAIL_INDEX_HEADER_AT + offsetof(struct vmail_index_header, sum);
    const size_t behind = before + sizeof(uint64_t);
    return vmail_index_sum(vmail_index_sum(0, memory, before), memory + behind, size - behind);
}
