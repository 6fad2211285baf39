/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pam_scratch.h"

#include <crypt.h>
#include <errno.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "entry_points.h"

struct pam_scratch pam;

/* --- the world: the linker gives the module these instead of the functions of the C library */

void __wrap_pam_syslog(const pam_handle_t *pamh, int priority, const char *format, ...);
int __wrap_getpwnam_r(const char *name, struct passwd *entry, char *buffer, size_t size,
                      struct passwd **found);
unsigned long __real_getauxval(unsigned long type);
unsigned long __wrap_getauxval(unsigned long type);
uid_t __wrap_getuid(void);
int __wrap_getresuid(uid_t *real, uid_t *effective, uid_t *saved);
int __wrap_setresuid(uid_t real, uid_t effective, uid_t saved);
int __wrap_setresgid(gid_t real, gid_t effective, gid_t saved);
char *__real_crypt_rn(const char *password, const char *setting, void *data, int size);
char *__wrap_crypt_rn(const char *password, const char *setting, void *data, int size);
void __real_free(void *memory);
void __wrap_free(void *memory);
char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);

__attribute__((format(printf, 3, 4))) void __wrap_pam_syslog(const pam_handle_t *pamh, int priority,
                                                             const char *format, ...)
{
    char line[2048];
    va_list arguments;
    (void)pamh;
    (void)priority;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    scratch_append(pam.log, sizeof pam.log, "%s\n", line);
}

int __wrap_getpwnam_r(const char *name, struct passwd *entry, char *buffer, size_t size,
                      struct passwd **found)
{
    enum { NEEDED = 2000 }; /* so that the first buffer is too small */
    (void)buffer;
    *found = NULL;
    for (size_t i = 0; i < sizeof pam.nss / sizeof *pam.nss; i++) {
        if (pam.nss[i].name == NULL || strcmp(pam.nss[i].name, name) != 0)
            continue;
        if (size < NEEDED)
            return ERANGE;
        *entry = (struct passwd){ .pw_name = (char *)(uintptr_t)name,
                                  .pw_uid = pam.nss[i].uid,
                                  .pw_gid = pam.nss[i].gid };
        *found = entry;
        return 0;
    }
    return pam.nss_error;
}

unsigned long __wrap_getauxval(unsigned long type)
{
    return type == AT_SECURE ? pam.set_id : __real_getauxval(type);
}

uid_t __wrap_getuid(void)
{
    return pam.real;
}

int __wrap_getresuid(uid_t *real, uid_t *effective, uid_t *saved)
{
    *real = pam.real;
    *effective = pam.effective;
    *saved = pam.saved;
    return 0;
}

int __wrap_setresuid(uid_t real, uid_t effective, uid_t saved)
{
    pam.real = real;
    pam.effective = effective;
    pam.saved = saved;
    return 0;
}

int __wrap_setresgid(gid_t real, gid_t effective, gid_t saved)
{
    return real == 0 && effective == 0 && saved == 0 ? 0 : -1;
}

char *__wrap_crypt_rn(const char *password, const char *setting, void *data, int size)
{
    pam.checks++;
    snprintf(pam.setting, sizeof pam.setting, "%s", setting);
    return __real_crypt_rn(password, setting, data, size);
}

static char *copies[16]; /* of bob's hash, until they are freed */

char *__wrap_strdup(const char *text)
{
    char *copy = __real_strdup(text);
    for (size_t i = 0; strcmp(text, PAM_HASH) == 0 && i < sizeof copies / sizeof *copies; i++)
        if (copies[i] == NULL) {
            copies[i] = copy;
            break;
        }
    return copy;
}

void __wrap_free(void *memory)
{
    for (size_t i = 0; memory != NULL && i < sizeof copies / sizeof *copies; i++)
        if (copies[i] == memory) {
            pam.left += strcmp(copies[i], "") != 0;
            copies[i] = NULL;
        }
    __real_free(memory);
}

/* --- the client */

static int converse(int count, const struct pam_message **messages, struct pam_response **responses,
                    void *context)
{
    (void)context;
    struct pam_response *all = calloc((size_t)count, sizeof *all);
    assert_non_null(all);
    for (int i = 0; i < count; i++) {
        const int style = messages[i]->msg_style;
        if (style == PAM_ERROR_MSG || style == PAM_TEXT_INFO) {
            scratch_append(pam.shown, sizeof pam.shown, "%s\n", messages[i]->msg);
            continue;
        }
        if (pam.answers[0] == NULL) {
            free(all);
            return PAM_CONV_ERR;
        }
        all[i].resp = strdup(pam.answers[0]);
        memmove(pam.answers, pam.answers + 1, sizeof pam.answers - sizeof *pam.answers);
    }
    *responses = all;
    return PAM_SUCCESS;
}

/* Instead of the delay itself. */
static void note_delay(int status, unsigned microseconds, void *context)
{
    (void)context;
    if (status != PAM_SUCCESS)
        pam.delay = microseconds;
}

static void end(void)
{
    if (pam.handle != NULL)
        pam_end(pam.handle, PAM_SUCCESS);
    pam.handle = NULL;
}

void pam_scratch_begin(const struct scratch *scratch, const char *options, const char *user)
{
    static const struct pam_conv conversation = { converse, NULL };
    void (*delay)(int, unsigned, void *) = note_delay;
    static const char *const types[] = { "auth", "account", "password", "session" };
    char stack[4096] = "", directory[128];
    end();
    pam.log[0] = pam.shown[0] = pam.setting[0] = '\0';
    pam.delay = pam.checks = 0;
    pam.result = -1;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        scratch_append(stack, sizeof stack, "%s required %s %s\n", types[i], BRIDGE, options);
    scratch_write(scratch, "../pam.d/test", stack);
    snprintf(directory, sizeof directory, "%s/pam.d", scratch->root);
    assert_int_equal(pam_start_confdir("test", user, &conversation, directory, &pam.handle),
                     PAM_SUCCESS);
    assert_int_equal(pam_set_item(pam.handle, PAM_FAIL_DELAY, *(const void **)(uintptr_t)&delay),
                     PAM_SUCCESS);
}

int pam_scratch_call(enum pam_scratch_function function, pam_handle_t *pamh, int flags, int argc,
                     const char **argv)
{
    static int (*const functions[])(pam_handle_t *, int, int, const char **) = {
        [PAM_SCRATCH_AUTHENTICATE] = pam_sm_authenticate,
        [PAM_SCRATCH_SETCRED] = pam_sm_setcred,
        [PAM_SCRATCH_ACCOUNT] = pam_sm_acct_mgmt,
        [PAM_SCRATCH_OPEN] = pam_sm_open_session,
        [PAM_SCRATCH_CLOSE] = pam_sm_close_session,
        [PAM_SCRATCH_CHAUTHTOK] = pam_sm_chauthtok,
    };
    pam.result = functions[function](pamh, flags, argc, argv);
    return pam.result;
}

/* --- what the tests ask */

void pam_scratch_check_log(const char *text)
{
    if (strstr(pam.log, text) == NULL || (*text == '\0' && *pam.log != '\0'))
        fail_msg("\"%s\" does not say \"%s\"", pam.log, text);
}

void pam_scratch_check_user(const char *user)
{
    const void *item = NULL;
    assert_int_equal(pam_get_item(pam.handle, PAM_USER, &item), PAM_SUCCESS);
    check_text(item, user, "PAM_USER");
}

void pam_scratch_check_auth(const struct scratch *scratch, const char *options, const char *user,
                            const char *password, int result)
{
    pam_scratch_begin(scratch, options, user);
    pam.answers[0] = password;
    pam_authenticate(pam.handle, 0);
    if (pam.result != result)
        fail_msg("%s (%d), expected %s, for %s with \"%s\"; the log: %s",
                 pam_strerror(pam.handle, pam.result), pam.result, pam_strerror(pam.handle, result),
                 user, options, pam.log);
}

int pam_scratch_setup(void **state)
{
    int result = module_setup(state);
    const struct scratch *scratch = *state;
    if (result != 0)
        return result;
    pam = (struct pam_scratch){ .real = 1000, .effective = 1000, .saved = 1000 };
    scratch_mkdir(scratch, "../pam.d", 0755);
    scratch_write(scratch, "../pam.d/other", "");
    scratch_write(scratch, "passwd.va.example",
                  "bob:x:70001:70001::/home/bob:\ncarol:x:70002:70002:::\n"
                  "locked:x:70003:70003:::\nempty::70004:70004:::\nodd:x:70005:70005:::\n"
                  "dear:x:70006:70006:::\nlost:x:70007:70007:::\n");
    scratch_write(scratch, "shadow.va.example",
                  "bob:" PAM_HASH ":20000::::::\n"
                  "carol:" PAM_WEAK_HASH ":20000::::::\n"
                  "locked:!:20000::::::\n"
                  "odd:{SSHA}c2VjcmV0:20000::::::\n"
                  "dear:$6$rounds=999999999$abcdefgh$:20000::::::\n");
    return 0;
}

int pam_scratch_teardown(void **state)
{
    end();
    return module_teardown(state);
}
