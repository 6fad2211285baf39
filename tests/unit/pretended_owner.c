/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pretended_owner.h"

#include <fcntl.h>
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
    /* It stays open until the program ends, so no file of a later test gets its inode number. */
    const int fd = open(scratch_path(scratch, name), O_PATH | O_NOFOLLOW | O_CLOEXEC);
    assert_int_not_equal(fd, -1);
    assert_int_equal(__real_fstat(fd, &pretended), 0);
    pretended.st_uid = owner;
}
