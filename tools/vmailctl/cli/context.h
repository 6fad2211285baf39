/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What every command gets: the paths, vmail.conf, and the options that all commands share.
 */
#ifndef VMAILCTL_CONTEXT_H
#define VMAILCTL_CONTEXT_H

#include <stdbool.h>

#include "actor.h"
#include "config.h"
#include "exit_code.h"
#include "file_state.h"
#include "home.h"
#include "paths.h"
#include "table.h"

enum context_show { SHOW_NOTHING, SHOW_HELP, SHOW_USAGE, SHOW_VERSION };

struct context {
    const struct vmail_paths *paths; /* never from the environment, which callers of sudo control */
    struct vmail_config *config;     /* NULL until context_load_config */
    struct vmail_file_state config_file; /* the state of vmail.conf then; all 0 if there was none */
    bool json;                           /* --json */
    bool dry_run;                        /* --dry-run: write nothing, log nothing */
    bool yes;                            /* --yes: ask nothing */
    const char *color;                   /* --color: NULL or auto, always, never */
    unsigned show;                       /* an enum context_show, instead of running a command */
    bool restricted; /* run as vmail-admin, by a co-administrator: see authority.h */
    char administrator[ACTOR_NAME_MAX + 1]; /* their name, for managed.h; "" where not known */
};

/**
 * Reads vmail.conf into CONTEXT, and replaces what was read before (for example, before a change).
 * Invalid lines are warnings on standard error, except for co-administrators. EXIT_DONE;
 * EXIT_UNAVAILABLE, with a message, if the file cannot be read or is not trusted.
 */
enum exit_code context_load_config(struct context *context);

/**
 * As context_load_config, but later and without warnings. Pointers into the old config become
 * invalid.
 */
enum exit_code context_reread_config(struct context *context);

/** As context_load_config, without messages: if it fails, the config is NULL. */
void context_try_config(struct context *context);

/** Whether vmail.conf is still the file from which the config was read. */
bool context_config_is_current(const struct context *context);

/** The file KIND.DOMAIN of CONTEXT, for the functions of common/. DOMAIN is borrowed. */
struct vmail_file context_file(const struct context *context, enum vmail_kind kind,
                               const char *domain);

/** The home of USER of DOMAIN: the one in their line, or the default one, written to STANDARD. */
const char *context_home(const struct context *context, const struct vmail_passwd *user,
                         const char *domain, char standard[VMAIL_HOME_MAX + 1]);

/** The name of the program, for messages: vmailctl or vmail-admin. */
const char *context_program(const struct context *context);

void context_free(struct context *context);

#endif
