/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "root_trial.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pam_file.h"
#include "pam_services.h"
#include "record.h"

enum { PATIENCE_SECONDS = 60 };

static const char template[] = SETUP_RECORDS "/trial-XXXXXX";
static const char ours_alone[] = "vmailctl-trial"; /* the service with our lines alone */

/* Whether the module runs in the trial. */
static bool is_kept(const struct pam_words *words)
{
    return words->count < 3 || pam_words_are_ours(words) ||
           strcmp(pam_words_module(words), "pam_deny.so") == 0;
}

/* libpam reads all that a service includes in /etc/pam.d, unless it is a whole path. */
static void include(const struct pam_words *words, const char *directory, FILE *to)
{
    const bool all_types = pam_words_include_all(words);
    const enum pam_type only = pam_words_type(words);
    const char *name = pam_words_included(words), *control = all_types ? "include" : words->word[1];
    for (enum pam_type type = PAM_TYPE_AUTH; type < PAM_TYPES; type++)
        if (all_types || only == type)
            fprintf(to, "%s %s %s%s%s\n", pam_type_name[type], control,
                    name[0] == '/' ? "" : directory, name[0] == '/' ? "" : "/", name);
}

/* A line of ours must say that it ignores root. */
static void copy_alone(const struct pam_words *words, FILE *to)
{
    fprintf(to, "auth [ignore=ignore default=die] %s", words->word[2]);
    for (size_t i = 3; i < words->count; i++)
        fprintf(to, " [%s]", words->word[i]);
    fputc('\n', to);
}

/* Copies a file; ALONE, if not NULL, gets our lines. */
static void copy_lines(FILE *from, const char *directory, FILE *to, FILE *alone)
{
    char *text = NULL;
    size_t room = 0;
    unsigned long number = 0;
    while (pam_read_line(from, &text, &room, &number)) {
        struct pam_words words;
        const bool is_split = pam_words_split(text, &words);
        if (is_split && pam_words_included(&words) != NULL)
            include(&words, directory, to);
        else if (!is_split || is_kept(&words))
            fputs(text, to);
        else
            fprintf(to, "%s %s pam_permit.so\n", words.word[0], words.word[1]);
        if (is_split && alone != NULL && pam_words_are_ours(&words))
            copy_alone(&words, alone);
        pam_words_free(&words);
    }
    free(text);
}

static FILE *open_new(const char *directory, const char *name)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return fopen(path, "wxe");
}

static bool copy_file(const char *name, const char *directory, FILE *alone)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, PAM_SERVICES "/%s", name);
    FILE *from = pam_open(path), *to = from == NULL ? NULL : open_new(directory, name);
    if (to != NULL)
        copy_lines(from, directory, to, alone);
    bool done = to != NULL && ferror(from) == 0 && ferror(to) == 0;
    if (from != NULL)
        fclose(from);
    if (to != NULL)
        done = fclose(to) == 0 && done;
    return done;
}

static int is_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Copies all services, which may include each other. False if SERVICE could not be copied; another
 * one is then missing there. */
static bool copy_services(const char *directory, const char *service)
{
    struct dirent **list = NULL;
    bool done = false;
    FILE *alone = open_new(directory, ours_alone);
    const int count = alone == NULL ? 0 : scandir(PAM_SERVICES, &list, is_file, NULL);
    for (int i = 0; i < count; i++) {
        const bool is_it = strcmp(list[i]->d_name, service) == 0;
        if (copy_file(list[i]->d_name, directory, is_it ? alone : NULL) && is_it)
            done = true;
        free(list[i]);
    }
    free(list);
    if (alone != NULL) {
        fputs("auth required pam_permit.so\naccount required pam_permit.so\n", alone);
        done = fclose(alone) == 0 && done;
    }
    return done;
}

static void remove_directory(const char *directory)
{
    char path[PATH_MAX];
    struct dirent **list = NULL;
    const int count = scandir(directory, &list, is_file, NULL);
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, list[i]->d_name);
        unlink(path);
        free(list[i]);
    }
    free(list);
    rmdir(directory);
}

/* Nothing is asked in the trial; if something is, the answer is no. */
static int refuse_to_answer(int count, const struct pam_message **message,
                            struct pam_response **answer, void *data)
{
    (void)count;
    (void)message;
    (void)answer;
    (void)data;
    return PAM_CONV_ERR;
}

static bool log_in(const char *service, const char *directory)
{
    const struct pam_conv conversation = { refuse_to_answer, NULL };
    pam_handle_t *pamh = NULL;
    if (pam_start_confdir(service, "root", &conversation, directory, &pamh) != PAM_SUCCESS)
        return false;
    int result = pam_authenticate(pamh, PAM_SILENT);
    if (result == PAM_SUCCESS)
        result = pam_acct_mgmt(pamh, PAM_SILENT);
    pam_end(pamh, result);
    return result == PAM_SUCCESS;
}

/* In a process of its own: a module that is damaged can end it, or never return. */
static bool log_in_apart(const char *service, const char *directory)
{
    int status = 0;
    const pid_t pid = fork();
    if (pid == 0) {
        alarm(PATIENCE_SECONDS);
        _exit(log_in(service, directory) ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
}

enum root_trial root_trial(const char *service)
{
    char directory[sizeof template];
    enum root_trial result = ROOT_UNKNOWN;
    memcpy(directory, template, sizeof template);
    if (mkdtemp(directory) == NULL)
        return ROOT_UNKNOWN;
    if (copy_services(directory, service))
        result = log_in_apart(service, directory) && log_in_apart(ours_alone, directory)
                     ? ROOT_PASSES
                     : ROOT_REFUSED;
    remove_directory(directory);
    return result;
}
