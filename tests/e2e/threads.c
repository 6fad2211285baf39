/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * threads SERVICE THREADS COUNT USER=PASSWORD... - THREADS threads, each with PAM handles of its own, authenticate COUNT
 * times; the users are dealt out in turn, every fourth password is wrong on purpose. Meanwhile each thread asks the C
 * library who its user is. Prints how often what happened; exit status 0 if every answer was the expected one.
 */
#include <pthread.h>
#include <pwd.h>
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct job {
    pthread_t thread;
    const char *service;
    char *user;
    char *password;
    int count;
    int accepted, refused, unexpected;
};

static int converse(int count, const struct pam_message **messages, struct pam_response **responses, void *data)
{
    struct pam_response *answers = calloc((size_t) count, sizeof *answers);
    for (int i = 0; answers != NULL && i < count; i++)
        if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF)
            answers[i].resp = strdup(data);
    *responses = answers;
    return answers == NULL ? PAM_BUF_ERR : PAM_SUCCESS;
}

/* A handle that is open all the time: libpam then loads the modules once, and not for every handle anew. */
static pam_handle_t *keep_modules_loaded(const char *service, const char *user)
{
    static const struct pam_conv conversation = { .conv = converse, .appdata_ptr = "a-wrong-password" };
    pam_handle_t *pamh = NULL;
    if (pam_start(service, user, &conversation, &pamh) != PAM_SUCCESS || pam_authenticate(pamh, 0) == PAM_SUCCESS)
        exit(2);
    return pamh;
}

static int authenticate(const struct job *job, char *password)
{
    const struct pam_conv conversation = { .conv = converse, .appdata_ptr = password };
    pam_handle_t *pamh = NULL;
    if (pam_start(job->service, job->user, &conversation, &pamh) != PAM_SUCCESS)
        return PAM_SYSTEM_ERR;
    int result = pam_authenticate(pamh, 0);
    if (result == PAM_SUCCESS)
        result = pam_acct_mgmt(pamh, 0);
    const void *user = NULL;
    if (result == PAM_SUCCESS &&
        (pam_get_item(pamh, PAM_USER, &user) != PAM_SUCCESS || strcmp(user, job->user) != 0))
        result = PAM_SYSTEM_ERR;
    pam_end(pamh, result);
    return result;
}

static int is_known_to_nss(const char *name)
{
    char buffer[4096];
    struct passwd entry, *found = NULL;
    return getpwnam_r(name, &entry, buffer, sizeof buffer, &found) == 0 && found != NULL &&
           strcmp(entry.pw_name, name) == 0;
}

static void *work(void *data)
{
    struct job *job = data;
    char wrong[] = "a-wrong-password";
    for (int i = 0; i < job->count; i++) {
        int good = i % 4 != 3;
        int result = authenticate(job, good ? job->password : wrong);
        if (result != (good ? PAM_SUCCESS : PAM_AUTH_ERR) || !is_known_to_nss(job->user))
            job->unexpected++;
        else if (good)
            job->accepted++;
        else
            job->refused++;
    }
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc < 5)
        return 2;
    int threads = atoi(argv[2]), users = argc - 4;
    struct job *jobs = calloc((size_t) threads, sizeof *jobs);
    if (jobs == NULL)
        return 2;
    for (int i = 0; i < threads; i++) {
        char *user = strdup(argv[4 + i % users]);
        char *equals = strchr(user, '=');
        *equals = '\0';
        jobs[i] = (struct job){ .service = argv[1], .user = user, .password = equals + 1, .count = atoi(argv[3]) };
    }
    pam_handle_t *kept = keep_modules_loaded(argv[1], jobs[0].user);
    for (int i = 0; i < threads; i++)
        if (pthread_create(&jobs[i].thread, NULL, work, &jobs[i]) != 0)
            return 2;
    int accepted = 0, refused = 0, unexpected = 0;
    for (int i = 0; i < threads; i++) {
        pthread_join(jobs[i].thread, NULL);
        accepted += jobs[i].accepted;
        refused += jobs[i].refused;
        unexpected += jobs[i].unexpected;
        free(jobs[i].user);
    }
    free(jobs);
    pam_end(kept, PAM_AUTH_ERR);
    printf("accepted=%d refused=%d unexpected=%d\n", accepted, refused, unexpected);
    return unexpected != 0;
}
