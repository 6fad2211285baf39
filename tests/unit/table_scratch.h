/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Files of va.example that are read as tables. The checks end the test if they fail.
 */
#ifndef TEST_TABLE_SCRATCH_H
#define TEST_TABLE_SCRATCH_H

#include "scratch.h"
#include "table.h"

/** alice, Bob and carol, with ids from 70001. */
extern const char three[];

/** Returns COUNT users u0 ... with uids from 66000; the caller frees the text. */
char *many_users(int count);
enum { MANY = 10000 }; /* several blocks */

/** Opens KIND.va.example, with the default vmail.conf unless there is another one. */
void open_kind(struct scratch *scratch, struct vmail_table *table, enum vmail_kind kind);

/** Same, after TEXT was written to passwd.va.example. */
void open_passwd(struct scratch *scratch, struct vmail_table *table, const char *text);

void check_finds(struct vmail_table *table, const char *name, uint32_t id);

/** REASON is the error about an invalid line of NAME, "" if there is no line. */
void check_lacks(struct vmail_table *table, const char *name, const char *reason);

void check_finds_id(struct vmail_table *table, uint32_t id, const char *name);
void check_lacks_id(struct vmail_table *table, uint32_t id);

/** Reads the next record, which must be this one. */
void check_next(struct vmail_table *table, const char *name, uint32_t id);
void check_end(struct vmail_table *table);

#endif
