/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What sshd(8) grants a user, as reported by sshd itself: `sshd -T -C user=NAME,...`.
 */
#ifndef VMAILCTL_CHECK_SSHD_SETTINGS_H
#define VMAILCTL_CHECK_SSHD_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#define SSHD_PROGRAM "/usr/sbin/sshd"
#define SSHD_CONFIG  "/etc/ssh/sshd_config"

enum { SSHD_OPEN_MAX = 160 };

/** A user as sshd sees them. The names of groups are copies, which sshd_account_free frees. */
struct sshd_account {
    const char *name; /* as the system returns it: canonical */
    char **group;     /* groups that have a name */
    size_t group_count;
};

/**
 * Asks sshd for the settings of the user whose name a client types as TYPED. Returns lines "keyword
 * value", which the caller frees; NULL if sshd fails, with the reason in WRONG (of SIZE bytes).
 */
char *sshd_settings_read(const char *typed, char *wrong, size_t size);

/** Whether SETTINGS refuse this ACCOUNT, however it authenticates. */
bool sshd_settings_refuse(const char *settings, const struct sshd_account *account);

/** Writes into OPEN what SETTINGS grant besides SFTP, "TCP forwarding, a terminal"; "" for nothing.
 */
void sshd_settings_open(const char *settings, char open[SSHD_OPEN_MAX]);

/** Whether WORD is a value of the lines KEYWORD (lower case). */
bool sshd_settings_have(const char *settings, const char *keyword, const char *word);

/** Whether TEXT matches PATTERN, with the wildcards "*" and "?" of ssh_config(5), PATTERNS. */
bool sshd_pattern_matches(const char *pattern, const char *text);

/** Looks up the groups of the user NAME. False: there is no such user, or memory is short. */
bool sshd_account_read(struct sshd_account *account, const char *name);

void sshd_account_free(struct sshd_account *account);

#endif
