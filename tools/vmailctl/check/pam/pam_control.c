/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pam_control.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NOT_SET = -100, JUMP_MAX = 1000 };

static const char blanks[] = " \t\r\n";

static const char *const results[PAM_RESULTS] = {
    [PAM_RESULT_SUCCESS] = "success",
    [PAM_RESULT_IGNORE] = "ignore",
    [PAM_RESULT_NEW_AUTHTOK_REQD] = "new_authtok_reqd",
    [PAM_RESULT_AUTH_ERR] = "auth_err",
    [PAM_RESULT_USER_UNKNOWN] = "user_unknown",
    [PAM_RESULT_ACCT_EXPIRED] = "acct_expired",
    [PAM_RESULT_PERM_DENIED] = "perm_denied",
    [PAM_RESULT_AUTHINFO_UNAVAIL] = "authinfo_unavail",
    [PAM_RESULT_SERVICE_ERR] = "service_err",
    [PAM_RESULT_OTHER] = "",
};

/* The others that Linux-PAM knows. */
static const char *const others[] = {
    "open_err",          "symbol_err",
    "system_err",        "buf_err",
    "cred_insufficient", "maxtries",
    "session_err",       "cred_unavail",
    "cred_expired",      "cred_err",
    "no_module_data",    "conv_err",
    "authtok_err",       "authtok_recover_err",
    "authtok_lock_busy", "authtok_disable_aging",
    "try_again",         "abort",
    "authtok_expired",   "module_unknown",
    "bad_item",          "conv_again",
    "incomplete",
};

static bool is(const char *word, size_t length, const char *name)
{
    return strlen(name) == length && strncasecmp(word, name, length) == 0;
}

static bool read_action(const char *word, size_t length, int *action)
{
    static const struct {
        const char *name;
        enum pam_action action;
    } actions[] = {
        { "ignore", PAM_DO_IGNORE }, { "ok", PAM_DO_OK },   { "done", PAM_DO_DONE },
        { "bad", PAM_DO_BAD },       { "die", PAM_DO_DIE }, { "reset", PAM_DO_RESET },
    };
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (is(word, length, actions[i].name)) {
            *action = actions[i].action;
            return true;
        }
    if (length == 0 || length > 3 || strspn(word, "0123456789") < length)
        return false;
    *action = (int)strtol(word, NULL, 10);
    return *action > 0 && *action < JUMP_MAX;
}

static bool take_pair(struct pam_control *control, int *rest, const char *word, size_t length)
{
    const char *equals = memchr(word, '=', length);
    size_t name = equals == NULL ? 0 : (size_t)(equals - word);
    int action;
    if (equals == NULL || !read_action(equals + 1, length - name - 1, &action))
        return false;
    if (is(word, name, "default")) {
        *rest = action;
        return true;
    }
    for (size_t i = 0; i < PAM_RESULT_OTHER; i++)
        if (is(word, name, results[i])) {
            control->action[i] = action;
            return true;
        }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (is(word, name, others[i]))
            return true; /* stays apart from the rest, which the stacks are judged by */
    return false;
}

static bool parse_pairs(const char *text, struct pam_control *control)
{
    const char *end = strchr(text, ']');
    int rest = PAM_DO_BAD; /* unlisted results count against the user */
    if (end == NULL || end[1] != '\0')
        return false;
    for (size_t i = 0; i < PAM_RESULTS; i++)
        control->action[i] = NOT_SET;
    for (text++; (text += strspn(text, blanks)) < end;) {
        size_t length = strcspn(text, " \t\r\n]");
        if (!take_pair(control, &rest, text, length))
            return false;
        text += length;
    }
    for (size_t i = 0; i < PAM_RESULTS; i++)
        if (control->action[i] == NOT_SET)
            control->action[i] = rest;
    return true;
}

bool pam_control_parse(const char *text, struct pam_control *control)
{
    static const struct {
        const char *word, *meaning;
    } words[] = {
        { "required", "[success=ok new_authtok_reqd=ok ignore=ignore default=bad]" },
        { "requisite", "[success=ok new_authtok_reqd=ok ignore=ignore default=die]" },
        { "sufficient", "[success=done new_authtok_reqd=done default=ignore]" },
        { "optional", "[success=ok new_authtok_reqd=ok default=ignore]" },
    };
    if (*text == '[')
        return parse_pairs(text, control);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(text, words[i].word) == 0)
            return parse_pairs(words[i].meaning, control);
    return false;
}

/** What is known of the answer so far. */
struct verdict {
    enum { UNDECIDED, POSITIVE, NEGATIVE } impression;
    enum pam_result result;
};

static void count_for(struct verdict *verdict, enum pam_result result)
{
    if ((verdict->impression == UNDECIDED ||
         (verdict->impression == POSITIVE && verdict->result == PAM_RESULT_SUCCESS)) &&
        result != PAM_RESULT_IGNORE)
        *verdict = (struct verdict){ POSITIVE, result };
}

static void count_against(struct verdict *verdict, enum pam_result result)
{
    if (verdict->impression != NEGATIVE)
        *verdict = (struct verdict){ NEGATIVE, result == PAM_RESULT_SUCCESS ? PAM_RESULT_PERM_DENIED
                                                                            : result };
}

/** The step after STEP's whole substack, if it is in one; otherwise COUNT. */
static size_t end_of_level(const struct pam_step *step, size_t count, size_t at)
{
    unsigned level = step[at].level;
    while (at < count && step[at].level >= level)
        at++;
    return at;
}

/** The step after the one AT, skipping STEPS; a substack counts as one. SIZE_MAX for none. */
static size_t jump(const struct pam_step *step, size_t count, size_t at, int steps)
{
    unsigned level = step[at].level;
    for (at++; steps > 0; steps--) {
        if (at >= count || step[at].level < level)
            return (size_t)-1;
        for (at++; at < count && step[at].level > level;)
            at++;
    }
    return at;
}

enum pam_result pam_stack_run(struct pam_step *step, size_t count, size_t *last)
{
    struct verdict verdict = { UNDECIDED, PAM_RESULT_PERM_DENIED };
    *last = count;
    for (size_t i = 0; i < count;) {
        int action = step[i].control.action[step[i].result];
        bool end = false;
        step[i].asked = true;
        if (action == PAM_DO_OK || action == PAM_DO_DONE) {
            count_for(&verdict, step[i].result);
            end = action == PAM_DO_DONE && verdict.impression == POSITIVE;
        } else if (action == PAM_DO_BAD || action == PAM_DO_DIE) {
            count_against(&verdict, step[i].result);
            end = action == PAM_DO_DIE;
        } else if (action == PAM_DO_RESET) {
            verdict = (struct verdict){ UNDECIDED, PAM_RESULT_PERM_DENIED };
        }
        size_t next = action > 0 ? jump(step, count, i, action)
                      : end      ? end_of_level(step, count, i)
                                 : i + 1;
        if (next > count) { /* a jump beyond the end: Linux-PAM refuses */
            count_against(&verdict, PAM_RESULT_PERM_DENIED);
            next = count;
        }
        if ((end || action > 0) && next == count)
            *last = i;
        i = next;
    }
    return verdict.impression == UNDECIDED ? PAM_RESULT_PERM_DENIED : verdict.result;
}
