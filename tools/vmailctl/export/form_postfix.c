/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The texts of Postfix's maps, for postmap(1): virtual_mailbox_domains, virtual_mailbox_maps (with
 * virtual_mailbox_base = /) and virtual_alias_maps. */
#include "export/forms.h"

#include <stdlib.h>
#include <string.h>

#include "mailbox.h"
#include "message.h"

/** Characters without a special meaning in a map or an address (atext of RFC 5322, and the dot). */
static bool is_plain(const char *name)
{
    for (const char *c = name; *c != '\0'; c++)
        if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
              strchr("!$%&'*+-/=?^_`{|}~.", *c) != NULL))
            return false;
    return true;
}

static void leave_out(struct export_job *job, const char *name, const char *why)
{
    message_warning(job->context, "%s@%s: left out: %s", name, job->domain, why);
    job->left_out++;
}

static bool can_be_mapped(struct export_job *job, const char *name)
{
    const bool plain = is_plain(name);
    if (!plain)
        leave_out(job, name, "this name is not valid in a map");
    return plain;
}

/** The alias number I of the domain in vmail.conf, or NULL after the last one. */
static const char *alias_of(const struct export_job *job, size_t i)
{
    const struct vmail_config *config = job->context->config;
    size_t count;
    const size_t *row = config_rows_aliases(job->rows, job->domain, &count);
    return i < count ? vmail_config_string(config, config->aliases[row[i]].name) : NULL;
}

enum exit_code form_postfix_domains(struct export_job *job)
{
    const char *alias;
    fprintf(job->out, "%s\tOK\n", job->domain);
    for (size_t i = 0; (alias = alias_of(job, i)) != NULL; i++)
        fprintf(job->out, "%s\tOK\n", alias);
    return EXIT_DONE;
}

static void print_mailbox(struct export_job *job, const struct vmail_record *record)
{
    const struct vmail_passwd *user = &record->passwd;
    char home[VMAIL_HOME_MAX + 1];
    const char *mailbox = vmail_config_mailbox(job->context->config, job->domain);
    if (!can_be_mapped(job, user->name))
        return;
    char *path = vmail_mailbox_path(mailbox, user->name, job->domain, export_home(job, user, home));
    if (path == NULL) {
        message_no_memory(job->context);
        job->left_out++;
    } else if (strpbrk(path, " \t") != NULL) { /* some readers end a value at white space */
        leave_out(job, user->name, "white space in the path");
    } else {
        fprintf(job->out, "%s@%s\t%s%s\n", user->name, job->domain, path + (path[0] == '/'),
                strncmp(mailbox, "maildir:", 8) == 0 ? "/" : "");
    }
    free(path);
}

enum exit_code form_postfix_mailboxes(struct export_job *job)
{
    return export_each(job, VMAIL_PASSWD, print_mailbox);
}

static void print_number(const struct export_job *job, const struct vmail_passwd *user,
                         uint32_t number)
{
    if (is_plain(user->name)) /* the map of mailboxes tells of the others */
        fprintf(job->out, "%s@%s\t%lu\n", user->name, job->domain, (unsigned long)number);
}

static void print_uid(struct export_job *job, const struct vmail_record *record)
{
    print_number(job, &record->passwd, record->passwd.uid);
}

static void print_gid(struct export_job *job, const struct vmail_record *record)
{
    print_number(job, &record->passwd, record->passwd.gid);
}

enum exit_code form_postfix_uids(struct export_job *job)
{
    return export_each(job, VMAIL_PASSWD, print_uid);
}

enum exit_code form_postfix_gids(struct export_job *job)
{
    return export_each(job, VMAIL_PASSWD, print_gid);
}

static void print_for_alias(struct export_job *job, const struct vmail_record *record)
{
    const char *name = record->passwd.name;
    if (is_plain(name))
        fprintf(job->out, "%s@%s\t%s@%s\n", name, job->alias, name, job->domain);
}

static void print_alias(struct export_job *job, const char *name, const char *targets)
{
    const char *alias;
    if (!can_be_mapped(job, name))
        return;
    fprintf(job->out, "%s@%s\t%s\n", name, job->domain, targets);
    for (size_t i = 0; (alias = alias_of(job, i)) != NULL; i++)
        fprintf(job->out, "%s@%s\t%s@%s\n", name, alias, name, job->domain);
}

/**
 * Mail to unknown users. Users get an entry of their own: Postfix looks up aliases before
 * mailboxes.
 */
static enum exit_code print_fallback(struct export_job *job)
{
    const struct vmail_domain_config *section =
        vmail_config_domain(job->context->config, job->domain);
    const char *fallback = section == NULL ? NULL : section->fallback;
    if (fallback == NULL || fallback[0] == '\0')
        return EXIT_DONE;
    job->alias = job->domain;
    enum exit_code code = export_each(job, VMAIL_PASSWD, print_for_alias);
    fprintf(job->out, "@%s\t%s", job->domain, fallback);
    if (strchr(fallback, '@') == NULL)
        fprintf(job->out, "@%s", job->domain);
    fputc('\n', job->out);
    return code;
}

enum exit_code form_postfix_aliases(struct export_job *job)
{
    enum exit_code code = alias_lines_each(job, print_alias);
    for (size_t i = 0; code == EXIT_DONE && (job->alias = alias_of(job, i)) != NULL; i++)
        code = export_each(job, VMAIL_PASSWD, print_for_alias);
    if (code != EXIT_DONE)
        return code;
    return print_fallback(job);
}
