# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Sourced, after say.sh: what the machine must be able to do for tests/sandbox.

# Sets $propagation, the option of that name for unshare(1).
check_machine() {
    local tool
    [ "$(id -u)" -eq 0 ] || die "must be root, for namespaces and overlays (the machine itself is not changed)" "sudo $0 ..."
    for tool in unshare mount chroot flock tar apt-get dpkg; do
        command -v "$tool" >/dev/null ||
            die "the command $tool is missing" "this needs Debian 12 or later with util-linux, tar and apt"
    done
    [ -r /proc/self/mountinfo ] || die "/proc is not mounted" "mount -t proc proc /proc"
    grep -qw overlay /proc/filesystems || modprobe overlay 2>/dev/null || die "the kernel has no overlayfs" "modprobe overlay"
    [ -c /dev/urandom ] || die "/dev is not filled" "mount -t devtmpfs dev /dev"
    # In a chroot that is no mount point, there is nothing to make private; lib/enter looks after that case.
    propagation=private
    unshare --mount true 2>/dev/null || propagation=unchanged
    unshare --mount --propagation "$propagation" --pid --fork --net --uts --ipc true ||
        die "namespaces cannot be made here" "a container needs the right to (CAP_SYS_ADMIN; docker run --privileged)"
}

# try_as_upper DIRECTORY: sets $upper to yes if DIRECTORY can be the upper side of an overlay, else to no. A directory on an
# overlay cannot.
try_as_upper() {
    local probe
    upper=yes
    probe=$(mktemp -d "$1/probe.XXXXXX")
    mkdir "$probe/lower" "$probe/upper" "$probe/work" "$probe/merged"
    # shellcheck disable=SC2016 # the inner shell expands it
    unshare --mount --propagation "$propagation" sh -euc '
        mount -t overlay -o "lowerdir=$1/lower,upperdir=$1/upper,workdir=$1/work" probe "$1/merged"
        umount "$1/merged"' probe "$probe" 2>/dev/null || upper=no
    rm -rf --one-file-system "$probe"
}

# layers_in_memory_if_needed DIRECTORY COMMAND...: returns where DIRECTORY can keep layers. Where it cannot, becomes COMMAND,
# which sees memory there.
layers_in_memory_if_needed() {
    local directory=$1
    shift
    try_as_upper "$directory"
    if [ "$upper" = yes ]; then
        return
    fi
    [ "$propagation" = private ] ||
        die "$directory is on a file system that an overlay cannot write to" \
            "set VMAIL_SANDBOX_CACHE to a directory on ext4, xfs, btrfs or tmpfs"
    say "$directory cannot keep packages (it is on an overlay, as in a container): they are installed in memory, for this" \
        "run only; to keep them, set VMAIL_SANDBOX_CACHE to a directory on a volume"
    # shellcheck disable=SC2016 # the inner shell expands it
    exec unshare --mount --propagation private bash -euc '
        mount -t tmpfs -o mode=755 vmail-layers "$1"
        shift
        exec "$@"' in-memory "$directory" "$@"
}
