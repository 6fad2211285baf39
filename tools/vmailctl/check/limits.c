/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The area "limits": whether something enforces the limits of mailboxes. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "areas.h"
#include "ask_program.h"
#include "file.h"
#include "limit.h"
#include "mailbox_use.h"
#include "table.h"

#define DOVECONF     "/usr/bin/doveconf"
#define DOVECOT_LIST "/etc/dovecot/vmail-limits"

enum { LIST_MAX = 256 * 1024 * 1024 };

/** What enforces the limits of one domain, and the users whose limit nothing enforces. */
struct limits {
    struct check *check;
    const char *domain;
    bool mbox;          /* Dovecot's way of counting knows only Maildirs */
    bool counts;        /* Dovecot has its plugin "quota" */
    const char *list;   /* what its list of limits says; "" for no list */
    const char *next;   /* where in it the next user is, if their order is still the same */
    bool domain_listed; /* the limit of the domain is in there */
    size_t unenforced;
    char example[VMAIL_CANONICAL_MAX + 1]; /* one of them */
};

/** Whether the limit of NAME, a user or "@DOMAIN", is in Dovecot's list. */
static bool is_listed(struct limits *limits, const char *name, uint64_t limit)
{
    char line[MAILBOX_USE_LINE_MAX + 1];
    mailbox_use_line(line, name, limit);
    const char *found = strstr(limits->next, line);
    if (found == NULL && limits->unenforced == 0) /* else it is enough that the list is old */
        found = strstr(limits->list, line);
    if (found == NULL || (found > limits->list && found[-1] != '\n'))
        return false;
    limits->next = found;
    return true;
}

static bool dovecot_enforces(struct limits *limits, const char *name, const char *gecos)
{
    uint64_t own;
    if (!limits->counts || limits->mbox)
        return false;
    if (vmail_limit_own(gecos, &own) != VMAIL_LIMIT_SET)
        return limits->domain_listed;
    return is_listed(limits, name, own);
}

static void check_user(struct limits *limits, const struct vmail_passwd *user)
{
    const struct context *context = limits->check->context;
    const struct finding_place place = { .domain = limits->domain, .user = user->name };
    const uint64_t limit = vmail_limit_of_user(context->config, limits->domain, user->gecos);
    struct mailbox_use use;
    char name[VMAIL_CANONICAL_MAX + 1];
    if (limit == 0)
        return;
    mailbox_use_look(context, user, limits->domain, &use);
    if (use.quotas && (use.file_limit < limit || use.file_limit - limit >= 1024))
        finding_add(&limits->check->findings, FINDING_WARNING, &place,
                    "the quota of the file system is %llu bytes, and the limit %llu\nrun vmailctl "
                    "mail limits %s",
                    (unsigned long long)use.file_limit, (unsigned long long)limit, limits->domain);
    vmail_name_join(name, user->name, limits->domain);
    vmail_fold_copy(name, name, strlen(name));
    if (!use.quotas && !dovecot_enforces(limits, name, user->gecos) && limits->unenforced++ == 0)
        snprintf(limits->example, sizeof limits->example, "%s", name);
}

static void report(const struct limits *limits)
{
    const struct finding_place place = { .domain = limits->domain };
    const char *why = DOVECOT_LIST " lacks them\nrun sh " EXAMPLES
                                   "/dovecot/update-limits, and enable vmail-update-limits.path";
    if (limits->mbox)
        why = "Dovecot does not count what is in an mbox\nturn on quotas on that file system, then "
              "run vmailctl mail limits";
    else if (!limits->counts)
        why = "the file system has no quotas, and Dovecot no plugin for them\ninstall " EXAMPLES
              "/dovecot/VERSION/limits.conf, or turn on quotas and run vmailctl mail limits";
    finding_add(&limits->check->findings, FINDING_WARNING, &place,
                "nothing enforces the limits of %zu users, for example %s: %s", limits->unenforced,
                limits->example, why);
}

static void check_domain(struct limits *limits)
{
    const struct context *context = limits->check->context;
    const uint64_t limit = vmail_limit_of_domain(context->config, limits->domain);
    struct vmail_table users;
    struct vmail_record record;
    char name[VMAIL_DOMAIN_MAX + 2];
    snprintf(name, sizeof name, "@%s", limits->domain);
    limits->unenforced = 0;
    limits->domain_listed = is_listed(limits, name, limit);
    limits->mbox = strncmp(vmail_config_mailbox(context->config, limits->domain), "mbox:", 5) == 0;
    if (vmail_table_open(&users, context_file(context, VMAIL_PASSWD, limits->domain), NULL) !=
        VMAIL_OK)
        return; /* the area "files" says why */
    while (vmail_table_next(&users, &record) == VMAIL_OK)
        check_user(limits, &record.passwd);
    vmail_table_close(&users);
    if (limits->unenforced > 0)
        report(limits);
}

/** Whether Dovecot is there and has its plugin: "mail_plugins = ... quota" in 2.3, "quota = yes"
 * within mail_plugins in 2.4. */
static bool has_plugin(void)
{
    static const char *const arguments[] = { DOVECONF, "-h", "mail_plugins", NULL };
    char wrong[256];
    char *text = access(DOVECONF, X_OK) == 0 ? ask_program(arguments, wrong, sizeof wrong) : NULL;
    const char *word = text;
    while (word != NULL && (word = strstr(word, "quota")) != NULL) {
        const bool starts = word == text || strchr(" \t\n\"", word[-1]) != NULL;
        word += strlen("quota");
        if (starts && (*word == '\0' || strchr(" \t\n\"", *word) != NULL) &&
            strncmp(word, " = no", 5) != 0)
            break;
    }
    free(text);
    return word != NULL;
}

/** The text of Dovecot's list, which the caller frees; NULL if it cannot be read. */
static char *read_list(void)
{
    size_t length;
    const int fd = open(DOVECOT_LIST, O_RDONLY | O_NOCTTY | O_CLOEXEC);
    char *text = fd < 0 ? NULL : vmail_file_read_all(fd, LIST_MAX, &length);
    if (fd >= 0)
        close(fd);
    return text;
}

void check_limits(struct check *check)
{
    struct limits limits = { .check = check };
    if (check->context->restricted || geteuid() != 0)
        return;
    limits.counts = has_plugin();
    char *list = limits.counts ? read_list() : NULL;
    limits.list = limits.next = list == NULL ? "" : list;
    for (size_t i = 0; i < check->domains.count; i++) {
        limits.domain = check->domains.name[i];
        check_domain(&limits);
    }
    free(list);
}
