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

/* Who does a job. */
struct actor {
    const char *name, *home, *tag; /* of the address, up to its end or its '@' */
    uid_t uid;
    gid_t gid;
};

static void add_job(struct walk *walk, const struct vmail_walk_step *step,
                    const struct actor *actor)
{
    struct job *job = vmail_array_append(&walk->plan->job, &walk->plan->count, sizeof *job);
    walk->result = VMAIL_NO_MEMORY;
    if (job == NULL)
        return;
    *job = (struct job){ .kind = step->kind == VMAIL_WALK_FILE      ? JOB_FILE
                                 : step->kind == VMAIL_WALK_PROGRAM ? JOB_PROGRAM
                                                                    : JOB_USER,
                         .text = strdup(step->text),
                         .user = strdup(actor->name),
                         .home = strdup(actor->home),
                         .tag = strndup(actor->tag, strcspn(actor->tag, "@")),
                         .uid = actor->uid,
                         .gid = actor->gid };
    if (job->text != NULL && job->user != NULL && job->home != NULL && job->tag != NULL)
        walk->result = VMAIL_OK;
}

static void take_user(struct walk *walk, const struct vmail_walk_step *step)
{
    const struct vmail_route *route = step->route;
    const char *tag = *route->tag == '\0' ? "" : route->tag + 1;
    char name[VMAIL_CANONICAL_MAX + 1];
    vmail_name_join(name, route->user, route->domain);
    add_job(walk, step, &(struct actor){ name, route->home, tag, route->uid, route->gid });
}

/* With the rights of `alias_user'. */
static void take_command(struct walk *walk, const struct vmail_walk_step *step)
{
    const char *name = vmail_config_alias_user(walk->config, step->domain), *why = NULL;
    errno = 0;
    const struct passwd *user = name[0] == '\0' ? NULL : getpwnam(name);
    if (name[0] == '\0')
        why = "is not set";
    else if (user == NULL)
        why = errno == 0 || errno == ENOENT ? "is not a user: " : "cannot be found: ";
    else if (user->pw_uid == 0 || user->pw_gid == 0)
        why = "has root's uid or gid: ";
    if (why == NULL) {
        add_job(walk, step, &(struct actor){ name, user->pw_dir, "", user->pw_uid, user->pw_gid });
        return;
    }
    vmail_error_set(walk->error, 0,
                    "%s leads to a %s, and `alias_user' of vmail.conf for %s %s%s: %s",
                    walk->recipient, step->kind == VMAIL_WALK_FILE ? "file" : "program",
                    step->domain, why, name, step->text);
    walk->result = VMAIL_UNAVAILABLE;
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
