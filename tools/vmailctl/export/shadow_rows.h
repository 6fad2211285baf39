/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A domain's whole shadow file, searched by name.
 */
#ifndef VMAILCTL_EXPORT_SHADOW_ROWS_H
#define VMAILCTL_EXPORT_SHADOW_ROWS_H

#include "context.h"
#include "table.h"

struct shadow_row {
    struct vmail_shadow shadow; /* it owns its name and hash */
    size_t order;               /* in the file */
};

struct shadow_rows {
    struct shadow_row *row; /* sorted by name, then order */
    size_t count;
    bool fold;
};

/**
 * Reads shadow.DOMAIN; a missing file has no rows. EXIT_DONE, or another code with a message; the
 * caller frees SHADOW in either case.
 */
enum exit_code shadow_rows_load(struct shadow_rows *rows, const struct context *context,
                                const char *domain);

/** The first line of NAME, which look-ups find, or NULL. */
const struct vmail_shadow *shadow_rows_find(const struct shadow_rows *rows, const char *name);

/** Wipes and frees. */
void shadow_rows_free(struct shadow_rows *rows);

#endif
