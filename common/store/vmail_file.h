/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * One file of a domain, and what its look-ups depend on.
 */
#ifndef VMAIL_FILE_OF_DOMAIN_H
#define VMAIL_FILE_OF_DOMAIN_H

#include "domain_file.h"
#include "paths.h"
#include "rules.h"

/** All members are borrowed. */
struct vmail_file {
    const struct vmail_paths *paths; /* NULL if only a text of the file is read */
    const struct vmail_rules *rules;
    enum vmail_kind kind;
    const char *domain; /* valid, in lower case */
};

#endif
