/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "login_steps.h"

enum { GROUPS_MAX = 1024, GROUPS_TEXT_MAX = 400 };

static const char nsswitch[] = "see vmailctl check --area nsswitch,caches";

/** Looks NAME up; whether it is the user, so that the daemon would run as this user. */
static bool look_up(struct login *login, const char *name)
{
    login_begin(login);
    errno = 0;
    const struct passwd *found = getpwnam(name);
    if (found == NULL)
        login_answer(login, false, "getpwnam", "nobody", "%s%s%s; %s", name, errno == 0 ? "" : ": ",
                     errno == 0 ? "" : strerror(errno), nsswitch);
    else if (found->pw_uid != login->uid || found->pw_gid != login->gid)
        login_answer(login, false, "getpwnam", "another", "%s is %s, uid %u, gid %u; %s", name,
                     found->pw_name, found->pw_uid, found->pw_gid, nsswitch);
    else {
        login_answer(login, true, "getpwnam", "yes", "%s is %s, uid %u, gid %u, home %s", name,
                     found->pw_name, found->pw_uid, found->pw_gid, found->pw_dir);
        return true;
    }
    return false;
}

/** The groups that initgroups(3) would give. Those of /etc/group count for a full name, and never
 * for a plain one. */
static void look_groups_up(struct login *login, const char *name)
{
    gid_t *group = calloc(GROUPS_MAX, sizeof *group);
    char text[GROUPS_TEXT_MAX] = "";
    int count = GROUPS_MAX;
    bool ours = true;
    const bool full = strchr(name, '@') != NULL;
    login_begin(login);
    if (group == NULL || getgrouplist(name, login->gid, group, &count) < 0) {
        login_answer(login, false, "getgrouplist", "no", "%s", strerror(errno));
        free(group);
        return;
    }
    for (int i = 0; i < count; i++) {
        size_t length = strlen(text);
        ours = ours && (full || group[i] == login->gid ||
                        vmail_rules_allow_id(&login->context->config->rules, group[i]));
        snprintf(text + length, sizeof text - length, "%s%u", length == 0 ? "" : ", ", group[i]);
    }
    free(group);
    if (ours)
        login_answer(login, true, "getgrouplist", "yes", "%s", text);
    else
        login_answer(login, false, "getgrouplist", "too many", "%s: some are system groups; %s",
                     text, nsswitch);
}

static void look_id_up(struct login *login)
{
    login_begin(login);
    errno = 0;
    const struct passwd *found = getpwuid(login->uid);
    if (found == NULL)
        login_answer(login, false, "getpwuid", "nobody", "%u%s%s; %s", login->uid,
                     errno == 0 ? "" : ": ", errno == 0 ? "" : strerror(errno), nsswitch);
    else if (strcmp(found->pw_name, login->canonical) != 0)
        login_answer(login, false, "getpwuid", "another", "%u is %s, not %s", login->uid,
                     found->pw_name, login->canonical);
    else
        login_answer(login, true, "getpwuid", "yes", "%u is %s", login->uid, found->pw_name);
}

void login_nss(struct login *login)
{
    const char *name = login->pam_user == NULL ? login->options->name : login->pam_user;
    if (login->uid == 0) /* passwd.DOMAIN has no such user */
        return;
    if (look_up(login, name))
        look_groups_up(login, name);
    if (strcmp(name, login->options->name) != 0 && look_up(login, login->options->name))
        look_groups_up(login, login->options->name);
    look_id_up(login);
}
