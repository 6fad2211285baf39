/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The texts of Postfix's maps, for postmap(1): virtual_mailbox_domains, virtual_mailbox_maps (with
 * virtual_mailbox_base = /) and virtual_alias_maps. */
#include "export/forms.h"

#include <stdlib.h>
#include <string.h>

#include "export/alias_lines.h"
#include "home.h"
#include "mailbox.h"
#include "message.h"

struct postfix {
    struct export_job *job;
    const char *domain;
    const char *alias;    /* of a domain: mail to users under this name goes to DOMAIN */
    const char *fallback; /* NULL for none */
};

/** Characters without a special meaning in a map or an address (atext of RFC 5322, and the dot). */
static bool is_plain(const char *name)
{
    for (const char *c = name; *c != '\0'; c++)
        if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
              strchr("!$%&'*+-/=?^_`{|}~.", *c) != NULL))
            return false;
    return true;
}

static bool can_be_mapped(struct postfix *postfix, const char *name)
{
    if (is_plain(name))
        return true;
    message_warning(postfix->job->context, "%s@%s: left out: this name is not valid in a map", name,
                    postfix->domain);
    postfix->job->left_out++;
    return false;
}

enum exit_code form_postfix_domains(struct export_job *job, const char *domain,
                                    const struct shadow_rows *shadow)
{
    const struct vmail_config *config = job->context->config;
    size_t count;
    const size_t *row = config_rows_aliases(job->rows, domain, &count);
    (void)shadow;
    fprintf(job->out, "%s\tOK\n", domain);
    for (size_t i = 0; i < count; i++)
        fprintf(job->out, "%s\tOK\n", vmail_config_string(config, config->aliases[row[i]].name));
    return EXIT_DONE;
}

static void print_mailbox(void *data, const struct vmail_record *record)
{
    struct postfix *postfix = data;
    const struct vmail_passwd *user = &record->passwd;
    const struct vmail_config *config = postfix->job->context->config;
    char home[VMAIL_HOME_MAX + 1];
    const char *mailbox = vmail_config_mailbox(config, postfix->domain);
    if (!can_be_mapped(postfix, user->name))
        return;
    vmail_default_home(home, user->name, postfix->domain, config->fold_case);
    char *path = vmail_mailbox_path(mailbox, user->name, postfix->domain,
                                    user->home[0] != '\0' ? user->home : home);
    if (path == NULL) {
        message_no_memory(postfix->job->context);
        postfix->job->left_out++;
        return;
    }
    /* Some readers end a map's value at white space: such a path is reported, not written. */
    if (strpbrk(path, " \t") != NULL) {
        message_warning(postfix->job->context, "%s@%s: left out: white space in the path",
                        user->name, postfix->domain);
        postfix->job->left_out++;
    } else {
        fprintf(postfix->job->out, "%s@%s\t%s%s\n", user->name, postfix->domain,
                path + (path[0] == '/'), strncmp(mailbox, "maildir:", 8) == 0 ? "/" : "");
    }
    free(path);
}

enum exit_code form_postfix_mailboxes(struct export_job *job, const char *domain,
                                      const struct shadow_rows *shadow)
{
    struct postfix postfix = { .job = job, .domain = domain };
    (void)shadow;
    return export_each(job, VMAIL_PASSWD, domain, print_mailbox, &postfix);
}

static void print_number(const struct postfix *postfix, const struct vmail_passwd *user,
                         uint32_t number)
{
    if (is_plain(user->name)) /* the map of mailboxes tells of the others */
        fprintf(postfix->job->out, "%s@%s\t%lu\n", user->name, postfix->domain,
                (unsigned long)number);
}

static void print_uid(void *data, const struct vmail_record *record)
{
    print_number(data, &record->passwd, record->passwd.uid);
}

static void print_gid(void *data, const struct vmail_record *record)
{
    print_number(data, &record->passwd, record->passwd.gid);
}

enum exit_code form_postfix_uids(struct export_job *job, const char *domain,
                                 const struct shadow_rows *shadow)
{
    struct postfix postfix = { .job = job, .domain = domain };
    (void)shadow;
    return export_each(job, VMAIL_PASSWD, domain, print_uid, &postfix);
}

enum exit_code form_postfix_gids(struct export_job *job, const char *domain,
                                 const struct shadow_rows *shadow)
{
    struct postfix postfix = { .job = job, .domain = domain };
    (void)shadow;
    return export_each(job, VMAIL_PASSWD, domain, print_gid, &postfix);
}

static void print_for_alias(void *data, const struct vmail_record *record)
{
    struct postfix *postfix = data;
    const char *name = record->passwd.name;
    if (is_plain(name))
        fprintf(postfix->job->out, "%s@%s\t%s@%s\n", name, postfix->alias, name, postfix->domain);
}

static void print_alias(void *data, const char *name, const char *targets)
{
    struct postfix *postfix = data;
    const struct vmail_config *config = postfix->job->context->config;
    size_t count;
    const size_t *row = config_rows_aliases(postfix->job->rows, postfix->domain, &count);
    if (!can_be_mapped(postfix, name))
        return;
    fprintf(postfix->job->out, "%s@%s\t%s\n", name, postfix->domain, targets);
    for (size_t i = 0; i < count; i++)
        fprintf(postfix->job->out, "%s@%s\t%s@%s\n", name,
                vmail_config_string(config, config->aliases[row[i]].name), name, postfix->domain);
}

/**
 * Mail to unknown users. Users get an entry of their own: Postfix looks up aliases before
 * mailboxes.
 */
static enum exit_code print_fallback(struct postfix *postfix)
{
    const char *fallback = postfix->fallback;
    if (fallback == NULL || fallback[0] == '\0')
        return EXIT_DONE;
    postfix->alias = postfix->domain;
    enum exit_code code =
        export_each(postfix->job, VMAIL_PASSWD, postfix->domain, print_for_alias, postfix);
    fprintf(postfix->job->out, "@%s\t%s", postfix->domain, fallback);
    if (strchr(fallback, '@') == NULL)
        fprintf(postfix->job->out, "@%s", postfix->domain);
    fputc('\n', postfix->job->out);
    return code;
}

enum exit_code form_postfix_aliases(struct export_job *job, const char *domain,
                                    const struct shadow_rows *shadow)
{
    const struct vmail_config *config = job->context->config;
    const struct vmail_domain_config *section = vmail_config_domain(config, domain);
    struct postfix postfix = { .job = job, .domain = domain };
    size_t count;
    const size_t *row = config_rows_aliases(job->rows, domain, &count);
    (void)shadow;
    enum exit_code code = alias_lines_each(job, domain, print_alias, &postfix);
    for (size_t i = 0; code == EXIT_DONE && i < count; i++) {
        postfix.alias = vmail_config_string(config, config->aliases[row[i]].name);
        code = export_each(job, VMAIL_PASSWD, domain, print_for_alias, &postfix);
    }
    postfix.fallback = section == NULL ? NULL : section->fallback;
    return code == EXIT_DONE ? print_fallback(&postfix) : code;
}
