/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * refusals SERVICE COUNT USER... - how long a refusal by PAM takes, for each USER: COUNT authentications with a wrong
 * password each, the users in turn, so that whatever else the machine does meets all of them alike. Prints a line a
 * user: the median in microseconds, the quartiles, the result.
 */
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int converse(int count, const struct pam_message **messages, struct pam_response **responses, void *data)
{
    (void) data;
    struct pam_response *answers = calloc((size_t) count, sizeof *answers);
    for (int i = 0; answers != NULL && i < count; i++)
        if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF)
            answers[i].resp = strdup("not-the-password");
    *responses = answers;
    return answers == NULL ? PAM_BUF_ERR : PAM_SUCCESS;
}

static double microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double) now.tv_sec * 1e6 + (double) now.tv_nsec / 1e3;
}

static double refuse(const char *service, const char *user, int *result)
{
    const struct pam_conv conversation = { .conv = converse };
    pam_handle_t *pamh = NULL;
    if (pam_start(service, user, &conversation, &pamh) != PAM_SUCCESS)
        exit(2);
    double start = microseconds();
    *result = pam_authenticate(pamh, 0);
    double took = microseconds() - start;
    pam_end(pamh, *result);
    return took;
}

static int compare(const void *a, const void *b)
{
    double first = *(const double *) a, second = *(const double *) b;
    return first < second ? -1 : first > second;
}

int main(int argc, char **argv)
{
    if (argc < 4 || atoi(argv[2]) < 4) {
        fputs("usage: refusals SERVICE COUNT USER...\n", stderr);
        return 2;
    }
    int count = atoi(argv[2]), users = argc - 3;
    double *took = calloc((size_t) (count * users), sizeof *took);
    int *result = calloc((size_t) users, sizeof *result);
    if (took == NULL || result == NULL)
        return 2;
    for (int i = 0; i < count; i++)
        for (int user = 0; user < users; user++)
            took[user * count + i] = refuse(argv[1], argv[3 + user], &result[user]);
    for (int user = 0; user < users; user++) {
        double *mine = took + user * count;
        qsort(mine, (size_t) count, sizeof *mine, compare);
        printf("%s %.0f %.0f %.0f %d\n", argv[3 + user], mine[count / 2], mine[count / 4], mine[count * 3 / 4],
               result[user]);
    }
    free(took);
    free(result);
    return 0;
}
