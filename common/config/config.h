/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * vmail.conf: its meaning, its defaults, and the tables built from it. See vmail.conf(5).
 *
 * The parser reports an invalid line and then ignores it, so that a mistake in one domain does not
 * lock out the others. One exception: there are no ids at all if `ids` of [vmail] is invalid, or is
 * in a section whose first line is unreadable and may have been [vmail]. The default range is not
 * what the administrator meant.
 */
#ifndef VMAIL_CONFIG_H
#define VMAIL_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address.h"
#include "error.h"
#include "rules.h"

/** Where mail is kept unless vmail.conf says otherwise. */
#define VMAIL_MAILBOX_DEFAULT "maildir:~/Maildir"

/** Who delivers mail to a user unless vmail.conf says otherwise; see `delivery_agent'. */
#define VMAIL_AGENT_DEFAULT "/usr/lib/dovecot/dovecot-lda -e -d %u@%d -a %r -f %s"

/** Words of a value. The config owns the words and the array of pointers. */
struct vmail_words {
    const char **item;
    size_t count;
};

/** Ranges of ids, in ascending order. The config owns the array. */
struct vmail_id_ranges {
    struct vmail_id_range *range;
    size_t count;
};

struct vmail_domain_config {
    const char *name;           /* lower case */
    unsigned long line;         /* the first line of its section */
    struct vmail_id_ranges ids; /* for its users and groups */
    const char *fallback;       /* "", "user@other", "@other" or "account" */
    struct vmail_words alias_files;
    const char *mailbox;    /* "maildir:PATH" or "mbox:PATH", with ~, %d, %u */
    uint64_t mailbox_limit; /* bytes; 0 for none */
    uint32_t max_users;     /* 0 for no limit */
    struct vmail_words admins;
    bool match_full_name; /* Joe.Who@ reaches the user whose GECOS name is Joe Who */
    bool alias_programs;  /* aliases.DOMAIN may name programs and files even if there are admins */
    const char *alias_user; /* see vmail_config_alias_user; NULL: that of [vmail] */
};

struct vmail_relay_config {
    const char *name;
    unsigned long line;
    bool subdomains;
    const char *recipients; /* the path of a file with those who exist there; "": all */
    const char *primary;    /* the host that has the mailboxes; "": the domain's MX */
};

/**
 * Rows of the sorted tables. A name, a mailbox and an owner (the domain that the row belongs to)
 * are offsets into the text, see vmail_config_string; DOMAIN is the owner's number in `domains`.
 */
struct vmail_domain_row {
    uint32_t name;
    uint32_t mailbox; /* 0: the default */
    uint32_t domain;
    uint32_t line;
    uint32_t has_block; /* 1 if a range of ids is its own */
};
struct vmail_name_row {
    uint32_t name;
    uint32_t owner;
    uint32_t domain;
    uint32_t line;
};
struct vmail_address_row {
    struct vmail_address address;
    uint32_t owner;
    uint32_t domain;
    uint32_t line;
};
struct vmail_ids_row {
    struct vmail_id_range ids;
    uint32_t owner;
    uint32_t domain;
    uint32_t line;
};

struct vmail_index;

/** The tables are in their own memory, or in the mapped image of vmail.conf (config_image.h). */
struct vmail_config {
    struct vmail_rules rules;
    char recipient_delimiter[8]; /* characters that start a tag; not for a config from an image */
    bool enumerate;
    bool nss_hashes;
    const char *delivery_agent; /* a command with escapes; this and the next: not from an image */
    const char *alias_user;     /* see vmail_config_alias_user; "": none */
    unsigned long error_count;

    struct vmail_domain_row *domain_names; /* sorted by name */
    size_t domain_name_count;              /* less than domain_count if a section is repeated */
    struct vmail_name_row *aliases;        /* sorted by name */
    size_t alias_count;
    struct vmail_address_row *addresses; /* sorted by address */
    size_t address_count;
    struct vmail_ids_row *blocks; /* sorted by first id; they do not overlap */
    size_t block_count;
    char *text; /* with a NUL after its last byte */
    size_t text_length;

    void (*release)(struct vmail_config *); /* releases the image */
    struct vmail_index *image; /* NULL: the config owns the tables and the following members */
    struct vmail_domain_config *domains;
    size_t domain_count;
    struct vmail_relay_config *relays;
    size_t relay_count;
};

/** Receives each error of the file: "vmail.conf:LINE: what; what to do". */
typedef void vmail_config_report(void *context, const char *text);

/**
 * Builds a new config from the LENGTH bytes at TEXT. Calls REPORT (may be NULL) for each invalid
 * line; syntax errors come in the order of lines. Returns VMAIL_OK even then, or VMAIL_NO_MEMORY.
 * The caller frees the config with vmail_config_free.
 */
enum vmail_result vmail_config_parse(const char *text, size_t length, struct vmail_config **config,
                                     vmail_config_report *report, void *context);

void vmail_config_free(struct vmail_config *config);

/** Returns the string at OFFSET of the text; rows of the tables have such offsets. */
const char *vmail_config_string(const struct vmail_config *config, uint32_t offset);

/** Returns the section [domain NAME] (lower case), or NULL. Not for a config from an image. */
const struct vmail_domain_config *vmail_config_domain(const struct vmail_config *config,
                                                      const char *name);

/** Whether there is a section [domain NAME]. NAME is in lower case. */
bool vmail_config_has_domain(const struct vmail_config *config, const char *name);

/** Returns where the domain NAME (lower case), with or without a section, keeps its mail. */
const char *vmail_config_mailbox(const struct vmail_config *config, const char *name);

/**
 * Whether aliases.NAME (lower case) may have targets other than users, aliases and addresses: only
 * root edits that file, or `alias_programs' allows it. See vmail_aliases_restrict. Not for a config
 * from an image.
 */
bool vmail_config_alias_programs(const struct vmail_config *config, const char *name);

/**
 * Returns the system user who runs the programs and writes the files that aliases of the domain
 * NAME (lower case) name, or "": these get no mail. Not for a config from an image.
 */
const char *vmail_config_alias_user(const struct vmail_config *config, const char *name);

/** Whether the domain NAME (lower case) accepts mail to unknown users: `fallback`. Not for a config
 * from an image. */
bool vmail_config_has_fallback(const struct vmail_config *config, const char *name);

/** Returns the name of the domain that has the alias ALIAS (lower case), or NULL. */
const char *vmail_config_alias(const struct vmail_config *config, const char *alias);

/** Returns the name of the domain that owns ADDRESS, or NULL. */
const char *vmail_config_address(const struct vmail_config *config,
                                 const struct vmail_address *address);

/** Whether ID is in one of RANGES. */
bool vmail_id_ranges_have(const struct vmail_id_ranges *ranges, uint32_t id);

/** Returns the name of the domain that has ID in one of its ranges, or NULL. */
const char *vmail_config_block(const struct vmail_config *config, uint32_t id);

/** Whether the domain NAME (lower case) has a range of ids; all its ids are then in its ranges. */
bool vmail_config_has_block(const struct vmail_config *config, const char *name);

#endif
