/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "argument.h"
#include "change_log.h"
#include "change_config.h"
#include "domain_key.h"
#include "domain_name.h"
#include "domains.h"
#include "home.h"
#include "id_block.h"
#include "idn.h"
#include "index_build.h"
#include "message.h"
#include "output.h"
#include "replace.h"
#include "safe_path.h"
#include "text.h"

struct options {
    struct option_words words; /* for the section */
    bool no_ids;
    uint32_t ids_size; /* 0 for the usual one */
};

static const char one_block[] = "--ids, --ids-size and --no-ids cannot be combined";

static const struct command_option add_options[] = {
    { "address", "ADDRESS", "Assign this IP address to the domain", .key = "address",
      .kind = OPTION_WORD },
    { "alias", "DOMAIN", "Add this alias of the domain", .key = "aliases", .kind = OPTION_WORD },
    { "ids", "FIRST-LAST", "Use this block of ids for its users", .key = "ids", .kind = OPTION_WORD,
      .excludes = one_block },
    { "ids-size", "NUMBER", "Use the first free block of this size (1000)", .kind = OPTION_COUNT,
      .at = offsetof(struct options, ids_size), .excludes = one_block },
    { "no-ids", NULL, "Do not reserve a block of ids", .at = offsetof(struct options, no_ids),
      .excludes = one_block },
    { "mailbox", "MAILBOX", "maildir:PATH or mbox:PATH, see vmail.conf(5)", .key = "mailbox",
      .kind = OPTION_WORD },
    { "mailbox-limit", "SIZE", "Maximum size of a mailbox", .key = "mailbox_limit",
      .kind = OPTION_WORD },
    { "max-users", "NUMBER", "Maximum number of users", .key = "max_users", .kind = OPTION_WORD },
    { "fallback", "TARGET", "Deliver mail for unknown users here", .key = "fallback",
      .kind = OPTION_WORD },
    { "admin", "USER", "Let this system user manage the domain", .key = "admins",
      .kind = OPTION_WORD },
    { 0 },
};

/** A domain that is about to be made. */
struct plan {
    struct context *context;
    const struct options *options;
    char domain[VMAIL_DOMAIN_MAX + 1];
    struct vmail_config_change changes[OPTION_WORDS_MAX + 2]; /* their values are ours */
    size_t count;
    bool made_shadow, made_passwd;
};

static void plan_change(struct plan *plan, enum vmail_config_action action, const char *key,
                        char *value)
{
    plan->changes[plan->count++] =
        (struct vmail_config_change){ action, "domain", plan->domain, key, value };
}

static enum exit_code plan_words(struct plan *plan)
{
    const struct option_words *words = &plan->options->words;
    plan_change(plan, VMAIL_CONFIG_ADD_SECTION, NULL, NULL);
    for (size_t i = 0; i < words->count; i++) {
        const struct domain_key *key = domain_key_find(plan->context, words->word[i].key);
        char *value;
        enum exit_code code =
            domain_key_value(plan->context, key, plan->domain, words->word[i].text, &value);
        if (code != EXIT_DONE)
            return code;
        plan_change(plan, key->list ? VMAIL_CONFIG_ADD_WORD : VMAIL_CONFIG_SET, key->name, value);
    }
    return EXIT_DONE;
}

/** The ids in the section, or NULL. */
static const char *block_of(const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->changes[i].key != NULL && strcmp(plan->changes[i].key, "ids") == 0)
            return plan->changes[i].value;
    return NULL;
}

static enum exit_code plan_block(struct plan *plan)
{
    struct vmail_id_range range;
    char text[ID_BLOCK_TEXT_MAX + 1];
    const struct options *options = plan->options;
    if (options->no_ids || block_of(plan) != NULL)
        return EXIT_DONE;
    enum exit_code code =
        id_block_find(plan->context, plan->domain,
                      options->ids_size == 0 ? ID_BLOCK_SIZE : options->ids_size, &range);
    if (code != EXIT_DONE)
        return code;
    id_block_format(text, &range);
    char *value = strdup(text);
    if (value == NULL)
        return message_no_memory(plan->context);
    plan_change(plan, VMAIL_CONFIG_SET, "ids", value);
    return EXIT_DONE;
}

/**
 * Continues an interrupted `add`, which leaves an empty passwd file and no section. Does not accept
 * a shadow file with hashes, which would apply to users of the same name.
 */
static enum exit_code check_new(const struct plan *plan)
{
    const struct context *context = plan->context;
    const char *domain = plan->domain;
    struct vmail_file_state state;
    bool empty = vmail_file_look(context->paths, VMAIL_PASSWD, domain, &state) &&
                 state.inode != 0 && state.size == 0 &&
                 !vmail_config_has_domain(context->config, domain);
    enum exit_code code = empty ? EXIT_DONE : domain_name_check(context, domain);
    if (code != EXIT_DONE)
        return code;
    if (vmail_file_look(context->paths, VMAIL_SHADOW, domain, &state) && state.size > 0) {
        message_error(context, "shadow.%s exists and is not empty; move it away", domain);
        return EXIT_EXISTS;
    }
    return EXIT_DONE;
}

static enum vmail_result leave_empty(struct vmail_edit *edit, void *context,
                                     struct vmail_error *error)
{
    (void)context;
    (void)error;
    return vmail_edit_splice(edit, 0, 0, NULL, 0);
}

static enum exit_code make_file(struct change *change, enum vmail_kind kind, bool *made)
{
    const struct context *context = change->context;
    char name[VMAIL_FILE_NAME_MAX + 1];
    struct vmail_file_state state;
    *made = vmail_file_look(context->paths, kind, change->domain, &state) && state.inode == 0;
    if (!*made)
        return EXIT_DONE;
    vmail_file_name(name, kind, change->domain);
    change_would(change, "create the empty file %s/%s", context->paths->directory, name);
    enum exit_code code = change_file(change, kind, true, leave_empty, NULL);
    *made = code == EXIT_DONE && !context->dry_run;
    return code;
}

static enum exit_code make_home(struct change *change)
{
    const struct context *context = change->context;
    struct vmail_error error = { 0 };
    char home[VMAIL_HOME_MAX + 1], name[NAME_MAX + 1];
    if (change_would(change, "create the directory " VMAIL_HOME_ROOT "/%s", change->domain))
        return EXIT_DONE;
    int fd = safe_path_open_parent(vmail_default_home(home, "x", change->domain, false),
                                   &safe_path_plain, name, &error);
    if (fd < 0) {
        message_error(context, "%s", error.text);
        return EXIT_UNAVAILABLE;
    }
    close(fd);
    return EXIT_DONE;
}

/** Removes a file that we created, unless somebody has written to it since. */
static void unmake_file(const struct plan *plan, enum vmail_kind kind)
{
    const struct vmail_paths *paths = plan->context->paths;
    char name[VMAIL_FILE_NAME_MAX + 1];
    struct vmail_file_state state;
    vmail_file_name(name, kind, plan->domain);
    if (!vmail_file_look(paths, kind, plan->domain, &state) || state.size != 0)
        return;
    vmail_remove(paths, name, VMAIL_LOCK_SECONDS_ADMIN, NULL);
    vmail_index_remove(paths, kind, plan->domain);
}

/** Removes what make_domain() has created. */
static void unmake_domain(const struct plan *plan)
{
    if (plan->made_passwd)
        unmake_file(plan, VMAIL_PASSWD);
    if (plan->made_shadow)
        unmake_file(plan, VMAIL_SHADOW);
}

/**
 * The section comes last: only then do addresses and other names mean the domain, which is
 * complete.
 */
static enum exit_code make_domain(struct plan *plan, struct change *change)
{
    enum exit_code code = make_file(change, VMAIL_SHADOW, &plan->made_shadow);
    if (code != EXIT_DONE)
        return code;
    code = make_file(change, VMAIL_PASSWD, &plan->made_passwd);
    if (code != EXIT_DONE)
        return code;
    code = make_home(change);
    return code != EXIT_DONE ? code : change_config(change, plan->changes, plan->count);
}

static enum exit_code print_new_domain(const struct plan *plan)
{
    char *name = idn_to_unicode(plan->domain);
    bool differs = name != NULL && strcmp(name, plan->domain) != 0;
    const struct output_column fields[] = {
        { "domain", "Domain" },
        { "ids", "Ids for new users" },
        { differs ? "name" : NULL, "International name" },
        { NULL, NULL },
    };
    const char *block = block_of(plan);
    json_t *object = json_pack("{s:s, s:o, s:s?}", "domain", plan->domain, "name",
                               text_json(name == NULL ? plan->domain : name), "ids", block);
    free(name);
    return output_object(plan->context, object, fields);
}

static enum exit_code add_domain_locked(struct plan *plan, struct change *change)
{
    enum exit_code code = context_reread_config(plan->context);
    if (code != EXIT_DONE)
        return code;
    code = check_new(plan);
    if (code != EXIT_DONE)
        return code;
    code = plan_words(plan);
    if (code != EXIT_DONE)
        return code;
    code = plan_block(plan);
    if (code != EXIT_DONE)
        return code;
    code = make_domain(plan, change);
    if (code != EXIT_DONE) {
        unmake_domain(plan);
        return code;
    }
    change_log(plan->context, "domain add %s (ids %s)", plan->domain,
               block_of(plan) == NULL ? "none" : block_of(plan));
    return EXIT_DONE;
}

/** `make install` and packages create it; somebody may have removed it with all its contents. */
static enum exit_code make_directory(const struct context *context)
{
    const char *directory = context->paths->directory;
    if (access(directory, F_OK) == 0 || errno != ENOENT)
        return EXIT_DONE;
    if (context->dry_run) {
        message_error(context, "%s: no such directory; without --dry-run, it would be created",
                      directory);
        return EXIT_UNAVAILABLE;
    }
    if (mkdir(directory, 0755) == 0)
        return EXIT_DONE;
    message_error(context, "%s: cannot create this directory: %s", directory,
                  strerrordesc_np(errno));
    return EXIT_UNAVAILABLE;
}

static enum exit_code run_domain_add(struct context *context, const struct call *call)
{
    struct plan plan = { .context = context, .options = call->options };
    struct change change;
    enum exit_code code = argument_new_domain(context, call->argument[0], plan.domain);
    if (code != EXIT_DONE)
        return code;
    if (!idn_is_sound(plan.domain)) {
        message_error(context,
                      "%s: a label that starts with xn-- is not a valid international name",
                      plan.domain);
        return EXIT_USAGE;
    }
    code = make_directory(context);
    if (code != EXIT_DONE)
        return code;
    code = check_new(&plan);
    if (code != EXIT_DONE)
        return code;
    code = change_begin(&change, context, plan.domain, true);
    if (code == EXIT_DONE)
        code = add_domain_locked(&plan, &change);
    code = change_end(&change, code);
    if (code == EXIT_DONE && !context->dry_run)
        code = print_new_domain(&plan);
    for (size_t i = 0; i < plan.count; i++)
        free((char *)plan.changes[i].value);
    return code;
}

const struct command domain_add_command = {
    .path = "domain add",
    .summary = "Add a domain",
    .arguments = "DOMAIN",
    .help = "Creates empty passwd and shadow files, the directory for the homes, and a section in "
            "vmail.conf with the first free block of ids (unless changed by --ids or --no-ids). "
            "International names are accepted, and stored in ASCII. --alias, --address and --admin "
            "may be given several times.",
    .options = add_options,
    .options_size = sizeof(struct options),
    .run = run_domain_add,
};
