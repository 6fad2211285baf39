/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See README. The first byte says which kind of source, the rest is the file. Whatever it holds,
 * what is taken of it makes good lines of passwd(5), shadow(5) and group(5). */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "import/steps.h"
#include "import/readers.h"
#include "record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check_line(enum vmail_kind kind, char *line, int length, const char *name)
{
    struct vmail_record record;
    require(length > 0 && strchr(line, '\n') == NULL);
    require(vmail_record_parse(kind, line, (size_t)length, &record) == NULL);
    require(strcmp(vmail_record_name(&record), name) == 0);
    free(line);
}

static void check_user(const struct vmail_config *config, const struct import_user *user)
{
    char *line;
    int length = asprintf(&line, "%s:x:%u:%u:%s:%s:%s", user->name, user->new_uid, user->new_gid,
                          user->gecos, user->home, user->shell);
    check_line(VMAIL_PASSWD, line, length, user->name);
    require(vmail_rules_allow_id(&config->rules, user->new_uid));
    require(user->hash != NULL || user->clear != NULL);
    length = asprintf(&line, "%s:%s:%s", user->name, user->hash == NULL ? "x" : user->hash,
                      user->ageing == NULL ? "1::::::" : user->ageing);
    check_line(VMAIL_SHADOW, line, length, user->name);
}

static void check_plan(const struct vmail_config *config, const struct import_plan *plan)
{
    for (size_t i = 0; i < plan->user_count; i++)
        if (plan->users[i].decision.skipped == NULL)
            check_user(config, &plan->users[i]);
    for (size_t i = 0; i < plan->group_count; i++) {
        const struct import_group *group = &plan->groups[i];
        char *line;
        if (group->decision.skipped != NULL)
            continue;
        int length = asprintf(&line, "%s:x:%u:%s", group->name, group->new_gid, group->members);
        check_line(VMAIL_GROUP, line, length, group->name);
    }
    for (size_t i = 0; i < plan->alias_count; i++)
        if (plan->aliases[i].decision.skipped == NULL)
            require(strchr(plan->aliases[i].text, '\n') == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static enum exit_code (*const readers[])(const struct context *, const struct import_input *,
                                             struct import_plan *) = {
        read_dovecot, read_vpopmail, read_htpasswd, read_host, read_json,
    };
    static const struct vmail_paths paths = { .directory = "/run",
                                              .system_passwd = "/dev/null",
                                              .system_group = "/dev/null" };
    static struct context context = { .paths = &paths };
    char path[32];
    if (context.config == NULL) {
        require(vmail_config_parse("", 0, &context.config, NULL, NULL) == VMAIL_OK);
    }
    if (size < 1)
        return 0;
    int fd = memfd_create("source", MFD_CLOEXEC);
    require(fd >= 0 && write(fd, data + 1, size - 1) == (ssize_t)(size - 1));
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct import_plan plan = { 0 };
    struct import_input input = { .path = path, .domain = "va.example", .lowest_uid = -1 };
    input.shadow = input.group = path;
    if (readers[data[0] % (sizeof readers / sizeof *readers)](&context, &input, &plan) ==
            EXIT_DONE &&
        import_decide(&context, &plan) == EXIT_DONE)
        check_plan(context.config, &plan);
    import_plan_free(&plan);
    close(fd);
    return 0;
}
