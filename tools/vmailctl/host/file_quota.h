/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Quotas of users that a file system keeps; see quotactl(2).
 */
#ifndef VMAILCTL_FILE_QUOTA_H
#define VMAILCTL_FILE_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

struct file_quota {
    uint64_t used;  /* bytes in all files of the user there */
    uint64_t limit; /* bytes, a multiple of 1024; 0 for none */
};

/** Whether the file system of the open file FD enforces quotas of users. False also if the kernel
 * does not tell. */
bool file_quota_enforced(int fd);

/** Reads the quota of UID on the file system of FD. 0, or an error number: EPERM if the caller is
 * not root, ESRCH or ENOTSUP if quotas are off. */
int file_quota_get(int fd, uint32_t uid, struct file_quota *quota);

/** Sets the hard limit of UID to LIMIT bytes, rounded up to a KiB; 0 for none. Other limits stay.
 * 0, or an error number. */
int file_quota_set(int fd, uint32_t uid, uint64_t limit);

#endif
