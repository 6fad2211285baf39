/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What the address rules read: vmail.conf, alias files, lists, recipients and full names. A process
 * that answers many questions keeps them between two questions, as long as the files have not
 * changed.
 */
#ifndef VMAIL_MAIL_H
#define VMAIL_MAIL_H

#include "alias_set.h"
#include "config.h"
#include "error.h"
#include "full_names.h"
#include "name.h"
#include "paths.h"
#include "relay.h"
#include "resolver.h"

enum vmail_mail_kind {
    VMAIL_MAIL_ALIASES,
    VMAIL_MAIL_LIST,
    VMAIL_MAIL_RECIPIENTS,
    VMAIL_MAIL_FULL_NAMES,
};

/** A file that was read. Its kind says which of the last four members is used. */
struct vmail_mail_file {
    char *path;
    enum vmail_mail_kind kind;
    struct vmail_file_version version;
    unsigned long question; /* the last one that looked at the file */
    struct vmail_alias_file aliases;
    struct vmail_aliases list; /* one entry, see include.h */
    struct vmail_recipients recipients;
    struct vmail_full_names full_names;
};

struct vmail_mail {
    const struct vmail_paths *paths;
    const struct vmail_config *config; /* valid until the next question */
    struct vmail_config *own;          /* the same, unless the caller passed it */
    struct vmail_file_version version; /* of vmail.conf */
    struct vmail_mail_file **file;     /* sorted by path and kind */
    size_t file_count;
    size_t kept; /* bytes in them, about: if it is too much, the next question forgets some */
    unsigned long question; /* its number */
};

/**
 * Begins with no question asked. CONFIG lives as long as MAIL and is not from an image; NULL: each
 * question uses vmail.conf as it is then. The caller ends MAIL.
 */
void vmail_mail_begin(struct vmail_mail *mail, const struct vmail_paths *paths,
                      const struct vmail_config *config);

void vmail_mail_end(struct vmail_mail *mail);

/**
 * Begins a question: from here on, each file is looked at when it is first needed, and then stays
 * the same until the next question. Nothing that an earlier question returned is valid any more.
 * Returns VMAIL_OK; VMAIL_UNAVAILABLE with ERROR if vmail.conf cannot be read or is not trusted;
 * VMAIL_NO_MEMORY.
 */
enum vmail_result vmail_mail_question(struct vmail_mail *mail, struct vmail_error *error);

/** Finds out whether the domain NAME is ours, as vmail_resolve_domain. */
enum vmail_result vmail_mail_domain(const struct vmail_mail *mail, const char *name,
                                    struct vmail_identity *identity, struct vmail_error *error);

/** Sets FILE to the file PATH, as vmail_alias_file_read, vmail_include_read, vmail_recipients_read
 * or vmail_full_names_read reads it. Returns as that function. */
enum vmail_result vmail_mail_read(struct vmail_mail *mail, const char *path,
                                  enum vmail_mail_kind kind, const struct vmail_mail_file **file,
                                  struct vmail_error *error);

#endif
