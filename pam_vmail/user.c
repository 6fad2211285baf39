/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "user.h"

#include <security/pam_ext.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "hash.h"
#include "home.h"
#include "log.h"
#include "table.h"

/* The number of users searched for a stand-in: large enough to skip some locked accounts, small
 * enough that a large domain costs the same as a small one. */
enum { STAND_IN_USERS = 64 };

static void wipe(char **secret)
{
    if (*secret != NULL)
        explicit_bzero(*secret, strlen(*secret));
    free(*secret);
    *secret = NULL;
}

void user_end(struct user *user)
{
    wipe(&user->hash);
    wipe(&user->stand_in);
    free(user->home);
    user->home = NULL;
}

static int failure(const pam_handle_t *pamh, enum vmail_result result,
                   const struct vmail_error *error)
{
    log_result(pamh, result, error);
    return result == VMAIL_NO_MEMORY ? PAM_BUF_ERR : PAM_AUTHINFO_UNAVAIL;
}

/* A user whose line is invalid is a missing one, but that is logged. */
static enum vmail_result find_in_table(const pam_handle_t *pamh, struct vmail_table *table,
                                       const char *name, struct vmail_record *record,
                                       struct vmail_error *error)
{
    enum vmail_result result = vmail_table_find_name(table, name, record, error);
    if (result == VMAIL_BROKEN) {
        log_error(pamh, error);
        result = VMAIL_NOT_FOUND;
    }
    return result;
}

/* Returns the hash in a line of passwd(5) or shadow(5); NULL in a comment or a line without one. */
static char *hash_in(const struct vmail_line *line)
{
    char *hash = line->text[0] == '#' ? NULL : strchr(line->text, ':');
    char *end = hash == NULL ? NULL : strchr(hash + 1, ':');
    if (end == NULL)
        return NULL;
    *end = '\0';
    return hash + 1;
}

/* Finds a usable hash near the top of the table: the first modern one, else the first one. */
static void find_stand_in(struct vmail_table *table, struct user *user)
{
    struct vmail_line line;
    const char *setting;
    bool legacy = true;
    vmail_lines_rewind(&table->lines, 0);
    for (int users = 0;
         users < STAND_IN_USERS && legacy && vmail_lines_next(&table->lines, &line);) {
        const char *hash = hash_in(&line);
        if (hash == NULL)
            continue;
        users++;
        if (vmail_hash_classify(hash, &setting) != VMAIL_HASH_USABLE)
            continue;
        legacy = vmail_hash_is_legacy(setting);
        if (user->stand_in != NULL && legacy)
            continue;
        wipe(&user->stand_in);
        user->stand_in = strdup(setting);
    }
}

/* Two users with one uid share their files, and NSS shows one of them as the other. */
static void warn_of_foreign_block(const pam_handle_t *pamh, const struct who *who,
                                  const struct vmail_passwd *entry)
{
    const char *owner = vmail_config_block(who->config, entry->uid);
    if (owner != NULL && strcmp(owner, who->identity.domain) != 0)
        pam_syslog(pamh, LOG_WARNING,
                   "passwd.%s: %s: uid %lu is in the block of %s; use a uid in the block of the "
                   "user's domain",
                   who->identity.domain, who->identity.user, (unsigned long)entry->uid, owner);
}

static enum vmail_result take_entry(const struct who *who, const struct vmail_passwd *entry,
                                    struct user *user)
{
    char home[VMAIL_HOME_MAX + 1];
    user->exists = true;
    user->uid = entry->uid;
    user->gid = entry->gid;
    user->home = strdup(*entry->home != '\0'
                            ? entry->home
                            : vmail_default_home(home, who->identity.user, who->identity.domain,
                                                 who->config->rules.fold_case));
    return user->home == NULL ? VMAIL_NO_MEMORY : VMAIL_OK;
}

static enum vmail_result take_hash(const char *hash, struct user *user)
{
    user->hash_known = strcmp(hash, "x") != 0;
    user->hash = user->hash_known ? strdup(hash) : NULL;
    return user->hash_known && user->hash == NULL ? VMAIL_NO_MEMORY : VMAIL_OK;
}

static int read_passwd(const pam_handle_t *pamh, const struct who *who, enum user_extent extent,
                       struct vmail_table *table, struct user *user)
{
    struct vmail_record record;
    struct vmail_error error;
    enum vmail_result result = find_in_table(pamh, table, who->identity.user, &record, &error);
    if (result == VMAIL_OK) {
        warn_of_foreign_block(pamh, who, &record.passwd);
        result = take_entry(who, &record.passwd, user);
    }
    if (result == VMAIL_OK && extent >= USER_ACCOUNT)
        result = take_hash(record.passwd.hash, user);
    if (result == VMAIL_NOT_FOUND)
        result = VMAIL_OK;
    return result == VMAIL_OK ? PAM_SUCCESS : failure(pamh, result, &error);
}

/* Only users whose hash is in the shadow file need that file. */
static int read_shadow(const pam_handle_t *pamh, const struct who *who, enum user_extent extent,
                       struct user *user)
{
    struct vmail_table table;
    struct vmail_record record;
    struct vmail_error error = { 0 };
    enum vmail_result result = vmail_table_open(&table, who_file(who, VMAIL_SHADOW), &error);
    if (result == VMAIL_NOT_FOUND && (user->hash_known || !user->exists))
        return PAM_SUCCESS;
    if (result != VMAIL_OK)
        return failure(pamh, result, &error);
    result = find_in_table(pamh, &table, who->identity.user, &record, &error);
    if (result == VMAIL_OK && user->exists) {
        user->shadow = record.shadow;
        user->shadow.name = user->shadow.hash = NULL;
        if (!user->hash_known && (user->hash = strdup(record.shadow.hash)) != NULL)
            user->hash_known = true;
    }
    if (result == VMAIL_NOT_FOUND && user->exists && !user->hash_known)
        pam_syslog(pamh, LOG_ERR, "shadow.%s: no valid line for %s; add one", who->identity.domain,
                   who->identity.user);
    if (extent == USER_CHECK && (result == VMAIL_OK || result == VMAIL_NOT_FOUND))
        find_stand_in(&table, user);
    if (result == VMAIL_NOT_FOUND)
        result = VMAIL_OK;
    vmail_table_close(&table);
    return result == VMAIL_OK ? PAM_SUCCESS : failure(pamh, result, &error);
}

int user_load(const pam_handle_t *pamh, const struct who *who, enum user_extent extent,
              struct user *user)
{
    struct vmail_table passwd;
    struct vmail_error error = { 0 };
    *user = (struct user){ .shadow = vmail_shadow_locked(NULL) };
    const enum vmail_result opened = vmail_table_open(&passwd, who_file(who, VMAIL_PASSWD), &error);
    if (opened != VMAIL_OK)
        return failure(pamh, opened, &error);
    int result = read_passwd(pamh, who, extent, &passwd, user);
    if (result == PAM_SUCCESS && extent >= USER_ACCOUNT)
        result = read_shadow(pamh, who, extent, user);
    if (result == PAM_SUCCESS && extent == USER_CHECK) {
        /* A domain may have its hashes, or the modern ones among them, in the passwd file. */
        if (user->stand_in == NULL || vmail_hash_is_legacy(user->stand_in))
            find_stand_in(&passwd, user);
        if (user->stand_in == NULL)
            user->stand_in = vmail_hash_new(NULL, NULL, 0, NULL);
    }
    vmail_table_close(&passwd);
    return result;
}
