/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The area "vsftpd": what vsftpd.conf(5) says that decides about our users. */
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "ftp_rules.h"

#define CONF    "/etc/vsftpd.conf"
#define EXAMPLE "run vmailctl setup vsftpd"

static bool is_yes(const char *value)
{
    return strcasecmp(value, "YES") == 0 || strcasecmp(value, "TRUE") == 0 ||
           strcmp(value, "1") == 0;
}

static bool is_on(const struct ftp_server *server, const char *key)
{
    return is_yes(settings_value(&server->settings, key));
}

static bool is_off(const struct ftp_server *server, const char *value)
{
    (void)server;
    return !is_yes(value);
}

static bool is_set_on(const struct ftp_server *server, const char *value)
{
    (void)server;
    return is_yes(value);
}

static bool is_set(const struct ftp_server *server, const char *value)
{
    (void)server;
    return value[0] != '\0';
}

static bool refuses_homes(const struct ftp_server *server, const char *value)
{
    return is_on(server, "chroot_local_user") && !is_yes(value);
}

/** A list of names that are refused; by default a list is of this kind. */
static bool refuses_names(const struct ftp_server *server, const char *value)
{
    const char *deny = settings_value(&server->settings, "userlist_deny");
    return is_yes(value) && (deny[0] == '\0' || is_yes(deny));
}

static const struct ftp_rule rules[] = {
    { "local_enable", is_off, FINDING_ERROR, "nobody but \"anonymous\" can log in", EXAMPLE },
    { "guest_enable", is_set_on, FINDING_ERROR,
      "all users become the same user of the system, and can read each other's files",
      "remove this line" },
    { "chroot_local_user", is_off, FINDING_WARNING, "users see the files of the whole machine",
      EXAMPLE },
    { "allow_writeable_chroot", refuses_homes, FINDING_ERROR,
      "users own their homes, and vsftpd refuses users who can write to the top directory that "
      "they "
      "see",
      EXAMPLE },
    { "userlist_enable", refuses_names, FINDING_WARNING,
      "the list compares the name as the client typed it, so virtual users evade it by another "
      "spelling",
      "use pam_listfile instead, as in " EXAMPLES "/pam.d/with-listfile" },
    { "local_root", is_set, FINDING_WARNING, "users see this directory instead of their homes",
      "remove this line, unless you want that" },
};

void check_vsftpd(struct check *check)
{
    static const char *const files[] = { CONF, NULL };
    struct ftp_server server = {
        .check = check, .place = { .file = CONF }, .equals = "=", .service = "vsftpd"
    };
    if (!check->everything || access("/usr/sbin/vsftpd", X_OK) != 0)
        return;
    if (settings_read(check, files, '=', &server.settings) &&
        ftp_rules_apply(&server, "pam_service_name"))
        ftp_rules_judge(&server, rules, sizeof rules / sizeof *rules);
    settings_free(&server.settings);
}
