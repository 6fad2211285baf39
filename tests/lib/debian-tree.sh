# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Sourced, after say.sh: minimal Debians below /var/cache/nss-pam-vmail/debian, and layers of packages on them.

debian_cache=/var/cache/nss-pam-vmail/debian
layers=$debian_cache/layers

# debootstrap is a shell script: unpacked it is as good as installed.
fetch_debootstrap() {
    local into=$1
    command -v wget >/dev/null || command -v curl >/dev/null ||
        die "debootstrap needs wget" "apt-get install wget"
    (cd "$into" && apt-get -q download debootstrap && dpkg -x debootstrap_*.deb .)
}

# run_debootstrap [OPTION]... SUITE DIRECTORY
run_debootstrap() {
    local work
    work=$(mktemp -d)
    chmod 755 "$work"
    if command -v debootstrap >/dev/null; then
        debootstrap --variant=minbase "$@"
    else
        fetch_debootstrap "$work"
        DEBOOTSTRAP_DIR=$work/usr/share/debootstrap "$work/usr/sbin/debootstrap" --variant=minbase "$@"
    fi
    rm -rf "$work"
}

# make_tree NAME [OPTION]... SUITE: makes the Debian by debootstrap with these options, unless it exists. Sets $tree to its directory.
make_tree() {
    local name=$1 log=${debian_cache%/*}/debootstrap-$1.log
    shift
    tree=$debian_cache/$name
    mkdir -p "$debian_cache"
    if [ ! -e "$tree/.complete" ]; then
        rm -rf --one-file-system "$tree"
        mkdir -p /var/log
        quietly "$log" "making a Debian, $name (the log is $log)" run_debootstrap "$@" "$tree"
        touch "$tree/.complete"
    fi
}

# copy_source FROM TO: all tracked and not ignored files; without git, all.
copy_source() {
    rm -rf "$2"
    mkdir -p "$2"
    if git -C "$1" rev-parse >/dev/null 2>&1; then
        (cd "$1" && git ls-files -z --cached --others --exclude-standard | tar -c --null -T -) | tar -x -C "$2"
    else
        tar -c -C "$1" . | tar -x -C "$2"
    fi
}

# --- steps: functions of in-tree on an overlay over $tree. The caller sets $suite.

# in_tree UPPER LOWER FUNCTION: what the function changes is in UPPER.
in_tree() {
    mkdir -p "$1/files" "$1/work" "$1/root" "$work/packages"
    # shellcheck disable=SC2016 # the inner shells expand it
    unshare --mount --propagation private --pid --fork --kill-child --uts --ipc bash -euc '
        root=$1/root
        mount -t overlay -o "lowerdir=$2,upperdir=$1/files,workdir=$1/work" vmail "$root"
        mount --rbind /dev "$root/dev"
        mount --rbind /sys "$root/sys"
        mount --make-rslave "$root/sys"
        mount -t proc proc "$root/proc"
        mkdir -p "$root/src" "$root/packages"
        mount --bind "$3/src" "$root/src"
        mount --bind "$3/packages" "$root/packages"
        rm -f "$root/etc/resolv.conf" # as a link, it could lead out of here
        cat /etc/resolv.conf >"$root/etc/resolv.conf"
        hostname vmail-sandbox
        exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
            bash /src/tests/lib/in-tree "$4"' clean-tree "$1" "$2" "$work" "$3"
}

# make_layer FUNCTION LOWER: a layer that is kept as long as its key is right. Sets $below to it and what is below it.
make_layer() {
    # shellcheck disable=SC2154 # the caller sets $suite
    local layer=$layers/$suite-$1 key
    key=$({
        sed -n "/^$1() {/,/^}/p" "$work/src/tests/lib/in-tree"
        cat "$work/src/debian/control" "$tree/var/lib/dpkg/status"
    } | sha256sum)
    if [ "$(cat "$layer/key" 2>/dev/null)" != "$key" ]; then
        rm -rf --one-file-system "$layer"
        quietly "$layers/$suite-$1.log" "$suite: $1" in_tree "$layer" "$2" "$1"
        printf '%s\n' "$key" >"$layer/key"
    fi
    below=$layer/files:$2
}

# step FUNCTION: runs it on $below and prints its last line.
step() {
    quietly "$layers/$suite-$1.log" "$suite: $1" in_tree "$work/$suite-$1" "$below" "$1"
    tail -n 1 "$layers/$suite-$1.log"
}

# start_steps COMMAND...: waits for other runs and sets $work, a directory with the source in src and packages beside it. COMMAND is
# the caller with its arguments, which starts again if layers must be in memory.
start_steps() {
    check_machine
    mkdir -p "$layers"
    layers_in_memory_if_needed "$layers" "$@"
    exec 9>"$layers/lock"
    flock -n 9 || {
        say "waiting for another run"
        flock 9
    }
    work=$(mktemp -d "$layers/run.XXXXXX")
    trap 'rm -rf --one-file-system "$work"' EXIT
    copy_source "$(dirname "${BASH_SOURCE[0]}")/../.." "$work/src"
}
