/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Quotas of a file system: what the kernel is asked, and what its answers mean. */
#include "file_quota.h"

#include <errno.h>
#include <linux/dqblk_xfs.h>
#include <stdarg.h>
#include <sys/quota.h>
#include <sys/syscall.h>

#include "cmocka_all.h"

enum { A_FD = 7, A_UID = 70000 };

/* The kernel's side of quotactl_fd(2). */
static struct {
    int error;             /* 0: it does what it is asked */
    unsigned short states; /* of Q_XGETQSTAT */
    struct dqblk block;    /* of A_UID */
} kernel;

/* With the sign bit set, QCMD is no int. */
static unsigned for_users(unsigned command)
{
    return QCMD(command, (unsigned)USRQUOTA);
}

long __wrap_syscall(long number, ...);
long __wrap_syscall(long number, ...)
{
    va_list arguments;
    va_start(arguments, number);
    const int fd = va_arg(arguments, int);
    const unsigned command = va_arg(arguments, unsigned);
    const unsigned uid = va_arg(arguments, unsigned);
    void *data = va_arg(arguments, void *);
    va_end(arguments);
    assert_int_equal(number, SYS_quotactl_fd);
    assert_int_equal(fd, A_FD);
    if (kernel.error != 0) {
        errno = kernel.error;
        return -1;
    }
    if (command == for_users(Q_XGETQSTAT)) {
        ((struct fs_quota_stat *)data)->qs_flags = kernel.states;
        return 0;
    }
    assert_int_equal(uid, A_UID);
    if (command == for_users(Q_GETQUOTA))
        *(struct dqblk *)data = kernel.block;
    else if (command == for_users(Q_SETQUOTA))
        kernel.block = *(const struct dqblk *)data;
    else
        fail();
    return 0;
}

static int forget(void **state)
{
    (void)state;
    kernel.error = kernel.states = 0;
    kernel.block = (struct dqblk){ 0 };
    return 0;
}

static void quotas_are_on_only_where_they_are_enforced_for_users(void **state)
{
    (void)state;
    assert_false(file_quota_enforced(A_FD));
    kernel.states = FS_QUOTA_UDQ_ACCT | FS_QUOTA_GDQ_ACCT | FS_QUOTA_GDQ_ENFD;
    assert_false(file_quota_enforced(A_FD));
    kernel.states = FS_QUOTA_UDQ_ACCT | FS_QUOTA_UDQ_ENFD;
    assert_true(file_quota_enforced(A_FD));
    kernel.error = ENOSYS;
    assert_false(file_quota_enforced(A_FD));
}

static void limits_are_in_blocks_of_a_kibibyte(void **state)
{
    static const struct {
        uint64_t limit, blocks;
    } cases[] = { { 0, 0 }, { 1, 1 }, { 1024, 1 }, { 1025, 2 }, { UINT64_MAX, 1ull << 54 } };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(file_quota_set(A_FD, A_UID, cases[i].limit), 0);
        assert_int_equal(kernel.block.dqb_bhardlimit, cases[i].blocks);
        assert_int_equal(kernel.block.dqb_valid, QIF_BLIMITS);
    }
}

static void use_and_limit_are_read_in_bytes(void **state)
{
    struct file_quota quota;
    (void)state;
    kernel.block = (struct dqblk){ .dqb_bhardlimit = 100, .dqb_curspace = 4097 };
    assert_int_equal(file_quota_get(A_FD, A_UID, &quota), 0);
    assert_int_equal(quota.limit, 102400);
    assert_int_equal(quota.used, 4097);
}

static void errors_are_returned(void **state)
{
    struct file_quota quota;
    (void)state;
    kernel.error = EPERM;
    assert_int_equal(file_quota_get(A_FD, A_UID, &quota), EPERM);
    assert_int_equal(file_quota_set(A_FD, A_UID, 1024), EPERM);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(quotas_are_on_only_where_they_are_enforced_for_users, forget),
        cmocka_unit_test_setup(limits_are_in_blocks_of_a_kibibyte, forget),
        cmocka_unit_test_setup(use_and_limit_are_read_in_bytes, forget),
        cmocka_unit_test_setup(errors_are_returned, forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
