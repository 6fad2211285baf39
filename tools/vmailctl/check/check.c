/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "areas.h"
#include "argument.h"
#include "authority.h"
#include "check.h"
#include "connect.h"
#include "domain_rows.h"
#include "login.h"
#include "message.h"
#include "repair.h"
#include "suggest.h"
#include "table.h"

struct options {
    const char *areas; /* "A,B"; NULL for every one */
    bool all;
    bool repair;
    bool summary;
    bool connect;
    const char *dns, *dns_server;
    struct login_options login; /* its name is NULL without --login */
};

/** What an area looks at, and thus who may have it run, and when. */
struct area {
    const char *name;
    void (*check)(struct check *check);
    bool of_host;        /* covers more than the checked domains */
    bool without_config; /* has something to say even where vmail.conf and the domains are not
                            known */
};

static const struct area areas[] = {
    { "files", check_files, false, true },
    { "ids", check_ids, false, false },
    { "users", check_users, false, false },
    { "aliases", check_aliases, false, false },
    { "mail", check_mail, false, false },
    { "limits", check_limits, false, false },
    { "names", check_names, false, false },
    { "index", check_index, false, false },
    { "nsswitch", check_nsswitch, true, true },
    { "pam", check_pam, true, true },
    { "sshd", check_sshd, true, false },
    { "caches", check_caches, true, true },
    { "addresses", check_addresses, false, false },
    { "dns", check_dns, false, false },
    { "relays", check_relays, true, false },
    { "postfix", check_postfix, true, false },
    { "dovecot", check_dovecot, true, false },
    { "exim", check_exim, true, false },
    { "vsftpd", check_vsftpd, true, false },
    { "proftpd", check_proftpd, true, false },
    { "pure-ftpd", check_pure_ftpd, true, false },
};

enum { AREAS = sizeof areas / sizeof *areas };

static bool is_listed(const char *list, const char *name)
{
    size_t length = strlen(name);
    while (*list != '\0') {
        size_t word = strcspn(list, ",");
        if (word == length && memcmp(list, name, length) == 0)
            return true;
        list += word + (list[word] == ',' ? 1 : 0);
    }
    return false;
}

static bool are_areas(const char *value, const void *at, struct vmail_error *error)
{
    char *copy = strdup(value), *rest = copy, *word;
    bool good = true;
    (void)at;
    while (good && rest != NULL && (word = strsep(&rest, ",")) != NULL) {
        struct suggestion suggestion = { .word = word };
        char hint[SUGGEST_TEXT_MAX + 1];
        size_t i;
        for (i = 0; i < AREAS && strcmp(areas[i].name, word) != 0; i++)
            suggest_consider(&suggestion, areas[i].name);
        good = i < AREAS;
        if (!good)
            vmail_error_set(error, 0, "no such area: '%s'%s", word,
                            suggest_text(&suggestion, hint));
    }
    free(copy);
    return good;
}

static bool is_auto_or_no(const char *value, const void *at, struct vmail_error *error)
{
    const bool good = strcmp(value, "auto") == 0 || strcmp(value, "no") == 0;
    (void)at;
    if (!good)
        vmail_error_set(error, 0, "--dns must be auto or no");
    return good;
}

static const struct command_option check_options[] = {
    { "all", NULL, "Check all domains (the default)", .at = offsetof(struct options, all) },
    { "area", "AREA[,AREA...]", "Check only these areas", .accept = are_areas,
      .at = offsetof(struct options, areas) },
    { "repair", NULL, "First remove what interrupted changes left behind",
      .at = offsetof(struct options, repair) },
    { "summary", NULL, "Print one line, for Nagios or cron",
      .at = offsetof(struct options, summary) },
    { "dns", "auto|no", "Query name servers, or not", .accept = is_auto_or_no,
      .at = offsetof(struct options, dns) },
    { "dns-server", "ADDRESS[:PORT]", "Use this name server",
      .at = offsetof(struct options, dns_server) },
    { "connect", NULL, "Connect to the daemons and show their greetings",
      .at = offsetof(struct options, connect) },
    { "login", "USER@DOMAIN", "Try a log-in and show each step",
      .at = offsetof(struct options, login.name) },
    { "service", "NAME", "With --login: use this PAM service",
      .at = offsetof(struct options, login.service) },
    { "address", "ADDRESS", "With --login: the client is connected to this address",
      .at = offsetof(struct options, login.address) },
    { "password-stdin", NULL,
      "With --login: read the password from the first line of standard input",
      .at = offsetof(struct options, login.password_stdin) },
    { 0 },
};

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/** Sorts LIST, and leaves each name in it once. */
static void sort_names(struct vmail_domain_list *list)
{
    size_t kept = 0;
    qsort(list->name, list->count, sizeof *list->name, compare_names);
    for (size_t i = 0; i < list->count; i++)
        if (kept > 0 && strcmp(list->name[kept - 1], list->name[i]) == 0)
            free(list->name[i]);
        else
            list->name[kept++] = list->name[i];
    list->count = kept;
}

char **check_find_domain(const struct vmail_domain_list *list, const char *name)
{
    return list->count == 0
               ? NULL
               : bsearch(&name, list->name, list->count, sizeof *list->name, compare_names);
}

bool check_covers(const struct check *check, const char *domain)
{
    return check_find_domain(&check->domains, domain) != NULL;
}

const struct vmail_domain_list *check_all_domains(const struct check *check,
                                                  struct vmail_domain_list *all)
{
    return !check->everything && !check->context->restricted &&
                   domain_rows_names(check->context, all) == EXIT_DONE
               ? all
               : &check->domains;
}

static enum exit_code take_domains(const struct context *context, const struct call *call,
                                   struct vmail_domain_list *list)
{
    char domain[VMAIL_DOMAIN_MAX + 1];
    list->name = calloc(call->count, sizeof *list->name);
    if (list->name == NULL)
        return message_no_memory(context);
    for (size_t i = 0; i < call->count; i++) {
        enum exit_code code = argument_domain(context, call->argument[i], domain);
        if (code != EXIT_DONE)
            return code;
        list->name[list->count] = strdup(domain);
        if (list->name[list->count] == NULL)
            return message_no_memory(context);
        list->count++;
    }
    sort_names(list);
    return EXIT_DONE;
}

/**
 * The domains in the command line, or all; none if vmail.conf or the directory cannot be read,
 * which the areas then report.
 */
static enum exit_code find_domains(struct check *check, const struct call *call)
{
    struct vmail_error error;
    snprintf(check->config, sizeof check->config, "%s/" VMAIL_CONFIG_NAME,
             check->context->paths->directory);
    if (check->context->config == NULL)
        return EXIT_DONE;
    if (call->count > 0)
        return take_domains(check->context, call, &check->domains);
    check->everything = true;
    check->unlisted =
        vmail_domains_list(check->context->paths, &check->domains, &error) != VMAIL_OK;
    if (check->unlisted)
        return EXIT_DONE;
    vmail_domains_free(&check->domains);
    return domain_rows_names(check->context, &check->domains);
}

static uint64_t bytes_of(const struct check *check)
{
    static const enum vmail_kind kinds[] = { VMAIL_PASSWD, VMAIL_SHADOW, VMAIL_GROUP };
    struct vmail_file_state state;
    uint64_t bytes = 0;
    for (size_t i = 0; i < check->domains.count; i++)
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            if (vmail_file_look(check->context->paths, kinds[k], check->domains.name[i], &state))
                bytes += (uint64_t)state.size;
    return bytes;
}

static enum exit_code run_areas(struct check *check, const char *list)
{
    progress_start(&check->progress, check->context, "checking", bytes_of(check) * 4);
    for (size_t i = 0; i < AREAS; i++) {
        if ((list != NULL && !is_listed(list, areas[i].name)) ||
            (areas[i].of_host && check->context->restricted) ||
            (!areas[i].without_config && (check->context->config == NULL || check->unlisted)))
            continue;
        check->findings.area = areas[i].name;
        areas[i].check(check);
    }
    progress_end(&check->progress);
    return findings_print(check->context, &check->findings);
}

/** What excludes each other on the command line, or means nothing; NULL for nothing. */
static const char *what_is_odd(const struct call *call)
{
    const struct options *options = call->options;
    const struct login_options *login = &options->login;
    const bool tries = login->name != NULL || options->connect;
    if (options->all && call->count > 0)
        return "--all cannot be combined with a domain";
    if (login->name == NULL &&
        (login->service != NULL || login->address != NULL || login->password_stdin))
        return "--service, --address and --password-stdin need --login";
    if (login->name != NULL && (options->connect || call->count > 0 || options->all))
        return "--login cannot be combined with --connect, --all or domains";
    if (options->summary && tries)
        return "--summary cannot be combined with --login or --connect";
    if (options->repair && tries)
        return "--repair cannot be combined with --login or --connect";
    if (options->areas != NULL && tries)
        return "--area cannot be combined with --login or --connect";
    return NULL;
}

/** Tries --login or --connect, which need vmail.conf. */
static enum exit_code try_out(struct check *check, const struct options *options)
{
    struct context *context = check->context;
    if (context->config == NULL) {
        enum exit_code code = context_load_config(context);
        if (code != EXIT_DONE)
            return code;
    }
    return options->connect ? connect_show(check) : login_show(context, &options->login);
}

static enum exit_code find_and_check(struct check *check, const struct call *call)
{
    const struct options *options = call->options;
    enum exit_code code = find_domains(check, call);
    if (code != EXIT_DONE)
        return code;
    if (options->connect || options->login.name != NULL)
        return try_out(check, options);
    if (options->repair) {
        code = check_repair(check);
        if (code != EXIT_DONE || check->context->dry_run)
            return code;
    }
    return run_areas(check, options->areas);
}

/** The same; then ends CHECK. */
static enum exit_code check_and_end(struct check *check, const struct call *call)
{
    const enum exit_code code = find_and_check(check, call);
    findings_free(&check->findings);
    vmail_domains_free(&check->domains);
    return code;
}

enum exit_code check_host(struct context *context, const char *list)
{
    struct options options = { .areas = list };
    const struct call call = { .options = &options };
    struct check check = { .context = context, .no_dns = true };
    return check_and_end(&check, &call);
}

static enum exit_code run_check(struct context *context, const struct call *call)
{
    const struct options *options = call->options;
    struct check check = { .context = context,
                           .no_dns = options->dns != NULL && strcmp(options->dns, "no") == 0,
                           .dns_server = options->dns_server,
                           .findings = { .all = context->json, .summary = options->summary } };
    const char *odd = what_is_odd(call);
    if (context->restricted && options->login.name != NULL)
        return authority_refuse(context,
                                "check --login: only root may do that; run sudo vmailctl check");
    if (odd != NULL) {
        message_error(context, "check: %s", odd);
        return EXIT_USAGE;
    }
    return check_and_end(&check, call);
}

const struct command check_command = {
    .path = "check",
    .summary = "Find problems, and say how to fix them",
    .arguments = "[DOMAIN...]",
    .help = "Checks the given domains, or all domains and the host. With --login or --connect, "
            "tries a log-in or the daemons instead. The exit status is 1 if there are problems.",
    .options = check_options,
    .options_size = sizeof(struct options),
    .run = run_check,
    .needs = NEEDS_DOMAIN_READER,
    .tells_config = true,
};
