/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Default homes, for users whose passwd line has none.
 */
#ifndef VMAIL_HOME_H
#define VMAIL_HOME_H

#include <stdbool.h>

#include "name.h"

#define VMAIL_HOME_ROOT "/vhome"

enum { VMAIL_HOME_MAX = sizeof VMAIL_HOME_ROOT + 1 + VMAIL_DOMAIN_MAX + 1 + VMAIL_USER_MAX };

/** Writes /vhome/DOMAIN/USER to OUT and returns OUT. Folds the user if FOLD is true. */
const char *vmail_default_home(char out[VMAIL_HOME_MAX + 1], const char *user, const char *domain,
                               bool fold);

#endif
