/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The settings of vmail.conf that decide which lines of a domain's files are valid, and which line
 * a name means. An index stores them: it belongs to its text only as long as they stay the same.
 */
#ifndef VMAIL_RULES_H
#define VMAIL_RULES_H

#include <stdbool.h>
#include <stdint.h>

/** Uids or gids FIRST to LAST, both included; none if FIRST > LAST. */
struct vmail_id_range {
    uint32_t first;
    uint32_t last;
};

enum {
    VMAIL_IDS_FIRST = 65536,
    VMAIL_IDS_LAST = 99999,
    VMAIL_IDS_LOWEST = 1000, /* lower ids are system accounts; no configuration can use them */
};

struct vmail_rules {
    struct vmail_id_range ids; /* of all domains */
    char separators[16];       /* "" or the characters besides '@' */
    bool fold_case;
};

/**
 * Whether the modules may return ID: it is within `ids`, and is not 65534 (nobody), 65535 or
 * 2^32-1, which mean "no id" to some system calls.
 */
bool vmail_rules_allow_id(const struct vmail_rules *rules, uint32_t id);

#endif
