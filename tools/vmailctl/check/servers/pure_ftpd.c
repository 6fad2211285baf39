/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The area "pure-ftpd": what Debian's files for Pure-FTPd say that decides about our users. Each
 * file is one setting, and contains its value. */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "ftp_rules.h"

#define CONF    "/etc/pure-ftpd/conf"
#define EXAMPLE "run vmailctl setup pure-ftpd"

enum { PATH_ROOM = 64 };

static bool is_yes(const char *value)
{
    return strcasecmp(value, "yes") == 0 || strcasecmp(value, "on") == 0 || strcmp(value, "1") == 0;
}

static bool is_off(const struct ftp_server *server, const char *value)
{
    (void)server;
    return !is_yes(value);
}

static bool shows_hashes(const struct ftp_server *server, const char *value)
{
    return is_yes(value) && server->check->context->config->nss_hashes;
}

static bool is_above_ids(const struct ftp_server *server, const char *value)
{
    return settings_is_above_ids(server->check, value);
}

static const struct ftp_rule rules[] = {
    { "PAMAuthentication", is_off, FINDING_ERROR, "virtual users cannot log in", EXAMPLE },
    { "UnixAuthentication", shows_hashes, FINDING_WARNING,
      "after pam_vmail has refused a user, Pure-FTPd checks the hash itself, which nss_hashes "
      "shows "
      "it",
      EXAMPLE },
    { "ChrootEveryone", is_off, FINDING_WARNING, "users see the files of the whole machine",
      EXAMPLE },
    { "MinUID", is_above_ids, FINDING_ERROR, "users with lower uids cannot log in",
      "lower it to the first id in vmail.conf" },
};

void check_pure_ftpd(struct check *check)
{
    struct ftp_server server = {
        .check = check, .place = { .file = CONF }, .equals = " ", .service = "pure-ftpd"
    };
    if (!check->everything || access("/usr/sbin/pure-ftpd", X_OK) != 0 || access(CONF, R_OK) != 0 ||
        !ftp_rules_apply(&server, ""))
        return;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        char path[PATH_ROOM];
        const char *const files[] = { path, NULL };
        snprintf(path, sizeof path, "%s/%s", CONF, rules[i].key);
        if (settings_read(check, files, '\n', &server.settings))
            ftp_rules_judge_value(&server, &rules[i],
                                  server.settings.count == 0 ? "" : server.settings.row[0].key);
        settings_free(&server.settings);
    }
}
