/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pamclient SERVICE USER PASSWORD STEP... - what a daemon does with PAM, one step after the other: auth, setcred, acct,
 * open, close, chauthtok, and for auth and acct with PAM_SILENT: silent-auth, silent-acct; with
 * PAM_DISALLOW_NULL_AUTHTOK: nonull-auth, nonull-acct, with PAM_CHANGE_EXPIRED_AUTHTOK: expired-chauthtok. The step env
 * prints the environment that the modules have set, and wait=FILE reads a line from FILE. Every prompt is answered with
 * PASSWORD; "-" breaks the conversation off instead; several answers are separated by commas (the last one is repeated);
 * @FILE is read from FILE, which may be a FIFO, so that something can be done while the prompt waits. USER "-" starts
 * without one. Prints what each step gave, by its name, and PAM_USER as it is in the end. How long a module wants a
 * failure to take is printed (delay=MICROSECONDS) and not waited for. Exit status: 0 if all steps gave PAM_SUCCESS.
 */
#define _GNU_SOURCE
#include <security/pam_appl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct dialogue {
    const char *answers;
    int prompts;
};

static const struct {
    int value;
    const char *name;
} codes[] = {
    { PAM_SUCCESS, "PAM_SUCCESS" },
    { PAM_OPEN_ERR, "PAM_OPEN_ERR" },
    { PAM_SYMBOL_ERR, "PAM_SYMBOL_ERR" },
    { PAM_SERVICE_ERR, "PAM_SERVICE_ERR" },
    { PAM_SYSTEM_ERR, "PAM_SYSTEM_ERR" },
    { PAM_BUF_ERR, "PAM_BUF_ERR" },
    { PAM_PERM_DENIED, "PAM_PERM_DENIED" },
    { PAM_AUTH_ERR, "PAM_AUTH_ERR" },
    { PAM_CRED_INSUFFICIENT, "PAM_CRED_INSUFFICIENT" },
    { PAM_AUTHINFO_UNAVAIL, "PAM_AUTHINFO_UNAVAIL" },
    { PAM_USER_UNKNOWN, "PAM_USER_UNKNOWN" },
    { PAM_MAXTRIES, "PAM_MAXTRIES" },
    { PAM_NEW_AUTHTOK_REQD, "PAM_NEW_AUTHTOK_REQD" },
    { PAM_ACCT_EXPIRED, "PAM_ACCT_EXPIRED" },
    { PAM_SESSION_ERR, "PAM_SESSION_ERR" },
    { PAM_CRED_UNAVAIL, "PAM_CRED_UNAVAIL" },
    { PAM_CRED_EXPIRED, "PAM_CRED_EXPIRED" },
    { PAM_CRED_ERR, "PAM_CRED_ERR" },
    { PAM_CONV_ERR, "PAM_CONV_ERR" },
    { PAM_AUTHTOK_ERR, "PAM_AUTHTOK_ERR" },
    { PAM_AUTHTOK_RECOVERY_ERR, "PAM_AUTHTOK_RECOVERY_ERR" },
    { PAM_AUTHTOK_LOCK_BUSY, "PAM_AUTHTOK_LOCK_BUSY" },
    { PAM_AUTHTOK_DISABLE_AGING, "PAM_AUTHTOK_DISABLE_AGING" },
    { PAM_TRY_AGAIN, "PAM_TRY_AGAIN" },
    { PAM_IGNORE, "PAM_IGNORE" },
    { PAM_ABORT, "PAM_ABORT" },
    { PAM_AUTHTOK_EXPIRED, "PAM_AUTHTOK_EXPIRED" },
    { PAM_MODULE_UNKNOWN, "PAM_MODULE_UNKNOWN" },
    { PAM_BAD_ITEM, "PAM_BAD_ITEM" },
};

static const char *code_name(int value)
{
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (codes[i].value == value)
            return codes[i].name;
    return "?";
}

static char *read_line(const char *path)
{
    char *line = NULL;
    size_t size = 0;
    FILE *file = fopen(path, "re");
    ssize_t length = file ? getline(&line, &size, file) : -1;
    if (length < 0) {
        fprintf(stderr, "pamclient: cannot read %s\n", path);
        exit(2);
    }
    fclose(file);
    line[strcspn(line, "\n")] = '\0';
    return line;
}

static char *next_answer(struct dialogue *dialogue)
{
    const char *comma = strchr(dialogue->answers, ',');
    char *answer = comma ? strndup(dialogue->answers, (size_t) (comma - dialogue->answers)) : strdup(dialogue->answers);
    if (comma)
        dialogue->answers = comma + 1;
    if (!answer || *answer != '@')
        return answer;
    char *line = read_line(answer + 1);
    free(answer);
    return line;
}

static int converse(int count, const struct pam_message **messages, struct pam_response **responses, void *data)
{
    struct dialogue *dialogue = data;
    struct pam_response *answers = calloc((size_t) count, sizeof(*answers));
    if (!answers)
        return PAM_BUF_ERR;
    bool broken = false;
    for (int i = 0; i < count; i++) {
        int style = messages[i]->msg_style;
        if (style == PAM_TEXT_INFO || style == PAM_ERROR_MSG) {
            printf("message=%s\n", messages[i]->msg);
            continue;
        }
        dialogue->prompts++;
        if (strcmp(dialogue->answers, "-") == 0)
            broken = true;
        else
            answers[i].resp = next_answer(dialogue);
    }
    if (broken) {
        for (int i = 0; i < count; i++)
            free(answers[i].resp);
        free(answers);
        return PAM_CONV_ERR;
    }
    *responses = answers;
    return PAM_SUCCESS;
}

static int print_environment(pam_handle_t *pamh)
{
    char **list = pam_getenvlist(pamh);
    for (char **variable = list; variable && *variable; variable++) {
        printf("env=%s\n", *variable);
        free(*variable);
    }
    free(list);
    return PAM_SUCCESS;
}

static int do_step(pam_handle_t *pamh, const char *step)
{
    int flags = 0;
    if (strncmp(step, "silent-", 7) == 0) {
        flags = PAM_SILENT;
        step += 7;
    } else if (strncmp(step, "nonull-", 7) == 0) {
        flags = PAM_DISALLOW_NULL_AUTHTOK;
        step += 7;
    } else if (strncmp(step, "expired-", 8) == 0) {
        flags = PAM_CHANGE_EXPIRED_AUTHTOK;
        step += 8;
    }
    if (strcmp(step, "env") == 0)
        return print_environment(pamh);
    if (strncmp(step, "wait=", 5) == 0) {
        free(read_line(step + 5));
        return PAM_SUCCESS;
    }
    int answer;
    if (strcmp(step, "auth") == 0) {
        answer = pam_authenticate(pamh, flags);
    } else if (strcmp(step, "setcred") == 0) {
        answer = pam_setcred(pamh, PAM_ESTABLISH_CRED | flags);
    } else if (strcmp(step, "acct") == 0) {
        answer = pam_acct_mgmt(pamh, flags);
    } else if (strcmp(step, "open") == 0) {
        answer = pam_open_session(pamh, flags);
    } else if (strcmp(step, "close") == 0) {
        answer = pam_close_session(pamh, flags);
    } else if (strcmp(step, "chauthtok") == 0) {
        answer = pam_chauthtok(pamh, flags);
    } else {
        fprintf(stderr, "pamclient: no such step: %s\n", step);
        exit(2);
    }
    printf("%s=%s\n", step, code_name(answer));
    return answer;
}

static void print_delay(int answer, unsigned microseconds, void *data)
{
    (void) data;
    if (answer != PAM_SUCCESS)
        printf("delay=%u\n", microseconds);
}

int main(int argc, char **argv)
{
    if (argc < 5) {
        fputs("usage: pamclient SERVICE USER PASSWORD STEP...\n", stderr);
        return 2;
    }
    struct dialogue dialogue = { .answers = argv[3] };
    struct pam_conv conv = { .conv = converse, .appdata_ptr = &dialogue };
    pam_handle_t *pamh = NULL;
    const char *user = strcmp(argv[2], "-") == 0 ? NULL : argv[2];
    if (pam_start(argv[1], user, &conv, &pamh) != PAM_SUCCESS)
        return 2;
    if (pam_set_item(pamh, PAM_FAIL_DELAY, (const void *) print_delay) != PAM_SUCCESS)
        return 2;
    int answer = PAM_SUCCESS;
    bool failed = false;
    for (int i = 4; i < argc; i++) {
        answer = do_step(pamh, argv[i]);
        if (answer != PAM_SUCCESS)
            failed = true;
    }
    const void *item = NULL;
    if (pam_get_item(pamh, PAM_USER, &item) == PAM_SUCCESS && item)
        printf("user=%s\n", (const char *) item);
    printf("prompts=%d\n", dialogue.prompts);
    pam_end(pamh, answer);
    return failed;
}
