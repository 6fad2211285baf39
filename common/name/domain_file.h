/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The files of a domain: their names and their states.
 */
#ifndef VMAIL_DOMAIN_FILE_H
#define VMAIL_DOMAIN_FILE_H

#include <stdbool.h>

#include "file_state.h"
#include "name.h"
#include "paths.h"

enum vmail_kind { VMAIL_PASSWD, VMAIL_SHADOW, VMAIL_GROUP };

/** Returns "passwd", "shadow" or "group"; a file name is KIND.DOMAIN. */
const char *vmail_kind_name(enum vmail_kind kind);

enum { VMAIL_FILE_NAME_MAX = 8 + VMAIL_DOMAIN_MAX };

/** Writes KIND.DOMAIN to OUT. */
void vmail_file_name(char out[VMAIL_FILE_NAME_MAX + 1], enum vmail_kind kind, const char *domain);

enum { VMAIL_ASIDE_NAME_MAX = VMAIL_FILE_NAME_MAX + 6 };

/** Writes .KIND.DOMAIN.gone to OUT: the name of a file that was set aside, see vmail_set_aside. */
void vmail_aside_name(char out[VMAIL_ASIDE_NAME_MAX + 1], enum vmail_kind kind, const char *domain);

enum { VMAIL_PATH_MAX = 512 };

/** Writes the path of KIND.DOMAIN to OUT. Returns false if it is too long. */
bool vmail_file_path(char out[VMAIL_PATH_MAX], const struct vmail_paths *paths,
                     enum vmail_kind kind, const char *domain);

/** Fills in the STATE of KIND.DOMAIN, all 0 if the file is missing. Returns false on failure. */
bool vmail_file_look(const struct vmail_paths *paths, enum vmail_kind kind, const char *domain,
                     struct vmail_file_state *state);

enum { VMAIL_ALIASES_NAME_MAX = 8 + VMAIL_DOMAIN_MAX };

/** Writes aliases.DOMAIN to OUT. */
void vmail_aliases_file_name(char out[VMAIL_ALIASES_NAME_MAX + 1], const char *domain);

#endif
