/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Lines of nsswitch.conf(5): which sources are asked for a database, and what ends the search.
 */
#ifndef VMAILCTL_CHECK_NSSWITCH_LINE_H
#define VMAILCTL_CHECK_NSSWITCH_LINE_H

#include <stdbool.h>
#include <stddef.h>

enum nss_status { NSS_SUCCESS, NSS_NOTFOUND, NSS_UNAVAIL, NSS_TRYAGAIN, NSS_STATUSES };

enum nss_action { NSS_CONTINUE, NSS_RETURN, NSS_MERGE };

enum { NSS_SOURCE_MAX = 31, NSS_ACTIONS_MAX = 127, NSS_SOURCES_MAX = 16 };

struct nss_source {
    char name[NSS_SOURCE_MAX + 1];
    char actions[NSS_ACTIONS_MAX + 1]; /* as written, "[...]"; "" for none */
    enum nss_action action[NSS_STATUSES];
};

struct nss_line {
    struct nss_source source[NSS_SOURCES_MAX];
    size_t count;
    bool wrong; /* part of it is invalid; the C library then ignores the line */
};

/** Whether TEXT, up to a newline, is the line of DATABASE ("passwd"); if so, reads it into LINE. */
bool nss_line_parse(const char *text, const char *database, struct nss_line *line);

/** The index of the source NAME in LINE, or LINE->count. */
size_t nss_line_find(const struct nss_line *line, const char *name);

#endif
