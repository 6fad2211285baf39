/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "file_quota.h"

#include <errno.h>
#include <linux/dqblk_xfs.h>
#include <sys/quota.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { QUOTA_BLOCK = 1024 }; /* the unit of limits, whatever the file system's blocks are */

/* quotactl_fd(2) needs no path of a device; glibc has no function for it yet. */
static int control(int fd, unsigned command, uint32_t uid, void *data)
{
    return syscall(SYS_quotactl_fd, fd, QCMD(command, (unsigned)USRQUOTA), uid, data) == 0 ? 0
                                                                                           : errno;
}

bool file_quota_enforced(int fd)
{
    struct fs_quota_stat state = { .qs_version = FS_QSTAT_VERSION };
    return control(fd, Q_XGETQSTAT, 0, &state) == 0 && (state.qs_flags & FS_QUOTA_UDQ_ENFD) != 0;
}

int file_quota_get(int fd, uint32_t uid, struct file_quota *quota)
{
    struct dqblk block = { 0 };
    const int error = control(fd, Q_GETQUOTA, uid, &block);
    *quota = (struct file_quota){ block.dqb_curspace, block.dqb_bhardlimit * QUOTA_BLOCK };
    return error;
}

int file_quota_set(int fd, uint32_t uid, uint64_t limit)
{
    struct dqblk block = { .dqb_bhardlimit = limit / QUOTA_BLOCK + (limit % QUOTA_BLOCK != 0),
                           .dqb_valid = QIF_BLIMITS };
    return control(fd, Q_SETQUOTA, uid, &block);
}
