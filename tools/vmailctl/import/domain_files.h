/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Adds lines to the files of one domain, to all of them or to none.
 */
#ifndef VMAILCTL_IMPORT_DOMAIN_FILES_H
#define VMAILCTL_IMPORT_DOMAIN_FILES_H

#include "error.h"
#include "import/plan.h"
#include "paths.h"

/** Text that grows; all zero: empty. It may contain hashes. */
struct domain_text {
    char *text;
    size_t length, room;
    bool no_memory;
};

struct domain_texts {
    struct domain_text passwd, shadow, group, aliases;
};

/** Adds what printf(3) makes of FORMAT. */
void domain_text_add(struct domain_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Wipes and frees. */
void domain_texts_end(struct domain_texts *texts);

/**
 * Takes DOMAIN's lock and adds TEXTS at the ends of its files, in the order shadow, group, aliases,
 * passwd; creates missing files, the passwd file even for an empty text, because it makes the
 * domain exist. If one cannot be written, the earlier ones are restored.
 *
 * VMAIL_OK, with a text in ERROR if everything is written but a directory could not be synced.
 * VMAIL_UNAVAILABLE with ERROR, also if a file is no longer the one recorded in DOMAIN;
 * VMAIL_NO_MEMORY.
 */
enum vmail_result domain_files_append(const struct vmail_paths *paths,
                                      const struct import_domain *domain,
                                      const struct domain_texts *texts, struct vmail_error *error);

#endif
