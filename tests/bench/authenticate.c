/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * authenticate USERS MILLISECONDS PASSWORD HASH SERVICE NSS [SERVICE NSS]... - what
 * pam_authenticate(3) costs besides the hashing of the password.
 *
 * For each PAM service, with passwd asked from NSS (a line as in nsswitch.conf), authenticates the
 * users in the file USERS one after the other, the services in turn, for about MILLISECONDS each.
 * Each authentication has a PAM handle of its own, as a log-in has, so modules are loaded anew;
 * that, pam_start, is not counted. Prints a line for each: the median in nanoseconds less what
 * crypt(3) takes for HASH, the quartiles, how many were made and how many succeeded, and the median
 * of the whole transaction, from pam_start to pam_end with pam_acct_mgmt in between, with the
 * hashing; and in the end a line with the median for crypt alone.
 */
#define _GNU_SOURCE
#include <crypt.h>
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "timing.h"

enum { AT_LEAST = 5 };

struct run {
    const char *service, *nss;
    struct timing_series took, whole;
    double total;
    size_t next, accepted;
};

static int converse(int count, const struct pam_message **messages, struct pam_response **responses,
                    void *data)
{
    struct pam_response *answers = calloc((size_t)count, sizeof *answers);
    for (int i = 0; answers != NULL && i < count; i++)
        if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF)
            answers[i].resp = strdup(data);
    *responses = answers;
    return answers == NULL ? PAM_BUF_ERR : PAM_SUCCESS;
}

static void authenticate(struct run *run, const struct timing_keys *users, char *password)
{
    const struct pam_conv conversation = { converse, password };
    pam_handle_t *pamh = NULL;
    timing_use_services(run->nss);
    double begin = timing_now();
    if (pam_start(run->service, users->names[run->next], &conversation, &pamh) != PAM_SUCCESS)
        timing_die(run->service);
    run->next = (run->next + 1) % users->count;
    double start = timing_now();
    int answer = pam_authenticate(pamh, 0);
    double took = timing_now() - start;
    if (answer == PAM_SUCCESS)
        answer = pam_acct_mgmt(pamh, 0);
    pam_end(pamh, answer);
    const double whole = timing_now() - begin;
    run->accepted += answer == PAM_SUCCESS;
    run->total += whole;
    timing_add(&run->took, took);
    timing_add(&run->whole, whole);
}

/* In the middle of the authentications, so that the clock of the processor is the same. */
static void hash_once(struct timing_series *series, const char *password, const char *hash)
{
    static struct crypt_data data;
    double start = timing_now();
    const char *made = crypt_r(password, hash, &data);
    timing_add(series, timing_now() - start);
    if (made == NULL || strcmp(made, hash) != 0)
        timing_die("crypt_r does not make the hash");
}

int main(int argc, char **argv)
{
    if (argc < 7 || argc % 2 != 1) {
        fputs("usage: authenticate USERS MILLISECONDS PASSWORD HASH SERVICE NSS [SERVICE NSS]...\n",
              stderr);
        return 2;
    }
    struct timing_keys users = timing_read_keys(argv[1]);
    double budget = strtod(argv[2], NULL) * 1e6;
    size_t count = (size_t)(argc - 5) / 2, busy = count;
    struct timing_series hashing = { NULL, 0, 0 };
    struct run *runs = calloc(count, sizeof *runs);
    if (runs == NULL)
        timing_die("calloc");
    for (size_t i = 0; i < count; i++) {
        runs[i].service = argv[5 + 2 * i];
        runs[i].nss = argv[6 + 2 * i];
    }
    while (busy > 0) {
        busy = 0;
        hash_once(&hashing, argv[3], argv[4]);
        for (size_t i = 0; i < count; i++)
            if (runs[i].total < budget || runs[i].took.count < AT_LEAST) {
                authenticate(&runs[i], &users, argv[3]);
                busy++;
            }
    }
    double hash = timing_quantile(&hashing, 0.5);
    for (size_t i = 0; i < count; i++) {
        struct timing_series *took = &runs[i].took;
        printf("%.0f %.0f %.0f %zu %zu %.0f\n", timing_quantile(took, 0.5) - hash,
               timing_quantile(took, 0.25) - hash, timing_quantile(took, 0.75) - hash, took->count,
               runs[i].accepted, timing_quantile(&runs[i].whole, 0.5));
        free(took->values);
        free(runs[i].whole.values);
    }
    printf("%.0f\n", hash);
    free(hashing.values);
    free(runs);
    return 0;
}
