/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Texts of vmail.conf, for the tests of their meaning and their errors.
 */
#ifndef TEST_CONFIG_SCRATCH_H
#define TEST_CONFIG_SCRATCH_H

#include "config.h"
#include "scratch.h"

/** All reports, one on each line. */
struct reports {
    char text[4096];
    unsigned long count;
};

/** A vmail_config_report; CONTEXT is a struct reports. */
void take_report(void *context, const char *text);

/** Reads TEXT, whose reports must be EXPECTED; the caller frees the config. */
struct vmail_config *parse(const char *text, const char *expected);

/** Same, without the config. */
void check_reports(const char *text, const char *expected);

/** The domain that owns the address TEXT, or NULL. */
const char *owner_of(const struct vmail_config *config, const char *text);

#endif
