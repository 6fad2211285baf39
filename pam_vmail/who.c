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
    char given[]; /* with its NUL */
};

static void forget(pam_handle_t *pamh, void *data, int status)
{
    (void)pamh;
    (void)status;
    free(data);
}

int who_remember(pam_handle_t *pamh, const struct who *who)
{
    size_t length = strlen(who->given) + 1;
    struct remembered *data = malloc(sizeof *data + length);
    if (data == NULL)
        return PAM_BUF_ERR;
    data->identity = who->identity;
    memcpy(data->canonical, who->canonical, sizeof data->canonical);
    memcpy(data->given, who->given, length);
    int result = pam_set_data(pamh, data_name, data, forget);
    if (result != PAM_SUCCESS)
        free(data);
    return result;
}

static bool recall(pam_handle_t *pamh, struct who *who)
{
    const void *item;
    if (pam_get_data(pamh, data_name, &item) != PAM_SUCCESS || item == NULL)
        return false;
    const struct remembered *data = item;
    if (strcmp(who->given, data->given) != 0 && strcmp(who->given, data->canonical) != 0)
        return false;
    who->identity = data->identity;
    memcpy(who->canonical, data->canonical, sizeof who->canonical);
    return true;
}

/* In a set-id program descriptor 0 is what its caller made it. */
static void find_context(const struct options *options, struct vmail_context *context)
{
    *context = (struct vmail_context){ .domain = options->domain };
    if (!options->no_address && getauxval(AT_SECURE) == 0)
        context->has_address = vmail_address_of_socket(0, &context->address);
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
    if (name == NULL || (who->given = strdup(name)) == NULL)
        return PAM_BUF_ERR;

    bool recalled = recall(pamh, who);
    find_context(options, &context);
    if (!recalled && context.domain == NULL && !context.has_address &&
        !vmail_name_may_have_separator(name))
        return PAM_IGNORE;
    result = load_config(pamh, options, who);
    if (result != PAM_SUCCESS || recalled)
        return result;
    return resolve(pamh, options, &context, who);
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
    *who = (struct who){ .config = NULL };
}
