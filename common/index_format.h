/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The format of an index: a cdb (tinycdb) in the cache directory, made from one text file.
 *
 *   passwd.DOMAIN.cdb shadow.DOMAIN.cdb group.DOMAIN.cdb   the records, by name and by id
 *   vmail.conf.cdb                                         vmail.conf, compiled
 *   ids.cdb                                                ids outside their domain's block
 *
 * The first record, at a fixed place, is the header. Everything that an answer rests on is under a
 * checksum: the header and the table of contents when an index is opened, each entry when it is
 * read, a hash table when it says that something is not there. A reader believes nothing that it
 * has not checked, and where a check fails the text is asked. An index belongs to one machine:
 * numbers are as the processor keeps them.
 *
 *   key                   value
 *   "vmailidx"            struct vmail_index_header
 *   'n' NAME (folded)     struct vmail_index_entry and its strings
 *   'i' ID (4 bytes)      struct vmail_index_id, which leads to the entry
 *   'b' NAME              nothing: there is a line of this name that may not be believed
 *   'm' USER (folded)     8 bytes of checksum, then the gids of the groups that have this member
 *
 * A change of one line that leaves the records as they are (a new hash) is followed without making
 * the index anew: the header has two stamps, of which a change overwrites the one that is out of
 * date with the new state of the text, and with how far lines have moved.
 */
#ifndef VMAIL_INDEX_FORMAT_H
#define VMAIL_INDEX_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "file_state.h"
#include "name.h"

#define VMAIL_INDEX_MAGIC  "vmailidx"
#define VMAIL_INDEX_ENDING ".cdb"

enum {
    VMAIL_INDEX_VERSION = 4,
    VMAIL_INDEX_TABLES = 256,                      /* of a cdb */
    VMAIL_INDEX_CONTENTS = VMAIL_INDEX_TABLES * 8, /* bytes of its table of contents */
    VMAIL_INDEX_MOVES_MAX = 48,
    VMAIL_INDEX_MAGIC_SIZE = sizeof VMAIL_INDEX_MAGIC - 1,
    /* Where the header is: behind the contents, the two lengths and the key of the first record. */
    VMAIL_INDEX_HEADER_AT = VMAIL_INDEX_CONTENTS + 8 + VMAIL_INDEX_MAGIC_SIZE,
};

/** What an index is of; the first three are those of enum vmail_kind. */
enum vmail_index_kind { VMAIL_INDEX_CONFIG = 16, VMAIL_INDEX_IDS };

/** Every line that starts behind OFFSET has moved BY bytes. */
struct vmail_index_move {
    int64_t offset;
    int64_t by;
};

struct vmail_index_stamp {
    struct vmail_file_state state; /* of the text that the index is right for */
    uint64_t sum;                  /* of what follows */
    uint64_t count;
    struct vmail_index_move move[VMAIL_INDEX_MOVES_MAX]; /* in the order in which they came about */
};

/** What records depend on besides their text; see vmail.conf(5). */
struct vmail_index_settings {
    uint32_t ids_first;
    uint32_t ids_last;
    char separators[16];
    uint32_t fold_case;
    uint32_t enumerate;
    uint32_t nss_hashes;
    uint32_t unused;
    uint64_t blocks_sum; /* only the index of ids depends on it, and that of vmail.conf knows it */
};

struct vmail_index_header {
    struct vmail_index_stamp stamp[2]; /* first: each look-up compares, and the contents are near */
    uint64_t sum;                      /* of what follows */
    uint32_t version;
    uint32_t size; /* of this structure: other machines pad in other ways */
    uint32_t kind;
    uint32_t file_size;
    uint64_t entries;
    uint64_t errors; /* wrong lines of vmail.conf */
    struct vmail_index_settings settings;
    char domain[256]; /* "" for the index of vmail.conf and of ids */
    uint64_t contents_sum;
    uint64_t table_sum[VMAIL_INDEX_TABLES];
};

struct vmail_index_entry {
    uint64_t sum;   /* of what follows and of the strings behind it */
    int64_t offset; /* of the line, when the index was made */
    uint32_t id;    /* uid or gid; 0 in a shadow file */
    uint32_t gid;   /* of a user */
    /* Strings, each with its NUL: the name as it stands there; of a user also gecos, home and
     * shell; of a group the members. Never the second field. */
};

struct vmail_index_reference {
    uint32_t position; /* of the entry in the index */
    uint32_t length;   /* of the entry with its strings */
};

/** Another entry may have the same id, further down: which one is meant is under a checksum too. */
struct vmail_index_id {
    uint64_t sum; /* of what follows */
    struct vmail_index_reference entry;
};

/** A checksum against damage (not against malice) of the LENGTH bytes at DATA, going on from SUM;
 * 0 at first. */
uint64_t vmail_index_sum(uint64_t sum, const void *data, size_t length);

/** The checksum that STAMP ought to have. */
uint64_t vmail_index_stamp_sum(const struct vmail_index_stamp *stamp);

/** The checksum that HEADER ought to have. */
uint64_t vmail_index_header_sum(const struct vmail_index_header *header);

#endif
