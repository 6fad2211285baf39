/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "leftovers.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lock.h"
#include "trust.h"

static const char ending[] = ".new";

/** Whether NAME is what replace.c calls the new contents of a file of ours. */
static bool is_temporary(const char *name)
{
    static const char *const starts[] = { ".passwd.", ".shadow.", ".group.", ".aliases.",
                                          "." VMAIL_CONFIG_NAME "." };
    const size_t length = strlen(name);
    if (length <= sizeof ending || strcmp(name + length - (sizeof ending - 1), ending) != 0)
        return false;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (strncmp(name, starts[i], strlen(starts[i])) == 0)
            return true;
    return false;
}

static bool is_left(const struct context *context, int directory, const char *name)
{
    struct stat status;
    return is_temporary(name) && fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(status.st_mode) && status.st_uid == context->paths->owner &&
           !vmail_lock_is_held(directory, name + 1); /* nobody is writing it just now */
}

/** The domain whose passwd file set aside has the name NAME, if it is such a one. */
static bool read_domain(const char *name, char domain[VMAIL_DOMAIN_MAX + 1])
{
    char pattern[VMAIL_ASIDE_NAME_MAX + 1];
    const char *start = strchr(name, '.') == name ? strchr(name + 1, '.') : NULL;
    const char *end = strrchr(name, '.');
    if (start == NULL || end <= start + 1 || end - start - 1 > VMAIL_DOMAIN_MAX)
        return false;
    const size_t length = (size_t)(end - start - 1);
    memcpy(domain, start + 1, length);
    domain[length] = '\0';
    vmail_aside_name(pattern, VMAIL_PASSWD, domain);
    return strcmp(pattern, name) == 0 && vmail_domain_valid(domain, length);
}

struct walk {
    const struct context *context;
    leftover_function *function;
    void *data;
};

static int visit(void *data, int directory, const char *name)
{
    const struct walk *walk = data;
    char domain[VMAIL_DOMAIN_MAX + 1];
    if (is_left(walk->context, directory, name))
        walk->function(walk->data, directory, name, NULL);
    else if (read_domain(name, domain))
        walk->function(walk->data, directory, name, domain);
    return 0;
}

bool leftovers_each(const struct context *context, leftover_function *function, void *data)
{
    struct walk walk = { context, function, data };
    /* The area "files" tells of a directory that cannot be listed. */
    return vmail_trusted_each_file(context->paths, visit, &walk, NULL) != VMAIL_NO_MEMORY;
}
