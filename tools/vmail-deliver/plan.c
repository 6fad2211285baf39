/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "walk.h"

struct walk {
    struct plan *plan;
    const struct vmail_config *config;
    const char *recipient;
    enum vmail_result result;
    struct vmail_error *error;
};

static void take_elsewhere(struct walk *walk, const char *address)
{
    struct plan *plan = walk->plan;
    char **new = vmail_array_append(&plan->elsewhere, &plan->elsewhere_count, sizeof *new);
    if (new == NULL || (*new = strdup(address)) == NULL)
        walk->result = VMAIL_NO_MEMORY;
}

static struct job *add_job(struct walk *walk, enum job_kind kind, const char *text)
{
    struct job *job = vmail_array_append(&walk->plan->job, &walk->plan->count, sizeof *job);
    if (job != NULL) {
        job->kind = kind;
        job->text = strdup(text);
    }
    return job;
}

static void set_user(struct walk *walk, struct job *job, const char *user, const char *home)
{
    job->user = strdup(user);
    job->home = strdup(home);
    if (job->text == NULL || job->user == NULL || job->home == NULL || job->tag == NULL)
        walk->result = VMAIL_NO_MEMORY;
}

static void take_user(struct walk *walk, const struct vmail_walk_step *step)
{
    const struct vmail_route *route = step->route;
    char name[VMAIL_CANONICAL_MAX + 1];
    struct job *job = add_job(walk, JOB_USER, step->text);
    if (job == NULL) {
        walk->result = VMAIL_NO_MEMORY;
        return;
    }
    vmail_name_join(name, route->user, route->domain);
    job->uid = route->uid;
    job->gid = route->gid;
    const char *tag = *route->tag == '\0' ? "" : route->tag + 1;
    job->tag = strndup(tag, strcspn(tag, "@"));
    set_user(walk, job, name, route->home);
}

static void refuse(struct walk *walk, const struct vmail_walk_step *step, const char *why,
                   const char *name)
{
    vmail_error_set(walk->error, 0,
                    "%s leads to a %s, and `alias_user' of vmail.conf for %s %s%s: %s",
                    walk->recipient, step->kind == VMAIL_WALK_FILE ? "file" : "program",
                    step->domain, why, name, step->text);
    walk->result = VMAIL_UNAVAILABLE;
}

static void take_command(struct walk *walk, const struct vmail_walk_step *step)
{
    const char *name = vmail_config_alias_user(walk->config, step->domain);
    if (name[0] == '\0') {
        refuse(walk, step, "is not set", "");
        return;
    }
    errno = 0;
    const struct passwd *user = getpwnam(name);
    if (user == NULL) {
        refuse(walk, step,
               errno == 0 || errno == ENOENT ? "is not a user: " : "cannot be found: ", name);
        return;
    }
    if (user->pw_uid == 0 || user->pw_gid == 0) {
        refuse(walk, step, "has root's uid or gid: ", name);
        return;
    }
    struct job *job =
        add_job(walk, step->kind == VMAIL_WALK_FILE ? JOB_FILE : JOB_PROGRAM, step->text);
    if (job == NULL) {
        walk->result = VMAIL_NO_MEMORY;
        return;
    }
    job->uid = user->pw_uid;
    job->gid = user->pw_gid;
    job->tag = strdup("");
    set_user(walk, job, name, user->pw_dir);
}

static void take_step(void *context, const struct vmail_walk_step *step)
{
    struct walk *walk = context;
    if (walk->result != VMAIL_OK)
        return;
    if (step->kind == VMAIL_WALK_FILE || step->kind == VMAIL_WALK_PROGRAM)
        take_command(walk, step);
    if (step->kind != VMAIL_WALK_ADDRESS)
        return;
    if (step->route->kind == VMAIL_ROUTE_USER)
        take_user(walk, step);
    else if (step->route->kind == VMAIL_ROUTE_ELSEWHERE || step->route->kind == VMAIL_ROUTE_RELAY)
        take_elsewhere(walk, step->text);
}

enum vmail_result plan_make(struct vmail_mail *mail, const char *recipient, struct plan *plan,
                            struct vmail_error *error)
{
    struct vmail_error refused;
    struct walk walk = { plan, mail->config, recipient, VMAIL_OK, &refused };
    const struct vmail_walker walker = { .mail = mail, .visit = take_step, .context = &walk };
    *plan = (struct plan){ 0 };
    const enum vmail_result result = vmail_walk(&walker, recipient, error);
    if (result != VMAIL_OK || walk.result == VMAIL_OK)
        return result;
    *error = refused;
    return walk.result;
}

void plan_end(struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        free(plan->job[i].text);
        free(plan->job[i].user);
        free(plan->job[i].home);
        free(plan->job[i].tag);
    }
    for (size_t i = 0; i < plan->elsewhere_count; i++)
        free(plan->elsewhere[i]);
    free(plan->job);
    free(plan->elsewhere);
    *plan = (struct plan){ 0 };
}
