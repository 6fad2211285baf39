/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "who.h"

#include <security/pam_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <syslog.h>

#include "log.h"

static const char data_name[] = "vmail_identity";

struct remembered {
    struct vmail_identity identity;
    char canonical[VMAIL_CANONICAL_MAX + 1];
    char original[]; /* with its NUL */
};

static void forget(pam_handle_t *pamh, void *data, int status)
{
    (void)pamh;
    (void)status;
    free(data);
}

int who_remember(pam_handle_t *pamh, const struct who *who)
{
    size_t length = strlen(who->original) + 1;
    struct remembered *data = malloc(sizeof *data + length);
    if (data == NULL)
        return PAM_BUF_ERR;
    data->identity = who->identity;
    memcpy(data->canonical, who->canonical, sizeof data->canonical);
    memcpy(data->original, who->original, length);
    int result = pam_set_data(pamh, data_name, data, forget);
    if (result != PAM_SUCCESS)
        free(data);
    return result;
}

/* What the handle was told before, where PAM_USER is still that name or has become canonical. */
static const struct remembered *recall(pam_handle_t *pamh, const char *name)
{
    const void *item;
    if (pam_get_data(pamh, data_name, &item) != PAM_SUCCESS || item == NULL)
        return NULL;
    const struct remembered *data = item;
    bool same = strcmp(name, data->original) == 0 || strcmp(name, data->canonical) == 0;
    return same ? data : NULL;
}

static int take_name(pam_handle_t *pamh, const char *name, struct who *who, bool *recalled)
{
    const struct remembered *data = recall(pamh, name);
    who->given = strdup(name);
    who->original = strdup(data != NULL ? data->original : name);
    if (who->given == NULL || who->original == NULL)
        return PAM_BUF_ERR;
    *recalled = data != NULL;
    if (data != NULL) {
        who->identity = data->identity;
        memcpy(who->canonical, data->canonical, sizeof who->canonical);
    }
    return PAM_SUCCESS;
}

/* In a set-id program descriptor 0 and the environment are what its caller made them. */
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
                   "address_from=env: refused in a set-id program, whose caller chose the "
                   "environment");
    else if (value != NULL && !vmail_address_parse(value, &context->address))
        pam_syslog(pamh, LOG_ERR, "address_from=env:%s: the variable holds no IP address",
                   options->address_variable);
    else
        context->has_address = value != NULL;
}

static int load_config(pam_handle_t *pamh, const struct options *options, struct who *who)
{
    struct log_config log = { .pamh = pamh };
    struct vmail_error error = { 0 };
    switch (vmail_config_load(&vmail_system_paths, &who->config, log_config_line, &log, &error)) {
    case VMAIL_OK:
        return PAM_SUCCESS;
    case VMAIL_NO_MEMORY:
        return PAM_BUF_ERR;
    case VMAIL_NOT_FOUND: /* no directory: nobody is ours */
        return PAM_IGNORE;
    case VMAIL_UNAVAILABLE:
        break;
    }
    /* A plain name may well be a system account's, which must go on working. */
    if (strchr(who->given, VMAIL_SEPARATOR) == NULL && options->domain == NULL) {
        if (options->debug)
            log_error(pamh, &error);
        return PAM_IGNORE;
    }
    log_error(pamh, &error);
    return PAM_AUTHINFO_UNAVAIL;
}

static int not_ours(pam_handle_t *pamh, const struct options *options, const struct who *who)
{
    const struct vmail_identity *identity = &who->identity;
    if (options->unwrap_address && identity->form == VMAIL_NAME_LITERAL && identity->user_valid) {
        int result = pam_set_item(pamh, PAM_USER, identity->user);
        if (result != PAM_SUCCESS)
            return result;
        if (options->debug)
            pam_syslog(pamh, LOG_DEBUG, "no domain owns the address; the user is now %s",
                       identity->user);
    }
    return PAM_IGNORE;
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

static int resolve(pam_handle_t *pamh, const struct options *options,
                   const struct vmail_context *context, struct who *who)
{
    enum vmail_result result =
        vmail_resolve(&vmail_system_paths, who->config, who->given, context, &who->identity);
    if (result != VMAIL_OK)
        return not_ours(pamh, options, who);
    if (who->identity.user_valid)
        vmail_name_join(who->canonical, who->identity.user, who->identity.domain);
    if (options->debug)
        pam_syslog(pamh, LOG_DEBUG, "the name means %s@%s",
                   who->identity.user_valid ? who->identity.user : "(invalid user)",
                   who->identity.domain);
    return options->same_domain ? check_same_domain(pamh, who, context) : PAM_SUCCESS;
}

int who_is(pam_handle_t *pamh, const struct options *options, struct who *who)
{
    struct vmail_context context;
    const char *name = NULL;

    *who = (struct who){ .config = NULL };
    int result = pam_get_user(pamh, &name, NULL);
    if (result != PAM_SUCCESS)
        return result;
    bool recalled = false;
    result = name == NULL ? PAM_USER_UNKNOWN : take_name(pamh, name, who, &recalled);
    if (result != PAM_SUCCESS)
        return result;
    find_context(pamh, options, &context);
    if (!recalled && context.domain == NULL && !context.has_address &&
        !vmail_name_may_have_separator(name))
        return PAM_IGNORE;
    result = load_config(pamh, options, who);
    if (result != PAM_SUCCESS || recalled)
        return result;
    return resolve(pamh, options, &context, who);
}

const char *who_mailbox(const struct who *who)
{
    const struct vmail_domain_config *domain =
        vmail_config_domain(who->config, who->identity.domain);
    return domain == NULL ? VMAIL_MAILBOX_DEFAULT : domain->mailbox;
}

int who_set_user(pam_handle_t *pamh, const struct options *options, const struct who *who)
{
    if (options->keep_user)
        return PAM_SUCCESS;
    return pam_set_item(pamh, PAM_USER, who->canonical);
}

void who_end(struct who *who)
{
    vmail_config_free(who->config);
    free(who->given);
    free(who->original);
    *who = (struct who){ .config = NULL };
}
