/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The floor: the least that an NSS module can do that looks users up in a mapped cdb and never
 * gives an answer that is older than the text file. libnss_vmail is compared with it by
 * tests/bench/run; nobody should use it. It is built twice: as `floor`, with all users in one text,
 * and as `floors`, with a text for each domain.
 *
 * In the directory FLOOR_DIRECTORY there are the texts, as deep as those that libnss_vmail reads:
 * the depth of a path is a part of what stat(2) costs; beside each its index. FLOOR_LIST has a line
 * for each text, FILE FIRST LAST, in the order of their ids.
 *
 *   key                      value
 *   the name                 struct floor_head, then name, gecos, home, shell, each with its NUL
 *   NUL, the uid (4 bytes)   the same
 */
#ifndef FLOOR_H
#define FLOOR_H

#include <stdint.h>
#include <string.h>

#define FLOOR_ENDING ".cdb" /* of an index */

struct floor_head {
    uint32_t uid, gid;
};

enum { FLOOR_ID_KEY = 1 + sizeof(uint32_t) };

static inline void floor_id_key(char key[FLOOR_ID_KEY], uint32_t id)
{
    key[0] = '\0';
    memcpy(key + 1, &id, sizeof id);
}

#endif
