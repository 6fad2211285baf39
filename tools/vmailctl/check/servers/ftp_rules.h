/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Rules about single settings of an FTP server, read from its files, since these servers have no
 * program that prints them.
 */
#ifndef VMAILCTL_CHECK_FTP_RULES_H
#define VMAILCTL_CHECK_FTP_RULES_H

#include "settings.h"

/** An FTP server whose settings were read. */
struct ftp_server {
    struct check *check;
    struct settings settings;
    const struct finding_place place;
    const char *equals;  /* between a key and its value: "=" or " " */
    const char *service; /* of PAM, that it uses by default */
};

struct ftp_rule {
    const char *key;
    /** Whether VALUE is wrong; it is "" if the key is not set. */
    bool (*is_wrong)(const struct ftp_server *server, const char *value);
    enum finding_severity severity;
    const char *so, *to_do;
};

/** Adds a finding if RULE says that VALUE is wrong. */
void ftp_rules_judge_value(const struct ftp_server *server, const struct ftp_rule *rule,
                           const char *value);

/** The same for the values of all COUNT rules in server->settings. */
void ftp_rules_judge(const struct ftp_server *server, const struct ftp_rule *rules, size_t count);

/**
 * Whether the PAM service that the setting KEY names, or the default one, uses pam_vmail. If only
 * the default one does, but KEY names another, adds an error. The rules are about servers that
 * virtual users can use.
 */
bool ftp_rules_apply(const struct ftp_server *server, const char *key);

#endif
