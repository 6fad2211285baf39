/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pam_line.h"

#include <string.h>
#include <unistd.h>

#include "reader.h"

/** The line of pam_shells before ours, for one type; NULL for none. */
static const struct pam_line *find_line(const struct pam_service *service, enum pam_type type)
{
    const struct pam_line *shells = NULL;
    for (size_t i = 0; i < service->count; i++) {
        const struct pam_line *line = &service->line[i];
        if (line->type == type && pam_words_are_ours(&line->words))
            return shells;
        if (line->type == type && strcmp(pam_words_module(&line->words), "pam_shells.so") == 0)
            shells = line;
    }
    return NULL;
}

static bool is_listed(const char *shell)
{
    const char *listed;
    setusershell();
    while ((listed = getusershell()) != NULL && strcmp(listed, shell) != 0)
        continue;
    endusershell();
    return listed != NULL;
}

/** Reports the first user of DOMAIN whose shell is not listed. False: there is none. */
static bool tell_of_user(struct check *check, const char *name, const struct pam_line *line,
                         const char *domain)
{
    const struct finding_place place = pam_line_place(line);
    struct reader reader;
    char last[256] = ""; /* a shell that is listed */
    bool told = false;
    if (reader_open(&reader, check, VMAIL_PASSWD, domain) != VMAIL_OK)
        return false;
    while (!told && reader_next_good(&reader)) {
        const char *shell = reader.record.passwd.shell;
        shell = *shell == '\0' ? "/bin/sh" : shell;
        if (strcmp(shell, last) == 0)
            continue;
        told = !is_listed(shell);
        if (!told && strlen(shell) < sizeof last)
            memcpy(last, shell, strlen(shell) + 1);
        if (told)
            finding_add(&check->findings, FINDING_ERROR, &place,
                        "service %s: pam_shells comes before pam_vmail and refuses %s@%s, because "
                        "the shell %s is not in /etc/shells\nmove the pam_vmail line before it, or "
                        "add the shell to /etc/shells",
                        name, reader.record.passwd.name, domain, shell);
    }
    reader_close(&reader);
    return told;
}

void pam_shells_check(struct check *check, const char *name, const struct pam_service *service)
{
    for (enum pam_type type = PAM_TYPE_AUTH; type <= PAM_TYPE_ACCOUNT; type++) {
        const struct pam_line *line = find_line(service, type);
        for (size_t i = 0; line != NULL && i < check->domains.count; i++)
            if (tell_of_user(check, name, line, check->domains.name[i]))
                return;
    }
}
