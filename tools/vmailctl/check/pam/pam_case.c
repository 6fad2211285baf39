/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pam_case.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

/** A case: what pam_vmail says, and what the modules that check passwords or accounts say. */
struct pam_case {
    enum pam_result ours, others;
    enum pam_result conditional; /* of modules that judge by what cannot be known here */
};

/** The lines of one type. */
struct stack {
    const struct pam_line **line;
    struct pam_step *step;
    size_t count;
    size_t last; /* that decided the case which was run last */
};

static bool has_option(const struct pam_line *line, const char *option)
{
    for (size_t i = 3; i < line->words.count; i++)
        if (strcmp(line->words.word[i], option) == 0)
            return true;
    return false;
}

static bool is_full(const struct pam_line *line)
{
    return pam_words_are_ours(&line->words) && !has_option(line, "resolve_only");
}

/** What the module of LINE says in CASE. A module that is not known here checks passwords. */
static enum pam_result result_of(const struct pam_line *line, const struct pam_case *now)
{
    /* They say yes to everybody, as long as nothing is out of the ordinary. */
    static const char *const agree[] = { "pam_permit.so",
                                         "pam_listfile.so",
                                         "pam_shells.so",
                                         "pam_securetty.so",
                                         "pam_time.so",
                                         "pam_access.so",
                                         NULL };
    static const char *const refuse[] = { "pam_deny.so", "pam_rootok.so", NULL };
    static const char *const abstain[] = {
        "pam_cap.so",     "pam_echo.so",
        "pam_env.so",     "pam_faildelay.so",
        "pam_group.so",   "pam_keyinit.so",
        "pam_limits.so",  "pam_mail.so",
        "pam_motd.so",    "pam_nologin.so",
        "pam_selinux.so", "pam_umask.so",
        "pam_warn.so",    NULL,
    };
    static const char *const conditional[] = { "pam_succeed_if.so", "pam_localuser.so",
                                               "pam_wheel.so", "pam_exec.so", NULL };
    const char *module = pam_words_module(&line->words);
    if (text_is_one_of(module, conditional))
        return now->conditional;
    if (pam_words_are_substack(&line->words) || text_is_one_of(module, abstain))
        return PAM_RESULT_IGNORE;
    if (pam_words_are_ours(&line->words))
        return !has_option(line, "resolve_only") || now->ours == PAM_RESULT_IGNORE
                   ? now->ours
                   : PAM_RESULT_SUCCESS;
    if (strcmp(module, "pam_faillock.so") == 0)
        return has_option(line, "authfail") ? PAM_RESULT_AUTH_ERR : PAM_RESULT_SUCCESS;
    if (text_is_one_of(module, agree))
        return PAM_RESULT_SUCCESS;
    return text_is_one_of(module, refuse) ? PAM_RESULT_AUTH_ERR : now->others;
}

static bool make_stack(const struct pam_service *service, enum pam_type type, struct stack *stack)
{
    *stack = (struct stack){ calloc(service->count + 1, sizeof *stack->line),
                             calloc(service->count + 1, sizeof *stack->step), 0, 0 };
    if (stack->line == NULL || stack->step == NULL)
        return false;
    for (size_t i = 0; i < service->count; i++) {
        const struct pam_line *line = &service->line[i];
        struct pam_step *step = &stack->step[stack->count];
        if (line->type != type)
            continue;
        step->level = line->level;
        if (!pam_words_are_substack(&line->words) &&
            (line->words.count < 3 || !pam_control_parse(line->words.word[1], &step->control)))
            for (size_t k = 0; k < PAM_RESULTS; k++)
                step->control.action[k] = PAM_DO_BAD; /* as Linux-PAM takes a wrong line */
        stack->line[stack->count++] = line;
    }
    return true;
}

static bool lets_in(struct stack *stack, const struct pam_case *now)
{
    for (size_t i = 0; i < stack->count; i++) {
        stack->step[i].result = result_of(stack->line[i], now);
        stack->step[i].asked = false;
    }
    return pam_stack_run(stack->step, stack->count, &stack->last) == PAM_RESULT_SUCCESS;
}

/** Whether the stack says yes, or no, whatever the conditions in it come to. */
static bool comes_to(struct stack *stack, bool yes, enum pam_result ours, enum pam_result others)
{
    const struct pam_case met = { ours, others, PAM_RESULT_SUCCESS };
    const struct pam_case not_met = { ours, others, PAM_RESULT_AUTH_ERR };
    return lets_in(stack, &met) == yes && lets_in(stack, &not_met) == yes;
}

/** Whether a line of ours that checks was asked in the case that was run last. */
static bool was_asked(const struct stack *stack)
{
    for (size_t i = 0; i < stack->count; i++)
        if (stack->step[i].asked && is_full(stack->line[i]))
            return true;
    return false;
}

/** The fault of the case that was run last, its answer being the wrong one. */
static enum pam_fault fault_of(const struct stack *stack, enum pam_fault fault)
{
    return was_asked(stack) ? fault : PAM_FAULT_NOT_ASKED;
}

static enum pam_fault find_fault(struct stack *stack, enum pam_type type)
{
    static const enum pam_result refusals[] = {
        PAM_RESULT_AUTH_ERR,    PAM_RESULT_USER_UNKNOWN,     PAM_RESULT_ACCT_EXPIRED,
        PAM_RESULT_PERM_DENIED, PAM_RESULT_AUTHINFO_UNAVAIL, PAM_RESULT_SERVICE_ERR,
    };
    const enum pam_result yes = PAM_RESULT_SUCCESS, no = PAM_RESULT_AUTH_ERR;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (comes_to(stack, true, refusals[i], yes))
            return fault_of(stack, PAM_FAULT_REFUSAL_LOST);
    if (type == PAM_TYPE_AUTH && comes_to(stack, true, PAM_RESULT_IGNORE, no))
        return PAM_FAULT_STRANGER_IN;
    if (comes_to(stack, false, yes, type == PAM_TYPE_AUTH ? no : yes))
        return fault_of(stack, PAM_FAULT_ACCEPT_LOST);
    if (comes_to(stack, false, PAM_RESULT_IGNORE, yes))
        return PAM_FAULT_SYSTEM_LOCKED;
    return PAM_FAULT_NONE;
}

enum pam_fault pam_case_find(const struct pam_service *service, enum pam_type type,
                             const struct pam_line **line, const struct pam_line **other)
{
    struct stack stack;
    enum pam_fault fault = PAM_FAULT_NONE;
    *line = *other = NULL;
    if (make_stack(service, type, &stack)) {
        bool checks = false;
        for (size_t i = 0; i < stack.count; i++)
            if (pam_words_are_ours(&stack.line[i]->words) && !checks) {
                *line = stack.line[i];
                checks = is_full(stack.line[i]);
            }
        fault = checks ? find_fault(&stack, type) : PAM_FAULT_NO_CHECK;
        if (stack.last < stack.count && !pam_words_are_ours(&stack.line[stack.last]->words))
            *other = stack.line[stack.last];
    }
    free(stack.line);
    free(stack.step);
    return fault;
}
