/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The format of an index: a cdb (tinycdb) in the cache directory, built from one text file.
 *
 *   passwd.DOMAIN.cdb shadow.DOMAIN.cdb group.DOMAIN.cdb   the records, by name and by id
 *   vmail.conf.cdb                                         vmail.conf, compiled
 *
 * The first record, at a fixed place, is the header. A reader checks the bounds of everything it
 * reads; only `vmailctl index' and check use the checksum of the whole file. An index is for one
 * machine: numbers are in the processor's format. The same text and settings always give the same
 * bytes.
 *
 *   key                   value
 *   "vmailidx"            struct vmail_index_header
 *   'n' NAME (folded)     struct vmail_index_entry and its strings
 *   'i' ID (4 bytes)      struct vmail_index_reference, which points to the entry
 *   'b' NAME              empty: a line of this name is not trusted
 *   'm' USER (folded)     the gids of the groups that have this member
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
    VMAIL_INDEX_VERSION = 6,
    VMAIL_INDEX_TABLES = 256,                      /* of a cdb */
    VMAIL_INDEX_CONTENTS = VMAIL_INDEX_TABLES * 8, /* bytes of its table of contents */
    VMAIL_INDEX_MAGIC_SIZE = sizeof VMAIL_INDEX_MAGIC - 1,
    /* Position of the header: after the contents, two lengths and the key of the first record. */
    VMAIL_INDEX_HEADER_AT = VMAIL_INDEX_CONTENTS + 8 + VMAIL_INDEX_MAGIC_SIZE,
};

/** The kind of an index; the first three are those of enum vmail_kind. */
enum vmail_index_kind { VMAIL_INDEX_CONFIG = 16 };

/** The settings that an index depends on besides its text; see vmail.conf(5). Settings that its
 * kind does not depend on are 0. */
struct vmail_index_settings {
    uint32_t ids_first;
    uint32_t ids_last;
    char separators[16];
    uint32_t fold_case;
    uint32_t enumerate;
    uint32_t nss_hashes;
    uint32_t unused;
};

struct vmail_index_header {
    uint64_t sum; /* of the whole file except these 8 bytes */
    uint32_t version;
    uint32_t size; /* of this structure: padding differs between machines */
    uint32_t kind;
    uint32_t file_size;
    struct vmail_file_state state; /* of the text that it was built from */
    uint64_t entries;
    uint64_t errors; /* invalid lines of vmail.conf */
    struct vmail_index_settings settings;
    char domain[256]; /* "" for the index of vmail.conf */
};

struct vmail_index_entry {
    int64_t offset; /* of the line */
    uint32_t id;    /* uid or gid; 0 in a shadow file */
    uint32_t gid;   /* of a user */
    /* Strings follow, each with its NUL: the name as written; for a user also gecos, home and
     * shell; for a group also the members. Never the second field. */
};

struct vmail_index_reference {
    uint32_t position; /* of the entry in the index */
    uint32_t length;   /* of the entry with its strings */
};

/** Returns a checksum of the LENGTH bytes at DATA, continued from SUM (0 at first). It detects
 * damage, not malice. */
uint64_t vmail_index_sum(uint64_t sum, const void *data, size_t length);

/** Returns the checksum that the header of the index should hold: SIZE bytes at MEMORY. */
uint64_t vmail_index_file_sum(const unsigned char *memory, size_t size);

#endif
