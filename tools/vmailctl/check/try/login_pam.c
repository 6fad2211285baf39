/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <security/pam_appl.h>
#include <stdlib.h>
#include <string.h>

#include "login_steps.h"

struct conversation {
    struct login *login;
    const struct secret *password;
};

/** Answers the COUNT messages of a module; PAM frees what is in ANSWERS, and wipes it. */
static int converse(int count, const struct pam_message **message, struct pam_response **answers,
                    void *data)
{
    const struct conversation *conversation = data;
    struct pam_response *answer =
        count <= 0 || count > PAM_MAX_NUM_MSG ? NULL : calloc((size_t)count, sizeof *answer);
    bool done = answer != NULL;
    for (int i = 0; done && i < count; i++) {
        if (message[i]->msg_style == PAM_PROMPT_ECHO_OFF)
            done = (answer[i].resp = strdup(conversation->password->text)) != NULL;
        else if (message[i]->msg_style == PAM_PROMPT_ECHO_ON)
            done = (answer[i].resp = strdup(conversation->login->options->name)) != NULL;
        else
            login_answer(conversation->login, true, "pam says", "-", "%s", message[i]->msg);
    }
    if (done) {
        *answers = answer;
        return PAM_SUCCESS;
    }
    for (int i = 0; answer != NULL && i < count; i++)
        if (answer[i].resp != NULL) {
            explicit_bzero(answer[i].resp, strlen(answer[i].resp));
            free(answer[i].resp);
        }
    free(answer);
    return PAM_CONV_ERR;
}

/** Nobody guesses here who could be slowed down: the person is root. */
static void no_delay(int result, unsigned microseconds, void *data)
{
    (void)result;
    (void)microseconds;
    (void)data;
}

static bool tell_of_step(struct login *login, pam_handle_t *pamh, const char *step, int result)
{
    if (result == PAM_SUCCESS)
        login_answer(login, true, step, "yes", "service %s", login->service);
    else if (login->canonical[0] == '\0')
        login_answer(login, false, step, "no",
                     "service %s: %s, from another module: pam_vmail ignores names that are not "
                     "virtual users, and logs nothing",
                     login->service, pam_strerror(pamh, result));
    else
        login_answer(login, false, step, "no", "service %s: %s; see the system log for the reason",
                     login->service, pam_strerror(pamh, result));
    return result == PAM_SUCCESS;
}

/** The name that the daemon would go on with. */
static void keep_user(struct login *login, pam_handle_t *pamh)
{
    const void *user = NULL;
    if (pam_get_item(pamh, PAM_USER, &user) == PAM_SUCCESS && user != NULL)
        login->pam_user = strdup(user);
}

void login_pam(struct login *login, const struct secret *password)
{
    union {
        void (*function)(int, unsigned, void *);
        const void *item;
    } delay = { no_delay };
    struct conversation conversation = { login, password };
    const struct pam_conv conv = { converse, &conversation };
    pam_handle_t *pamh = NULL;
    login_begin(login);
    int result = pam_start(login->service, login->options->name, &conv, &pamh);
    if (result == PAM_SUCCESS)
        result = pam_set_item(pamh, PAM_FAIL_DELAY, delay.item);
    if (result == PAM_SUCCESS)
        result = pam_authenticate(pamh, 0);
    if (tell_of_step(login, pamh, "password", result)) {
        login_begin(login);
        result = pam_acct_mgmt(pamh, 0);
        tell_of_step(login, pamh, "account", result);
        keep_user(login, pamh);
    }
    if (pamh != NULL)
        pam_end(pamh, result);
}
