/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "who.h"

#include <security/pam_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <syslog.h>

#include "config_file.h"
#include "log.h"

static const char data_name[] = "vmail_identity";

/* The meaning of a name, kept for later calls on the handle. */
struct remembered {
    bool ours;
    struct vmail_identity identity;          /* if the name is ours */
    char canonical[VMAIL_CANONICAL_MAX + 1]; /* if the name is ours; else "" */
    char *original;                          /* PAM_USER before this module changed it */
    char *current;                           /* PAM_USER as set by this module */
};

static void free_remembered(struct remembered *data)
{
    if (data == NULL)
        return;
    free(data->original);
    free(data->current);
    free(data);
}

static void forget_remembered(pam_handle_t *pamh, void *data, int status)
{
    (void)pamh;
    (void)status;
    free_remembered(data);
}

static int remember_who(pam_handle_t *pamh, const struct who *who, bool ours, const char *current)
{
    struct remembered *data = calloc(1, sizeof *data);
    if (data == NULL)
        return PAM_BUF_ERR;
    data->ours = ours;
    data->identity = who->identity;
    memcpy(data->canonical, who->canonical, sizeof data->canonical);
    data->original = strdup(who->original);
    data->current = strdup(current);
    int result = data->original == NULL || data->current == NULL
                     ? PAM_BUF_ERR
                     : pam_set_data(pamh, data_name, data, forget_remembered);
    if (result != PAM_SUCCESS)
        free_remembered(data);
    return result;
}

int who_settle(pam_handle_t *pamh, const struct options *options, const struct who *who)
{
    int result = remember_who(pamh, who, true, who->canonical);
    if (result != PAM_SUCCESS || options->keep_user)
        return result;
    return pam_set_item(pamh, PAM_USER, who->canonical);
}

int who_remember_ignored(pam_handle_t *pamh, const struct who *who)
{
    const void *current;
    if (who->original == NULL || pam_get_item(pamh, PAM_USER, &current) != PAM_SUCCESS ||
        current == NULL)
        return PAM_SUCCESS;
    return remember_who(pamh, who, false, current);
}

/* The kept meaning, if PAM_USER is still that name or the name that this module set. */
static const struct remembered *recall(pam_handle_t *pamh, const char *name)
{
    const void *item;
    if (pam_get_data(pamh, data_name, &item) != PAM_SUCCESS || item == NULL)
        return NULL;
    const struct remembered *data = item;
    bool same = strcmp(name, data->original) == 0 || strcmp(name, data->current) == 0;
    return same ? data : NULL;
}

static int take_name(const char *name, const struct remembered *data, struct who *who)
{
    who->given = strdup(name);
    who->original = strdup(data != NULL ? data->original : name);
    if (who->given == NULL || who->original == NULL)
        return PAM_BUF_ERR;
    if (data != NULL) {
        who->identity = data->identity;
        memcpy(who->canonical, data->canonical, sizeof who->canonical);
    }
    return PAM_SUCCESS;
}

/* The caller of a set-id program controls its descriptor 0 and its environment. */
static void find_context(const pam_handle_t *pamh, const struct options *options,
                         struct vmail_context *context)
{
    bool set_id = getauxval(AT_SECURE) != 0;
    *context = (struct vmail_context){ .domain = options->domain };
    if (options->no_address)
        return;
    if (options->address_variable == NULL) {
        context->has_address = !set_id && vmail_address_of_socket(0, &context->address);
        return;
    }
    const char *value = getenv(options->address_variable);
    if (set_id)
        pam_syslog(pamh, LOG_ERR,
                   "address_from=env: refused in a set-id program, because its caller controls the "
                   "environment");
    else if (value != NULL && !vmail_address_parse(value, &context->address))
        pam_syslog(pamh, LOG_ERR, "address_from=env:%s: the variable is not an IP address",
                   options->address_variable);
    else
        context->has_address = value != NULL;
}

static int unwrap(pam_handle_t *pamh, const char *user)
{
    int result = pam_set_item(pamh, PAM_USER, user);
    return result == PAM_SUCCESS ? PAM_IGNORE : result;
}

static int not_ours(pam_handle_t *pamh, const struct options *options, const struct who *who)
{
    const struct vmail_identity *identity = &who->identity;
    if (!options->unwrap_address || identity->form != VMAIL_NAME_LITERAL || !identity->user_valid)
        return PAM_IGNORE;
    if (options->debug)
        pam_syslog(pamh, LOG_DEBUG, "not a virtual user at this address; the user is now %s",
                   identity->user);
    return unwrap(pamh, identity->user);
}

/* A name that this handle has taken for a virtual user's stays one. */
static int without_config(pam_handle_t *pamh, const struct options *options,
                          const struct vmail_context *context, bool recalled, struct who *who)
{
    if (!recalled && vmail_resolve_without_config(&vmail_system_paths, who->given, context,
                                                  &who->identity) == VMAIL_NOT_FOUND)
        return not_ours(pamh, options, who);
    return PAM_AUTHINFO_UNAVAIL;
}

/* Reads vmail.conf and logs its invalid lines, once for each log-in. */
static void log_wrong_lines(const pam_handle_t *pamh)
{
    struct log_config log = { .pamh = pamh };
    struct vmail_error error = { 0 };
    struct vmail_config *config;
    enum vmail_result result =
        vmail_config_load(&vmail_system_paths, &config, log_config_line, &log, &error);
    if (result == VMAIL_OK)
        vmail_config_free(config);
    else
        log_result(pamh, result, &error);
}

static int load_config(pam_handle_t *pamh, const struct options *options,
                       const struct vmail_context *context, bool recalled, struct who *who)
{
    switch (vmail_config_cache_get(&who->config, &who->shared)) {
    case VMAIL_OK:
        if (!recalled && who->config->error_count > 0)
            log_wrong_lines(pamh);
        return PAM_SUCCESS;
    case VMAIL_NO_MEMORY:
        return PAM_BUF_ERR;
    default:
        break;
    }
    log_wrong_lines(pamh);
    return without_config(pamh, options, context, recalled, who);
}

static int check_same_domain(pam_handle_t *pamh, const struct who *who,
                             const struct vmail_context *context)
{
    if (!context->has_address)
        return PAM_SUCCESS;
    const char *domain = vmail_config_address(who->config, &context->address);
    if (domain == NULL || strcmp(domain, who->identity.domain) == 0)
        return PAM_SUCCESS;
    pam_syslog(pamh, LOG_NOTICE, "%s refused: the connection came in at an address of %s",
               who->canonical, domain);
    return PAM_PERM_DENIED;
}

static int resolve_name(pam_handle_t *pamh, const struct options *options,
                        const struct vmail_context *context, struct who *who)
{
    enum vmail_result result =
        vmail_resolve(&vmail_system_paths, who->config, who->given, context, &who->identity);
    if (result == VMAIL_NOT_FOUND)
        return not_ours(pamh, options, who);
    if (result != VMAIL_OK) {
        pam_syslog(pamh, LOG_ERR, "%s cannot be read: cannot tell whether a name is a system user",
                   vmail_system_paths.system_passwd);
        return PAM_AUTHINFO_UNAVAIL;
    }
    if (who->identity.user_valid)
        vmail_name_join(who->canonical, who->identity.user, who->identity.domain);
    if (options->debug)
        pam_syslog(pamh, LOG_DEBUG, "the name means %s@%s",
                   who->identity.user_valid ? who->identity.user : "(invalid user)",
                   who->identity.domain);
    return PAM_SUCCESS;
}

int who_is(pam_handle_t *pamh, const struct options *options, bool anew, struct who *who)
{
    struct vmail_context context;
    const char *name = NULL;

    *who = (struct who){ .config = NULL };
    int result = pam_get_user(pamh, &name, NULL);
    if (result != PAM_SUCCESS)
        return result;
    if (name == NULL)
        return PAM_USER_UNKNOWN;
    const struct remembered *data = recall(pamh, name);
    if (data != NULL && !data->ours && !anew)
        return PAM_IGNORE;
    if (data != NULL && !data->ours)
        data = NULL;
    result = take_name(name, data, who);
    if (result != PAM_SUCCESS)
        return result;
    find_context(pamh, options, &context);
    if (data == NULL && context.domain == NULL && !context.has_address &&
        !vmail_name_may_have_separator(name))
        return PAM_IGNORE;
    result = load_config(pamh, options, &context, data != NULL, who);
    if (result == PAM_SUCCESS && data == NULL)
        result = resolve_name(pamh, options, &context, who);
    if (result == PAM_SUCCESS && options->same_domain)
        result = check_same_domain(pamh, who, &context);
    return result;
}

struct vmail_file who_file(const struct who *who, enum vmail_kind kind)
{
    return (struct vmail_file){ &vmail_system_paths, &who->config->rules, kind,
                                who->identity.domain };
}

const char *who_mailbox(const struct who *who)
{
    return vmail_config_mailbox(who->config, who->identity.domain);
}

void who_end(struct who *who)
{
    vmail_config_cache_release(who->shared);
    free(who->given);
    free(who->original);
    *who = (struct who){ .config = NULL };
}
