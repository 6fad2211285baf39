/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pretended_owner.h"

#include <sys/stat.h>

#include "cmocka_all.h"

static struct stat pretended;

int __real_fstat(int fd, struct stat *status);
int __wrap_fstat(int fd, struct stat *status);

int __wrap_fstat(int fd, struct stat *status)
{
    const int result = __real_fstat(fd, status);
    if (result == 0 && status->st_ino == pretended.st_ino && status->st_dev == pretended.st_dev)
        status->st_uid = pretended.st_uid;
    return result;
}

void pretend_owner(const struct scratch *scratch, const char *name, uid_t owner)
{
    assert_int_equal(stat(scratch_path(scratch, name), &pretended), 0);
    pretended.st_uid = owner;
}
