/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "areas.h"
#include "pam_case.h"
#include "pam_line.h"
#include "pam_services.h"
#include "text.h"

#define MODULE VMAIL_PAM_DIRECTORY "/pam_vmail.so"

/** Whether WHAT is said of LINE for the first time: files that many services include are judged
 * once.
 */
static bool is_new(struct seen *seen, const struct pam_line *line, const char *what)
{
    char *key;
    if (asprintf(&key, "%s:%lu %s", line->file, line->number, what) < 0)
        return true;
    const bool new = seen_add(seen, key);
    free(key);
    return new;
}

/** How to report a fault; %s is the service. */
static const struct {
    enum finding_severity severity;
    const char *what, *to_do;
} faults[] = {
    [PAM_FAULT_NOT_ASKED] = { FINDING_ERROR, "pam_vmail is not asked: an earlier line decides",
                              "move the pam_vmail line before that one, and before @include "
                              "common-auth and the like" },
    [PAM_FAULT_REFUSAL_LOST] = { FINDING_ERROR,
                                 "users refused by pam_vmail can still be let in by another line",
                                 "write  [success=done ignore=ignore default=die]  as the control "
                                 "field; in an account line, add new_authtok_reqd=done" },
    [PAM_FAULT_STRANGER_IN] = { FINDING_ERROR,
                                "users unknown to pam_vmail are let in with any password",
                                "add  @include common-auth  or  auth required pam_deny.so  after "
                                "pam_vmail" },
    [PAM_FAULT_ACCEPT_LOST] = { FINDING_WARNING,
                                "users accepted by pam_vmail are refused, unless other lines "
                                "accept them too",
                                "write  [success=done ignore=ignore default=die]  as the control "
                                "field" },
    [PAM_FAULT_SYSTEM_LOCKED] = { FINDING_NOTE, "system users are refused",
                                  "to let them in, add  @include common-auth  (or common-account, "
                                  "common-password) after pam_vmail" },
    [PAM_FAULT_NO_CHECK] = { FINDING_ERROR,
                             "every pam_vmail line has resolve_only, so nothing is checked",
                             "add a line without resolve_only, as in " EXAMPLES
                             "/pam.d/with-faillock" },
};

static void judge_type(struct check *check, const char *name, const struct pam_service *service,
                       enum pam_type type, struct seen *seen)
{
    const struct pam_line *line, *other;
    char decides[PATH_MAX + 64] = "";
    enum pam_fault fault = pam_case_find(service, type, &line, &other);
    if (fault == PAM_FAULT_NONE || !is_new(seen, line, faults[fault].what))
        return;
    const struct finding_place place = pam_line_place(line);
    if (other != NULL && fault == PAM_FAULT_NOT_ASKED)
        snprintf(decides, sizeof decides, ": %s:%lu (%s)", other->file, other->number,
                 pam_words_module(&other->words));
    finding_add(&check->findings, faults[fault].severity, &place, "service %s, %s: %s%s\n%s", name,
                pam_type_name[type], faults[fault].what, decides, faults[fault].to_do);
}

static bool has_type(const struct pam_service *service, enum pam_type type)
{
    for (size_t i = 0; i < service->count; i++)
        if (service->line[i].type == type)
            return true;
    return false;
}

/** Types of lines that lack our module, where passwords are checked by it. */
static void judge_missing(struct check *check, const char *name, const struct finding_place *place,
                          const struct pam_service *service)
{
    if (!pam_service_mentions(service, PAM_TYPE_AUTH))
        return;
    if (has_type(service, PAM_TYPE_ACCOUNT) && !pam_service_mentions(service, PAM_TYPE_ACCOUNT))
        finding_add(
            &check->findings, FINDING_ERROR, place,
            "service %s has pam_vmail in auth but not in account: expired accounts are let in, or "
            "other modules refuse the user\nbefore the other account lines, add  account "
            "[success=done new_authtok_reqd=done ignore=ignore default=die] pam_vmail.so",
            name);
    if (has_type(service, PAM_TYPE_PASSWORD) && !pam_service_mentions(service, PAM_TYPE_PASSWORD))
        finding_add(&check->findings, FINDING_NOTE, place,
                    "service %s does not let virtual users change their passwords\nto allow it, "
                    "add  password [success=done ignore=ignore default=die] pam_vmail.so",
                    name);
}

/** Judges a service that mentions us; PATH is its file. */
static void judge_service(struct check *check, const char *name, const char *path,
                          const struct pam_service *service, struct seen *seen)
{
    const struct finding_place place = { .file = path };
    for (size_t i = 0; i < service->count; i++)
        if (is_new(seen, &service->line[i], "line"))
            pam_line_check(check, &service->line[i]);
    if (service->missing != NULL)
        finding_add(&check->findings, FINDING_ERROR, &place,
                    "service %s includes %s, which cannot be read: PAM refuses everybody\nadd the "
                    "file, or remove the line",
                    name, service->missing);
    for (enum pam_type type = PAM_TYPE_AUTH; type < PAM_TYPE_SESSION; type++)
        if (pam_service_mentions(service, type))
            judge_type(check, name, service, type, seen);
    judge_missing(check, name, &place, service);
    pam_shells_check(check, name, service);
}

/** Reads and judges one service. Returns whether it mentions us at all. */
static bool look_at(struct check *check, const char *name, struct seen *seen)
{
    struct pam_service service;
    char path[PATH_MAX];
    bool ours = false;
    snprintf(path, sizeof path, "%s/%s", PAM_SERVICES, name);
    if (pam_service_read(&service, PAM_SERVICES, name)) {
        for (size_t i = 0; i < service.count; i++)
            ours = ours || pam_line_is_meant_for_us(&service.line[i]);
        if (ours)
            judge_service(check, name, path, &service, seen);
        check->findings.no_memory = check->findings.no_memory || service.no_memory;
    }
    pam_service_free(&service);
    return ours;
}

/** Daemons that mail and files are fetched by; their examples have these names. */
static bool is_known(const char *name)
{
    static const char *const names[] = {
        "courier", "cyrus", "dovecot",     "esmtp",    "ftp",     "imap",  "imapd",     "pop",
        "pop3",    "pop3d", "popa3d",      "poppassd", "proftpd", "sieve", "pure-ftpd", "qpopper",
        "smtp",    "smtpd", "solid-pop3d", "sshd",     "vsftpd",  NULL,
    };
    return text_is_one_of(name, names);
}

/** Programs by which users change their passwords. */
static bool is_for_passwords(const char *name)
{
    return strcmp(name, "passwd") == 0 || strcmp(name, "chpasswd") == 0;
}

static void tell_of_no_mention(struct check *check, const char *name)
{
    const struct vmail_config *config = check->context->config;
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", PAM_SERVICES, name);
    const struct finding_place place = { .file = path, .not_set_up = true };
    if (is_for_passwords(name))
        finding_add(&check->findings, FINDING_NOTE, &place,
                    "service %s does not use pam_vmail: virtual users cannot change their "
                    "passwords with it, and only see \"Authentication token manipulation "
                    "error\"\nto allow it, run vmailctl setup passwd",
                    name);
    else if (config != NULL && config->nss_hashes)
        finding_add(&check->findings, FINDING_NOTE, &place,
                    "service %s does not use pam_vmail: since vmail.conf has nss_hashes = yes, its "
                    "other modules can let virtual users in\nto check them with pam_vmail, add its "
                    "lines before the others, as in " EXAMPLES
                    "/pam.d; otherwise remove nss_hashes",
                    name);
    else
        finding_add(
            &check->findings, FINDING_NOTE, &place,
            "service %s does not use pam_vmail: virtual users cannot log in there\nto let "
            "them log in, run vmailctl setup, or add the pam_vmail lines before the others, "
            "as in " EXAMPLES "/pam.d",
            name);
}

void check_pam(struct check *check)
{
    const struct finding_place host = { .file = PAM_SERVICES };
    struct seen seen = { 0 };
    struct dirent **list = NULL;
    size_t ours = 0;
    int count = pam_services_list(&list);
    for (int i = 0; i < count; i++) {
        if (look_at(check, list[i]->d_name, &seen))
            ours++;
        else if (is_known(list[i]->d_name) || is_for_passwords(list[i]->d_name))
            tell_of_no_mention(check, list[i]->d_name);
    }
    if (count < 0)
        finding_add(&check->findings, FINDING_ERROR, &host, "cannot be listed: %s",
                    strerror(errno));
    else if (ours == 0)
        finding_add(
            &check->findings, FINDING_WARNING, &host,
            "no service uses pam_vmail: no virtual user can log in\nrun vmailctl setup, or, in "
            "the file of your daemon, add the pam_vmail lines before the others, as in " EXAMPLES
            "/pam.d");
    pam_services_free(list, count);
    pam_access_check(check);
    seen_free(&seen);
    if (access(MODULE, R_OK) != 0 && ours == 0) {
        const struct finding_place place = { .file = MODULE };
        finding_add(&check->findings, FINDING_ERROR, &place, "%s\nrun make install",
                    strerror(errno));
    }
}
